use serde_json::json;

use crate::cost::{Estimate, Pillar};
use crate::inventory::s3::{Bucket, MultipartUploads};
use crate::rule::prelude::*;
use crate::s3::lifecycle;
use crate::s3::volume::{gigabytes, region};
use crate::text::{bytes, count, shell_quote};

/// After how many days an upload counts as left.
const LEFT: Param = Param::days("min_age_days", 1, "Uploads that were begun so many days ago or longer are found.");

const DOCS: &str = "\
## What it finds
A bucket with multipart uploads that were begun a day ago or longer and neither completed nor given up, unless an
enabled lifecycle rule for the whole bucket gives them up and their time has not come yet.

The cost is that of the parts, at the price of Standard. Where not all uploads could be looked into, it is a lower
bound.

## Why it matters
A large file is uploaded in parts. When the client never says that it is done (the laptop was closed, the notebook
stopped), the parts stay and bill as storage, month after month. No listing of objects shows them, and a bucket that
looks empty can hold hundreds of gigabytes. Model weights and data sets over a shaky line are the usual source.

## How to fix it
Abort the uploads that are left, then add a rule that does so from now on. An upload that still runs would be aborted
too: look at the time at which it was begun.
";

pub static RULE: Rule = Rule {
    id: "s3-multipart-uploads-left",
    title: "Parts of unfinished uploads are left and bill",
    docs: DOCS,
    kind: Kind::Leftover,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "s3#multipart-uploads",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html",
    ],
    needs: &[Need::Buckets, Need::BucketMultipartUploads, Need::BucketLifecycleOfUploads],
    since: "0.1.0",
    opt_in: None,
    params: &[LEFT],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let uploads = bucket.multipart_uploads.known()?;
    let age = uploads.oldest.map(|oldest| cx.days_since(oldest));
    if uploads.count == 0 || age.is_some_and(|age| age < cx.value(&LEFT)) {
        return pass();
    }
    let given_up_after = bucket
        .lifecycle
        .known()?
        .iter()
        .filter(|rule| rule.covers_bucket())
        .filter_map(|rule| rule.abort_incomplete_multipart_upload_days)
        .min();
    // Lifecycle rules run once a day, at midnight UTC, and may lag: a day more is no failure.
    if given_up_after.is_some_and(|days| age.is_some_and(|age| age <= i64::from(days) + 1)) {
        return pass();
    }
    let name = shell_quote(&bucket.name);
    let mut problem = fail(message(bucket, uploads, age))
        .evidence("multipart_uploads.count", uploads.count)
        .evidence("multipart_uploads.bytes", uploads.bytes)
        .evidence("multipart_uploads.oldest", uploads.oldest.map(|oldest| oldest.to_string()))
        .fix(format!(
            "aws s3api list-multipart-uploads --bucket {name} --query 'Uploads[].[Key,UploadId]' --output text \
             | while IFS=\"$(printf '\\t')\" read -r key id; do aws s3api abort-multipart-upload --bucket {name} \
             --key \"$key\" --upload-id \"$id\"; done"
        ));
    if given_up_after.is_none() {
        problem = problem.fixes(lifecycle::add_rule(
            bucket,
            &json!({
                "ID": "abort-uploads", "Status": "Enabled", "Filter": {},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            }),
        ));
    }
    let region = region(bucket);
    if let Some(price) = cx.prices.find("s3/MultipartParts", region).filter(|_| uploads.bytes > 0) {
        problem = problem.cost(Estimate::monthly(Pillar::Storage, region, [(gigabytes(uploads.bytes), price)]));
    }
    problem.verdict()
}

fn message(bucket: &Bucket, uploads: &MultipartUploads, age: Option<i64>) -> String {
    let many = usize::try_from(uploads.count).unwrap_or(usize::MAX);
    let more = if uploads.truncated { "at least " } else { "" };
    let bound = if uploads.truncated || uploads.measured < uploads.count { "at least " } else { "" };
    let since = age.map_or_else(String::new, |days| {
        format!(", the oldest begun {} ago", count(usize::try_from(days).unwrap_or(0), "day"))
    });
    format!(
        "Bucket {} holds {more}{} with {bound}{} of parts{since}; no listing shows them, and they bill",
        bucket.name,
        count(many, "unfinished upload"),
        bytes(uploads.bytes)
    )
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "two uploads of a month ago",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models", "BucketRegion": "us-east-1", "Lifecycle": [],
            "multipart_uploads": {"count": 2, "measured": 2, "bytes": 26843545600,
                "oldest": "2026-10-20T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "more uploads than were counted and looked into",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models", "BucketRegion": "us-east-1", "Lifecycle": [],
            "multipart_uploads": {"count": 1000, "measured": 10, "bytes": 1048576, "truncated": true,
                "oldest": "2026-10-20T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "the rule that gives uploads up is for a prefix only, or is disabled",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models", "Lifecycle": [
            {"Status": "Enabled", "Prefix": "raw/", "AbortIncompleteMultipartUploadDays": 7},
            {"Status": "Disabled", "AbortIncompleteMultipartUploadDays": 7}],
            "multipart_uploads": {"count": 1, "measured": 1, "bytes": 1048576, "oldest": "2026-11-20T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "their time has come, and they are still there",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models",
            "Lifecycle": [{"Status": "Enabled", "AbortIncompleteMultipartUploadDays": 7}],
            "multipart_uploads": {"count": 1, "measured": 1, "bytes": 1048576, "oldest": "2026-10-20T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "no uploads",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models", "multipart_uploads": {"count": 0}}]}}"#,
    },
    Example {
        name: "an upload that was begun an hour ago may still run",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models",
            "multipart_uploads": {"count": 1, "measured": 1, "bytes": 1048576, "oldest": "2026-11-22T11:00:00Z"}}]}}"#,
    },
    Example {
        name: "a rule will give it up in four days",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models",
            "Lifecycle": [{"Status": "Enabled", "AbortIncompleteMultipartUploadDays": 7}],
            "multipart_uploads": {"count": 1, "measured": 1, "bytes": 1048576, "oldest": "2026-11-19T08:00:00Z"}}]}}"#,
    },
    Example {
        name: "an upload of last week, and whether a rule will give it up could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-models", "Lifecycle": {"$gap": 1},
            "multipart_uploads": {"count": 1, "measured": 1, "bytes": 1048576, "oldest": "2026-11-15T08:00:00Z"}}]},
            "gaps": [{"id": 1, "kind": "denied", "operation": "s3:GetBucketLifecycleConfiguration",
            "message": "Access Denied"}]}"#,
    },
];
