use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket that keeps versions and lets them be deleted without the root user's MFA code. Buckets without versioning and
buckets with lifecycle rules are left alone: MFA delete needs the one and excludes the other.

## Why it matters
Versions help against whoever deletes by mistake, not against whoever deletes on purpose with valid keys. With MFA
delete a version goes only with a code from the root user's device. That is a burden, and Object Lock often protects
better, so this is only for your information.

## How to fix it
Only the root user can turn it on, by command line: with the serial number of the root user's MFA device and a code
from it. From then on no lifecycle rule can be set on the bucket.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-mfa-delete-off",
    title: "Versions can be deleted without an MFA code",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "s3#versioning",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html"],
    // Security Hub asks for it as S3.20, which is no part of FSBP.
    needs: &[Need::BucketVersioning, Need::BucketLifecycle],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, _cx: &Context<'_>) -> Verdict {
    let versioning = bucket.versioning.known()?;
    if versioning.has_mfa_delete() {
        return pass();
    }
    if !versioning.is_enabled() {
        return not_applicable("it keeps no versions, which MFA delete would guard");
    }
    if !bucket.lifecycle.known()?.is_empty() {
        return not_applicable("it has lifecycle rules, which MFA delete excludes");
    }
    fail(format!("Versions in bucket {} can be deleted without the root user's MFA code", bucket.name))
        .evidence("VersioningConfiguration.MFADelete", versioning.mfa_delete.clone())
        .fix(format!(
            "aws s3api put-bucket-versioning --bucket {} --versioning-configuration Status=Enabled,MFADelete=Enabled \
             --mfa 'SERIAL-OF-ROOT-MFA-DEVICE CODE'",
            shell_quote(&bucket.name)
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "versions are kept, and go without a code",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "audit-trail", "Versioning": {"Status": "Enabled"},
            "Lifecycle": []}]}}"#,
    },
    Example {
        name: "versions go only with a code",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "audit-trail",
            "Versioning": {"Status": "Enabled", "MFADelete": "Enabled"}}]}}"#,
    },
    Example {
        name: "no versions",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}}]}}"#,
    },
    Example {
        name: "a lifecycle rule deletes old versions, which MFA delete would not allow",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"},
            "Lifecycle": [{"Status": "Enabled", "NoncurrentVersionExpirationDays": 30}]}]}}"#,
    },
];
