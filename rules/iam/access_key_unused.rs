use crate::inventory::iam::{AccessKey, User};
use crate::rule::access_key::{column, deactivate, delete};
use crate::rule::age::{CREDENTIAL_UNUSED, dated, given, iso};
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
An active access key that has signed nothing for 45 days or more. A key that was never used is counted from the day it
was created or last switched on, so a young key is never called unused. Console passwords are the affair of
`iam-user-unused-credentials`.

## Why it matters
A key that nobody uses is pure risk: it still opens the account to whoever finds it, and nobody would miss it. CIS and
AWS both ask for such credentials to be switched off.

## How to fix it
Switch the key off, which can be taken back; delete it when nobody has complained. A key that was never used can be
deleted at once.
";

pub static RULE: Rule = Rule {
    id: "iam-access-key-unused",
    title: "Access key has not been used for 45 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#access-keys",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"],
    needs: &[Need::IamPrincipals, Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[CREDENTIAL_UNUSED],
    check: Check::AccessKey(check),
    examples: EXAMPLES,
};

fn check(user: &User, key: &AccessKey, cx: &Context<'_>) -> Verdict {
    if !key.active {
        return not_applicable("the key is inactive");
    }
    let since = given(key.last_used.max(key.last_rotated))?;
    if cx.days_since(since) < cx.value(&CREDENTIAL_UNUSED) {
        return pass();
    }
    let subject = format!("Access key {} of user {}", key.slot, user.user_name);
    let (message, commands) = match key.last_used {
        Some(last) => (format!("{subject} was last used on {}", dated(last, cx)), deactivate(user)),
        None => (format!("{subject} has existed since at least {} and was never used", dated(since, cx)), delete(user)),
    };
    fail(message)
        .evidence(column(key, "last_used_date"), iso(key.last_used))
        .evidence(column(key, "last_rotated"), iso(key.last_rotated))
        .fixes(commands)
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "last used in summer",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-03-01T00:00:00Z",
                "last_used": "2026-07-01T10:00:00Z", "last_used_service": "s3"}]}}]}}"#,
    },
    Example {
        name: "never used in the 45 days since it was made",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"access_keys": [{"slot": 2, "active": true, "last_rotated": "2026-10-08T12:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "used this morning",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2025-03-01T00:00:00Z",
                "last_used": "2026-11-22T03:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "made an hour ago, so nobody can say that it is unused",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-11-22T11:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "unused, but switched off",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"access_keys": [
                {"slot": 1, "active": false, "last_rotated": "2026-03-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "nothing tells the age of the key",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"access_keys": [{"slot": 1, "active": true}]}}]}}"#,
    },
];
