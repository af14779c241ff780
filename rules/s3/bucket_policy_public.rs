use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::exposure;

const DOCS: &str = "\
## What it finds
A bucket whose policy AWS itself calls public (`GetBucketPolicyStatus`), while `RestrictPublicBuckets` is on neither
for the bucket nor for the account.

## Why it matters
Whoever knows or guesses the bucket's name may do what the policy allows, without signing in: read training data and
documents, or, with `s3:PutObject`, write into what your models and users will read next. Open buckets are searched
for by programs around the clock, and you pay for every byte that they carry away.

## How to fix it
Turn on Block Public Access for the bucket: with `RestrictPublicBuckets` the policy works for your own account and for
AWS services only. Then mend the policy: name the principals, or tie them to an account, an organization, a VPC
endpoint or an address range. For content that is meant for everybody put CloudFront before a closed bucket.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-policy-public",
    title: "Bucket policy lets anyone in",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Critical,
    confidence: Confidence::High,
    note: "s3#block-public-access",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html",
    ],
    needs: &[Need::BucketPolicyStatus, Need::BucketPublicAccessBlock, Need::AccountPublicAccessBlock],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    if !exposure::policy_is_public(bucket, &cx.inventory.s3)? {
        return pass();
    }
    let name = &bucket.name;
    fail(format!("The policy of bucket {name} is public, and nothing restricts it: anyone may do what it allows"))
        .evidence("PolicyStatus.IsPublic", true)
        .evidence("PublicAccessBlockConfiguration.RestrictPublicBuckets", false)
        .fix(exposure::block_all(bucket))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a public policy and no block",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-data",
            "PolicyStatus": {"IsPublic": true}, "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "BlockPublicPolicy came too late: it does not touch a policy that is there",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-data",
            "PolicyStatus": {"IsPublic": true},
            "PublicAccessBlock": {"BlockPublicPolicy": true, "RestrictPublicBuckets": false}}]}}"#,
    },
    Example {
        name: "the policy is not public; no block has to be known for that",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "PolicyStatus": {"IsPublic": false}}]}}"#,
    },
    Example {
        name: "RestrictPublicBuckets of the bucket takes a public policy back",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "PolicyStatus": {"IsPublic": true},
            "PublicAccessBlock": {"RestrictPublicBuckets": true}}]}}"#,
    },
    Example {
        name: "RestrictPublicBuckets of the account takes a public policy back",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {"RestrictPublicBuckets": true}, "Buckets": [{
            "Name": "lab-data", "PolicyStatus": {"IsPublic": true}, "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "a public policy, and whether the account restricts it could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {"$gap": 1}, "Buckets": [{"Name": "lab-data",
            "PolicyStatus": {"IsPublic": true}, "PublicAccessBlock": null}]}, "gaps": [{"id": 1, "kind": "denied",
            "operation": "s3control:GetPublicAccessBlock", "message": "Access Denied"}]}"#,
    },
];
