use crate::inventory::iam::ManagedPolicy;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A managed policy of the account that is attached to nobody and serves nobody as a permissions boundary.

## Why it matters
It grants nothing. It is usually what a lab or a deleted role left behind, and the next person to look for a policy may
attach it without reading it, with permissions that were meant for something else.

## How to fix it
Delete it, unless a template or a script expects to find it. IAM demands that its other versions go first.
";

pub static RULE: Rule = Rule {
    id: "iam-policy-unattached",
    title: "Managed policy is attached to nobody",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "iam-policies#unattached-policies",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-delete.html"],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::ManagedPolicy(check),
    examples: EXAMPLES,
};

fn check(policy: &ManagedPolicy, _cx: &Context<'_>) -> Verdict {
    if policy.attachment_count > 0 || policy.permissions_boundary_usage_count > 0 {
        return pass();
    }
    let arn = shell_quote(&policy.arn);
    let mut problem =
        fail(format!("Policy {} is attached to no user, group or role and is nobody's boundary", policy.policy_name))
            .evidence("AttachmentCount", policy.attachment_count)
            .evidence("PermissionsBoundaryUsageCount", policy.permissions_boundary_usage_count);
    for version in policy.policy_version_list.iter().filter(|version| version.version_id != policy.default_version_id) {
        let id = shell_quote(&version.version_id);
        problem = problem.fix(format!("aws iam delete-policy-version --policy-arn {arn} --version-id {id}"));
    }
    problem.fix(format!("aws iam delete-policy --policy-arn {arn}")).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "attached to nobody",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Policies": [{"PolicyName": "old-lab", "Arn": "arn:aws:iam::111122223333:policy/old-lab",
            "DefaultVersionId": "v2", "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0,
            "PolicyVersionList": [
                {"VersionId": "v2", "Document": {"Version": "2012-10-17", "Statement": []}},
                {"VersionId": "v1", "Document": {"Version": "2012-10-17", "Statement": []}}]}]}}"#,
    },
    Example {
        name: "attached to a role",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Policies": [{"PolicyName": "lab", "Arn": "arn:aws:iam::111122223333:policy/lab",
            "DefaultVersionId": "v1", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0}]}}"#,
    },
    Example {
        name: "a permissions boundary is in use although it is attached to nobody",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Policies": [{"PolicyName": "limit", "Arn": "arn:aws:iam::111122223333:policy/limit",
            "DefaultVersionId": "v1", "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 3}]}}"#,
    },
];
