use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::exposure;

const DOCS: &str = "\
## What it finds
A bucket for which at least one of the four switches of Block Public Access is off, while the account's own block does
not make up for it.

## Why it matters
Block Public Access is the net under every other setting: with all four switches on, neither a careless policy nor an
old ACL can open the bucket to the internet. New buckets have had it on since April 2023; a bucket without it was
either made before or opened on purpose.

## How to fix it
Turn all four switches on, for the bucket or better for the whole account. If something must be public, serve it
through CloudFront with origin access control and keep the bucket closed.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-public-access-not-blocked",
    title: "Bucket does not block public access",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "s3#block-public-access",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    needs: &[Need::BucketPublicAccessBlock, Need::AccountPublicAccessBlock],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let mut open = Vec::new();
    let mut gap = None;
    for (switch, state) in exposure::switches(bucket, &cx.inventory.s3) {
        match state {
            Ok(true) => {}
            Ok(false) => open.push(switch),
            Err(unknown) => gap = Some(unknown),
        }
    }
    if open.is_empty() {
        return gap.map_or_else(pass, |gap| Err(gap.into()));
    }
    let mut problem = fail(format!("Block Public Access of bucket {} is off for {}", bucket.name, open.join(", ")));
    for switch in open {
        problem = problem.evidence(format!("PublicAccessBlockConfiguration.{switch}"), false);
    }
    problem.fix(exposure::block_all(bucket)).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "two of four switches are off",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {
            "AccountPublicAccessBlock": null,
            "Buckets": [{"Name": "lab-data", "PublicAccessBlock": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": false, "RestrictPublicBuckets": false}}]}}"#,
    },
    Example {
        name: "never set, neither here nor for the account",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null,
            "Buckets": [{"Name": "lab-data", "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "all four switches are on",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "PublicAccessBlock": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true,
            "BlockPublicPolicy": true, "RestrictPublicBuckets": true}}]}}"#,
    },
    Example {
        name: "the account's own block makes up for it",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {
            "AccountPublicAccessBlock": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": true, "RestrictPublicBuckets": true},
            "Buckets": [{"Name": "lab-data", "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "the bucket and the account make up for each other",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {
            "AccountPublicAccessBlock": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": false, "RestrictPublicBuckets": false},
            "Buckets": [{"Name": "lab-data", "PublicAccessBlock": {
                "BlockPublicAcls": false, "IgnorePublicAcls": false,
                "BlockPublicPolicy": true, "RestrictPublicBuckets": true}}]}}"#,
    },
    Example {
        name: "the bucket's block could not be read, and the account's is on",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {
            "AccountPublicAccessBlock": {
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": true, "RestrictPublicBuckets": true},
            "Buckets": [{"Name": "lab-data"}]}}"#,
    },
    Example {
        name: "the account's block could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "PublicAccessBlock": null}]}}"#,
    },
];
