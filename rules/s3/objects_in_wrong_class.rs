use serde_json::json;

use crate::cost::dollars;
use crate::inventory::Unknown;
use crate::inventory::s3::{Bucket, ClassSample, ObjectSample};
use crate::rule::prelude::*;
use crate::s3::lifecycle;
use crate::s3::volume::{bytes_of_gb, gigabytes, price};
use crate::text::{bytes, shell_quote};

const DOCS: &str = "\
## What it finds
By the first objects of a bucket (`--s3-sample` of them):
- data left in Standard: the newest object of that class was written more than 90 days ago, those that are not small
  hold 1 GB or more, and no lifecycle rule for the whole bucket moves or deletes them;
- a single zone: every object lies in One Zone-IA, and the bucket keeps no versions, without which S3 can replicate it
  to nowhere, so that it may be the only copy.

S3 does not tell when an object was last read, and a copy may have been made by other means: look before you act. A
verdict on the first objects says nothing of the rest. Objects that are too small for their class are a rule of their
own.

## Why it matters
Standard is the dearest class to keep data in; what lies there unread costs nearly twice what it would in Standard-IA
and more than twenty times what it would in Deep Archive. One Zone-IA keeps its data in a single availability zone: if
that is lost, so is the data. It is meant for second copies and for what can be made again.

## How to fix it
Move data that nobody reads to a colder class by lifecycle rule, or delete it. Move the only copy of something to
Standard-IA, which keeps it in three zones at a little more per GB.
";

pub static RULE: Rule = Rule {
    id: "s3-objects-in-wrong-class",
    title: "Objects lie in a class that does not suit them",
    docs: DOCS,
    kind: Kind::Cost,
    severity: Severity::Low,
    confidence: Confidence::Low,
    note: "s3-storage-classes#the-classes",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html"],
    needs: &[Need::Buckets, Need::BucketObjectSample, Need::BucketLifecycle, Need::BucketVersioning],
    since: "0.1.0",
    opt_in: None,
    params: &[LEFT_ALONE, WORTH],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

/// Days without a new object after which a class counts as left alone.
const LEFT_ALONE: Param =
    Param::days("untouched_days", 90, "Standard counts as left alone when nothing was written for longer.");

/// What is worth moving.
const WORTH: Param =
    Param::new("min_gb", "GB", (1, 0, 1_000_000), "So much or more that is left in Standard is found.");

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let sample = bucket.sample.known()?;
    if sample.objects() == 0 {
        return not_applicable("no objects were seen in it");
    }
    let standard = left_in_standard(bucket, sample, cx)?;
    let zone = in_one_zone(bucket, sample)?;
    let scope = sample.scope();
    if let Some(class) = standard {
        let (held, age) = (class.bytes - class.small_bytes, class.newest.map_or(0, |newest| cx.days_since(newest)));
        return fail(format!(
            "Bucket {}{scope}: {} in STANDARD, and nothing was written for {age} days{}",
            bucket.name,
            bytes(held),
            saving(bucket, held, cx)
        ))
        .evidence("sample.classes.STANDARD.bytes", class.bytes)
        .evidence("sample.classes.STANDARD.newest", class.newest.map(|newest| newest.to_string()))
        .fixes(lifecycle::add_rule(
            bucket,
            &json!({
                "ID": "cool-down", "Status": "Enabled", "Filter": {},
                "Transitions": [{"Days": 90, "StorageClass": "STANDARD_IA"}],
            }),
        ))
        .verdict();
    }
    if let Some(class) = zone {
        let all = shell_quote(&format!("s3://{}/", bucket.name));
        return fail(format!(
            "Bucket {}{scope}: all objects lie in one zone only (ONEZONE_IA); if this is their only copy, losing the \
             zone loses them",
            bucket.name
        ))
        .evidence("sample.classes.ONEZONE_IA.objects", class.objects)
        .fix(format!("aws s3 cp {all} {all} --recursive --storage-class STANDARD_IA"))
        .verdict();
    }
    pass()
}

/// The objects in Standard, if they are worth moving and nothing will move them.
fn left_in_standard<'a>(
    bucket: &Bucket,
    sample: &'a ObjectSample,
    cx: &Context<'_>,
) -> Result<Option<&'a ClassSample>, Unknown> {
    let Some(class) = sample.classes.get("STANDARD") else { return Ok(None) };
    let is_old = class.newest.is_some_and(|newest| cx.days_since(newest) > cx.value(&LEFT_ALONE));
    if !is_old || class.bytes.saturating_sub(class.small_bytes) < bytes_of_gb(cx.value(&WORTH)) || bucket.moves_on()? {
        return Ok(None);
    }
    Ok(Some(class))
}

/// The objects in One Zone-IA, if there are no others and the bucket cannot be replicated.
fn in_one_zone<'a>(bucket: &Bucket, sample: &'a ObjectSample) -> Result<Option<&'a ClassSample>, Unknown> {
    let Some(class) = sample.classes.get("ONEZONE_IA").filter(|class| class.objects == sample.objects()) else {
        return Ok(None);
    };
    Ok((!bucket.versioning.known()?.is_enabled()).then_some(class))
}

fn saving(bucket: &Bucket, held: u64, cx: &Context<'_>) -> String {
    let cost = |storage_type| Some(dollars(gigabytes(held) * price(cx.prices, bucket, storage_type)?.usd));
    match (cost("StandardStorage"), cost("StandardIAStorage")) {
        (Some(now), Some(then)) => format!("; it costs {now} a month there and would cost {then} in STANDARD_IA"),
        _ => String::new(),
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "200 GB in Standard, nothing written since June",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "us-east-1", "Lifecycle": [],
            "sample": {"classes": {"STANDARD": {"objects": 400, "bytes": 214748364800, "small_objects": 10,
                "small_bytes": 10240, "newest": "2026-06-01T00:00:00Z"}}}}]}}"#,
    },
    Example {
        name: "the same of the first thousand objects",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "us-east-1", "Lifecycle": [],
            "sample": {"truncated": true, "classes": {"STANDARD": {"objects": 1000, "bytes": 214748364800,
                "newest": "2026-06-01T00:00:00Z"}}}}]}}"#,
    },
    Example {
        name: "everything in one zone, and no versions",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {},
            "sample": {"classes": {"ONEZONE_IA": {"objects": 40, "bytes": 4294967296,
                "newest": "2026-11-01T00:00:00Z"}}}}]}}"#,
    },
    Example {
        name: "Standard in use: something was written last week",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "sample": {"classes": {"STANDARD": {"objects": 400, "bytes": 214748364800,
                "newest": "2026-11-15T00:00:00Z"}}}}]}}"#,
    },
    Example {
        name: "old, but many small objects: they would cost more elsewhere",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "sample": {"classes": {"STANDARD": {"objects": 900000, "bytes": 2147483648, "small_objects": 899999,
                "small_bytes": 2146435072, "newest": "2026-06-01T00:00:00Z"}}}}]}}"#,
    },
    Example {
        name: "old, and a rule for the whole bucket will move it",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "Lifecycle": [{"Status": "Enabled", "Transitions": [{"Days": 365, "StorageClass": "GLACIER"}]}],
            "sample": {"classes": {"STANDARD": {"objects": 400, "bytes": 214748364800,
                "newest": "2026-06-01T00:00:00Z"}}}}]}}"#,
    },
    Example {
        name: "one zone, but versions are kept: it may be replicated, or be the copy",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-copy", "Versioning": {"Status": "Enabled"},
            "sample": {"classes": {"ONEZONE_IA": {"objects": 40, "bytes": 4294967296}}}}]}}"#,
    },
    Example {
        name: "no objects",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "sample": {}}]}}"#,
    },
    Example {
        name: "old and large, and whether a rule will move it could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": {"$gap": 1},
            "sample": {"classes": {"STANDARD": {"objects": 400, "bytes": 214748364800,
                "newest": "2026-06-01T00:00:00Z"}}}}]}, "gaps": [{"id": 1, "kind": "denied",
            "operation": "s3:GetBucketLifecycleConfiguration", "message": "Access Denied"}]}"#,
    },
];
