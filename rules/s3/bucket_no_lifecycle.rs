use serde_json::json;

use crate::inventory::s3::{Bucket, LifecycleRule};
use crate::rule::prelude::*;
use crate::s3::lifecycle;
use crate::s3::volume::{Amount, NO_FIGURE_YET, bytes_of_gb, holds_more};

/// What a bucket holds without a word.
const LARGE: Param = Param::new("max_gb", "GB", (1, 0, 1_000_000), "A bucket that holds more is found.");

const DOCS: &str = "\
## What it finds
A bucket that holds more than 1 GB and has no lifecycle rule that is enabled.

How much it holds is CloudWatch's daily figure. Where there is none yet, what was listed stands in for it; if that was
cut short, the question is left open until the figure is there. Parts of unfinished uploads do not count: they are a
finding of their own.

## Why it matters
Nobody deletes by hand. Without a rule a bucket grows for ever: with results of labs that nobody opens again, with
parts of uploads that were broken off, with old versions. A rule costs nothing and remembers.

## How to fix it
Add a rule: move what is old to a cheaper class, or delete it, and give up unfinished uploads after a week. The
command given moves objects to Intelligent-Tiering after 30 days, which is safe where nobody knows how the data is
used: it has no minimum duration and no price for reading.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-no-lifecycle",
    title: "Bucket of more than 1 GB has no lifecycle rule",
    docs: DOCS,
    kind: Kind::Cost,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3-storage-classes#lifecycle",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html"],
    needs: &[Need::BucketLifecycle, Need::BucketStorage, Need::BucketObjectSample, Need::BucketMultipartUploads],
    since: "0.1.0",
    opt_in: None,
    params: &[LARGE],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    if bucket.lifecycle.known().is_ok_and(|rules| rules.iter().any(LifecycleRule::is_enabled)) {
        return pass();
    }
    let volume = match holds_more(bucket, bytes_of_gb(cx.value(&LARGE)), None)? {
        Amount::More(volume) => volume,
        Amount::NotMore => return pass(),
        Amount::NoFigureYet => return not_applicable(NO_FIGURE_YET),
    };
    let rules = bucket.lifecycle.known()?;
    let held = volume.of(None);
    let says = if rules.is_empty() { "no lifecycle rule" } else { "no lifecycle rule that is enabled" };
    fail(format!("Bucket {} holds {} and has {says}", bucket.name, volume.say(held)))
        .evidence("held_bytes", held)
        .evidence("Rules", rules.len())
        .fixes(lifecycle::add_rule(
            bucket,
            &json!({
                "ID": "tier-and-tidy", "Status": "Enabled", "Filter": {},
                "Transitions": [{"Days": 30, "StorageClass": "INTELLIGENT_TIERING"}],
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            }),
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "12 GB and no rule",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [],
            "storage": {"bytes": {"StandardStorage": 12884901888}}}]}}"#,
    },
    Example {
        name: "the only rule is disabled",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [
            {"ID": "old", "Status": "Disabled", "ExpirationDays": 30}],
            "storage": {"bytes": {"StandardStorage": 1073741825}}}]}}"#,
    },
    Example {
        name: "no figure yet, but more than 1 GB among the first objects",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [], "storage": null,
            "sample": {"classes": {"STANDARD": {"objects": 1000, "bytes": 3221225472}}, "truncated": true}}]}}"#,
    },
    Example {
        name: "exactly 1 GB",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [],
            "storage": {"bytes": {"StandardStorage": 1073741824}}}]}}"#,
    },
    Example {
        name: "a rule; how much there is does not matter",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "Lifecycle": [{"ID": "old", "Status": "Enabled", "ExpirationDays": 30}]}]}}"#,
    },
    Example {
        name: "a fresh bucket: no figure yet, and everything in it was listed",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [], "storage": null,
            "sample": {"classes": {"STANDARD": {"objects": 3, "bytes": 4096}}}}]}}"#,
    },
    Example {
        name: "a fresh bucket with more objects than were listed",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [], "storage": null,
            "sample": {"classes": {"STANDARD": {"objects": 1000, "bytes": 4096}}, "truncated": true}}]}}"#,
    },
    Example {
        name: "neither figure nor objects could be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": []}]}}"#,
    },
];
