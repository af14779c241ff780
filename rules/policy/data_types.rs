use crate::lint::prelude::*;
use crate::policy::syntax::{Node, Value};

const DOCS: &str = "\
## What it finds

A value of another JSON type than its element takes: a number for `Version`, a list of lists for `Action`, an object
as a condition's value.

## Why it matters

AWS refuses the policy.

## How to fix it

Use the type that the message names. Conditions take strings, and numbers and booleans for their text.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "data_types",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"],
    since: "0.1.0",
    lints: &[&MISMATCH],
    check,
};

static MISMATCH: Lint = Lint::aws(
    "DATA_TYPE_MISMATCH",
    "Value of another JSON type than the element takes",
    Level::Error,
    &[
        Example::bad(
            "a number and a list in a list",
            r#"{"Version": 2012, "Statement": [{"Effect": "Allow", "Action": [["s3:*"]], "Resource": "*"}]}"#,
            &["2012", r#"["s3:*"]"#],
        ),
        Example::bad(
            "in conditions",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": {}}, "Null": "x"}}"#,
            &["{}", r#""x""#],
        ),
        Example::good(
            "numbers and booleans in conditions",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": [10]}}}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let mut document = |path: &str, node: &Node, wanted: &str| {
        let message = format!("{} stands where {wanted} should be", node.kind());
        findings.report_document(&MISMATCH, &(path.to_owned(), node.span), message);
    };
    if !is_object(policy.node) && subject.syntax_errors.is_empty() {
        document("", policy.node, "an object");
        return;
    }
    for member in policy.members {
        match (member.key.as_str(), &member.value.value) {
            ("Version" | "Id", value) if !is_string(value) => document(&member.key.text, &member.value, "a string"),
            ("Statement", Value::Array(list)) => {
                for (i, node) in list.iter().enumerate().filter(|(_, node)| !is_object(node)) {
                    document(&format!("Statement[{i}]"), node, "an object");
                }
            }
            ("Statement", _) if !is_object(&member.value) => document("Statement", &member.value, "a list of objects"),
            _ => {}
        }
    }
    for statement in &policy.statements {
        elements(statement, findings);
    }
}

fn elements(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let mut wrong = |path: String, node: &Node, wanted: &str| {
        let message = format!("{} stands where {wanted} should be", node.kind());
        findings.report(&MISMATCH, statement, &(path, node.span), message);
    };
    for member in statement.members {
        let path = format!("{}.{}", statement.path, member.key.as_str());
        match member.key.as_str() {
            "Sid" | "Effect" if !is_string(&member.value.value) => wrong(path, &member.value, "a string"),
            "Action" | "NotAction" | "Resource" | "NotResource" => strings(&member.value, path, &mut wrong),
            "Principal" | "NotPrincipal" => match &member.value.value {
                Value::Object(kinds) => {
                    for kind in kinds {
                        strings(&kind.value, format!("{path}.{}", kind.key.as_str()), &mut wrong);
                    }
                }
                // A list or another string is INVALID_PRINCIPAL_FORMAT.
                Value::String(_) | Value::Array(_) | Value::Unknown(_) => {}
                _ => wrong(path, &member.value, "\"*\" or an object"),
            },
            "Condition" => conditions(&member.value, &path, &mut wrong),
            _ => {}
        }
    }
}

fn strings(node: &Node, path: String, wrong: &mut impl FnMut(String, &Node, &str)) {
    match &node.value {
        Value::Array(list) => {
            for (i, item) in list.iter().enumerate().filter(|(_, item)| !is_string(&item.value)) {
                wrong(format!("{path}[{i}]"), item, "a string");
            }
        }
        value if !is_string(value) => wrong(path, node, "a string or a list of strings"),
        _ => {}
    }
}

fn conditions(block: &Node, path: &str, wrong: &mut impl FnMut(String, &Node, &str)) {
    if !is_object(block) {
        wrong(path.to_owned(), block, "an object of operators");
    }
    for operator in block.object().unwrap_or_default() {
        let path = format!("{path}.{}", operator.key.as_str());
        if !is_object(&operator.value) {
            wrong(path, &operator.value, "an object of condition keys");
            continue;
        }
        for key in operator.value.object().unwrap_or_default() {
            let path = format!("{path}.{}", key.key.as_str());
            let nodes = key.value.array().unwrap_or(std::slice::from_ref(&key.value));
            let odd = |node: &&Node| matches!(node.value, Value::Null | Value::Object(_) | Value::Array(_));
            nodes.iter().filter(odd).for_each(|node| wrong(path.clone(), node, "a string"));
        }
    }
}

fn is_object(node: &Node) -> bool {
    matches!(node.value, Value::Object(_) | Value::Unknown(_))
}

fn is_string(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Unknown(_))
}
