use crate::lint::prelude::*;
use crate::policy::catalogue::ValueType;
use crate::policy::model::{Operator, Quantifier};

const DOCS: &str = "\
## What it finds

An operator of another type than the key: `StringEquals` on a Boolean, `StringLike` on an ARN; a key with several
values without `ForAnyValue` or `ForAllValues`, and `ForAllValues` on a key with one.

## Why it matters

The comparison does not do what it seems to. `StringLike` lets `*` run across the fields of an ARN, so that a cleverly
named resource matches. `ForAllValues` holds for a request without the key.

## How to fix it

Use the operator of the key's type: `Bool`, `ArnLike`, `NumericLessThan`, `DateGreaterThan`, `IpAddress`. Use
`ForAnyValue:` or `ForAllValues:` with keys of several values only.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "condition_type",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
    ],
    since: "0.1.0",
    lints: &[&MISMATCH, &LIKE_ARN, &QUALIFIER, &FOR_ALL],
    check,
};

static MISMATCH: Lint = Lint::aws(
    "TYPE_MISMATCH",
    "Operator is of another type than the key",
    Level::Warning,
    &[
        Example::bad(
            "a string for a Boolean",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ViaAWSService": "true"}}}"#,
            &[r#""aws:ViaAWSService""#],
        ),
        Example::good(
            "Bool",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}"#,
        ),
    ],
);

static LIKE_ARN: Lint = Lint::aws(
    "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
    "StringLike on a key that holds an ARN",
    Level::SecurityWarning,
    &[
        Example::bad(
            "StringLike",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}}"#,
            &[r#""aws:PrincipalArn""#],
        ),
        Example::good(
            "ArnLike",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}}"#,
        ),
        Example::good(
            "StringEquals",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}}}"#,
        ),
    ],
);

static QUALIFIER: Lint = Lint::aws(
    "MISSING_QUALIFIER",
    "Key with several values lacks a set operator",
    Level::Error,
    &[
        Example::bad(
            "aws:TagKeys",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "team"}}}"#,
            &[r#""aws:TagKeys""#],
        ),
        Example::good(
            "ForAnyValue",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}}"#,
        ),
        Example::good(
            "Null",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "false"}}}"#,
        ),
    ],
);

static FOR_ALL: Lint = Lint::aws(
    "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
    "ForAllValues on a key with one value",
    Level::SecurityWarning,
    &[
        Example::bad(
            "aws:PrincipalOrgID",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#,
            &[r#""aws:PrincipalOrgID""#],
        ),
        Example::good(
            "aws:TagKeys",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}}"#,
        ),
    ],
);

/// Keys that AWS publishes as having one value, but requests have several.
const SEVERAL: &[&str] = &["codestar-connections:ProviderAction", "dynamodb:Attributes", "dynamodb:LeadingKeys"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            let Some(known) = subject.catalogue.condition_key(line.key()) else { continue };
            let Some(operator) = OperatorType::of(&line.operator) else { continue };
            let (key, kind) = (line.key(), known.kind);
            let several = kind.many || SEVERAL.iter().any(|several| several.eq_ignore_ascii_case(key));
            match line.operator.quantifier {
                None if kind.many => {
                    let message = format!("{key:?} can have several values; {} compares one", line.operator);
                    let help = format!("write ForAnyValue:{0} or ForAllValues:{0}", line.operator);
                    findings.report(&QUALIFIER, statement, line, message).help(help);
                }
                Some(Quantifier::ForAllValues) if !several => {
                    let message = format!("{key:?} has one value; ForAllValues also holds for a request without it");
                    findings.report(&FOR_ALL, statement, line, message).help("remove ForAllValues:");
                }
                _ => {}
            }
            let like = line.operator.is("StringLike") || line.operator.is("StringNotLike");
            if kind.value == ValueType::Arn && like {
                let arn = if line.operator.is("StringLike") { "ArnLike" } else { "ArnNotLike" };
                let message = format!("{key:?} holds an ARN; in {} a * runs across its fields", line.operator);
                findings.report(&LIKE_ARN, statement, line, message).help(format!("use {arn}"));
            } else if !operator.fits(kind.value) {
                let message =
                    format!("{key:?} holds {}, {} compares {}", words(kind.value), line.operator, operator.words());
                findings.report(&MISMATCH, statement, line, message).help(format!("use {}", usual(kind.value)));
            }
        }
    }
}

/// What an operator compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OperatorType {
    String,
    Arn,
    Bool,
    Date,
    Numeric,
    Ip,
    Binary,
}

impl OperatorType {
    /// `None` for `Null`, which goes with any key, and for what is no operator.
    fn of(operator: &Operator) -> Option<Self> {
        let base = operator.base.to_ascii_lowercase();
        let types = [
            ("string", Self::String),
            ("arn", Self::Arn),
            ("bool", Self::Bool),
            ("date", Self::Date),
            ("numeric", Self::Numeric),
            ("ipaddress", Self::Ip),
            ("notipaddress", Self::Ip),
            ("binary", Self::Binary),
        ];
        types.into_iter().find(|(start, _)| base.starts_with(start)).map(|(_, of)| of)
    }

    fn fits(self, value: ValueType) -> bool {
        match value {
            // An ARN can be compared as text, and tags and other texts can hold ARNs.
            ValueType::String | ValueType::Arn => matches!(self, Self::Arn | Self::String),
            ValueType::Bool => self == Self::Bool,
            // Seconds since 1970 are a number, too.
            ValueType::Date => matches!(self, Self::Date | Self::Numeric),
            ValueType::Numeric => self == Self::Numeric,
            ValueType::IpAddress => self == Self::Ip,
            ValueType::Binary => self == Self::Binary,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Arn => "ARNs",
            Self::Bool => "Booleans",
            Self::Date => "times",
            Self::Numeric => "numbers",
            Self::Ip => "addresses",
            Self::Binary => "bytes",
        }
    }
}

fn words(value: ValueType) -> &'static str {
    match value {
        ValueType::String => "text",
        ValueType::Arn => "an ARN",
        ValueType::Bool => "true or false",
        ValueType::Date => "a time",
        ValueType::Numeric => "a number",
        ValueType::IpAddress => "an address",
        ValueType::Binary => "bytes",
    }
}

fn usual(value: ValueType) -> &'static str {
    match value {
        ValueType::String => "StringEquals or StringLike",
        ValueType::Arn => "ArnEquals or ArnLike",
        ValueType::Bool => "Bool",
        ValueType::Date => "DateGreaterThan, DateLessThan or another Date operator",
        ValueType::Numeric => "NumericEquals or another Numeric operator",
        ValueType::IpAddress => "IpAddress",
        ValueType::Binary => "BinaryEquals",
    }
}
