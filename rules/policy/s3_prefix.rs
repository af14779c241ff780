use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

A condition on `s3:prefix` that denies, or that is negated.

## Why it matters

`s3:prefix` is what a caller asks for when it lists a bucket, and it may ask for less: a `Deny` for `secret/` does not
keep anybody from listing the whole bucket with an empty prefix.

## How to fix it

Allow the prefixes that may be listed: `\"StringLike\": {\"s3:prefix\": [\"home/*\"]}`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "s3_prefix",
    docs: DOCS,
    note: "s3#buckets-and-keys",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"],
    since: "0.1.0",
    lints: &[&NEGATIVE],
    check,
};

static NEGATIVE: Lint = Lint::aws(
    "S3_PREFIX_IN_NEGATIVE_CONTEXT",
    "s3:prefix is denied, which a shorter prefix gets around",
    Level::SecurityWarning,
    &[
        Example::bad(
            "denied",
            r#"{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "secret/*"}}}"#,
            &[r#""s3:prefix""#],
        ),
        Example::bad(
            "negated",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringNotLike": {"s3:prefix": "secret/*"}}}"#,
            &[r#""s3:prefix""#],
        ),
        Example::good(
            "allowed",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "home/*"}}}"#,
        ),
        Example::good(
            "all but",
            r#"{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringNotLike": {"s3:prefix": "home/*"}}}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in statement.conditions_on("s3:prefix").filter(|line| !line.operator.is("Null")) {
            let negative = statement.denies() != line.operator.is_negated();
            if statement.effect.is_some() && negative {
                let message = "a caller gets around this by listing with a shorter prefix, or none";
                findings
                    .report(&NEGATIVE, statement, line, message)
                    .help("allow the prefixes that may be listed instead");
            }
        }
    }
}
