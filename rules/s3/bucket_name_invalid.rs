use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::{name, volume};
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket whose name breaks at least one of AWS's rules for general purpose buckets: 3 to 63 lower-case letters,
digits, dots and hyphens; a letter or a digit at both ends; no two dots in a row; not the form of an IP address; none
of the beginnings and endings that AWS keeps for itself.

AWS refuses such names today. They are seen where an old bucket got its name before a rule existed (until March 2018
`us-east-1` took capitals, underscores and 255 characters), and on emulators.

## Why it matters
The name is part of the bucket's web address, and such a name makes none: clients fall back to the old path style, or
fail. Transfer Acceleration, newer regions and many tools refuse it, and a template that names the bucket can never be
created again elsewhere.

## How to fix it
A bucket cannot be renamed. Make a new one with a valid name (`afterlab s3-name NAME` checks it before), copy the
objects and delete the old one.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-name-invalid",
    title: "Bucket name breaks AWS's naming rules",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3#bucket-naming",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"],
    needs: &[Need::Buckets],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let report = name::check(&bucket.name, Some(&cx.inventory.account.id));
    if report.is_valid() {
        return pass();
    }
    let broken: Vec<_> = report.errors.iter().map(|error| error.message.as_str()).collect();
    let mut problem = fail(format!("The name of bucket {} breaks AWS's rules: {}", bucket.name, broken.join("; ")))
        .evidence("Name", bucket.name.as_str());
    for error in &report.errors {
        problem = problem.evidence(format!("naming_rules.{}", error.code), error.message.as_str());
    }
    if let Some(suggestion) = &report.suggestion {
        let region = volume::region(bucket);
        let region = if region.is_empty() { String::new() } else { format!(" --region {region}") };
        problem =
            problem.fix(format!("aws s3 mb {}{region}", shell_quote(&format!("s3://{suggestion}")))).fix(format!(
                "aws s3 sync {} {}",
                shell_quote(&format!("s3://{}", bucket.name)),
                shell_quote(&format!("s3://{suggestion}"))
            ));
    }
    problem.verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "capitals and underscores, from before 2018",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "ML_Course_Data", "BucketRegion": "us-east-1"}]}}"#,
    },
    Example {
        name: "each of these breaks one rule",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "ab"}, {"Name": "-lab"}, {"Name": "lab..data"}, {"Name": "10.1.2.3"},
            {"Name": "xn--lab"}, {"Name": "sthree-lab"}, {"Name": "amzn-s3-demo-lab"}, {"Name": "lab-s3alias"},
            {"Name": "lab--ol-s3"}, {"Name": "lab.mrap"}, {"Name": "lab--x-s3"}, {"Name": "lab--table-s3"},
            {"Name": "lab-an"}]}}"#,
    },
    Example {
        name: "valid names, also one in the account's own namespace",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "rag-lab-7f3a9c21"}, {"Name": "www.example.com"},
            {"Name": "lab-111122223333-us-east-1-an"}]}}"#,
    },
    Example {
        name: "the course forbids xn-, AWS only xn--",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "xn-lab-7f3a9c21"}]}}"#,
    },
];
