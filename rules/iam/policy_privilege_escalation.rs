use serde_json::json;

use crate::policy::admin::full_admin;
use crate::policy::escalation::{self, Found};
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};

const DOCS: &str = "\
## What it finds
A policy whose actions together let its holder get more rights than it grants, by one of 65 known paths: writing a new
version of a policy, attaching `AdministratorAccess`, starting a notebook or a function with a stronger role, changing
the code of one that has it. All actions of a path must be granted by this one policy, on every resource of a type they
work on; changing oneself (`user/${aws:username}`) counts, too. `iam:PassRole` that is limited to a service opens only
the paths of that service, and a condition on a tag of the resource or on a key of IAM's own (`iam:PolicyARN`,
`iam:PermissionsBoundary`) closes a path.

The ids are those of pathfinding.cloud. Some paths need something else to be there, such as an instance whose role may
do more: the message then says *may*, and such a path of one single action counts only on `*`.

## Why it matters
These are the ways that intruders take once they hold a small key: the policy looks harmless, and three calls later its
holder is the administrator. A lab's quick-start policy is the usual beginning.

## How to fix it
Name resources: the roles that may be passed, the policies and groups that may be changed. Limit `iam:PassRole` with
`iam:PassedToService`. Where somebody must manage users or roles, set a permissions boundary on them and demand it with
a condition on `iam:PermissionsBoundary`.
";

/// So many paths are named in the message; the evidence has all.
const MOST_NAMED: usize = 3;

pub static RULE: Rule = Rule {
    id: "iam-policy-privilege-escalation",
    title: "Policy lets its holder gain more rights than it grants",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::High,
    confidence: Confidence::Medium,
    note: "iam-policies#privilege-escalation",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
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
        let found = escalation::find(grants);
        let Some(first) = found.first() else { return pass() };
        if full_admin(grants).is_some() {
            return not_applicable("it grants everything, which iam-policy-full-admin reports");
        }
        let depends = first.path.depends_on();
        let named = found.iter().filter(|found| depends.is_some() || found.path.depends_on().is_none());
        let more = found.len() - named.clone().take(MOST_NAMED).count();
        let paths: Vec<_> = named.take(MOST_NAMED).map(name).collect();
        let mut problem = fail(format!(
            "{} {}: {}{}{}",
            text.subject(),
            match depends {
                None => "lets its holder gain more rights than it grants".to_owned(),
                Some(needed) => format!("may let its holder gain more rights, given {needed}"),
            },
            paths.join(", "),
            if more > 0 { format!(" and {more} more") } else { String::new() },
            under_conditions(&first.allowed_by)
        ))
        .statements(text.document, &first.allowed_by);
        for Found { path, .. } in &found {
            let mut value = json!({"actions": path.required, "how": path.how, "reference": path.reference()});
            if let Some(needed) = path.depends_on() {
                value["needs"] = needed.into();
            }
            problem = problem.evidence(path.id, value);
        }
        problem.fix(text.replace_command()).verdict()
    })
}

/// `iam-001 (iam:CreatePolicyVersion)`
fn name(found: &Found<'_>) -> String {
    format!("{} ({})", found.path.id, found.path.required.join(" + "))
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a new version of any policy, the own one included",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}"#),
    },
    Example {
        name: "any role for a notebook, spread over two statements",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "IAM:passrole", "Resource": "arn:aws:iam::*:role/*"},
                {"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "the own user may give itself any policy",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "iam:*UserPolicy",
                "Resource": "arn:aws:iam::111122223333:user/${aws:username}"}"#
        ),
    },
    Example {
        name: "taking any role may be enough",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}"#),
    },
    Example {
        name: "everything but deleting in IAM",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "NotAction": ["iam:Delete*", "s3:*", "ec2:*", "kms:*", "rds:*", "sts:*", "lambda:*"],
                "Resource": "*"}"#
        ),
    },
    Example {
        name: "passing one role to one service",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "iam:PassRole",
                 "Resource": "arn:aws:iam::111122223333:role/lab-notebook"},
                {"Effect": "Allow", "Action": "sagemaker:CreateNotebookInstance", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "any role, but only to a service that runs nothing here",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                 "Condition": {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}},
                {"Effect": "Allow", "Action": "sagemaker:CreateNotebookInstance", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "attaching policies only to those who stay within a boundary",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*", "Condition": {"StringEquals":
                {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limits"}}}"#
        ),
    },
    Example {
        name: "managing one's own keys and password",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": ["iam:CreateAccessKey", "iam:UpdateLoginProfile"],
                "Resource": "arn:aws:iam::*:user/${aws:username}"}"#
        ),
    },
    Example {
        name: "sessions on instances with a tag",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "ssm:StartSession", "Resource": "*",
                "Condition": {"StringEquals": {"ssm:resourceTag/project": "lab"}}}"#
        ),
    },
    Example {
        name: "granted and denied again",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "iam:Add*", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:AddUserToGroup", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "a full administrator is reported elsewhere",
        expected: Expected::NotApplicable,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
    },
];
