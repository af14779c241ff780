use crate::lint::prelude::*;
use crate::policy::matching;

const DOCS: &str = "\
## What it finds

A condition key of a service for actions of that service that never have it, and keys that say something only together
with another action.

## Why it matters

An `Allow` for such an action never works; a `Deny` never denies.

## How to fix it

Move the actions that the message names into a statement of their own.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "key_support",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    since: "0.1.0",
    lints: &[&ACTION, &COMPANION],
    check,
};

static ACTION: Lint = Lint::aws(
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    "Action never has this condition key",
    Level::Error,
    &[
        Example::bad(
            "a key of PassRole",
            r#"{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}"#,
            &[r#""iam:GetRole""#],
        ),
        Example::good(
            "PassRole",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}"#,
        ),
    ],
);

static COMPANION: Lint = Lint::aws(
    "MISSING_ACTION_FOR_CONDITION_KEY",
    "Condition key without the action that it is about",
    Level::Error,
    &[
        Example::bad("a key without its action", r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}}"#, &[r#""ec2:CreateAction""#]),
        Example::good("with its action", r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}}"#),
    ],
).limits("AWS keeps the list of keys and actions; here are the documented ones");

/// Keys that only requests for one action have, and are about another.
const COMPANIONS: &[(&str, &str)] = &[
    ("ec2:CreateAction", "ec2:CreateTags"),
    ("elasticloadbalancing:CreateAction", "elasticloadbalancing:AddTags"),
    ("rds:req-tag", "rds:AddTagsToResource"),
];

/// Keys that one action alone has, by its own documentation; a statement with other actions says nothing about those.
const OF_ONE_ACTION: &[(&str, &str)] = &[
    ("iam:AWSServiceName", "iam:CreateServiceLinkedRole"),
    ("iam:AssociatedResourceArn", "iam:PassRole"),
    ("iam:PassedToService", "iam:PassRole"),
    ("sts:ExternalId", "sts:AssumeRole"),
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let actions = statement.actions();
        for line in statement.conditions.iter().filter(|line| !line.operator.if_exists && !line.operator.is("Null")) {
            let is = |key: &str| key.eq_ignore_ascii_case(line.key());
            if let Some((_, only)) = OF_ONE_ACTION.iter().find(|(key, _)| is(key)) {
                unsupported(subject, statement, line, only, findings);
            }
            if let Some((_, companion)) = COMPANIONS.iter().find(|(key, _)| is(key)) {
                let open = statement.action.as_ref().is_none_or(|action| action.negated || action.partly_unknown);
                let there =
                    actions.iter().any(|item| item.text.has_holes() || matching::action(item.text.as_str(), companion));
                if !open && !there {
                    let message = format!(
                        "{:?} says something about {companion} only, which this statement does not have",
                        line.key()
                    );
                    findings
                        .report(&COMPANION, statement, line, message)
                        .help(format!("add {companion}, or remove the condition"));
                }
            }
        }
    }
}

/// Plain actions of the key's own service that can never have it; wildcards are taken for what they match of it.
fn unsupported(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    line: &ConditionLine<'_>,
    only: &str,
    findings: &mut Findings<'_>,
) {
    let service = only.split(':').next().unwrap_or_default();
    for item in statement.actions() {
        let text = item.text.as_str();
        let same_service = text.split_once(':').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service));
        let Some((of, action)) = subject.catalogue.action(text).filter(|_| same_service) else { continue };
        let knows = of.keys_of(action).any(|key| key.matches(line.key()));
        if !knows && !text.eq_ignore_ascii_case(only) && statement.allows() && !holds_without_the_key(statement) {
            let message = format!("requests for {text:?} never have {:?}", line.key());
            findings
                .report(&ACTION, statement, item, message)
                .also(line.member.key.span)
                .help("move it into a statement without the condition");
        }
    }
}

/// A negated operator holds for requests without the key, so that the statement applies to them.
fn holds_without_the_key(statement: &Statement<'_>) -> bool {
    statement.conditions.iter().any(|line| line.operator.is_negated())
}
