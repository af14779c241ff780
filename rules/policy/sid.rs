use std::collections::HashMap;

use crate::lint::prelude::*;
use crate::policy::syntax::Text;

const DOCS: &str = "\
## What it finds

A `Sid` that another statement has as well, that holds characters IAM does not take, or that is empty.

## Why it matters

IAM refuses two statements of one name and names with other characters than letters and digits. Policies of resources
may have them; a name that stands twice or says nothing helps nobody who reads a log or a diff.

## How to fix it

Give each statement a name of its own from A to Z, a to z and 0 to 9, or leave `Sid` out.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "sid",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"],
    since: "0.1.0",
    lints: &[&REQUIRED, &RECOMMENDED, &UNSUPPORTED, &EMPTY],
    check,
};

static REQUIRED: Lint = Lint::aws(
    "UNIQUE_SIDS_REQUIRED",
    "Two statements have one Sid",
    Level::Error,
    &[
        Example::bad(
            "twice",
            r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "A", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]}"#,
            &[r#""A""#],
        ),
        Example::good("one", r#"{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
    ],
);

static RECOMMENDED: Lint = Lint::aws(
    "UNIQUE_SIDS_RECOMMENDED",
    "Two statements of a resource policy have one Sid",
    Level::Warning,
    &[
        Example::bad("twice", r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}, {"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}]}"#, &[r#""A""#]).of(PolicyKind::Resource(None)),
        Example::good("one", r#"{"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#).of(PolicyKind::Resource(None)),
    ],
);

static UNSUPPORTED: Lint = Lint::aws(
    "UNSUPPORTED_SID",
    "Sid has characters that IAM does not take",
    Level::Error,
    &[
        Example::bad(
            "a space",
            r#"{"Sid": "read only", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#,
            &[r#""read only""#],
        ),
        Example::good(
            "a bucket policy may",
            r#"{"Sid": "read only", "Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}"#,
        )
        .of(PolicyKind::Resource(None)),
    ],
);

static EMPTY: Lint = Lint::aws(
    "EMPTY_SID_VALUE",
    "Sid is empty",
    Level::Suggestion,
    &[
        Example::bad("empty", r#"{"Sid": "", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#, &[r#""""#]),
        Example::good("none", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let lenient = matches!(subject.kind, PolicyKind::Resource(_));
    let mut seen: HashMap<&str, &Text> = HashMap::new();
    for statement in &subject.policy.statements {
        let Some(text) = statement.sid.and_then(|member| member.value.text()) else { continue };
        let sid = text.as_str();
        let place = (format!("{}.Sid", statement.path), text.span);
        if sid.is_empty() {
            findings
                .report(&EMPTY, statement, &place, "the Sid is empty")
                .help("name the statement, or remove the Sid");
            continue;
        }
        if text.has_holes() {
            continue;
        }
        let odd = sid.chars().find(|c| !c.is_ascii_alphanumeric());
        if let Some(odd) = odd.filter(|_| !lenient) {
            let message = format!("{sid:?} has {odd:?}; a Sid here is made of letters and digits only");
            let plain: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
            findings.report(&UNSUPPORTED, statement, &place, message).help(format!("write {plain:?}, for example"));
        }
        if let Some(first) = seen.insert(sid, text) {
            let lint = if lenient { &RECOMMENDED } else { &REQUIRED };
            findings
                .report(lint, statement, &place, format!("another statement has the Sid {sid:?}, too"))
                .also(first.span)
                .help("give each statement a Sid of its own");
        }
    }
}
