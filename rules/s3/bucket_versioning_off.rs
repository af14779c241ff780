use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket whose versioning was never on, or is suspended.

## Why it matters
Without versions the last write wins: an object that a notebook overwrites, a script deletes or an attacker encrypts
is gone. With versioning the older version stays and can be brought back. For data that can be made again, such as the
output of a lab, that may not be worth its price; hence the low severity.

## How to fix it
Turn versioning on, and at the same time add a lifecycle rule that deletes old versions after a while, since every
version bills as a full object.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-versioning-off",
    title: "Bucket keeps no older versions of its objects",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3#versioning",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"],
    // Security Hub asks for it as S3.14, which is no part of FSBP.
    needs: &[Need::BucketVersioning],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, _cx: &Context<'_>) -> Verdict {
    let versioning = bucket.versioning.known()?;
    if versioning.is_enabled() {
        return pass();
    }
    let name = &bucket.name;
    let problem = if versioning.status.is_some() {
        fail(format!("Versioning of bucket {name} is suspended: what is overwritten or deleted now is gone"))
    } else {
        fail(format!("Versioning of bucket {name} was never on: what is overwritten or deleted is gone"))
    };
    problem
        .evidence("VersioningConfiguration.Status", versioning.status.clone())
        .fix(format!(
            "aws s3api put-bucket-versioning --bucket {} --versioning-configuration Status=Enabled",
            shell_quote(name)
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "never on",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}}]}}"#,
    },
    Example {
        name: "suspended: older versions stay, no new ones are kept",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Suspended"}}]}}"#,
    },
    Example {
        name: "on",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"}}]}}"#,
    },
    Example {
        name: "versioning could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"$gap": 1}}]}, "gaps": [{"id": 1,
            "kind": "denied", "operation": "s3:GetBucketVersioning", "message": "Access Denied"}]}"#,
    },
];
