use crate::inventory::iam::{AccessKey, User};
use crate::rule::access_key::{column, delete};
use crate::rule::age::{dated, given};
use crate::rule::prelude::*;

/// Minutes between a user and a key that count as one go: scripts and slow consoles take their time.
const ONE_GO: Param =
    Param::new("within_minutes", "minutes", (10, 1, 1_440), "A key made within so many minutes of its user counts.");

const DOCS: &str = "\
## What it finds
An active access key that was created within ten minutes of its user, while the user also has a console password, and
that has not been used since. A key younger than a day is not judged: the report it is read from may be hours old, and
nobody could have been expected to use the key yet.

## Why it matters
Such keys are made by habit when a user is set up, \"in case they need one\", and handed over by mail or chat. Whoever
needs a key can make one later, and then there is a reason for it. `iam-access-key-unused` reports the same key again
once it has been idle for 45 days: then it breaks a second recommendation.

## How to fix it
Delete the key. It has never been used, so nothing can break. The user can create one when it is needed, or better sign
in from the command line with `aws login`, which needs no key.
";

pub static RULE: Rule = Rule {
    id: "iam-access-key-never-used-at-creation",
    title: "Access key was made along with its console user and never used",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "iam#access-keys",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
    ],
    needs: &[Need::IamPrincipals, Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[ONE_GO],
    check: Check::AccessKey(check),
    examples: EXAMPLES,
};

fn check(user: &User, key: &AccessKey, cx: &Context<'_>) -> Verdict {
    if !user.credentials.known()?.password_enabled {
        return not_applicable("the user has no console password");
    }
    if !key.active {
        return not_applicable("the key is inactive");
    }
    if key.last_used.is_some() {
        return pass();
    }
    let changed = given(key.last_rotated)?;
    let created = given(user.create_date)?;
    if (changed.as_second() - created.as_second()).abs() > cx.value(&ONE_GO) * 60 {
        return pass();
    }
    if cx.days_since(changed) < 1 {
        return not_applicable("the key is less than a day old");
    }
    fail(format!(
        "Access key {} of user {} was made along with the user on {} and has never been used",
        key.slot,
        user.user_name,
        dated(created, cx)
    ))
    .evidence("CreateDate", created.to_string())
    .evidence(column(key, "last_rotated"), changed.to_string())
    .evidence(column(key, "last_used_date"), None::<String>)
    .fixes(delete(user))
    .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "made in one go with the user, never used",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "eva", "Arn": "arn:aws:iam::111122223333:user/eva",
            "CreateDate": "2026-10-20T08:00:00Z", "credentials": {"password_enabled": true,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-10-20T08:00:03Z"}]}}]}}"#,
    },
    Example {
        name: "made in one go with the user, and in use",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "eva", "Arn": "arn:aws:iam::111122223333:user/eva",
            "CreateDate": "2026-10-20T08:00:00Z", "credentials": {"password_enabled": true,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-10-20T08:00:03Z",
                    "last_used": "2026-10-21T10:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "made nine minutes after the user, never used",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "CreateDate": "2026-10-20T08:00:00Z", "credentials": {"password_enabled": true,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-10-20T08:09:00Z"}]}}]}}"#,
    },
    Example {
        name: "made a week after the user",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "eva", "Arn": "arn:aws:iam::111122223333:user/eva",
            "CreateDate": "2026-10-20T08:00:00Z", "credentials": {"password_enabled": true,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-10-27T08:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "a machine's user needs its key from the start",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "CreateDate": "2026-10-20T08:00:00Z", "credentials": {"password_enabled": false,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-10-20T08:00:03Z"}]}}]}}"#,
    },
    Example {
        name: "user and key are an hour old",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new",
            "CreateDate": "2026-11-22T11:00:00Z", "credentials": {"password_enabled": true,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-11-22T11:00:01Z"}]}}]}}"#,
    },
    Example {
        name: "the credential report has no row for the user",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new"}]}}"#,
    },
];
