//! What changed between two readings of one account.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Report;
use crate::cost::dollars;
use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::text::{count, printable};

/// What changed between two readings of one account.
#[derive(Debug, Serialize)]
pub struct Diff {
    afterlab_diff: u32,
    account: String,
    created: Vec<Thing>,
    deleted: Vec<Thing>,
    changed: Vec<Change>,
    /// Leftovers that were not there before.
    leftovers_added: Vec<Leftover>,
    /// Leftovers that are gone.
    leftovers_gone: Vec<Leftover>,
    usd_per_month_before: Decimal,
    usd_per_month_after: Decimal,
    /// What could not be compared, since one of the snapshots does not have it whole.
    not_compared: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Thing {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    name: String,
    region: Option<String>,
}

#[derive(Debug, Serialize)]
struct Change {
    #[serde(flatten)]
    thing: Thing,
    properties: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Leftover {
    rule: &'static str,
    resource: crate::inventory::ResourceRef,
    usd_per_month: Option<Decimal>,
}

impl Diff {
    /// Compares two reports of one account.
    #[must_use]
    pub fn of(before: &Report<'_>, after: &Report<'_>) -> Self {
        let (old, new) = (things(before.inventory), things(after.inventory));
        let not_compared = not_compared(before.inventory, after.inventory);
        let compared = |thing: &&Thing| !not_compared.contains(&thing.kind);
        let changed = new.iter().filter_map(|(thing, properties)| {
            let properties = changed_properties(old.get(thing)?, properties);
            (!properties.is_empty()).then(|| Change { thing: thing.clone(), properties })
        });
        let only = |these: &BTreeMap<Thing, Map<String, Value>>, others: &BTreeMap<Thing, Map<String, Value>>| {
            these.keys().filter(|thing| !others.contains_key(thing)).filter(compared).cloned().collect::<Vec<_>>()
        };
        let leftovers = |these: &Report<'_>, others: &Report<'_>| {
            let known: BTreeSet<&str> = others.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
            let new = these.findings.iter().filter(|finding| !known.contains(finding.fingerprint.as_str()));
            new.map(leftover).collect::<Vec<_>>()
        };
        Self {
            afterlab_diff: 1,
            account: after.inventory.account.id.to_string(),
            created: only(&new, &old),
            deleted: only(&old, &new),
            changed: changed.collect(),
            leftovers_added: leftovers(after, before),
            leftovers_gone: leftovers(before, after),
            usd_per_month_before: before.usd_per_month().unwrap_or_default(),
            usd_per_month_after: after.usd_per_month().unwrap_or_default(),
            not_compared,
        }
    }

    /// Whether there are leftovers that were not there before.
    #[must_use]
    pub fn adds_leftovers(&self) -> bool {
        !self.leftovers_added.is_empty()
    }
}

fn leftover(finding: &Finding) -> Leftover {
    Leftover {
        rule: finding.rule.id,
        resource: finding.resource.clone(),
        usd_per_month: finding.problem.cost.as_ref().map(|cost| cost.usd_per_month),
    }
}

/// Everything that has a name, with its properties.
fn things(inventory: &Inventory) -> BTreeMap<Thing, Map<String, Value>> {
    let thing = |kind: &str, id: &str, name: &str, region: Option<String>| Thing {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        region,
    };
    let none = Map::new;
    let iam = &inventory.iam;
    let users =
        iam.users.items().iter().map(|user| (thing("AWS::IAM::User", &user.arn, &user.user_name, None), none()));
    let roles =
        iam.roles.items().iter().map(|role| (thing("AWS::IAM::Role", &role.arn, &role.role_name, None), none()));
    let groups =
        iam.groups.items().iter().map(|group| (thing("AWS::IAM::Group", &group.arn, &group.group_name, None), none()));
    let policies = iam.policies.items().iter().filter(|policy| !policy.is_aws_managed());
    let policies =
        policies.map(|policy| (thing("AWS::IAM::ManagedPolicy", &policy.arn, &policy.policy_name, None), none()));
    let buckets = inventory.s3.buckets.items().iter().map(|bucket| {
        let region = bucket.bucket_region.known().ok().map(ToString::to_string);
        (thing("AWS::S3::Bucket", &bucket.name, &bucket.name, region), none())
    });
    let of_packs = inventory.resources.0.iter().flat_map(|(kind, list)| {
        list.items().iter().map(move |resource| {
            let region = resource.region.as_ref().map(ToString::to_string);
            (thing(kind, &resource.id, &resource.name, region), resource.properties.clone())
        })
    });
    users.chain(roles).chain(groups).chain(policies).chain(buckets).chain(of_packs).collect()
}

/// Types that one of the two does not have whole: what is missing there may be there all the same.
fn not_compared(before: &Inventory, after: &Inventory) -> Vec<String> {
    let kinds = before.resources.0.keys().chain(after.resources.0.keys());
    let is_whole =
        |inventory: &Inventory, kind: &str| inventory.resources.of(kind).is_some_and(|list| list.missing().is_none());
    let of_packs = kinds.filter(|kind| !is_whole(before, kind) || !is_whole(after, kind)).cloned();
    let own = |inventory: &Inventory| {
        let iam = &inventory.iam;
        [
            ("AWS::IAM::User", iam.users.missing()),
            ("AWS::IAM::Role", iam.roles.missing()),
            ("AWS::IAM::Group", iam.groups.missing()),
            ("AWS::IAM::ManagedPolicy", iam.policies.missing()),
            ("AWS::S3::Bucket", inventory.s3.buckets.missing()),
        ]
    };
    let own =
        own(before).into_iter().chain(own(after)).filter(|(_, gap)| gap.is_some()).map(|(kind, _)| kind.to_owned());
    of_packs.chain(own).collect::<BTreeSet<_>>().into_iter().collect()
}

fn changed_properties(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}

/// The difference for people.
#[must_use]
pub fn table(diff: &Diff) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_table(&mut text, diff);
    text
}

fn write_table(out: &mut String, diff: &Diff) -> std::fmt::Result {
    let place = |region: &Option<String>| region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    for (mark, title, things) in [("+", "Created", &diff.created), ("-", "Deleted", &diff.deleted)] {
        writeln!(out, "{title}: {}", things.len())?;
        for thing in things {
            writeln!(out, "  {mark} {} {}{}", thing.kind, printable(&thing.name), place(&thing.region))?;
        }
    }
    writeln!(out, "Changed: {}", diff.changed.len())?;
    for change in &diff.changed {
        let thing = &change.thing;
        let properties = printable(&change.properties.join(", "));
        writeln!(out, "  ~ {} {}{}: {properties}", thing.kind, printable(&thing.name), place(&thing.region))?;
    }
    for (mark, title, leftovers) in
        [("+", "Left behind", &diff.leftovers_added), ("-", "No longer left", &diff.leftovers_gone)]
    {
        writeln!(out, "{title}: {}", leftovers.len())?;
        for leftover in leftovers {
            let cost = leftover.usd_per_month.map(|usd| format!(", {} a month", dollars(usd))).unwrap_or_default();
            let resource = &leftover.resource;
            writeln!(
                out,
                "  {mark} {}{}{cost} ({})",
                printable(&resource.name),
                place(&resource.region),
                leftover.rule
            )?;
        }
    }
    if !diff.not_compared.is_empty() {
        let kinds = count(diff.not_compared.len(), "type");
        writeln!(
            out,
            "Not compared, since a snapshot does not have them whole: {kinds}: {}",
            diff.not_compared.join(", ")
        )?;
    }
    let (before, after) = (dollars(diff.usd_per_month_before), dollars(diff.usd_per_month_after));
    writeln!(out, "Leftovers cost {before} a month before and {after} after")
}
