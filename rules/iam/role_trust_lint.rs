use crate::inventory::iam::Role;
use crate::policy::PolicyKind;
use crate::rule::policy_lint::lint;
use crate::rule::prelude::*;
use crate::rule::with_trust;

const DOCS: &str = "\
## What it finds
A trust policy in which `afterlab policy check` finds what does not work: an action that assumes no role, a principal or a
condition that never matches. Who is let in too easily has rules of its own. Roles that AWS owns are left out.

## Why it matters
Whoever was meant to use the role cannot, or a condition that should keep strangers out does nothing.

## How to fix it
Print the policy and check it; each finding says what is wrong with which value:
`aws iam get-role --role-name lab | afterlab policy check --type trust -`.
";

/// The rule.
pub static RULE: Rule = Rule {
    id: "iam-role-trust-lint",
    title: "Trust policy has mistakes, so that a part of it does not work",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Role(check),
    examples: &[
        Example {
            name: "an action that is no way into a role",
            expected: Expected::Fail,
            snapshot: with_trust!(
                r#"[{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRoll"}]"#
            ),
        },
        Example {
            name: "nothing wrong",
            expected: Expected::Pass,
            snapshot: with_trust!(
                r#"[{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]"#
            ),
        },
    ],
};

fn check(role: &Role, _: &Context<'_>) -> Verdict {
    lint(&role.assume_role_policy_document, PolicyKind::Trust, &format!("The trust policy of role {}", role.role_name))
}
