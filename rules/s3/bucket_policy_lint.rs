use crate::inventory::s3::Bucket;
use crate::policy::{PolicyKind, ResourceType};
use crate::rule::policy_lint::lint;
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
A bucket policy in which `afterlab policy check` finds what does not work: an action that does not exist or not on these
resources, an ARN or a condition that matches nothing. Whom it lets in too easily is the matter of other rules.

## Why it matters
AWS takes many of these without a word. The access that was meant is missing, or a `Deny` protects nothing.

## How to fix it
Print the policy and check it; each finding says what is wrong with which value:
`aws s3api get-bucket-policy --bucket lab-data | afterlab policy check --type AWS::S3::Bucket -`.
";

/// The rule.
pub static RULE: Rule = Rule {
    id: "s3-bucket-policy-lint",
    title: "Bucket policy has mistakes, so that a part of it does not work",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"],
    needs: &[Need::BucketPolicy],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: &[
        Example {
            name: "a condition key that no action of S3 knows",
            expected: Expected::Fail,
            snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lab-data/*",
                 "Condition": {"Bool": {"aws:SecureTransprot": "false"}}}]}}]}}"#,
        },
        Example {
            name: "nothing wrong",
            expected: Expected::Pass,
            snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::lab-data/*",
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]}}"#,
        },
        Example {
            name: "no policy",
            expected: Expected::NotApplicable,
            snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": null}]}}"#,
        },
    ],
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Verdict {
    let Some(document) = bucket.policy.known()? else { return not_applicable("there is no bucket policy") };
    let kind = PolicyKind::Resource(ResourceType::find("AWS::S3::Bucket"));
    lint(document, kind, &format!("The policy of bucket {}", bucket.name))
}
