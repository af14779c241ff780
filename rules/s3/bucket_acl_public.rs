use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::exposure;

const DOCS: &str = "\
## What it finds
A bucket whose access control list grants something to `AllUsers` (everyone) or `AuthenticatedUsers` (everyone with
any AWS account), while ACLs have effect and `IgnorePublicAcls` is on neither for the bucket nor for the account.

## Why it matters
`READ` on a bucket lists its keys for the world, which is how the rest is found. `WRITE` lets strangers put, replace
and delete objects, on your bill. `READ_ACP` and `WRITE_ACP` show and change the list itself, so that `WRITE_ACP` is
as good as all of them. `AuthenticatedUsers` sounds like your own users and is not: anyone can open an AWS account.

Only the list of the bucket is read. Single objects have lists of their own, which `IgnorePublicAcls` and disabled
ACLs take out of force as well.

## How to fix it
Take the public grants out of the list, then disable ACLs for the bucket. Whoever needs access gets it by policy.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-acl-public",
    title: "Bucket ACL lets anyone in",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Critical,
    confidence: Confidence::High,
    note: "s3#acls-and-ownership",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html"],
    needs: &[Need::BucketAcl, Need::BucketOwnership, Need::BucketPublicAccessBlock, Need::AccountPublicAccessBlock],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    if !exposure::acl_is_public(bucket, &cx.inventory.s3)? {
        return pass();
    }
    let grants = bucket.grants.known()?;
    let granted: Vec<_> = exposure::public_grants(grants)
        .map(|(group, grant)| format!("{} to {group}{}", grant.permission, meaning(group)))
        .collect();
    let mut problem = fail(format!("The ACL of bucket {} grants {}", bucket.name, granted.join(" and ")));
    for (group, grant) in exposure::public_grants(grants) {
        problem = problem.evidence(format!("Grants.{group}"), grant.permission.as_str());
    }
    problem.fixes(exposure::disable_acls(bucket)).verdict()
}

fn meaning(group: &str) -> &'static str {
    if group == "AllUsers" { " (everyone)" } else { " (everyone with any AWS account)" }
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "everyone may list the bucket; ownership was never set, which leaves ACLs in force",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-data",
            "Grants": [{"Grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "Permission": "READ"}],
            "ObjectOwnership": null, "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "everyone with any AWS account may write",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-data",
            "Grants": [
                {"Grantee": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "Permission": "WRITE"},
                {"Grantee": "1f2e3d4c", "Permission": "FULL_CONTROL"}],
            "ObjectOwnership": "BucketOwnerPreferred", "PublicAccessBlock": {"BlockPublicAcls": true}}]}}"#,
    },
    Example {
        name: "only the owner and S3's log delivery are in the list",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-logs", "Grants": [
            {"Grantee": "1f2e3d4c", "Permission": "FULL_CONTROL"},
            {"Grantee": "http://acs.amazonaws.com/groups/s3/LogDelivery", "Permission": "WRITE"}]}]}}"#,
    },
    Example {
        name: "ACLs are disabled, so that the list has no effect",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Grants": [],
            "ObjectOwnership": "BucketOwnerEnforced"}]}}"#,
    },
    Example {
        name: "IgnorePublicAcls of the account takes a public list out of force",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {"IgnorePublicAcls": true}, "Buckets": [{"Name": "lab-data",
            "Grants": [{"Grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "Permission": "READ"}],
            "ObjectOwnership": "ObjectWriter"}]}}"#,
    },
    Example {
        name: "the list could not be read, and nothing takes it out of force",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-data", "Grants": {"$gap": 1},
            "ObjectOwnership": "ObjectWriter", "PublicAccessBlock": null}]}, "gaps": [{"id": 1, "kind": "denied",
            "operation": "s3:GetBucketAcl", "message": "Access Denied"}]}"#,
    },
];
