use crate::policy::admin::{full_admin, merge};
use crate::policy::grant::list;
use crate::policy::whole_services::{granted_whole, named_whole};
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};
use crate::text::join_some;

const DOCS: &str = "\
## What it finds
A policy that grants every action of a service (`s3:*`) on every resource, in any spelling. Families such as
`ec2:Describe*` are fine, and so is a service whose actions change nothing. An unconditional `Deny` that takes away all
that writes, or all of the service, makes it pass; so do named resources and conditions on their tags. Policies that
`iam-policy-full-admin` or `iam-policy-not-action-allow` report are left to these rules.

## Why it matters
`s3:*` on `*` reads like \"may use S3\" and includes deleting every bucket, opening every one of them to the world and
giving them away to other accounts. What a service can do tomorrow is granted today.

## How to fix it
Grant the actions that are used, on the resources they are used on. The visual editor of the IAM console groups actions
by what they do, and IAM Access Analyzer can generate a policy from what CloudTrail recorded.
";

pub static RULE: Rule = Rule {
    id: "iam-policy-service-wildcard",
    title: "Policy grants every action of a service on every resource",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam-policies#wildcards",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
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
        let named = named_whole(grants);
        if !named.is_empty() && full_admin(grants).is_some() {
            return not_applicable("it grants everything, which iam-policy-full-admin reports");
        }
        let mut services: Vec<&str> = Vec::new();
        let (mut allowed_by, mut limited_by) = (Vec::new(), Vec::new());
        for (service, grant) in granted_whole(grants, named) {
            services.push(service.prefix);
            merge(&mut allowed_by, grant.allowed_by);
            merge(&mut limited_by, grant.limited_by);
        }
        if services.is_empty() {
            return pass();
        }
        let less = if limited_by.is_empty() { String::new() } else { format!(", less {}", list(&limited_by)) };
        fail(format!(
            "{} grants every action of {} on every resource through {}{less}{}",
            text.subject(),
            join_some(services.iter().copied(), 5),
            list(&allowed_by),
            under_conditions(&allowed_by)
        ))
        .evidence("services", services)
        .statements(text.document, &allowed_by)
        .fix(text.replace_command())
        .verdict()
    })
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "two services whole",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}"#),
    },
    Example {
        name: "in another spelling",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"[{"Effect": "Allow", "Action": "SageMaker:**", "Resource": ["*"]}]"#),
    },
    Example {
        name: "a denial that takes away a part",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "everything, less IAM: not an administrator, but whole services",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]"#
        ),
    },
    Example {
        name: "families that only read",
        expected: Expected::Pass,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": ["ec2:Describe*", "s3:Get*"], "Resource": "*"}"#),
    },
    Example {
        name: "a service that changes nothing",
        expected: Expected::Pass,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "pricing:*", "Resource": "*"}"#),
    },
    Example {
        name: "a denial that takes away all that writes",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
                {"Effect": "Deny", "NotAction": ["sqs:Get*", "sqs:List*"], "Resource": "*"}]"#
        ),
    },
    Example {
        name: "one bucket",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/*"]}"#
        ),
    },
    Example {
        name: "a full administrator is reported elsewhere",
        expected: Expected::NotApplicable,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
    },
];
