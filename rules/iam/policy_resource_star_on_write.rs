use std::cmp::Reverse;

use crate::policy::admin::merge;
use crate::policy::catalogue::{AccessLevel, Action, Catalogue, Service};
use crate::policy::conditions::leave_resources_open;
use crate::policy::grant::{Decider, Grants, On, list};
use crate::policy::model::Effect;
use crate::policy::pattern::is_star;
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};
use crate::text::{count, join_some};

const DOCS: &str = "\
## What it finds
A policy that grants actions which change things, or change who may do what, on `\"Resource\": \"*\"` although IAM lets
them be limited to named resources. Wildcards such as `s3:Put*` are expanded with afterlab's catalogue of actions;
actions that work only with `*` do not count, nor do reading, listing and tagging. Statements with a condition that
names the resource (a tag, an account, a key of the service) pass. What `iam-policy-full-admin`,
`iam-policy-service-wildcard`, `iam-policy-not-action-allow` and `iam-policy-pass-role-any` report is left to them.

## Why it matters
Least privilege has two halves: which actions, and on what. `dynamodb:DeleteTable` for a lab's table is one thing, for
every table of the account another. With named resources, a mistake or a stolen key stays within the lab.

## How to fix it
Replace the star by the ARNs that are meant, by a prefix (`table/lab-*`), or by a condition on a tag. Split the
statement where some of its actions accept only `*`.
";

/// So many services, and so many actions of each, are named in the message.
const MOST_NAMED: usize = 3;

pub static RULE: Rule = Rule {
    id: "iam-policy-resource-star-on-write",
    title: "Policy lets actions that change things run on every resource",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam#least-privilege",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::PolicyText(check),
    examples: EXAMPLES,
};

fn check(text: &PolicyText<'_>, cx: &Context<'_>) -> Verdict {
    text.judge(cx, |grants| {
        let found = unlimited(grants);
        if found.services.is_empty() {
            return pass();
        }
        let total = found.services.iter().map(|(_, actions)| actions.len()).sum();
        let worst: Vec<String> = found.services.iter().map(|(service, actions)| summary(service, actions)).collect();
        let mut problem = fail(format!(
            "{} lets {} that could be limited run on every resource through {}{}: {}",
            text.subject(),
            count(total, "changing action"),
            list(&found.allowed_by),
            under_conditions(&found.allowed_by),
            join_some(worst.iter().map(String::as_str), MOST_NAMED)
        ))
        .statements(text.document, &found.allowed_by);
        for (service, actions) in &found.services {
            let names: Vec<_> = actions.iter().map(|action| format!("{}:{}", service.prefix, action.name)).collect();
            problem = problem.evidence(service.prefix, names);
        }
        problem.fix(text.replace_command()).verdict()
    })
}

/// What another rule reports, and what has a resource type in the catalogue that its calls have no ARN for.
const LEFT_OUT: &[(&str, &str)] = &[("iam", "PassRole"), ("cloudwatch", "PutMetricData")];

/// What could be limited and is not.
struct Unlimited<'a> {
    /// Services with most permissions management first; of each the worst actions first.
    services: Vec<(&'static Service, Vec<&'static Action>)>,
    allowed_by: Vec<Decider<'a>>,
}

fn unlimited<'a>(grants: &Grants<'a>) -> Unlimited<'a> {
    let mut found = Unlimited { services: Vec::new(), allowed_by: Vec::new() };
    let counts = |allow: Decider<'a>| leave_resources_open(allow.statement);
    // The catalogue yields actions service by service, so that only the last answer is asked for again.
    let mut last: Option<(&str, bool)> = None;
    let mut is_whole = |service: &'static Service| match last {
        Some((prefix, whole)) if prefix == service.prefix => whole,
        _ => {
            let whole = grants.find_where(&format!("{}:*", service.prefix), On::Everything, counts).is_some();
            last = Some((service.prefix, whole));
            whole
        }
    };
    for (_, statement) in grants.document().with_effect(Effect::Allow) {
        let broad =
            statement.resource.as_ref().is_none_or(|list| list.negated || list.patterns.iter().any(|p| is_star(p)));
        if statement.action.negated || !broad || !leave_resources_open(statement) {
            continue;
        }
        for pattern in statement.action.patterns.iter().filter(|pattern| !is_star(pattern)) {
            for (service, action) in Catalogue::embedded().matching(pattern) {
                if !action.level.changes_things()
                    || !action.supports_resources()
                    || LEFT_OUT.contains(&(service.prefix, action.name))
                    || is_whole(service)
                {
                    continue;
                }
                let name = format!("{}:{}", service.prefix, action.name);
                if let Some(grant) = grants.find_where(&name, On::Everything, counts) {
                    found.add(service, action);
                    merge(&mut found.allowed_by, grant.allowed_by);
                }
            }
        }
    }
    for (_, actions) in &mut found.services {
        actions.sort_by_key(|action| (Reverse(action.level), !action.name.starts_with("Delete"), action.name));
    }
    found.services.sort_by_key(|(service, actions)| {
        let managing = actions.iter().filter(|a| a.level == AccessLevel::PermissionsManagement).count();
        (Reverse((managing, actions.len())), service.prefix)
    });
    found
}

impl Unlimited<'_> {
    fn add(&mut self, service: &'static Service, action: &'static Action) {
        let known = self.services.iter().position(|(known, _)| known.prefix == service.prefix);
        let at = known.unwrap_or_else(|| {
            self.services.push((service, Vec::new()));
            self.services.len() - 1
        });
        let actions = &mut self.services[at].1;
        if !actions.iter().any(|known| known.name == action.name) {
            actions.push(action);
        }
    }
}

/// `s3 (PutBucketPolicy, DeleteBucket and 3 more)`
fn summary(service: &Service, actions: &[&Action]) -> String {
    format!("{} ({})", service.prefix, join_some(actions.iter().map(|action| action.name), MOST_NAMED))
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "deleting any table, writing any object",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": ["dynamodb:DeleteTable", "s3:Put*", "s3:Get*"], "Resource": "*"}"#
        ),
    },
    Example {
        name: "in another case, among named resources",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "LAMBDA:updatefunctioncode", "Resource": ["arn:aws:s3:::lab", "*"]}"#
        ),
    },
    Example {
        name: "limited by time only",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "sqs:DeleteQueue", "Resource": "*",
                "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}}"#
        ),
    },
    Example {
        name: "the table of the lab",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "dynamodb:*Table",
                "Resource": "arn:aws:dynamodb:us-east-1:111122223333:table/lab-*"}"#
        ),
    },
    Example {
        name: "reading, and what works only with a star",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": ["s3:Get*", "kms:CreateKey", "xray:PutTraceSegments"], "Resource": "*"}"#
        ),
    },
    Example {
        name: "only what has the lab's tag",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceTag/project": "lab"}}}"#
        ),
    },
    Example {
        name: "granted and denied again",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "sqs:DeleteQueue", "Resource": "*"},
                {"Effect": "Deny", "Action": "sqs:Delete*", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "a whole service is reported elsewhere",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": ["s3:*", "s3:PutObject"], "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:DeleteBucket", "Resource": "*"}]"#
        ),
    },
];
