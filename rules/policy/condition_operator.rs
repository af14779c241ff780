use crate::lint::prelude::*;
use crate::policy::model::{Operator, Quantifier};
use crate::policy::pattern::is_star;
use crate::text::closest;

const DOCS: &str = "\
## What it finds

An operator that IAM does not have, `Null` with `IfExists` or with a set operator, and `Null` in other words:
`StringLike` with `*`, which only says that the key is there.

## Why it matters

AWS refuses unknown operators. `Null` says what is meant and cannot be misread.

## How to fix it

Use the operators of the reference: `StringEquals`, `ArnLike`, `Bool`, `Null` and so on, with `ForAnyValue:` or
`ForAllValues:` before and `IfExists` behind.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "condition_operator",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    ],
    since: "0.1.0",
    lints: &[&INVALID, &NULL_IF_EXISTS, &NULL_QUALIFIER, &NULL_FALSE, &NULL_TRUE],
    check,
};

static INVALID: Lint = Lint::aws(
    "INVALID_CONDITION_OPERATOR",
    "Condition operator does not exist",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEqual": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#,
            &[r#""StringEqual""#],
        ),
        Example::good(
            "in another case",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"stringequals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#,
        ),
    ],
);

static NULL_IF_EXISTS: Lint = Lint::aws(
    "NULL_WITH_IF_EXISTS",
    "Null with IfExists",
    Level::Error,
    &[
        Example::bad(
            "NullIfExists",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NullIfExists": {"aws:SourceIp": "true"}}}"#,
            &[r#""NullIfExists""#],
        ),
        Example::good(
            "Null",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:SourceIp": "true"}}}"#,
        ),
    ],
);

static NULL_QUALIFIER: Lint = Lint::aws(
    "NULL_WITH_QUALIFIER",
    "Null with a set operator",
    Level::Suggestion,
    &[
        Example::bad(
            "ForAnyValue",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:Null": {"aws:TagKeys": "false"}}}"#,
            &[r#""ForAnyValue:Null""#],
        ),
        Example::good(
            "Null",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "false"}}}"#,
        ),
    ],
);

static NULL_FALSE: Lint = Lint::aws(
    "EQUIVALENT_TO_NULL_FALSE",
    "Condition only says that the key is there",
    Level::Suggestion,
    &[
        Example::bad(
            "StringLike *",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": "*"}}}"#,
            &[r#""aws:PrincipalTag/team""#],
        ),
        Example::good(
            "with something before it",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": "a*"}}}"#,
        ),
        Example::good(
            "Null",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/team": "false"}}}"#,
        ),
    ],
);

static NULL_TRUE: Lint = Lint::aws(
    "EQUIVALENT_TO_NULL_TRUE",
    "Condition only says that the key is not there",
    Level::Suggestion,
    &[
        Example::bad(
            "StringNotLike *",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "*"}}}"#,
            &[r#""aws:PrincipalTag/team""#],
        ),
        Example::good(
            "with something before it",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "a*"}}}"#,
        ),
    ],
);

/// The operators without what can stand before and behind them.
const OPERATORS: &[&str] = &[
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let block = statement.condition_member.and_then(|member| member.value.object()).unwrap_or_default();
        for member in block.iter().filter(|member| !member.key.has_holes()) {
            let operator = Operator::parse(member.key.as_str());
            let place = (format!("{}.Condition.{}", statement.path, member.key.as_str()), member.key.span);
            if !OPERATORS.iter().any(|known| operator.is(known)) {
                let message = format!("there is no operator {:?}", member.key.as_str());
                let draft = findings.report(&INVALID, statement, &place, message);
                if let Some(near) = closest(&operator.base, OPERATORS.iter().copied()) {
                    draft.help(format!("did you mean {near}?"));
                }
            } else if operator.is("Null") && operator.if_exists {
                let message = "Null asks whether the key is there; IfExists makes no sense with it";
                findings.report(&NULL_IF_EXISTS, statement, &place, message).fix(Fix::string(
                    "write Null",
                    member.key.span,
                    "Null",
                ));
            } else if operator.is("Null") && operator.quantifier.is_some() {
                let message = "Null asks whether the key is there at all; it needs no ForAllValues or ForAnyValue";
                findings.report(&NULL_QUALIFIER, statement, &place, message).fix(Fix::string(
                    "write Null",
                    member.key.span,
                    "Null",
                ));
            }
        }
        for line in statement.conditions.iter().filter(|line| !line.partly_unknown && !line.operator.if_exists) {
            presence(statement, line, findings);
        }
    }
}

fn presence(statement: &Statement<'_>, line: &ConditionLine<'_>, findings: &mut Findings<'_>) {
    if line.operator.quantifier == Some(Quantifier::ForAllValues)
        || !line.values.iter().any(|value| is_star(value.text))
    {
        return;
    }
    let like = line.operator.is("StringLike");
    let (lint, value) = match () {
        () if like && statement.allows() => (&NULL_FALSE, "false"),
        () if line.operator.is("StringNotLike") && line.operator.quantifier.is_none() => (&NULL_TRUE, "true"),
        () => return,
    };
    let there = if value == "false" { "is there" } else { "is not there" };
    let message = format!("{} compared with \"*\" only says that {:?} {there}", line.operator, line.key());
    findings
        .report(lint, statement, line, message)
        .help(format!("write \"Null\": {{\"{}\": \"{value}\"}}", line.key()));
}
