use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::name;

const DOCS: &str = "\
## What it finds
A bucket with a dot in its name that serves no website. For a website under a domain of one's own the name has to be
the domain, dots and all, so such a bucket is left alone.

## Why it matters
The certificate of S3 is for `*.s3.amazonaws.com`, and the star stands for one label. `my.bucket.s3.amazonaws.com` has
two, so that HTTPS under the bucket's own host name fails, and people help themselves by turning the check of
certificates off. Transfer Acceleration does not work at all.

## How to fix it
A bucket cannot be renamed. For a new one use hyphens. Until then address this one in path style
(`https://s3.REGION.amazonaws.com/BUCKET/`), which the CLI and the SDKs do by themselves for such names.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-name-has-dots",
    title: "Dots in the bucket name break HTTPS under its host name",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3#bucket-naming",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html",
    ],
    needs: &[Need::Buckets, Need::BucketWebsite],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let report = name::check(&bucket.name, Some(&cx.inventory.account.id));
    let Some(dots) = report.advice_on("dots") else { return pass() };
    if bucket.website.known()?.is_some() {
        return not_applicable("it serves a website, whose name has to be a domain");
    }
    fail(format!("The name of bucket {} has dots: {}", bucket.name, dots.message))
        .evidence("Name", bucket.name.as_str())
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "dots, and no website",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "acme.training.data", "Website": null}]}}"#,
    },
    Example {
        name: "no dots",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "acme-training-data"}]}}"#,
    },
    Example {
        name: "a website under its own domain",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "www.example.com", "Website": {"IndexDocument": "index.html"}}]}}"#,
    },
];
