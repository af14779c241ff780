use crate::lint::prelude::*;
use crate::policy::model::Quantifier;
use crate::policy::syntax::Node;

const DOCS: &str = "\
## What it finds

A list or object with nothing in it: actions, resources, principals, condition values, a whole condition block.

## Why it matters

A statement without an action, a resource or a principal is about nothing and never applies. An empty list of
condition values never matches, or, with `ForAllValues` or a negated operator, always does: hardly ever what was
meant.

## How to fix it

Remove the statement or the condition, or say what was meant.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "empty",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html",
    ],
    since: "0.1.0",
    lints: &[
        &ACTION,
        &RESOURCE,
        &PRINCIPAL,
        &PRINCIPAL_OBJECT,
        &CONDITION_OBJECT,
        &CONDITION,
        &FOR_ALL,
        &FOR_ANY,
        &IF_EXISTS,
    ],
    check,
};

static ACTION: Lint = Lint::aws(
    "EMPTY_ARRAY_ACTION",
    "List of actions is empty",
    Level::Suggestion,
    &[
        Example::bad("empty", r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#, &["[]"]),
        Example::good("one", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static RESOURCE: Lint = Lint::aws(
    "EMPTY_ARRAY_RESOURCE",
    "List of resources is empty",
    Level::Suggestion,
    &[
        Example::bad("empty", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": []}"#, &["[]"]),
        Example::good("one", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static PRINCIPAL: Lint = Lint::aws(
    "EMPTY_ARRAY_PRINCIPAL",
    "List of principals is empty",
    Level::Suggestion,
    &[
        Example::bad(
            "empty",
            r#"{"Effect": "Allow", "Principal": {"AWS": []}, "Action": "s3:*", "Resource": "*"}"#,
            &["[]"],
        )
        .of(PolicyKind::Resource(None)),
        Example::good(
            "one",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}"#,
        )
        .of(PolicyKind::Resource(None)),
    ],
);

static PRINCIPAL_OBJECT: Lint = Lint::aws(
    "EMPTY_OBJECT_PRINCIPAL",
    "Principal is an empty object",
    Level::Suggestion,
    &[
        Example::bad("empty", r#"{"Effect": "Allow", "Principal": {}, "Action": "s3:*", "Resource": "*"}"#, &["{}"])
            .of(PolicyKind::Resource(None)),
        Example::good("one", r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#)
            .of(PolicyKind::Resource(None)),
    ],
);

static CONDITION_OBJECT: Lint = Lint::aws(
    "EMPTY_OBJECT_CONDITION",
    "Condition is an empty object",
    Level::Suggestion,
    &[
        Example::bad("empty", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {}}"#, &["{}"]),
        Example::bad(
            "an operator without keys",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {}}}"#,
            &["{}"],
        ),
        Example::good("none", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static CONDITION: Lint = Lint::aws(
    "EMPTY_ARRAY_CONDITION",
    "List of condition values is empty",
    Level::Suggestion,
    &[
        Example::bad(
            "empty",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": []}}}"#,
            &["[]"],
        ),
        Example::good("none", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static FOR_ALL: Lint = Lint::aws(
    "EMPTY_ARRAY_CONDITION_FORALLVALUES",
    "ForAllValues has an empty list of values",
    Level::Suggestion,
    &[
        Example::bad(
            "empty",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}}"#,
            &["[]"],
        ),
        Example::good("none", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static FOR_ANY: Lint = Lint::aws(
    "EMPTY_ARRAY_CONDITION_FORANYVALUE",
    "ForAnyValue has an empty list of values",
    Level::Suggestion,
    &[
        Example::bad(
            "empty",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": []}}}"#,
            &["[]"],
        ),
        Example::good("none", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static IF_EXISTS: Lint = Lint::aws(
    "EMPTY_ARRAY_CONDITION_IFEXISTS",
    "An IfExists operator has an empty list of values",
    Level::Suggestion,
    &[
        Example::bad(
            "empty",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": []}}}"#,
            &["[]"],
        ),
        Example::good("none", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let mut report = |lint, path: String, node: &Node, message: String| {
            findings.report(lint, statement, &(path, node.span), message).help("remove it, or say what was meant");
        };
        for (element, lint, what) in
            [(&statement.action, &ACTION, "action"), (&statement.resource, &RESOURCE, "resource")]
        {
            if let Some(element) = element.as_ref().filter(|element| is_empty_list(&element.member.value)) {
                let path = format!("{}.{}", statement.path, element.name());
                let message = format!("{} names no {what}, so that the statement is about nothing", element.name());
                report(lint, path, &element.member.value, message);
            }
        }
        if let Some(principal) = &statement.principal {
            let path = format!("{}.{}", statement.path, principal.member.key.as_str());
            let kinds = principal.member.value.object().unwrap_or_default();
            if is_empty_object(&principal.member.value) {
                report(&PRINCIPAL_OBJECT, path.clone(), &principal.member.value, "it names no principal".to_owned());
            }
            for kind in kinds.iter().filter(|kind| is_empty_list(&kind.value)) {
                let message = format!("the list of {} principals is empty", kind.key.as_str());
                report(&PRINCIPAL, format!("{path}.{}", kind.key.as_str()), &kind.value, message);
            }
        }
        if let Some(block) = statement.condition_member {
            let path = format!("{}.Condition", statement.path);
            if is_empty_object(&block.value) {
                report(&CONDITION_OBJECT, path.clone(), &block.value, "the condition says nothing".to_owned());
            }
            for operator in block.value.object().unwrap_or_default().iter().filter(|o| is_empty_object(&o.value)) {
                let name = operator.key.as_str();
                report(&CONDITION_OBJECT, format!("{path}.{name}"), &operator.value, format!("{name} compares no key"));
            }
        }
        for line in statement.conditions.iter().filter(|line| is_empty_list(&line.member.value)) {
            let lint = match line.operator.quantifier {
                Some(Quantifier::ForAllValues) => &FOR_ALL,
                Some(Quantifier::ForAnyValue) => &FOR_ANY,
                None if line.operator.if_exists => &IF_EXISTS,
                None => &CONDITION,
            };
            let without_key = line.operator.holds_without_the_key();
            let effect = match (line.operator.is_negated(), without_key, line.operator.quantifier) {
                (true, _, Some(Quantifier::ForAnyValue)) => "every request with the key matches",
                (true, ..) => "it always matches",
                (false, true, _) => "only a request without the key matches",
                (false, false, _) => "it never matches",
            };
            let message = format!("{} is compared with no value: {effect}", line.key());
            report(lint, line.path.clone(), &line.member.value, message);
        }
    }
}

fn is_empty_list(node: &Node) -> bool {
    node.array().is_some_and(<[_]>::is_empty)
}

fn is_empty_object(node: &Node) -> bool {
    node.object().is_some_and(<[_]>::is_empty)
}
