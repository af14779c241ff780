use crate::inventory::Inventory;
use crate::rule::prelude::*;
use crate::s3::exposure::ALL_ON;

const DOCS: &str = "\
## What it finds
An account whose own Block Public Access has at least one of its four switches off, or was never set.

## Why it matters
The account's switches stand above those of every bucket, also of the buckets that are made tomorrow, by a script that
turns the bucket's own switches off. With all four on, no bucket of the account can be opened to the internet by
mistake. AWS sets them for each new bucket, but not for the account: that is yours to do.

## How to fix it
Turn all four on for the account. Look first whether a bucket is public on purpose, such as a website: the account's
switches close it too. Such content is better served through CloudFront with origin access control.
";

pub static RULE: Rule = Rule {
    id: "s3-account-public-access-not-blocked",
    title: "Account does not block public access to S3",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "s3#block-public-access",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html"],
    needs: &[Need::AccountPublicAccessBlock],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, _cx: &Context<'_>) -> Verdict {
    let block = inventory.s3.account_public_access_block.known()?;
    let switches = block.clone().unwrap_or_default().switches();
    let off: Vec<_> = switches.into_iter().filter(|(_, on)| !on).map(|(name, _)| name).collect();
    if off.is_empty() {
        return pass();
    }
    let account = &inventory.account.id;
    let mut problem = if block.is_none() {
        fail(format!("Block Public Access of account {account} was never set, so each bucket has only its own"))
    } else {
        fail(format!("Block Public Access of account {account} is off for {}", off.join(", ")))
    };
    for switch in off {
        problem = problem.evidence(format!("PublicAccessBlockConfiguration.{switch}"), false);
    }
    problem
        .fix(format!(
            "aws s3control put-public-access-block --account-id {account} --public-access-block-configuration {ALL_ON}"
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "the account's switches were never set",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null}}"#,
    },
    Example {
        name: "one switch is off",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true,
            "BlockPublicPolicy": true, "RestrictPublicBuckets": false}}}"#,
    },
    Example {
        name: "all four switches are on",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true,
            "BlockPublicPolicy": true, "RestrictPublicBuckets": true}}}"#,
    },
    Example {
        name: "the account's switches could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {"$gap": 1}}, "gaps": [{"id": 1, "kind": "denied",
            "operation": "s3control:GetPublicAccessBlock", "message": "Access Denied"}]}"#,
    },
];
