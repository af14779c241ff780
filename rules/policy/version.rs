use crate::lint::prelude::*;
use crate::policy::syntax::Span;

const DOCS: &str = "\
## What it finds

A document without `Version`, or with one that IAM does not have. There are two: `2012-10-17` and, for old policies
only, `2008-10-17`.

## Why it matters

Without the current version, `${aws:username}` and other variables are plain text, so that a statement meant for one
user's folder is about a folder of that odd name.

## How to fix it

Write `\"Version\": \"2012-10-17\"` before the statements. It is the version of the language, not a date of yours.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "version",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"],
    since: "0.1.0",
    lints: &[&INVALID, &MISSING],
    check,
};

static INVALID: Lint = Lint::aws(
    "INVALID_VERSION",
    "Version is not one that IAM has",
    Level::Error,
    &[
        Example::bad("today's date", r#"{"Version": "2026-11-24", "Statement": []}"#, &[r#""2026-11-24""#]),
        Example::bad("an old one in an SCP", r#"{"Version": "2008-10-17", "Statement": []}"#, &[r#""2008-10-17""#])
            .of(PolicyKind::Scp),
        Example::good("the current one", r#"{"Version": "2012-10-17", "Statement": []}"#),
        Example::good("the old one", r#"{"Version": "2008-10-17", "Statement": []}"#),
    ],
);

static MISSING: Lint = Lint::aws(
    "MISSING_VERSION",
    "Document has no Version",
    Level::Warning,
    &[
        Example::bad("none", r#"{"Statement": []}"#, &["{"]),
        Example::good("there", r#"{"Version": "2012-10-17", "Statement": []}"#),
    ],
);

const CURRENT: &str = "2012-10-17";

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let Some(version) = policy.version else {
        if let Some(open) = policy.node.object().filter(|members| !members.is_empty()).map(|_| policy.node.span) {
            let place = (String::new(), Span { start: open.start, end: open.start + 1 });
            findings
                .report_document(
                    &MISSING,
                    &place,
                    "the document has no Version, so that variables in it are plain text",
                )
                .help("add \"Version\": \"2012-10-17\" before the statements")
                .fix(Fix::replace("add the current version", Span { start: place.1.end, end: place.1.end }, ADD));
        }
        return;
    };
    let Some(text) = version.value.text() else { return };
    let organizations = matches!(subject.kind, PolicyKind::Scp | PolicyKind::Rcp);
    let known = text.as_str() == CURRENT || (text.as_str() == "2008-10-17" && !organizations);
    if !known && !text.has_holes() {
        let message = format!("{:?} is no version of the policy language", text.as_str());
        findings
            .report_document(&INVALID, &("Version".to_owned(), text.span), message)
            .help("write \"2012-10-17\"")
            .fix(Fix::string("write the current version", text.span, CURRENT));
    }
}

/// What a document begins with then.
const ADD: &str = "\"Version\": \"2012-10-17\", ";
