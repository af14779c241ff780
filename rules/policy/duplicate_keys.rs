use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::lint::prelude::*;
use crate::policy::syntax::{Member, Node, Value};

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
        Example::bad(
            "in a condition, and in the document",
            r#"{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true, "aws:SecureTransport": false}}}]}"#,
            &[r#""Version""#, r#""aws:SecureTransport""#],
        ),
        Example::good("once", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    same(subject.policy.node, None, subject, findings);
    for statement in &subject.policy.statements {
        let operators = statement.condition_member.and_then(|member| member.value.object()).unwrap_or_default();
        for operator in operators {
            let alike = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
            twins(operator.value.object().unwrap_or_default(), str::to_ascii_lowercase, alike, |twin, member| {
                let (key, other) = (member.key.as_str(), twin.key.as_str());
                if key == other {
                    return;
                }
                let path = format!("{}.Condition.{}.{key}", statement.path, operator.key.as_str());
                let message = format!("{key:?} is the same condition key as {other:?}");
                findings
                    .report(&CASE, statement, &(path, member.key.span), message)
                    .also(twin.key.span)
                    .help("put the values of both into one list");
            });
        }
    }
}

/// Where a value stands: each step knows the one before it, so that a path is only written when it is reported.
struct Step<'a> {
    before: Option<&'a Self>,
    name: Name<'a>,
}

enum Name<'a> {
    Key(&'a str),
    Index(usize),
}

impl Step<'_> {
    fn path(&self) -> String {
        let mut path = self.before.map(Self::path).unwrap_or_default();
        match self.name {
            Name::Key(key) if path.is_empty() => path.push_str(key),
            Name::Key(key) => path.extend([".", key]),
            Name::Index(index) => path.extend(["[", &index.to_string(), "]"]),
        }
        path
    }
}

fn same(node: &Node, at: Option<&Step<'_>>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    match &node.value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                same(item, Some(&Step { before: at, name: Name::Index(index) }), subject, findings);
            }
        }
        Value::Object(members) => {
            twins(
                members,
                str::to_owned,
                |a, b| a == b,
                |twin, member| {
                    let path = Step { before: at, name: Name::Key(member.key.as_str()) }.path();
                    let place = (path, member.key.span);
                    let message =
                        format!("{:?} stands twice in this object; only the last one counts", member.key.as_str());
                    let of = subject.policy.statements.iter().find(|of| of.node.span.contains(member.key.span));
                    let draft = match of {
                        Some(of) => findings.report(&SAME, of, &place, message),
                        None => findings.report_document(&SAME, &place, message),
                    };
                    draft.also(twin.key.span).help("join both, or remove one");
                },
            );
            for member in members {
                let step = Step { before: at, name: Name::Key(member.key.as_str()) };
                same(&member.value, Some(&step), subject, findings);
            }
        }
        _ => {}
    }
}

/// Gives each member whose key stands before it, too, with the first that has it.
///
/// Objects of policies are small and are compared pair by pair, which needs no memory; large ones go through a map.
fn twins<'a>(
    members: &'a [Member],
    fold: impl Fn(&str) -> String,
    alike: impl Fn(&str, &str) -> bool,
    mut found: impl FnMut(&'a Member, &'a Member),
) {
    const SMALL: usize = 32;
    if members.len() <= SMALL {
        for (i, member) in members.iter().enumerate() {
            if let Some(twin) = members[..i].iter().find(|other| alike(other.key.as_str(), member.key.as_str())) {
                found(twin, member);
            }
        }
        return;
    }
    let mut seen: HashMap<String, &Member> = HashMap::with_capacity(members.len());
    for member in members {
        match seen.entry(fold(member.key.as_str())) {
            Entry::Occupied(first) => found(first.get(), member),
            Entry::Vacant(entry) => {
                entry.insert(member);
            }
        }
    }
}
