use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

Text that is not JSON: a comment, a comma too many or missing, quotes of the wrong kind, a string or bracket that is never
closed. One run names them all, as far as the rest of the text can still be read.

## Why it matters

AWS refuses the whole policy. Where the meaning is clear all the same (a comment, a comma), the other lints run, too;
where it is not, they would only guess.

## How to fix it

Correct the text at the place shown. `afterlab policy check --fix` mends what is mechanical: commas, comments, quotes,
and words such as `True`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "json_syntax",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"],
    since: "0.1.0",
    lints: &[&JSON_SYNTAX_ERROR],
    check,
};

static JSON_SYNTAX_ERROR: Lint = Lint::aws(
    "JSON_SYNTAX_ERROR",
    "Text is not JSON",
    Level::Error,
    &[
        Example::bad(
            "a comment and a comma too many",
            "{\"Version\": \"2012-10-17\", // current\n \"Statement\": [],}",
            &["// current", ","],
        ),
        Example::good("plain JSON", r#"{"Version": "2012-10-17", "Statement": []}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for error in subject.syntax_errors {
        let place = (String::new(), error.span);
        let draft = findings.report_document(&JSON_SYNTAX_ERROR, &place, format!("this {}", error.message));
        if let Some(text) = &error.fix {
            draft.fix(Fix::replace("make it JSON", error.span, text.clone()));
        }
    }
}
