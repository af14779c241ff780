use crate::policy::admin::full_admin;
use crate::policy::catalogue::Catalogue;
use crate::policy::conditions::leave_resources_open;
use crate::policy::grant::{Decider, Grants, On};
use crate::policy::model::Effect;
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};
use crate::text::{count, join_some};

const DOCS: &str = "\
## What it finds
A statement with `Allow` and `NotAction` on every resource: it grants every action of AWS except those it lists. What it
lets through is counted with afterlab's catalogue of services, less what the same policy denies always. On resources
that are named one by one the statement passes, because they limit it; so it does where a condition names a tag of the
resource. Policies that `iam-policy-full-admin` reports already are left out.

## Why it matters
`NotAction` reads like a prohibition and is the opposite: the list names what is *not* granted, everything else is,
including every service that AWS will start in the years to come. Whoever means \"everything but IAM\" has also granted
leaving the organization, closing the account and deleting every backup.

## How to fix it
Turn it round: list in `Action` what is needed. If the aim was to forbid something, keep the grants narrow and add a
statement with `Deny` for it.
";

/// Services to name first when they are let through whole: those that hurt most.
const NOTABLE: &[&str] = &["iam", "organizations", "account", "kms", "s3", "ec2", "cloudtrail", "sagemaker"];

pub static RULE: Rule = Rule {
    id: "iam-policy-not-action-allow",
    title: "Policy allows everything except a list of actions",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam-policies#not-action",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
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
        let statements = grants.document().with_effect(Effect::Allow);
        let not_actions: Vec<_> = statements
            .filter(|(_, s)| s.action.negated)
            .map(|(index, statement)| Decider { index, statement })
            .collect();
        if not_actions.is_empty() {
            return pass();
        }
        if full_admin(grants).is_some() {
            return not_applicable("it grants everything, which iam-policy-full-admin reports");
        }
        for decider in not_actions {
            let open = services_let_through(grants, decider);
            if open.is_empty() {
                continue;
            }
            let notable = NOTABLE.iter().filter(|prefix| open.contains(prefix));
            let excepted = &decider.statement.action.patterns;
            return fail(format!(
                "{} allows every action except {} on every resource in {decider}{}: {} of {} whole{}",
                text.subject(),
                join_some(excepted.iter().map(String::as_str), 3),
                under_conditions(&[decider]),
                count(open.len(), "service"),
                Catalogue::embedded().services().len(),
                notable.take(4).fold(String::new(), |list, prefix| {
                    format!("{list}{}{prefix}", if list.is_empty() { ", among them " } else { ", " })
                }),
            ))
            .statements(text.document, &[decider])
            .evidence("services granted whole", open.len())
            .fix(text.replace_command())
            .verdict();
        }
        pass()
    })
}

/// The services of which one statement grants every action on everything.
fn services_let_through(grants: &Grants<'_>, by: Decider<'_>) -> Vec<&'static str> {
    let services = Catalogue::embedded().services().iter().map(|service| service.prefix);
    let counts = |allow: Decider<'_>| allow.index == by.index && leave_resources_open(allow.statement);
    services.filter(|prefix| grants.find_where(&format!("{prefix}:*"), On::Everything, counts).is_some()).collect()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "everything but IAM and the organization",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Sid": "PowerUser", "Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}"#
        ),
    },
    Example {
        name: "a denial that is far from covering it",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "a Deny with NotAction is a fence, not a grant",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "NotAction within a fence that leaves one service",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "*"},
                {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "on one bucket only",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "NotAction": "s3:DeleteObject",
                "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/*"]}"#
        ),
    },
    Example {
        name: "grants even IAM: the full administrator is reported elsewhere",
        expected: Expected::NotApplicable,
        snapshot: with_policy!(r#"{"Effect": "Allow", "NotAction": "billing:*", "Resource": "*"}"#),
    },
];
