use crate::lint::Place;
use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

Policy variables (`${aws:username}`) that are not closed, empty, have spaces or a default without its quotes, or stand
where IAM does not read them: in elements other than `Resource` and conditions, under operators that compare no text,
or in a document of the version `2008-10-17`.

## Why it matters

IAM takes such text letter by letter or refuses the policy; a statement meant for each user's own folder is then about
nothing, or about everybody's.

## How to fix it

Write `${key}` or `${key, 'default'}`; say `\"Version\": \"2012-10-17\"`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "variable",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"],
    since: "0.1.0",
    lints: &[&BRACE, &QUOTE, &SPACE, &EMPTY, &ELEMENT, &VERSION, &OPERATOR],
    check,
};

static BRACE: Lint = Lint::aws(
    "MISSING_BRACE_IN_VARIABLE",
    "Variable is not closed",
    Level::Error,
    &[
        Example::bad(
            "no brace",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:username"}}}"#,
            &[r#""${aws:username""#],
        ),
        Example::good(
            "closed",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}}"#,
        ),
    ],
);

static QUOTE: Lint = Lint::aws(
    "MISSING_QUOTE_IN_VARIABLE",
    "Default of a variable lacks a quote",
    Level::Error,
    &[
        Example::bad(
            "one quote",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team, 'none}"}}}"#,
            &[r#""${aws:PrincipalTag/team, 'none}""#],
        ),
        Example::good(
            "both",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team, 'none'}"}}}"#,
        ),
    ],
);

static SPACE: Lint = Lint::aws(
    "UNSUPPORTED_SPACE_IN_VARIABLE",
    "Space in a variable",
    Level::Error,
    &[
        Example::bad(
            "around the key",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${ aws:username }"}}}"#,
            &[r#""${ aws:username }""#],
        ),
        Example::good(
            "none",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}}"#,
        ),
    ],
);

static EMPTY: Lint = Lint::aws(
    "EMPTY_VARIABLE",
    "Variable is empty",
    Level::Error,
    &[
        Example::bad(
            "empty",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${}"}}}"#,
            &[r#""${}""#],
        ),
        Example::good(
            "a star as a letter",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${*}"}}}"#,
        ),
    ],
);

static ELEMENT: Lint = Lint::aws(
    "VARIABLE_UNSUPPORTED_IN_ELEMENT",
    "Variable in an element that has none",
    Level::Error,
    &[
        Example::bad(
            "in an action",
            r#"{"Effect": "Allow", "Action": "s3:${aws:username}", "Resource": "*"}"#,
            &[r#""s3:${aws:username}""#],
        ),
        Example::good(
            "in a resource",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*"}"#,
        ),
    ],
);

static VERSION: Lint = Lint::aws(
    "VARIABLE_UNSUPPORTED_IN_VERSION",
    "Variable in a document of an old version",
    Level::Error,
    &[
        Example::bad(
            "2008",
            r#"{"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}}]}"#,
            &[r#""${aws:username}""#],
        ),
        Example::good(
            "2012",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}}"#,
        ),
    ],
);

static OPERATOR: Lint = Lint::aws(
    "INVALID_VARIABLE_FOR_OPERATOR",
    "Variable under an operator that compares no text",
    Level::Error,
    &[
        Example::bad(
            "a number",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericLessThan": {"s3:max-keys": "${aws:PrincipalTag/max}"}}}"#,
            &[r#""${aws:PrincipalTag/max}""#],
        ),
        Example::good(
            "text",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}}}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let elements = statement.action.iter().flat_map(|list| &list.items);
        let principals = statement.principal.iter().flat_map(|principal| principal.items.iter().map(|(_, item)| item));
        for item in elements.chain(principals).filter(|item| has_variable(item.text.as_str())) {
            let message =
                format!("{:?} has a variable, which only Resource and Condition can have", item.text.as_str());
            findings.report(&ELEMENT, statement, item, message);
        }
        for item in statement.resource.iter().flat_map(|list| &list.items) {
            text(subject, statement, item, item.text.as_str(), findings);
        }
        for line in &statement.conditions {
            for value in line.values.iter().filter(|value| value.text.contains("${")) {
                let base = line.operator.base.to_ascii_lowercase();
                if !base.starts_with("string") && !base.starts_with("arn") && has_variable(value.text) {
                    let message = format!("{:?} has a variable, which {} cannot compare", value.text, line.operator);
                    findings
                        .report(&OPERATOR, statement, value, message)
                        .help("variables go with String and Arn operators");
                } else {
                    text(subject, statement, value, value.text, findings);
                }
            }
        }
    }
}

fn has_variable(text: &str) -> bool {
    text.find("${").is_some_and(|start| text[start..].contains('}'))
}

/// Judges each variable of a text.
fn text(subject: &Subject<'_>, statement: &Statement<'_>, place: &impl Place, text: &str, findings: &mut Findings<'_>) {
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let inner = &rest[start + 2..];
        let Some(end) = inner.find('}') else {
            let message = format!("the variable in {text:?} is not closed");
            findings.report(&BRACE, statement, place, message).help("add } behind its name");
            return;
        };
        variable(&inner[..end], statement, place, findings);
        let letter = matches!(&inner[..end], "*" | "?" | "$");
        if !letter
            && !subject.policy.has_variables()
            && subject.policy.version.is_none_or(|version| version.value.text().is_some())
        {
            let message = format!("${{{}}} is plain text here: variables need the version 2012-10-17", &inner[..end]);
            findings.report(&VERSION, statement, place, message).help("write \"Version\": \"2012-10-17\"");
        }
        rest = &inner[end + 1..];
    }
}

fn variable(inner: &str, statement: &Statement<'_>, place: &impl Place, findings: &mut Findings<'_>) {
    let (name, default) = inner.split_once(',').map_or((inner, None), |(name, default)| (name, Some(default.trim())));
    if inner.trim().is_empty() {
        findings.report(&EMPTY, statement, place, "the variable ${} names no key");
    } else if name.contains(char::is_whitespace) && !name.contains('/') {
        let message = format!("the variable ${{{inner}}} has a space in its name");
        findings.report(&SPACE, statement, place, message).help(format!("write ${{{}}}", name.trim()));
    }
    if let Some(default) = default {
        let quoted = default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'');
        if !quoted {
            let message = format!("the default of ${{{inner}}} lacks a single quote");
            findings.report(&QUOTE, statement, place, message).help(format!(
                "write ${{{}, '{}'}}",
                name.trim(),
                default.trim_matches('\'')
            ));
        }
    }
}
