use serde_json::json;

use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket without server access logging. A bucket that receives the logs of another one is left alone: logging into
itself, it would write a log entry about each log that it receives.

## Why it matters
Who read this file, and when? Without a log nobody can say, neither after a leak nor before a cleanup. CloudTrail's
data events tell the same, with the identity in full and at a price per event; if a trail records them for this
bucket, this finding can be muted.

## How to fix it
Let the bucket log into another one in the same region and account. The policy of that one has to let
`logging.s3.amazonaws.com` put objects, and a lifecycle rule should delete old logs.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-access-logging-off",
    title: "Nobody can tell who used the bucket: access logging is off",
    docs: DOCS,
    kind: Kind::Governance,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "s3#access-logs",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/logging-with-S3.html",
    ],
    needs: &[Need::BucketLogging],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    if bucket.logging.known()?.is_some() {
        return pass();
    }
    if cx.lookup().is_log_target(&bucket.name)? {
        return not_applicable("it receives the access logs of another bucket");
    }
    let near = bucket.bucket_region.known().ok().and_then(|region| cx.lookup().log_target_in(region));
    let status = json!({"LoggingEnabled": {
        "TargetBucket": near.unwrap_or("LOG-BUCKET"),
        "TargetPrefix": format!("{}/", bucket.name),
    }});
    fail(format!("Bucket {} keeps no access log", bucket.name))
        .evidence("LoggingEnabled", json!(null))
        .fix(format!(
            "aws s3api put-bucket-logging --bucket {} --bucket-logging-status {}",
            shell_quote(&bucket.name),
            shell_quote(&status.to_string())
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "no log",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "us-east-1", "Logging": null}]}}"#,
    },
    Example {
        name: "a log in another bucket",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "Logging": {"TargetBucket": "lab-logs", "TargetPrefix": "lab-data/"}}]}}"#,
    },
    Example {
        name: "whether it logs could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Logging": {"$gap": 1}}]}, "gaps": [{"id": 1,
            "kind": "denied", "operation": "s3:GetBucketLogging", "message": "Access Denied"}]}"#,
    },
];
