use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket without objects, without older versions and without delete markers. A bucket that receives access logs, or
that redirects web requests to another host, is empty for a reason and left alone.

## Why it matters
It costs nothing for storage. After a lab it is usually a leftover all the same: it clutters the list, keeps a policy
that nobody reviews, and uses up one of the buckets that the account may have.

## How to fix it
Delete it, unless somebody else may still know its name: once it is gone anyone may take the name (outside the
account's own namespace) and receive what is still sent there. Then rather keep it, empty and with everything blocked.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-empty",
    title: "Bucket is empty",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "s3#empty-buckets",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html",
    ],
    needs: &[Need::BucketObjectSample, Need::BucketLogging, Need::BucketWebsite],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let sample = bucket.sample.known()?;
    if sample.objects() > 0 || sample.noncurrent > 0 || sample.truncated {
        return pass();
    }
    if cx.lookup().is_log_target(&bucket.name)? {
        return not_applicable("it waits for the access logs of another bucket");
    }
    if bucket.website.known()?.as_ref().is_some_and(|website| website.redirect_all_requests_to.is_some()) {
        return not_applicable("it redirects web requests and needs no objects for that");
    }
    fail(format!("Bucket {} is empty: no objects, no older versions, no delete markers", bucket.name))
        .evidence("Versions", 0)
        .evidence("DeleteMarkers", 0)
        .fix(format!("aws s3 rb {}", shell_quote(&format!("s3://{}", bucket.name))))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "nothing in it",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "sample": {}, "Logging": null,
            "Website": null}]}}"#,
    },
    Example {
        name: "an object",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "sample": {"classes": {"STANDARD": {"objects": 1, "bytes": 0}}}}]}}"#,
    },
    Example {
        name: "it looks empty and holds older versions",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "sample": {"noncurrent": 3, "noncurrent_bytes": 4096}}]}}"#,
    },
    Example {
        name: "a bucket that only redirects to another host",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "www.example.com", "sample": {}, "Logging": null,
            "Website": {"RedirectAllRequestsTo": "example.com"}}]}}"#,
    },
    Example {
        name: "the objects could not be listed",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "sample": {"$gap": 1}}]}, "gaps": [{"id": 1,
            "kind": "denied", "operation": "s3:ListObjectVersions", "message": "Access Denied"}]}"#,
    },
];
