//! How long all rules take over a large account: `cargo bench --bench evaluate [RESOURCES]` (default 100,000).
//!
//! The account is the demo account, copied until it is large enough, so that every rule has work and many fail.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a measurement for people")]

use std::time::Instant;

use afterlab::cost::PriceBook;
use afterlab::inventory::{Inventory, snapshot};
use afterlab::rule::{Context, RuleResult, evaluate_each, registry};
use serde_json::{Value, json};

fn main() {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let text = large(wanted).to_string();
    let begin = Instant::now();
    let inventory = snapshot::read(text.as_bytes()).expect("a snapshot");
    println!("read {} resources ({} MB): {:.2?}", inventory.resource_count(), text.len() >> 20, begin.elapsed());
    let rules: Vec<_> = registry::all().collect();
    let begin = Instant::now();
    let results = evaluate_each(&rules, &Context::new(&inventory, PriceBook::embedded()), RuleResult::of);
    let outcomes: usize = results.iter().flat_map(|result| result.counts.values()).sum();
    println!("evaluate {} rules, {outcomes} outcomes: {:.2?}", rules.len(), begin.elapsed());
}

/// The demo account with its buckets, users, groups, roles, policies and resources of packs copied under new names.
fn large(wanted: usize) -> Value {
    let demo = snapshot::demo().expect("the demo account");
    let copies = wanted / copied(&demo) + 1;
    let mut account = serde_json::to_value(&demo).expect("JSON");
    for (list, names) in [
        ("/iam/Users", ["UserName", "Arn"]),
        ("/iam/Groups", ["GroupName", "Arn"]),
        ("/iam/Roles", ["RoleName", "Arn"]),
        ("/iam/Policies", ["PolicyName", "Arn"]),
        ("/s3/Buckets", ["Name", "Name"]),
    ] {
        let Some(Value::Array(items)) = account.pointer_mut(list) else { panic!("{list} is no list") };
        let originals = items.clone();
        for copy in 1..copies {
            items.extend(originals.iter().map(|item| renamed(item, &names, copy)));
        }
    }
    let Some(types) = account["resources"].as_object_mut() else { panic!("the resources are no object") };
    for items in types.values_mut().filter_map(Value::as_array_mut) {
        let originals = items.clone();
        for copy in 1..copies {
            items.extend(originals.iter().map(|item| renamed(item, &["id", "name"], copy)));
        }
    }
    account
}

fn copied(demo: &Inventory) -> usize {
    demo.iam.users.items().len()
        + demo.iam.groups.items().len()
        + demo.iam.roles.items().len()
        + demo.iam.policies.items().len()
        + demo.s3.buckets.items().len()
        + demo.resources.count()
}

fn renamed(item: &Value, names: &[&str], copy: usize) -> Value {
    let mut item = item.clone();
    let mut changed = names.to_vec();
    changed.dedup();
    for name in changed {
        let old = item[name].as_str().unwrap_or_default();
        item[name] = json!(format!("{old}-{copy}"));
    }
    item
}
