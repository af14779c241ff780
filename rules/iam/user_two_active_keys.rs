use crate::inventory::iam::User;
use crate::rule::access_key::{column, deactivate};
use crate::rule::age::iso;
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
A user with two active access keys.

## Why it matters
A second key is meant for the days of moving from the old one to the new one. When both stay, there is twice as much to
leak, and two programs or people probably share one user, so that the logs cannot tell them apart. While you are in the
middle of replacing a key, this finding is expected.

## How to fix it
See in the evidence which key is used. Switch the other one off, wait a few days, delete it. If both are used, give each
program its own user or, better, a role.
";

pub static RULE: Rule = Rule {
    id: "iam-user-two-active-keys",
    title: "User has two active access keys",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "iam#access-keys",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html"],
    needs: &[Need::IamPrincipals, Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, _cx: &Context<'_>) -> Verdict {
    let credentials = user.credentials.known()?;
    if credentials.access_keys.is_empty() {
        return not_applicable("the user has no access key");
    }
    let active: Vec<_> = credentials.access_keys.iter().filter(|key| key.active).collect();
    if active.len() < 2 {
        return pass();
    }
    let mut problem = fail(format!("User {} has {} active access keys", user.user_name, active.len()));
    for key in active {
        problem =
            problem.evidence(column(key, "active"), true).evidence(column(key, "last_used_date"), iso(key.last_used));
    }
    problem.fixes(deactivate(user)).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "two active keys",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [
                {"slot": 1, "active": true, "last_rotated": "2025-03-01T00:00:00Z",
                    "last_used": "2026-11-22T03:00:00Z"},
                {"slot": 2, "active": true, "last_rotated": "2026-11-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "the old key is switched off",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [
                {"slot": 1, "active": false, "last_rotated": "2025-03-01T00:00:00Z"},
                {"slot": 2, "active": true, "last_rotated": "2026-11-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "no access key",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "credentials": {"password_enabled": true, "mfa_active": true}}]}}"#,
    },
    Example {
        name: "the credential report has no row for the user",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new"}]}}"#,
    },
];
