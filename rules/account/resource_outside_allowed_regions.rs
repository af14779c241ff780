use std::collections::BTreeMap;

use crate::inventory::Inventory;
use crate::rule::prelude::*;
use crate::text::{count, join_some};

const DOCS: &str = "\
## What it finds
Resources in regions that you did not choose. Say which regions you use in `afterlab.toml`:

    [account]
    allowed_regions = [\"us-east-1\", \"eu-west-1\"]

Without that list the rule does not apply. It looks at buckets and at everything else that the scan reads; global
resources have no region and are left out.

## Why it matters
A region is chosen for the law that holds there, for distance, for what is on offer, and for its price. What stands in
another one was a slip of the console, is a lab that nobody remembers, or is somebody else's: whoever gets hold of a key
likes the regions that the owner never looks at.

## How to fix it
Look at what is there, delete it or add the region to the list. A service control policy that denies
`aws:RequestedRegion` outside of the list keeps it so.
";

pub static RULE: Rule = Rule {
    id: "account-resource-outside-allowed-regions",
    title: "Resources stand outside of the regions that you allow",
    docs: DOCS,
    kind: Kind::Governance,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "account#regions",
    references: &[
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html",
    ],
    needs: &[Need::AccountRegions, Need::Buckets],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

/// How many regions, and types in a region, a message names.
const NAMED: usize = 3;

fn check(inventory: &Inventory, _: &Context<'_>) -> Verdict {
    let allowed = &inventory.account.allowed_regions;
    if allowed.is_empty() {
        return not_applicable("afterlab.toml names no allowed regions");
    }
    let mut outside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut unread = inventory.s3.buckets.known().err();
    for bucket in inventory.s3.buckets.items() {
        match bucket.bucket_region.known() {
            Ok(region) if allowed.contains(region) => {}
            Ok(region) => outside.entry(region.as_str()).or_default().push("AWS::S3::Bucket"),
            Err(gap) => unread = Some(gap),
        }
    }
    for (kind, list) in &inventory.resources.0 {
        let regions = list.items().iter().filter_map(|resource| resource.region.as_ref());
        for region in regions.filter(|region| !allowed.contains(region)) {
            outside.entry(region.as_str()).or_default().push(kind);
        }
    }
    if outside.is_empty() {
        return unread.map_or_else(pass, |gap| Err(gap.into()));
    }
    let number = outside.values().map(Vec::len).sum();
    let regions = join_some(outside.keys().copied(), NAMED);
    let mut problem = fail(format!("{} in {regions}, which afterlab.toml does not allow", count(number, "resource")));
    for (region, kinds) in &mut outside {
        kinds.dedup();
        problem = problem.evidence(*region, join_some(kinds.iter().copied(), NAMED));
    }
    problem.evidence("allowed_regions", allowed.iter().map(ToString::to_string).collect::<Vec<_>>()).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a bucket and a volume in Sydney",
        expected: Expected::Fail,
        snapshot: r#"{"account": {"Id": "111122223333", "allowed_regions": ["us-east-1"]},
            "s3": {"Buckets": [{"Name": "lab", "BucketRegion": "ap-southeast-2"}]},
            "resources": {"AWS::EC2::Volume": [
                {"id": "vol-1", "name": "vol-1", "region": "ap-southeast-2", "properties": {}}]}}"#,
    },
    Example {
        name: "everything where it should be",
        expected: Expected::Pass,
        snapshot: r#"{"account": {"Id": "111122223333", "allowed_regions": ["us-east-1"]},
            "s3": {"Buckets": [{"Name": "lab", "BucketRegion": "us-east-1"}]}}"#,
    },
    Example {
        name: "no list of regions",
        expected: Expected::NotApplicable,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab", "BucketRegion": "ap-southeast-2"}]}}"#,
    },
    Example {
        name: "buckets that were not listed",
        expected: Expected::Unknown,
        snapshot: r#"{"account": {"Id": "111122223333", "allowed_regions": ["us-east-1"]}}"#,
    },
];
