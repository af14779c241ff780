use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket whose new objects are encrypted with S3's own keys (SSE-S3) rather than with a key in KMS. A bucket that
receives access logs is left alone: S3 delivers them only into SSE-S3.

## Why it matters
Every object in S3 is encrypted. With S3's own keys, whoever may read the object reads it in plain. With a key in KMS
the reader must be allowed to use the key too, which stops many a mistake in a bucket policy, and every use is logged.
Keys and their use cost a little, and for public or worthless data SSE-S3 is enough, so this is only for your
information.

## How to fix it
Make a KMS key the default, with a bucket key, which cuts the number of paid calls. Objects that are there keep their
encryption until they are copied onto themselves.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-encryption-not-kms",
    title: "Bucket encrypts with S3's keys, not with a KMS key",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "s3#encryption",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
    ],
    // Security Hub asks for it as S3.17, which is no part of FSBP.
    needs: &[Need::BucketEncryption, Need::BucketLogging],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    // S3 has encrypted everything with AES256 since 2023, also where it says nothing.
    let algorithm = bucket.encryption.known()?.as_ref().map_or("AES256", |encryption| &encryption.sse_algorithm);
    if algorithm.starts_with("aws:kms") {
        return pass();
    }
    if cx.lookup().is_log_target(&bucket.name)? {
        return not_applicable("it receives access logs, which S3 delivers only into SSE-S3");
    }
    let name = &bucket.name;
    fail(format!("Bucket {name} encrypts with S3's own keys ({algorithm}): reading an object takes no key permission"))
        .evidence("SSEAlgorithm", algorithm)
        .fix(format!(
            "aws s3api put-bucket-encryption --bucket {} --server-side-encryption-configuration \
             '{}'",
            shell_quote(name),
            r#"{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms"},"BucketKeyEnabled":true}]}"#
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "S3's own keys",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Encryption": {"SSEAlgorithm": "AES256"},
            "Logging": null}]}}"#,
    },
    Example {
        name: "an emulator that says nothing: S3's own keys",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Encryption": null, "Logging": null}]}}"#,
    },
    Example {
        name: "a key in KMS",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Encryption": {"SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}}]}}"#,
    },
    Example {
        name: "two layers, with the key that AWS manages",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Encryption": {"SSEAlgorithm": "aws:kms:dsse"}}]}}"#,
    },
    Example {
        name: "both use S3's keys, but one receives the other's access logs, which are not delivered otherwise",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [
            {"Name": "lab-logs", "Encryption": {"SSEAlgorithm": "AES256"}, "Logging": {"TargetBucket": "lab-logs-2"}},
            {"Name": "lab-logs-2", "Encryption": {"SSEAlgorithm": "AES256"},
             "Logging": {"TargetBucket": "lab-logs"}}]}}"#,
    },
];
