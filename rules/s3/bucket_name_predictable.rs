use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::name;

const DOCS: &str = "\
## What it finds
A bucket whose name can be guessed: it consists of the account id and plain words, or of words that everybody thinks
of first (`test`, `my-data`, `backup-2024`). A name with a random part is left alone, and so is one in the account's
own namespace (`NAME-ACCOUNT-REGION-an`), which nobody else can ever take.

## Why it matters
Names are shared by all accounts of the world. A name that can be guessed is probed, and where a tool makes its
buckets by a scheme (`sagemaker-REGION-ACCOUNT`), a stranger can take the name for a region that you have not used
yet, or after you delete the bucket, and receive what is meant for you. Account ids are no secret. The bucket at hand
is yours, so there is nothing to be done at once; this is only for your information.

## How to fix it
Give the next bucket a random part, or make it in the account's own namespace. Where a tool chose the name, let
scripts check the owner (`--expected-bucket-owner`). Rather empty and keep such a bucket than free its name.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-name-predictable",
    title: "Bucket name can be guessed",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    note: "s3#bucket-naming",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html",
    ],
    needs: &[Need::Buckets],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let report = name::check(&bucket.name, Some(&cx.inventory.account.id));
    let Some(guessable) = report.advice_on("account-id").or_else(|| report.advice_on("common-words")) else {
        return pass();
    };
    fail(format!("The name of bucket {} can be guessed: {}", bucket.name, guessable.message))
        .evidence("Name", bucket.name.as_str())
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "SageMaker's scheme: region and account id",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "sagemaker-us-east-1-111122223333"}]}}"#,
    },
    Example {
        name: "common words alone",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "test"}, {"Name": "my-data"}, {"Name": "backup-2024"}]}}"#,
    },
    Example {
        name: "the CDK's qualifier looks random and is the same for everybody",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "cdk-hnb659fds-assets-111122223333-us-east-1"}]}}"#,
    },
    Example {
        name: "a random part",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "aws-cloudtrail-logs-111122223333-a1b2c3d4"},
            {"Name": "test-7f3a9c21"}]}}"#,
    },
    Example {
        name: "the account's own namespace",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "test-111122223333-us-east-1-an"}]}}"#,
    },
];
