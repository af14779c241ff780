use std::collections::BTreeSet;

use crate::lint::prelude::*;
use crate::policy::catalogue::{Action, Catalogue, Service};
use crate::policy::pattern::is_star;
use crate::text::join_some;

const DOCS: &str = "\
## What it finds

A condition on `aws:ResourceTag/…` in a statement about actions whose requests never have that key, by the published
list of keys; and such a condition with `NotAction`, which takes in thousands of those actions.

Conditions that also hold for a request without the key (`…IfExists`, `StringNotEquals`) and `Null` are left out, and so
are actions that make something: AWS compares their tags in its own way.

## Why it matters

Without the key the condition does not hold. An `Allow` never allows those actions, and a `Deny` never denies them,
whatever tags the resources have.

## How to fix it

Move those actions to a statement of their own, bounded by the names of the resources. `IfExists` is no way out: it
would allow, or deny, those actions for everything.";

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
    lints: &[&ALLOW, &ALLOW_NOT_ACTION, &DENY, &DENY_NOT_ACTION],
    check,
};

const LIMITS: &str = "AWS decides by a list of its own; this goes by the published keys of each action";

static ALLOW: Lint = Lint::aws(
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Allows by a tag what has no such key",
    Level::Suggestion,
    &[
        Example::bad(
            "a list action",
            r#"{"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:DescribeInstances"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
            &[r#""ec2:DescribeInstances""#],
        ),
        Example::bad(
            "a wildcard that takes in nothing else",
            r#"{"Effect": "Allow", "Action": ["ec2:DescribeInst*Types", "ec2:Stop*"], "Resource": "*", "Condition": {"StringLike": {"aws:resourcetag/team": "a*"}}}"#,
            &[r#""ec2:DescribeInst*Types""#],
        ),
        Example::good(
            "actions that have it",
            r#"{"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:Stop*"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
        ),
        Example::good(
            "holds without the key",
            r#"{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:ResourceTag/team": "lab"}}}"#,
        ),
    ],
)
.limits(LIMITS);

static ALLOW_NOT_ACTION: Lint = Lint::aws(
    "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Allows by a tag all but some actions",
    Level::Suggestion,
    &[
        Example::bad(
            "all but IAM",
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
            &[r#""aws:ResourceTag/team""#],
        ),
        Example::good(
            "another key",
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "lab"}}}"#,
        ),
    ],
)
.limits(LIMITS);

static DENY: Lint = Lint::aws(
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Denies by a tag what has no such key",
    Level::SecurityWarning,
    &[
        Example::bad(
            "an action without the key",
            r#"{"Effect": "Deny", "Action": ["ec2:TerminateInstances", "s3:ListAllMyBuckets"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/status": "keep"}}}"#,
            &[r#""s3:ListAllMyBuckets""#],
        ),
        Example::good(
            "an action that has it",
            r#"{"Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/status": "keep"}}}"#,
        ),
        Example::good(
            "denies without the key, too",
            r#"{"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/status": "keep"}}}"#,
        ),
    ],
)
.limits(LIMITS);

static DENY_NOT_ACTION: Lint = Lint::aws(
    "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "Denies by a tag all but some actions",
    Level::SecurityWarning,
    &[
        Example::bad(
            "all but reading",
            r#"{"Effect": "Deny", "NotAction": "ec2:Describe*", "Resource": "*", "Condition": {"StringLike": {"aws:ResourceTag/status": "keep*"}}}"#,
            &[r#""aws:ResourceTag/status""#],
        ),
        Example::good(
            "without a tag",
            r#"{"Effect": "Deny", "NotAction": "ec2:Describe*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
        ),
    ],
)
.limits(LIMITS);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let allows = match () {
            () if statement.allows() => true,
            () if statement.denies() => false,
            () => continue,
        };
        let Some(list) = &statement.action else { continue };
        for line in statement.conditions.iter().filter(|line| demands_a_tag(line)) {
            if list.negated {
                let lint = if allows { &ALLOW_NOT_ACTION } else { &DENY_NOT_ACTION };
                let does = if allows { "allowed" } else { "denied" };
                let message =
                    format!("NotAction takes in actions that do not know {:?}; they are not {does}", line.key());
                findings
                    .report(lint, statement, line, message)
                    .also(list.member.key.span)
                    .help("name the actions in Action");
            } else {
                named(subject, statement, list, line, allows, findings);
            }
        }
    }
}

fn named(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    list: &ListElement<'_>,
    line: &ConditionLine<'_>,
    allows: bool,
    findings: &mut Findings<'_>,
) {
    let lacking = list.items.iter().filter(|item| lacks(subject.catalogue, item));
    let lacking: Vec<&Item<'_>> = lacking.collect();
    let Some(first) = lacking.first() else { return };
    let prefixes: BTreeSet<&str> = lacking.iter().filter_map(|item| item.text.as_str().split(':').next()).collect();
    let names = join_some(lacking.iter().map(|item| item.text.as_str()), 3);
    let (lint, does) = if allows { (&ALLOW, "allowed") } else { (&DENY, "denied") };
    let message = format!("{names} do not know {:?}, so that they are never {does} here", line.key());
    let message = if lacking.len() == 1 {
        message.replacen(" do not know", " does not know", 1).replacen("that they are", "that it is", 1)
    } else {
        message
    };
    let services = join_some(prefixes.iter().copied(), 3);
    let mut draft = findings
        .report(lint, statement, *first, message)
        .help(format!("move these actions of {services} to a statement without the tag"));
    for item in &lacking[1..] {
        draft = draft.also(item.text.span);
    }
    draft.also(line.member.key.span);
}

/// Whether a request must have the tag for the condition to hold.
fn demands_a_tag(line: &ConditionLine<'_>) -> bool {
    let stem = line.key().get(.."aws:ResourceTag/".len());
    stem.is_some_and(|stem| stem.eq_ignore_ascii_case("aws:ResourceTag/"))
        && !line.operator.is("Null")
        && !line.operator.holds_without_the_key()
}

/// Whether an item names only actions whose requests never have the tags of the resource.
fn lacks(catalogue: &'static Catalogue, item: &Item<'_>) -> bool {
    let text = item.text.as_str();
    let Some((prefix, name)) = text.split_once(':') else { return false };
    // The tagging API passes requests on to the services, which know the key.
    let passes_on = prefix.eq_ignore_ascii_case("tag");
    if is_star(text) || item.text.has_holes() || prefix.contains(['*', '?']) || passes_on {
        return false;
    }
    if !name.contains(['*', '?']) {
        return catalogue.action(text).is_some_and(|(service, action)| !knows_tags(service, action));
    }
    let mut matching = catalogue.matching(text).peekable();
    matching.peek().is_some() && matching.all(|(service, action)| !knows_tags(service, action))
}

/// An action that makes a thing has the tags that the thing is given.
fn knows_tags(service: &Service, action: &Action) -> bool {
    action.name.starts_with("Create")
        || service
            .keys_of(action)
            .any(|key| ["aws:ResourceTag/", "aws:RequestTag/"].iter().any(|stem| key.stem().eq_ignore_ascii_case(stem)))
}
