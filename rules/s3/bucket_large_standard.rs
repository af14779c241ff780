use serde_json::json;

use crate::cost::dollars;
use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::lifecycle;
use crate::s3::volume::{Amount, NO_FIGURE_YET, bytes_of_gb, gigabytes, holds_more, price};
use crate::text::bytes;

const DOCS: &str = "\
## What it finds
A bucket that keeps more than 50 GB in the class Standard, a bill of more than a dollar a month, while no lifecycle
rule for the whole bucket ever moves or deletes them. The cost is that of everything in the bucket, by class.

Parts of unfinished uploads do not count: they are a finding of their own. Prices are those of the price book; for
other regions than its own they are an estimate. Requests, reading and transfer come on top.

## Why it matters
Standard is the dearest class to keep data in and the right one only for data in use. After a course or a project the
data stays where it was uploaded, month after month.

## How to fix it
Delete what nobody needs; that saves most. Move what is kept to a colder class, or to Intelligent-Tiering if nobody
knows how often it is read. Data that is read daily belongs in Standard: mute the finding for that bucket.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-large-standard",
    title: "Bucket keeps much data in the dearest class",
    docs: DOCS,
    kind: Kind::Cost,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "s3-storage-classes#what-storage-costs",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html",
        "https://aws.amazon.com/s3/pricing/",
    ],
    needs: &[
        Need::Buckets,
        Need::BucketStorage,
        Need::BucketObjectSample,
        Need::BucketLifecycle,
        Need::BucketMultipartUploads,
    ],
    since: "0.1.0",
    opt_in: None,
    params: &[LARGE],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

/// What is kept in Standard without a word.
const LARGE: Param = Param::new("max_gb", "GB", (50, 1, 1_000_000), "A bucket with more in Standard is found.");

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    if bucket.moves_on() == Ok(true) {
        return pass();
    }
    let volume = match holds_more(bucket, bytes_of_gb(cx.value(&LARGE)), Some("StandardStorage"))? {
        Amount::More(volume) => volume,
        Amount::NotMore => return pass(),
        Amount::NoFigureYet => return not_applicable(NO_FIGURE_YET),
    };
    bucket.moves_on()?;
    let mut types: Vec<_> = volume.types().collect();
    types.sort_by_key(|(_, held)| std::cmp::Reverse(*held));
    let say = |(name, held): &(&str, u64)| {
        let cost = price(cx.prices, bucket, name)
            .map_or_else(|| "price unknown".to_owned(), |price| dollars(gigabytes(*held) * price.usd));
        format!("{name} {} {cost}", bytes(*held))
    };
    let mut problem = fail(format!(
        "Bucket {} keeps {} in Standard and no rule moves it on; by class and month: {}",
        bucket.name,
        volume.say(volume.of(Some("StandardStorage"))),
        types.iter().map(say).collect::<Vec<_>>().join(", ")
    ));
    for (name, held) in types {
        problem = problem.evidence(format!("storage.bytes.{name}"), held);
    }
    problem.cost = volume.cost(bucket, cx.prices);
    problem
        .fixes(lifecycle::add_rule(
            bucket,
            &json!({
                "ID": "tier", "Status": "Enabled", "Filter": {},
                "Transitions": [{"Days": 30, "StorageClass": "INTELLIGENT_TIERING"}],
            }),
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "400 GB in Standard, and a little elsewhere",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "us-east-1", "Lifecycle": [],
            "storage": {"bytes": {"StandardStorage": 429496729600, "StandardIAStorage": 1073741824,
                "StandardIASizeOverhead": 536870912, "ReducedRedundancyStorage": 1024}}}]}}"#,
    },
    Example {
        name: "the rule is for a prefix only",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "eu-west-1",
            "Lifecycle": [{"Status": "Enabled", "Prefix": "logs/", "ExpirationDays": 30}],
            "storage": {"bytes": {"StandardStorage": 429496729600}}}]}}"#,
    },
    Example {
        name: "400 GB, but in a cold class",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "BucketRegion": "us-east-1", "Lifecycle": [],
            "storage": {"bytes": {"StandardStorage": 1048576, "DeepArchiveStorage": 429496729600}}}]}}"#,
    },
    Example {
        name: "a rule for the whole bucket moves it on",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data",
            "Lifecycle": [{"Status": "Enabled", "Transitions": [{"Days": 60, "StorageClass": "GLACIER_IR"}]}],
            "storage": {"bytes": {"StandardStorage": 429496729600}}}]}}"#,
    },
    Example {
        name: "a fresh bucket with more objects than were listed",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [], "storage": null,
            "sample": {"classes": {"STANDARD": {"objects": 1000, "bytes": 4096}}, "truncated": true}}]}}"#,
    },
    Example {
        name: "the figure could not be read, and the listing was cut short",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [], "storage": {"$gap": 1},
            "sample": {"classes": {"STANDARD": {"objects": 1000, "bytes": 4096}}, "truncated": true}}]},
            "gaps": [{"id": 1, "kind": "denied", "operation": "cloudwatch:GetMetricData",
            "message": "Access Denied"}]}"#,
    },
];
