use crate::rule::policy_lint::lint;
use crate::rule::prelude::*;
use crate::rule::with_policy;

const DOCS: &str = "\
## What it finds
A policy in whose text `afterlab policy check` finds what does not work: an action that does not exist, an ARN that matches
nothing, a condition that never holds, an element that AWS does not know. What is allowed too widely has rules of its own.

## Why it matters
AWS takes many of these without a word. The permission that was meant is missing, or a `Deny` protects nothing.

## How to fix it
Print the policy and check it; each finding says what is wrong with which value:
`aws iam get-policy-version … | afterlab policy check -`.
";

/// The rule.
pub static RULE: Rule = Rule {
    id: "iam-policy-lint",
    title: "Policy text has mistakes, so that a part of it does not work",
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
    check: Check::PolicyText(check),
    examples: &[
        Example {
            name: "an action that does not exist",
            expected: Expected::Fail,
            snapshot: with_policy!(r#"[{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}]"#),
        },
        Example {
            name: "nothing wrong",
            expected: Expected::Pass,
            snapshot: with_policy!(
                r#"[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}]"#
            ),
        },
    ],
};

fn check(text: &PolicyText<'_>, _: &Context<'_>) -> Verdict {
    let kind =
        if text.is_only_boundary() { crate::policy::PolicyKind::Boundary } else { crate::policy::PolicyKind::Identity };
    lint(text.document, kind, &text.subject())
}
