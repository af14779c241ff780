use crate::policy::admin::full_admin;
use crate::policy::conditions::leave_resources_open;
use crate::policy::grant::{Decider, On, list};
use crate::policy::whole_services::{granted_whole, named_whole};
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};

const DOCS: &str = "\
## What it finds
A policy that lets its holder invoke every model of Amazon Bedrock: `bedrock:InvokeModel` (alone or within `bedrock:*`,
`bedrock:Invoke*`) on every resource. Policies that grant the whole service are left to `iam-policy-service-wildcard`,
administrators to `iam-policy-full-admin`, and `NotAction` to `iam-policy-not-action-allow`.

## Why it matters
Models differ in price by a factor of a hundred, and in what they may be used for. Whoever may invoke any of them, in any
region, runs up a bill with the dearest, and a stolen key is sold for exactly that. Least privilege for generative AI
begins with the list of models.

## How to fix it
Name the models: `arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0`, and the inference profiles that route to
them. Access to training data and guardrails is granted apart.
";

pub static RULE: Rule = Rule {
    id: "iam-policy-bedrock-wildcard",
    title: "Policy lets every Bedrock model be invoked",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "bedrock#access-and-privacy",
    references: &[
        "https://docs.aws.amazon.com/bedrock/latest/userguide/security_iam_id-based-policy-examples.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html",
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
        let counts = |allow: Decider<'_>| !allow.statement.action.negated && leave_resources_open(allow.statement);
        let Some(grant) = grants.find_where("bedrock:InvokeModel", On::EveryOfAType, counts) else { return pass() };
        if full_admin(grants).is_some() {
            return not_applicable("it grants everything, which iam-policy-full-admin reports");
        }
        if granted_whole(grants, named_whole(grants)).iter().any(|(service, _)| service.prefix == "bedrock") {
            return not_applicable("it grants all of Bedrock, which iam-policy-service-wildcard reports");
        }
        fail(format!(
            "{} lets its holder invoke every Bedrock model through {}{}",
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
        name: "any model",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": "*"}"#),
    },
    Example {
        name: "one model",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "bedrock:InvokeModel",
                "Resource": "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"}"#
        ),
    },
    Example {
        name: "the whole service",
        expected: Expected::NotApplicable,
        snapshot: with_policy!(r#"{"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}"#),
    },
];
