use crate::inventory::iam::Role;
use crate::policy::conditions::{is_fixed, pins};
use crate::policy::model::Principal;
use crate::policy::trust::admissions;
use crate::rule::prelude::*;
use crate::rule::with_trust;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A role whose trust policy lets everybody in: principal `*`, `{\"AWS\": \"*\"}`, or `NotPrincipal` with `Allow`, and no
condition that fixes who is calling. Conditions that do are `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`,
`aws:PrincipalAccount`, `aws:PrincipalArn` of a named account, `aws:userid`, the `aws:Source…` keys and a network no
wider than a /8; a `Deny` of everybody else counts as well. An external id does not: it is a password that stands in a
policy. A tag of the caller does not either, since people tag their own users and roles in their own accounts.

## Why it matters
Anybody with any AWS account can assume the role, with one call, and has its rights until somebody notices. Its ARN is
all they need, and ARNs stand in logs, in repositories and in error messages.

## How to fix it
Name in `Principal` who needs the role: a service, a role, an account. If it must be a whole organization, keep the star
and add `\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-…\"}`. Then look in CloudTrail for `AssumeRole` calls by strangers.
";

pub static RULE: Rule = Rule {
    id: "iam-role-trust-anyone",
    title: "Role lets anyone in",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Critical,
    confidence: Confidence::High,
    note: "iam-roles#anyone",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Role(check),
    examples: EXAMPLES,
};

fn check(role: &Role, _cx: &Context<'_>) -> Verdict {
    let document = &role.assume_role_policy_document;
    let trust = document.model()?;
    let open = admissions(trust)
        .find(|admission| *admission.whom == Principal::Everyone && !admission.is_caller_pinned(trust));
    let Some(admission) = open else { return pass() };
    let but = if pins(admission.by.statement, "sts:ExternalId", is_fixed) {
        " who knows the external id in its trust policy, which does not say who they are"
    } else {
        ""
    };
    fail(format!("Role {} can be assumed by anyone with an AWS account{but}: {}", role.role_name, admission.by))
        .statements(document, &[admission.by])
        .fix(format!(
            "aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json",
            shell_quote(&role.role_name)
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "everybody",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"[{"Sid": "Anyone", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]"#
        ),
    },
    Example {
        name: "everybody but one, among others, in other words",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"[{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
                {"Effect": "Allow", "NotPrincipal": {"AWS": "999988887777"}, "Action": "STS:Assume*"}]"#
        ),
    },
    Example {
        name: "everybody who knows a word",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "lab"}}}"#
        ),
    },
    Example {
        name: "a condition that any organization satisfies",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
                "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}"#
        ),
    },
    Example {
        name: "a role of this name in whatever account",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
                "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deployer"}}}"#
        ),
    },
    Example {
        name: "the organization",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"AWS:PrincipalOrgId": "o-abcde12345"}}}"#
        ),
    },
    Example {
        name: "whoever is outside of the organization is denied",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"[{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
                {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
                 "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcde12345"}}}]"#
        ),
    },
    Example {
        name: "a service",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#
        ),
    },
    Example {
        name: "everybody may tag a session, nobody may begin one",
        expected: Expected::Pass,
        snapshot: with_trust!(r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}"#),
    },
];
