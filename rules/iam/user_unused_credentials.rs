use crate::inventory::iam::User;
use crate::rule::access_key::column;
use crate::rule::age::{CREDENTIAL_UNUSED, dated, given, iso};
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A user with a console password that has not signed in for 45 days or more. A password that was never used, or was set
anew since, is counted from the day it was set. Access keys are not judged here but by `iam-access-key-unused`, so that
no fact is reported twice; what the keys did stands in the evidence.

## Why it matters
A password that nobody uses is one that nobody misses: when it leaks, nobody notices the sign-in. People leave courses
and companies, their passwords stay.

## How to fix it
Ask, then take the password away; the user keeps its groups and can get a new one in a minute. If its keys are unused
too, delete the user altogether. The report that this is read from may be up to four hours old.
";

pub static RULE: Rule = Rule {
    id: "iam-user-unused-credentials",
    title: "Console password has not been used for 45 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#users-and-mfa",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html"],
    needs: &[Need::IamPrincipals, Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[CREDENTIAL_UNUSED],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, cx: &Context<'_>) -> Verdict {
    let credentials = user.credentials.known()?;
    if !credentials.password_enabled {
        return not_applicable("the user has no console password");
    }
    let since = given(credentials.password_last_used.max(credentials.password_last_changed))?;
    if cx.days_since(since) < cx.value(&CREDENTIAL_UNUSED) {
        return pass();
    }
    let name = &user.user_name;
    let message = match credentials.password_last_used {
        Some(last) => format!("User {name} last signed in on {}", dated(last, cx)),
        None => format!("User {name} has never signed in with the password that was set on {}", dated(since, cx)),
    };
    let mut problem = fail(message)
        .evidence("password_last_used", iso(credentials.password_last_used))
        .evidence("password_last_changed", iso(credentials.password_last_changed));
    for key in credentials.access_keys.iter().filter(|key| key.active) {
        problem = problem.evidence(column(key, "last_used_date"), iso(key.last_used));
    }
    problem.fix(format!("aws iam delete-login-profile --user-name {}", shell_quote(name))).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "last signed in 45 days ago, to the second",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"password_enabled": true, "password_last_used": "2026-10-08T12:00:00Z",
                "password_last_changed": "2026-02-01T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "never signed in since the password was set last spring",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"password_enabled": true, "password_last_changed": "2026-04-01T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "signed in last week",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "credentials": {"password_enabled": true, "password_last_used": "2026-11-16T08:00:00Z",
                "password_last_changed": "2026-02-01T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "made yesterday and not used yet",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new",
            "credentials": {"password_enabled": true, "password_last_changed": "2026-11-21T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "back after a year, with a password set yesterday",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "eva", "Arn": "arn:aws:iam::111122223333:user/eva",
            "credentials": {"password_enabled": true, "password_last_used": "2025-11-20T08:00:00Z",
                "password_last_changed": "2026-11-21T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "no password, however old its key",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"password_enabled": false,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2024-01-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "the credential report has no row for the user",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new"}]}}"#,
    },
];
