use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

A `*` or `?` in a value whose operator takes it for a plain letter, such as `StringEquals`.

## Why it matters

`\"StringEquals\": {\"s3:prefix\": \"lab/*\"}` is about the one folder that is called `lab/*`, which is hardly meant.

## How to fix it

Use `StringLike` or `ArnLike`. For a star that is meant as a letter write `${*}`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "wildcard_value",
    docs: DOCS,
    note: "iam-policies#wildcards",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String",
    ],
    since: "0.1.0",
    lints: &[&WILDCARD],
    check,
};

static WILDCARD: Lint = Lint::aws(
    "WILDCARD_WITHOUT_LIKE_OPERATOR",
    "Wildcard under an operator that knows none",
    Level::Warning,
    &[
        Example::bad(
            "StringEquals",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "lab/*"}}}"#,
            &[r#""lab/*""#],
        ),
        Example::good(
            "StringLike",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "lab/*"}}}"#,
        ),
        Example::good(
            "ArnEquals takes wildcards",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:111122223333:lab"}}}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            let base = line.operator.base.to_ascii_lowercase();
            if !base.starts_with("string") || base.ends_with("like") {
                continue;
            }
            for value in &line.values {
                let letters = value.text.replace("${*}", "").replace("${?}", "");
                if letters.contains(['*', '?']) {
                    let like = if line.operator.is_negated() { "StringNotLike" } else { "StringLike" };
                    let message =
                        format!("{} takes the wildcard in {:?} for a plain letter", line.operator, value.text);
                    findings
                        .report(&WILDCARD, statement, value, message)
                        .help(format!("use {like}, which knows wildcards"));
                }
            }
        }
    }
}
