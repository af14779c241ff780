use crate::inventory::iam::Role;
use crate::policy::grant::Decider;
use crate::policy::model::Principal;
use crate::policy::trust::{SOURCE_KEYS, admissions};
use crate::rule::prelude::*;
use crate::rule::with_trust;
use crate::text::{join_some, shell_quote};

const DOCS: &str = "\
## What it finds
A role that an AWS service may assume without a condition that says for whom: none of `aws:SourceAccount`,
`aws:SourceArn`, `aws:SourceOrgID` and `aws:SourceOrgPaths` has a fixed value. Only services are looked at that send
these keys when they assume a role and whose guides show them in a trust policy: Amazon Bedrock, SageMaker AI, Kendra,
Transcribe, Comprehend, EventBridge, Step Functions, ECS tasks and some others. EC2, and Lambda by custom, are not among
them: they assume a role only for what runs in the role's own account. A service that is not on the list is not judged,
because a condition on a key that it does not send would lock it out.

## Why it matters
A service works for all its customers under one name. A trust policy that names only the service trusts it whoever it
works for at the moment; if the service can be made to use a role of another account, it is a confused deputy. AWS
checks `iam:PassRole` when a role is handed over, so this is the second lock and not the first.

## How to fix it
Add to the statement `\"StringEquals\": {\"aws:SourceAccount\": \"<your account>\"}`, and where the resource is known, also
`\"ArnLike\": {\"aws:SourceArn\": \"arn:aws:bedrock:<region>:<your account>:*\"}`. Try it on one role first: a service that
does not send the key for some feature would be locked out.
";

/// Service principals, without `.amazonaws.com`, of services whose guides show these keys in the trust policy of a role.
const SERVICES: &[&str] = &[
    "amplify",
    "appsync",
    "bedrock",
    "bedrock-agentcore",
    "codebuild",
    "codepipeline",
    "comprehend",
    "config",
    "datasync",
    "datazone",
    "ecs-tasks",
    "events",
    "fis",
    "forecast",
    "frauddetector",
    "grafana",
    "iot",
    "kendra",
    "lakeformation",
    "lexv2",
    "logs",
    "omics",
    "osis-pipelines",
    "personalize",
    "pipes",
    "qbusiness",
    "rekognition",
    "sagemaker",
    "scheduler",
    "ssm",
    "states",
    "textract",
    "transcribe",
    "transfer",
    "translate",
    "vpc-flow-logs",
];

pub static RULE: Rule = Rule {
    id: "iam-role-trust-service-no-source-condition",
    title: "Role trusts a service whoever it works for",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "iam-roles#confused-deputy",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Role(check),
    examples: EXAMPLES,
};

fn check(role: &Role, cx: &Context<'_>) -> Verdict {
    let document = &role.assume_role_policy_document;
    let trust = document.model()?;
    let mut services: Vec<&str> = Vec::new();
    let mut open: Vec<Decider<'_>> = Vec::new();
    let mut any = false;
    for admission in admissions(trust) {
        let Principal::Service(service) = admission.whom else { continue };
        if !sends_its_source(service) {
            continue;
        }
        any = true;
        if !SOURCE_KEYS.iter().any(|(key, fixed)| admission.is_pinned(trust, key, fixed)) {
            services.push(service);
            if open.last().is_none_or(|last| last.index != admission.by.index) {
                open.push(admission.by);
            }
        }
    }
    if !any {
        return not_applicable("it trusts no service that says for whom it works");
    }
    if open.is_empty() {
        return pass();
    }
    fail(format!(
        "Role {} trusts {} whoever it works for: aws:SourceAccount is not limited to {}",
        role.role_name,
        join_some(services.iter().copied(), 3),
        cx.inventory.account.id
    ))
    .evidence("Principal.Service", services)
    .statements(document, &open)
    .fix(format!(
        "aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json",
        shell_quote(&role.role_name)
    ))
    .verdict()
}

/// Whether a service principal, perhaps with a region (`logs.eu-west-1.amazonaws.com`), is on the list.
fn sends_its_source(principal: &str) -> bool {
    let host = principal.strip_suffix(".cn").unwrap_or(principal);
    let Some(name) = host.strip_suffix(".amazonaws.com") else { return false };
    SERVICES.contains(&name)
        || name.rsplit_once('.').is_some_and(|(name, region)| {
            region.ends_with(|c: char| c.is_ascii_digit()) && region.contains('-') && SERVICES.contains(&name)
        })
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "Bedrock for anybody",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}"#
        ),
    },
    Example {
        name: "a service of a region, among others",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"[{"Effect": "Allow", "Action": "sts:AssumeRole",
                 "Principal": {"Service": ["ec2.amazonaws.com", "logs.eu-west-1.amazonaws.com"]}}]"#
        ),
    },
    Example {
        name: "a source that may be in any account",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole",
                "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:us-east-1:*:schedule-group/*"}}}"#
        ),
    },
    Example {
        name: "Bedrock for this account",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}"#
        ),
    },
    Example {
        name: "one kind of resource of this account",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole",
                "Condition": {"ArnLike": {"AWS:sourceArn": "arn:aws:states:*:111122223333:stateMachine:*"}}}"#
        ),
    },
    Example {
        name: "an instance and a function: these services work for their own account only",
        expected: Expected::NotApplicable,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
                "Action": "sts:AssumeRole"}"#
        ),
    },
    Example {
        name: "no service at all",
        expected: Expected::NotApplicable,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#
        ),
    },
];
