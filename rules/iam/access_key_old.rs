use crate::inventory::iam::{AccessKey, User};
use crate::rule::access_key::{column, deactivate};
use crate::rule::age::{dated, given};
use crate::rule::prelude::*;
use crate::text::shell_quote;

/// After how many days an access key should have been replaced.
const OLD: Param = Param::days("max_age_days", 90, "Keys that are older are found.");

const DOCS: &str = "\
## What it finds
An active access key that is older than 90 days. The credential report tells when a key was created or last switched on
or off, so the key may be older still, never younger. Inactive keys open nothing and are not judged.

## Why it matters
An access key is a password without an end: it lies in files, notebooks, shell histories and CI settings, and works from
anywhere. The longer it lives, the more copies there are and the fewer people know of them. Replacing it makes the
forgotten copies worthless.

## How to fix it
Best, do without: a role for what runs in AWS, OIDC for CI, `aws sso login` or `aws login` for people. Otherwise create
a second key, move everything over, switch the old one off, wait a few days, and delete it.
";

pub static RULE: Rule = Rule {
    id: "iam-access-key-old",
    title: "Access key is older than 90 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#access-keys",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ],
    needs: &[Need::IamPrincipals, Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[OLD],
    check: Check::AccessKey(check),
    examples: EXAMPLES,
};

fn check(user: &User, key: &AccessKey, cx: &Context<'_>) -> Verdict {
    if !key.active {
        return not_applicable("the key is inactive");
    }
    let changed = given(key.last_rotated)?;
    if cx.days_since(changed) <= cx.value(&OLD) {
        return pass();
    }
    let mut problem = fail(format!(
        "Access key {} of user {} has not been replaced since {}",
        key.slot,
        user.user_name,
        dated(changed, cx)
    ))
    .evidence(column(key, "last_rotated"), changed.to_string());
    if user.credentials.known()?.access_keys.len() < 2 {
        problem = problem.fix(format!("aws iam create-access-key --user-name {}", shell_quote(&user.user_name)));
    }
    problem.fixes(deactivate(user)).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "91 days old",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [{"slot": 1, "active": true,
                "last_rotated": "2026-08-23T12:00:00Z", "last_used": "2026-11-22T03:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "exactly 90 days old",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [{"slot": 1, "active": true,
                "last_rotated": "2026-08-24T12:00:00Z", "last_used": "2026-11-22T03:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "old, but switched off",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [
                {"slot": 1, "active": false, "last_rotated": "2024-01-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "the credential report has no row for the user",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new"}]}}"#,
    },
];
