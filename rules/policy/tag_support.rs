use crate::lint::prelude::*;
use crate::policy::catalogue::ConditionKey;

const DOCS: &str = "\
## What it finds

A condition on a tag for actions of a service none of whose actions knows that key, and with `NotAction`, which takes
in all such services.

## Why it matters

Requests to such a service never have the key: an `Allow` does not work for them, and a `Deny` protects nothing.

## How to fix it

Put the actions of that service into a statement of their own without the condition.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "tag_support",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    since: "0.1.0",
    lints: &[&ALLOW, &ALLOW_NOT, &DENY, &DENY_NOT],
    check,
};

static ALLOW: Lint = Lint::aws(
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Allow by a tag that the service does not know",
    Level::Suggestion,
    &[
        Example::bad("a service without tags", r#"{"Effect": "Allow", "Action": "pricing:GetProducts", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#, &[r#""aws:ResourceTag/team""#]),
        Example::good("a service with tags", r#"{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#),
    ],
).limits("AWS keeps a list of its own; here, a service counts when nothing of it has the key by the published list");

static ALLOW_NOT: Lint = Lint::aws(
    "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Allow with NotAction by a tag that many services do not know",
    Level::Suggestion,
    &[
        Example::bad(
            "NotAction",
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
            &[r#""aws:ResourceTag/team""#],
        ),
        Example::good(
            "Action",
            r#"{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
        ),
    ],
);

static DENY: Lint = Lint::aws(
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Deny by a tag that the service does not know",
    Level::SecurityWarning,
    &[
        Example::bad("a service without tags", r#"{"Effect": "Deny", "Action": "pricing:GetProducts", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#, &[r#""aws:ResourceTag/team""#]),
        Example::good("a service with tags", r#"{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#),
    ],
).limits("AWS keeps a list of its own; here, a service counts when nothing of it has the key by the published list");

static DENY_NOT: Lint = Lint::aws(
    "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Deny with NotAction by a tag that many services do not know",
    Level::SecurityWarning,
    &[
        Example::bad(
            "NotAction",
            r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
            &[r#""aws:ResourceTag/team""#],
        ),
        Example::good(
            "Action",
            r#"{"Effect": "Deny", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
        ),
    ],
);

const TAG_KEYS: &[&str] = &["aws:ResourceTag/", "aws:RequestTag/", "aws:TagKeys"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            let binds = !line.operator.if_exists && !line.operator.is("Null") && !line.operator.is_negated();
            let tag = TAG_KEYS
                .iter()
                .find(|stem| line.key().get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem)));
            if let (Some(stem), true, Some(action)) = (tag, binds, &statement.action) {
                tagged(subject, statement, line, stem, action, findings);
            }
        }
    }
}

fn tagged(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    line: &ConditionLine<'_>,
    stem: &str,
    action: &ListElement<'_>,
    findings: &mut Findings<'_>,
) {
    let allows = statement.allows();
    let effect = if allows { "does not allow them" } else { "does not deny them" };
    if action.negated {
        let lint = if allows { &ALLOW_NOT } else { &DENY_NOT };
        let message = format!("many services that NotAction takes in do not know {:?}: this {effect}", line.key());
        findings.report(lint, statement, line, message).help("list the actions in Action");
        return;
    }
    let lint = if allows { &ALLOW } else { &DENY };
    if !findings.wants(lint) {
        return;
    }
    let mut prefixes: Vec<&str> =
        action.items.iter().filter_map(|item| item.text.as_str().split_once(':')).map(|(prefix, _)| prefix).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    for prefix in prefixes {
        // The tagging API passes requests on to the services, which know the key.
        let Some(service) = subject.catalogue.service(prefix).filter(|service| service.prefix != "tag") else {
            continue;
        };
        let knows =
            |key: &ConditionKey| key.name.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem));
        if !service.condition_keys().iter().any(knows) {
            let message = format!("requests to {prefix} never have {:?}: this {effect}", line.key());
            findings
                .report(lint, statement, line, message)
                .help(format!("put the actions of {prefix} into a statement of their own"));
        }
    }
}
