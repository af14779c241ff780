use crate::inventory::s3::Bucket;
use crate::rule::prelude::*;
use crate::s3::exposure::{self, WayIn};
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket that serves a website and that the public gets into, by its policy or by its ACL. A website that only
redirects to another host serves no object and is left alone.

## Why it matters
The website endpoint of S3 speaks plain HTTP only and knows no sign-in, so that whoever sits on the way can read and
change what your visitors see. The bucket has to stay open for it, with everything that anyone will ever put there.
After a demo the page is forgotten and the bucket stays open. Every download is data transfer out, on your bill.

## How to fix it
If the site has served its purpose, delete the website and close the bucket. If it is to stay, serve the bucket
through CloudFront with origin access control (HTTPS, a closed bucket) or through Amplify Hosting.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-website-public",
    title: "Bucket serves a website to everyone over plain HTTP",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "s3#websites",
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html"],
    needs: &[
        Need::BucketWebsite,
        Need::BucketPolicyStatus,
        Need::BucketAcl,
        Need::BucketOwnership,
        Need::BucketPublicAccessBlock,
        Need::AccountPublicAccessBlock,
    ],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

const NO_WEBSITE: &str = "it serves no website";

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    if let Ok(None) = bucket.website.known() {
        return not_applicable(NO_WEBSITE);
    }
    let Some(way_in) = exposure::way_in(bucket, &cx.inventory.s3)? else { return pass() };
    let Some(website) = bucket.website.known()? else { return not_applicable(NO_WEBSITE) };
    if website.redirect_all_requests_to.is_some() {
        return not_applicable("its website only redirects to another host");
    }
    let says = |way: &str| {
        fail(format!("Bucket {} serves a website over plain HTTP, and its {way} lets everyone in", bucket.name))
            .evidence("IndexDocument", website.index_document.clone())
    };
    let mut problem = match way_in {
        WayIn::Policy => says("policy").evidence("PolicyStatus.IsPublic", true),
        WayIn::Acl => says("ACL"),
    };
    if way_in == WayIn::Acl {
        for (group, grant) in exposure::public_grants(bucket.grants.known()?) {
            problem = problem.evidence(format!("Grants.{group}"), grant.permission.as_str());
        }
    }
    problem
        .fix(format!("aws s3api delete-bucket-website --bucket {}", shell_quote(&bucket.name)))
        .fix(exposure::block_all(bucket))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a website in a bucket with a public policy",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-site",
            "Website": {"IndexDocument": "index.html"}, "PolicyStatus": {"IsPublic": true},
            "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "a website in a bucket that an old ACL opens",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-site",
            "Website": {"IndexDocument": "index.html"}, "PolicyStatus": {"IsPublic": false},
            "Grants": [{"Grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "Permission": "READ"}],
            "ObjectOwnership": "ObjectWriter", "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "a website is configured, but the bucket is closed",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab-site",
            "Website": {"IndexDocument": "index.html"}, "PolicyStatus": {"IsPublic": false},
            "Grants": [], "ObjectOwnership": "BucketOwnerEnforced", "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "whether there is a website could not be read, but the bucket is closed",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": {"IgnorePublicAcls": true, "RestrictPublicBuckets": true},
            "Buckets": [{"Name": "lab-site"}]}}"#,
    },
    Example {
        name: "no website",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Website": null}]}}"#,
    },
    Example {
        name: "a website that only redirects",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "www.example.com",
            "Website": {"RedirectAllRequestsTo": "example.com"}, "PolicyStatus": {"IsPublic": true},
            "PublicAccessBlock": null}]}}"#,
    },
    Example {
        name: "a website, and whether its bucket is open could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-site", "Website": {"IndexDocument": "index.html"}}]}}"#,
    },
];
