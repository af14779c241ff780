use crate::lint::prelude::*;
use crate::policy::syntax::{Node, Value};

const DOCS: &str = "\
## What it finds

The same key twice in one object, and condition keys that differ only in upper and lower case within one operator.

## Why it matters

Readers of JSON take the last of two equal keys, so that the first one silently says nothing; AWS refuses many such
policies. Names of condition keys are the same in any case.

## How to fix it

Join both into one key with a list of values, or remove the one that is not meant.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "duplicate_keys",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html"],
    since: "0.1.0",
    lints: &[&CASE, &SAME],
    check,
};

static CASE: Lint = Lint::aws(
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
    "Condition key stands twice, in different case",
    Level::Error,
    &[
        Example::bad(
            "aws:SourceIp",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d", "AWS:sourcevpc": "vpc-11112222"}}}"#,
            &[r#""AWS:sourcevpc""#],
        ),
        Example::good(
            "under different operators",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "a*"}, "StringNotLike": {"aws:UserId": "ab"}}}"#,
        ),
    ],
);

static SAME: Lint = Lint::own(
    "DUPLICATE_KEY",
    "The same key stands twice in one object",
    Level::Error,
    &[
        Example::bad(
            "Action",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Action": "s3:PutObject", "Resource": "*"}"#,
            &[r#""Action""#],
        ),
        Example::good("once", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    same(subject.policy.node, "", None, subject, findings);
    for statement in &subject.policy.statements {
        let operators = statement.condition_member.and_then(|member| member.value.object()).unwrap_or_default();
        for operator in operators {
            let keys = operator.value.object().unwrap_or_default();
            for (i, member) in keys.iter().enumerate() {
                let key = member.key.as_str();
                let twin = keys[..i].iter().find(|other| other.key.as_str().eq_ignore_ascii_case(key));
                let Some(twin) = twin.filter(|twin| twin.key.as_str() != key) else { continue };
                let path = format!("{}.Condition.{}.{key}", statement.path, operator.key.as_str());
                let message = format!("{key:?} is the same condition key as {:?}", twin.key.as_str());
                findings
                    .report(&CASE, statement, &(path, member.key.span), message)
                    .also(twin.key.span)
                    .help("put the values of both into one list");
            }
        }
    }
}

fn same(node: &Node, path: &str, statement: Option<usize>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    match &node.value {
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let of = statement.or_else(|| (path == "Statement").then_some(i));
                same(item, &format!("{path}[{i}]"), of, subject, findings);
            }
        }
        Value::Object(members) => {
            for (i, member) in members.iter().enumerate() {
                let key = member.key.as_str();
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                if let Some(twin) = members[..i].iter().find(|other| other.key.as_str() == key) {
                    let place = (path.clone(), member.key.span);
                    let message = format!("{key:?} stands twice in this object; only the last one counts");
                    let of = subject.policy.statements.iter().find(|of| Some(of.index) == statement);
                    let draft = match of {
                        Some(of) => findings.report(&SAME, of, &place, message),
                        None => findings.report_document(&SAME, &place, message),
                    };
                    draft.also(twin.key.span).help("join both, or remove one");
                }
                same(&member.value, &path, statement, subject, findings);
            }
        }
        _ => {}
    }
}
