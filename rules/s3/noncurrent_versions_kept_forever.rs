use serde_json::json;

use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::lifecycle;
use crate::text::{bytes, count};

const DOCS: &str = "\
## What it finds
A bucket whose versioning is on, or was on and is suspended, without an enabled lifecycle rule for the whole bucket
that deletes older versions. A bucket with MFA delete and no rules is left alone: it takes none.

## Why it matters
With versioning an overwrite keeps the old object and a delete only hides it. Each version bills as a full object and
no listing of the bucket shows it. A file of 1 GB that a job rewrites every day is 30 GB after a month, and 365 GB
after a year. Suspending versioning stops new versions and keeps all old ones.

## How to fix it
Add a rule that deletes older versions after some days, and with it delete markers under which nothing is left. Choose
the days in which a mistake would be noticed.
";

pub static RULE: Rule = Rule {
    id: "s3-noncurrent-versions-kept-forever",
    title: "Older versions are never deleted",
    docs: DOCS,
    kind: Kind::Cost,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3#versioning",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
    ],
    // Security Hub's S3.10 asks for a lifecycle configuration on versioned buckets; it is no part of FSBP.
    needs: &[Need::BucketVersioning, Need::BucketLifecycle, Need::BucketObjectSample],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, _cx: &Context<'_>) -> Verdict {
    let expires = bucket.lifecycle.known().map(|rules| {
        rules.iter().any(|rule| rule.covers_bucket() && rule.noncurrent_version_expiration_days.is_some())
    });
    if expires == Ok(true) {
        return pass();
    }
    let versioning = bucket.versioning.known()?;
    let Some(status) = versioning.status.as_deref() else {
        return not_applicable("versioning was never on, so there are no older versions");
    };
    expires?;
    let rules = bucket.lifecycle.known()?;
    if versioning.has_mfa_delete() && rules.is_empty() {
        return not_applicable("it has MFA delete, which excludes lifecycle rules");
    }
    let partly =
        rules.iter().filter(|rule| rule.is_enabled() && rule.noncurrent_version_expiration_days.is_some()).count();
    let says = match partly {
        0 => "no lifecycle rule deletes older versions".to_owned(),
        _ => format!("older versions are deleted in a part of it only, by {}", count(partly, "rule")),
    };
    // What was seen of them only tells how much there is; without it the finding stands.
    let seen = match bucket.sample.known() {
        Ok(sample) if sample.noncurrent > 0 => format!(
            "; {}{} and delete markers with {} were seen",
            if sample.truncated { "at least " } else { "" },
            count(usize::try_from(sample.noncurrent).unwrap_or(usize::MAX), "older version"),
            bytes(sample.noncurrent_bytes)
        ),
        _ => String::new(),
    };
    fail(format!("Versioning of bucket {} is {}, and {says}{seen}", bucket.name, status.to_ascii_lowercase()))
        .evidence("VersioningConfiguration.Status", status)
        .evidence("rules_for_a_part", partly)
        .fixes(lifecycle::add_rule(
            bucket,
            &json!({
                "ID": "old-versions", "Status": "Enabled", "Filter": {},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                "Expiration": {"ExpiredObjectDeleteMarker": true},
            }),
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "on, and no rule",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"},
            "Lifecycle": []}]}}"#,
    },
    Example {
        name: "on, no rule, and older versions were seen",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"}, "Lifecycle": [],
            "sample": {"classes": {"STANDARD": {"objects": 700, "bytes": 1048576}}, "noncurrent": 300,
                "noncurrent_bytes": 3221225472, "truncated": true}}]}}"#,
    },
    Example {
        name: "suspended: what was kept stays",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Suspended"},
            "Lifecycle": []}]}}"#,
    },
    Example {
        name: "a rule for current versions only hides them",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"},
            "Lifecycle": [{"Status": "Enabled", "ExpirationDays": 30}]}]}}"#,
    },
    Example {
        name: "rules for a prefix, for a tag, and one that is disabled",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"}, "Lifecycle": [
            {"Status": "Enabled", "Prefix": "logs/", "NoncurrentVersionExpirationDays": 30},
            {"Status": "Enabled", "narrowed": true, "NoncurrentVersionExpirationDays": 30},
            {"Status": "Disabled", "NoncurrentVersionExpirationDays": 30}]}]}}"#,
    },
    Example {
        name: "a rule for the whole bucket",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"},
            "Lifecycle": [{"Status": "Enabled", "NoncurrentVersionExpirationDays": 30}]}]}}"#,
    },
    Example {
        name: "versioning was never on; lifecycle rules need not be known",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}}]}}"#,
    },
    Example {
        name: "MFA delete takes no lifecycle rules",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [],
            "Versioning": {"Status": "Enabled", "MFADelete": "Enabled"}}]}}"#,
    },
    Example {
        name: "the lifecycle rules could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"},
            "Lifecycle": {"$gap": 1}}]}, "gaps": [{"id": 1, "kind": "denied",
            "operation": "s3:GetBucketLifecycleConfiguration", "message": "Access Denied"}]}"#,
    },
];
