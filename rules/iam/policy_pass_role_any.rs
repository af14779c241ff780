use crate::policy::admin::full_admin;
use crate::policy::conditions::leave_resources_open;
use crate::policy::grant::{Decider, On, list};
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};

const DOCS: &str = "\
## What it finds
A policy that grants `iam:PassRole` on every role (`*`, or `role/*` of the account) and does not say to which service:
no condition on `iam:PassedToService`. Wildcards in the action (`iam:*`, `iam:Pass*`) count, and so does `NotAction`. A
condition that holds for any service (`StringLike` with `*`) is none. Policies that `iam-policy-full-admin` reports
already are left out.

## Why it matters
Passing a role means handing its rights to a function, an instance, a notebook. Whoever may pass *any* role and start
anything that runs code has all rights that any role of the account has, the strongest one's included.

## How to fix it
Name the roles that the holder's work needs, by ARN or by a path such as `role/lab/*`, and add a condition:
`\"StringEquals\": {\"iam:PassedToService\": \"sagemaker.amazonaws.com\"}`.
";

pub static RULE: Rule = Rule {
    id: "iam-policy-pass-role-any",
    title: "Policy lets any role be passed to any service",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam-policies#pass-role",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
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
        // A condition on iam:PassedToService names services and so does not leave open what is granted.
        let counts = |allow: Decider<'_>| leave_resources_open(allow.statement);
        let Some(grant) = grants.find_where("iam:PassRole", On::EveryOfAType, counts) else { return pass() };
        if full_admin(grants).is_some() {
            return not_applicable("it grants everything, which iam-policy-full-admin reports");
        }
        fail(format!(
            "{} lets its holder pass any role to any service through {}{}",
            text.subject(),
            list(&grant.allowed_by),
            under_conditions(&grant.allowed_by)
        ))
        .statements(text.document, &grant.allowed_by)
        .fix(text.replace_command())
        .verdict()
    })
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "any role, as quick starts like to write it",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": ["sagemaker:CreateNotebookInstance", "iam:PassRole"], "Resource": "*"}"#
        ),
    },
    Example {
        name: "with wildcards in action and resource, in another case",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "I?M:pass*", "Resource": "arn:aws:iam::111122223333:role/*"}"#
        ),
    },
    Example {
        name: "a condition that holds for every service",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                "Condition": {"StringLike": {"iam:PassedToService": "*"}}}"#
        ),
    },
    Example {
        name: "every role but the administrators'",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::*:role/admin-*"}"#
        ),
    },
    Example {
        name: "to SageMaker only",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}"#
        ),
    },
    Example {
        name: "roles of one path only",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/lab/*"}"#
        ),
    },
    Example {
        name: "allowed with all of IAM and denied again",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "a full administrator is reported elsewhere",
        expected: Expected::NotApplicable,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
    },
];
