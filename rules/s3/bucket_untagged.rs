use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket without a single tag.

## Why it matters
A tag answers the three questions of every cleanup: whose is this, what for, and until when. Tags also split the bill,
once their keys are activated as cost allocation tags, and can steer permissions. Nothing is broken without them, so
this is only for your information.

## How to fix it
Tag the bucket with its owner and its project, or with the day on which it may go. Put no personal data into tags:
many people and services see them.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-untagged",
    title: "Bucket has no tags",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "s3#tags",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html"],
    needs: &[Need::BucketTags],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, _cx: &Context<'_>) -> Verdict {
    if !bucket.tags.known()?.is_empty() {
        return pass();
    }
    fail(format!("Bucket {} has no tag that says whose it is, what for, and until when", bucket.name))
        .evidence("TagSet", Vec::<String>::new())
        .fix(format!(
            "aws s3api put-bucket-tagging --bucket {} \
             --tagging 'TagSet=[{{Key=owner,Value=OWNER}},{{Key=project,Value=PROJECT}}]'",
            shell_quote(&bucket.name)
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "no tag",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Tags": []}]}}"#,
    },
    Example {
        name: "an owner",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Tags": [{"Key": "owner", "Value": "alice"}]}]}}"#,
    },
    Example {
        name: "CloudFormation's own tags say which stack it belongs to",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "rag-lab"}]}]}}"#,
    },
];
