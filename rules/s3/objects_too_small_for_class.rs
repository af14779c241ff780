use rust_decimal::Decimal;

use crate::inventory::s3::{Bucket, ClassSample};
use crate::rule::prelude::*;
use crate::s3::class::{Class, SMALL};
use crate::s3::volume::{gigabytes, price};
use crate::text::{bytes, shell_quote};

/// How many of a class's objects must be small.
const SHARE: Param = Param::new("min_percent", "percent", (10, 0, 100), "So large a share of small objects is found.");

const DOCS: &str = "\
## What it finds
By the first objects of a bucket (`--s3-sample` of them): objects under 128 KB in a cold class, at least a tenth of
the objects of that class, that cost more there than they would in Standard.

A verdict on the first objects says nothing of the rest.

## Why it matters
Cold classes are priced for large objects. Standard-IA, One Zone-IA and Glacier Instant Retrieval bill every object as
128 KB at least: a file of 4 KB as thirty-two times what it is. Glacier Flexible Retrieval and Deep Archive add 40 KB
to each. What looks like saving is a surcharge, and reading costs besides.

## How to fix it
Pack small files into archives before they grow cold, or filter the lifecycle rule by size (`ObjectSizeGreaterThan`).
Copying back to Standard pays off only for what stays: leaving before the class's minimum duration is billed to its
end.
";

pub static RULE: Rule = Rule {
    id: "s3-objects-too-small-for-class",
    title: "Small objects cost more in a cold class than in Standard",
    docs: DOCS,
    kind: Kind::Cost,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3-storage-classes#small-objects",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
    ],
    needs: &[Need::Buckets, Need::BucketObjectSample],
    since: "0.1.0",
    opt_in: None,
    params: &[SHARE],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let sample = bucket.sample.known()?;
    if sample.objects() == 0 {
        return not_applicable("no objects were seen in it");
    }
    let percent = u64::try_from(cx.value(&SHARE)).unwrap_or_default();
    let wrong: Vec<_> = sample
        .classes
        .iter()
        .filter_map(|(name, seen)| Some((Class::find(name)?, seen)))
        .filter(|(class, seen)| {
            seen.small_objects * 100 >= seen.objects * percent && costs_more(bucket, class, seen, cx)
        })
        .collect();
    if wrong.is_empty() {
        return pass();
    }
    let scope = sample.scope();
    let says: Vec<_> = wrong
        .iter()
        .map(|(class, seen)| {
            format!(
                "{} of {} objects in {} are under 128 KB: they hold {}, bill as {} and cost more than in STANDARD",
                seen.small_objects,
                seen.objects,
                class.name,
                bytes(seen.small_bytes),
                bytes(billed_bytes(class, seen) + seen.small_objects * class.name_bytes)
            )
        })
        .collect();
    let mut problem = fail(format!("Bucket {}{scope}: {}", bucket.name, says.join("; ")));
    for (class, seen) in &wrong {
        problem = problem
            .evidence(format!("sample.classes.{}.small_objects", class.name), seen.small_objects)
            .evidence(format!("sample.classes.{}.small_bytes", class.name), seen.small_bytes);
        if !class.needs_restore() {
            problem = problem.fix(copy_back(bucket, class));
        }
    }
    problem.verdict()
}

/// Bytes that the small objects bill as, at the class's own price.
fn billed_bytes(class: &Class, seen: &ClassSample) -> u64 {
    seen.small_bytes.max(seen.small_objects * class.min_bytes) + seen.small_objects * class.index_bytes
}

/// Whether keeping the small objects costs more than it would in Standard.
fn costs_more(bucket: &Bucket, class: &Class, seen: &ClassSample, cx: &Context<'_>) -> bool {
    let cost = |bytes: u64, storage_type: &str| -> Option<Decimal> {
        Some(gigabytes(bytes) * price(cx.prices, bucket, storage_type)?.usd)
    };
    let here = || {
        let name = cost(seen.small_objects * class.name_bytes, "StandardStorage")?;
        Some(cost(billed_bytes(class, seen), class.storage_type)? + name)
    };
    here().zip(cost(seen.small_bytes, "StandardStorage")).is_some_and(|(here, standard)| here > standard)
}

fn copy_back(bucket: &Bucket, class: &Class) -> String {
    let query = format!("Contents[?Size<`{SMALL}` && StorageClass==`\"{}\"`].[Key]", class.name);
    let all = shell_quote(&format!("s3://{}/", bucket.name));
    format!(
        "aws s3api list-objects-v2 --bucket {} --query {} --output text | while IFS= read -r key; do aws s3 cp \
         {all}\"$key\" {all}\"$key\" --storage-class STANDARD; done",
        shell_quote(&bucket.name),
        shell_quote(&query)
    )
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "thousands of files of 4 KB in Standard-IA",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-chunks", "BucketRegion": "us-east-1",
            "sample": {"classes": {"STANDARD_IA": {"objects": 9000, "bytes": 36864000, "small_objects": 9000,
                "small_bytes": 36864000}}}}]}}"#,
    },
    Example {
        name: "in Glacier Flexible Retrieval each gets 40 KB more",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-chunks", "BucketRegion": "us-east-1",
            "sample": {"truncated": true, "classes": {"GLACIER": {"objects": 1000, "bytes": 4096000,
                "small_objects": 1000, "small_bytes": 4096000}}}}]}}"#,
    },
    Example {
        name: "small objects in Standard",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-chunks", "BucketRegion": "us-east-1",
            "sample": {"classes": {"STANDARD": {"objects": 9000, "bytes": 36864000, "small_objects": 9000,
                "small_bytes": 36864000}}}}]}}"#,
    },
    Example {
        name: "100 KB each: billed as 128 KB, and still cheaper than in Standard",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-chunks", "BucketRegion": "us-east-1",
            "sample": {"classes": {"STANDARD_IA": {"objects": 1000, "bytes": 102400000, "small_objects": 1000,
                "small_bytes": 102400000}}}}]}}"#,
    },
    Example {
        name: "three small files among many large ones",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "us-east-1",
            "sample": {"classes": {"STANDARD_IA": {"objects": 5000, "bytes": 53687091200, "small_objects": 3,
                "small_bytes": 300}}}}]}}"#,
    },
    Example {
        name: "no objects",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "sample": {}}]}}"#,
    },
];
