use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::exposure;
use crate::text::count;

const DOCS: &str = "\
## What it finds
A bucket on which access control lists have effect: its Object Ownership is `ObjectWriter` or `BucketOwnerPreferred`,
or was never set, which acts as `ObjectWriter`.

A bucket that CloudFront writes its standard logs into by ACL is left alone: that (older) way needs them.

## Why it matters
With ACLs on, the policy no longer tells the whole truth: every single object can carry a list that opens it to
someone, and an object that another account uploads belongs to that account, so that you pay for what you may not
read. New buckets have had ACLs disabled since April 2023.

## How to fix it
Write what the list grants to others into the bucket policy, reset the list, then disable ACLs. Writers that send an
ACL with their uploads, other than `bucket-owner-full-control`, will get an error from then on.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-acls-enabled",
    title: "Bucket still lets ACLs decide about access",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3#acls-and-ownership",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html",
    ],
    needs: &[Need::BucketOwnership, Need::BucketAcl],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

/// The canonical user ids of `CloudFront`'s log delivery, in the commercial regions and in China.
const CLOUDFRONT_LOG_DELIVERY: [&str; 2] = [
    "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
    "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
];

fn check(bucket: &Bucket, _cx: &Context<'_>) -> Verdict {
    if !bucket.acls_have_effect()? {
        return pass();
    }
    let grants = bucket.grants.known()?;
    if grants.iter().any(|grant| CLOUDFRONT_LOG_DELIVERY.contains(&grant.grantee.as_str())) {
        return not_applicable("CloudFront writes its logs here by ACL");
    }
    let ownership = bucket.object_ownership.known()?;
    let says = ownership.as_deref().map_or_else(
        || "Object Ownership was never set".to_owned(),
        |ownership| format!("Object Ownership is {ownership}"),
    );
    fail(format!("ACLs are enabled on bucket {}: {says}; its list has {}", bucket.name, count(grants.len(), "line")))
        .evidence("ObjectOwnership", ownership.clone())
        .fixes(exposure::disable_acls(bucket))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "never set, which acts as ObjectWriter",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "ObjectOwnership": null,
            "Grants": [{"Grantee": "1f2e3d4c", "Permission": "FULL_CONTROL"}]}]}}"#,
    },
    Example {
        name: "the owner is only preferred",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "ObjectOwnership": "BucketOwnerPreferred",
            "Grants": [{"Grantee": "1f2e3d4c", "Permission": "FULL_CONTROL"}]}]}}"#,
    },
    Example {
        name: "the owner is enforced",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "ObjectOwnership": "BucketOwnerEnforced"}]}}"#,
    },
    Example {
        name: "CloudFront writes its logs here",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-cdn-logs", "ObjectOwnership": "BucketOwnerPreferred", "Grants": [
            {"Grantee": "1f2e3d4c", "Permission": "FULL_CONTROL"},
            {"Grantee": "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
             "Permission": "FULL_CONTROL"}]}]}}"#,
    },
    Example {
        name: "ownership could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "ObjectOwnership": {"$gap": 1}}]}, "gaps": [{"id": 1,
            "kind": "denied", "operation": "s3:GetBucketOwnershipControls", "message": "Access Denied"}]}"#,
    },
];
