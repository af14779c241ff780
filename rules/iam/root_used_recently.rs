use crate::inventory::Inventory;
use crate::rule::access_key::column;
use crate::rule::age::dated;
use crate::rule::prelude::*;

/// Days for which a use of the root user is reported.
const RECENT: Param = Param::days("recent_days", 30, "A use within so many days is found.");

const DOCS: &str = "\
## What it finds
The root user signed in, or one of its access keys was used, in the last 30 days.

## Why it matters
The root user may do everything and no IAM policy can limit it, so a slip or a stolen session costs the whole account.
Only a handful of tasks need it (closing the account, changing its e-mail address, giving IAM users access to billing).
A month is long enough to show a habit and short enough for a rare, necessary use to drop out again by itself. Setting
up a new account is such a use: nobody else exists yet. Mute the finding, with the reason, if a task explains the date.

## How to fix it
Make a user or, better, an IAM Identity Center user with administrator rights, work with that, and put the root user's
password away. If you do not recognise the date, change the password, delete the root user's keys and look into
CloudTrail for `userIdentity.type = Root`.
";

pub static RULE: Rule = Rule {
    id: "iam-root-used-recently",
    title: "The root user was used in the last 30 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    note: "iam#root-user",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html",
    ],
    needs: &[Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[RECENT],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, cx: &Context<'_>) -> Verdict {
    let root = inventory.iam.root.known()?;
    let sign_in = root.password_last_used.map(|at| (at, "password_last_used".to_owned(), "signed in"));
    let calls = root.access_keys.iter().filter_map(|key| {
        let at = key.last_used?;
        Some((at, column(key, "last_used_date"), "signed a request with its access key"))
    });
    match sign_in.into_iter().chain(calls).max_by_key(|(at, ..)| *at) {
        Some((at, property, deed)) if cx.days_since(at) < cx.value(&RECENT) => {
            fail(format!("The root user {deed} on {}", dated(at, cx))).evidence(property, at.to_string()).verdict()
        }
        _ => pass(),
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "root signed in two days ago",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"root": {
            "password_enabled": true, "password_last_used": "2026-11-20T09:12:00Z", "mfa_active": true}}}"#,
    },
    Example {
        name: "root's key was used, although nobody signed in for years",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"root": {
            "password_enabled": true, "password_last_used": "2023-01-02T03:04:05Z", "mfa_active": true,
            "access_keys": [{"slot": 1, "active": true, "last_rotated": "2023-01-02T03:10:00Z",
                "last_used": "2026-11-01T00:00:00Z", "last_used_service": "s3"}]}}}"#,
    },
    Example {
        name: "exactly 30 days ago is no longer recent",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"root": {
            "password_enabled": true, "password_last_used": "2026-10-23T12:00:00Z", "mfa_active": true}}}"#,
    },
    Example {
        name: "root was never used as far as AWS knows",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"root": {"password_enabled": true, "mfa_active": true}}}"#,
    },
    Example {
        name: "the credential report could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"root": {"$gap": 1}}, "gaps": [{
            "id": 1, "kind": "denied", "operation": "iam:GetCredentialReport", "code": "AccessDenied",
            "message": "not authorized to perform: iam:GetCredentialReport"}]}"#,
    },
];
