//! Every family of leftovers, as its service tells of it: the failing examples of all packs, written by AWS's models in
//! each service's own protocol, read over HTTP, and found with their dollars.

use std::collections::{BTreeMap, BTreeSet};

use afterlab::aws::api::Api;
use afterlab::aws::api::model::{Kind, View};
use afterlab::pack::{ItemPath, ResourceType, registry};
use afterlab::rule::{Check, Expected, Rule};
use serde_json::{Map, Value, json};

use crate::support::{Emulator, Run};

/// One example of each type a region.
const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "us-west-2", "eu-central-1"];

/// What an account has for nothing is taken off: the example is found with less, or not at all.
const FREE: [&str; 3] = ["cloudwatch-alarm-beyond-free", "cloudwatch-dashboard-beyond-free", "dynamodb-table-left"];

/// botocore's name of the service of a pack.
pub fn service(kind: &ResourceType) -> String {
    let path = format!("{}/packs/{}/api.json", env!("CARGO_MANIFEST_DIR"), kind.pack);
    let model: Value = serde_json::from_slice(&std::fs::read(path).expect("a model")).expect("JSON");
    let source = model["_source"].as_str().expect("where it is from");
    source.split("data/").nth(1).and_then(|rest| rest.split('/').next()).expect("a service").to_owned()
}

/// A reply in which a value stands at the end of a path.
fn wrapped(view: View<'_>, names: &[String], value: Value) -> Value {
    let [name, rest @ ..] = names else { return value };
    let member = view.member(name).expect("a member");
    let inner = if member.kind() != Kind::List {
        wrapped(member, rest, value)
    } else if rest.is_empty() && value.is_array() {
        value
    } else {
        json!([wrapped(member.item(), rest, value)])
    };
    json!({ name: inner })
}

fn reply(api: &Api, operation: &str, path: Option<&ItemPath>, value: Value) -> Value {
    let view = api.output(api.operation(operation).expect("an operation")).expect("a reply");
    wrapped(view, path.map(ItemPath::names).unwrap_or_default(), value)
}

/// What stands at the end of a path, as an item of a list: an object, or a text where the model has one.
fn item(api: &Api, operation: &str, path: Option<&ItemPath>, value: Value) -> Value {
    let mut view = api.output(api.operation(operation).expect("an operation")).expect("a reply");
    for name in path.map(ItemPath::names).unwrap_or_default() {
        view = view.member(name).expect("a member");
        if view.kind() == Kind::List {
            view = view.item();
        }
    }
    if view.kind() == Kind::Structure { value } else { value.get("Value").cloned().unwrap_or_else(|| json!("one")) }
}

/// The replies that tell of one resource.
fn replies(kind: &ResourceType, api: &Api, resource: &Value) -> Vec<(String, Value)> {
    let properties = resource["properties"].clone();
    let mut all = Vec::new();
    let mut parent = resource["parent"].clone();
    for call in kind.within.iter().rev() {
        let further = parent.get("parent").cloned().unwrap_or_default();
        let given = if parent.is_null() { properties.clone() } else { parent };
        let given = item(api, &call.operation, call.items.as_ref(), given);
        all.push((call.operation.clone(), reply(api, &call.operation, call.items.as_ref(), given)));
        parent = further;
    }
    let list = &kind.list;
    let listed = item(api, &list.operation, list.items.as_ref(), properties.clone());
    all.push((list.operation.clone(), reply(api, &list.operation, list.items.as_ref(), listed)));
    if let Some(detail) = &kind.detail {
        all.push((detail.operation.clone(), reply(api, &detail.operation, detail.items.as_ref(), properties.clone())));
    }
    if let Some(batch) = &kind.batch {
        all.push((batch.operation.clone(), reply(api, &batch.operation, Some(&batch.items), properties.clone())));
    }
    for also in &kind.also {
        if let Some(value) = properties.get(&also.into) {
            let value = reply(api, &also.call.operation, also.call.items.as_ref(), value.clone());
            all.push((also.call.operation.clone(), value));
        }
    }
    all
}

/// One failing example of a rule: the resource, and what it costs a month.
fn failing(rule: &'static Rule) -> Vec<(Value, Option<f64>)> {
    let Check::Pack(logic) = &rule.check else { return Vec::new() };
    let examples = rule.examples.iter().zip(&logic.monthly_usd);
    examples
        .filter(|(example, _)| example.expected == Expected::Fail)
        .map(|(example, usd)| {
            let snapshot: Value = serde_json::from_str(example.snapshot).expect("JSON");
            (snapshot["resources"][logic.kind.name][0].clone(), *usd)
        })
        .collect()
}

/// An account in which every family has something left over.
pub struct Account {
    /// What the emulator is told.
    pub state: Value,
    /// The rules that find it.
    pub rules: Vec<&'static str>,
    /// What is to be found: rule, region, dollars a month.
    expected: Vec<(&'static str, Option<&'static str>, Option<f64>)>,
}

/// Makes it of the failing examples of all packs, one of each type a region.
pub fn account(regions: &[&'static str]) -> Account {
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut set = Map::new();
    let mut expected = Vec::new();
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in registry::rules() {
        let Check::Pack(logic) = &rule.check else { continue };
        let kind = logic.kind;
        let api = registry::model(kind).expect("a model");
        let name = service(kind);
        services.entry(api.metadata.signing_name().to_owned()).or_default().insert(name.clone());
        for (resource, usd) in failing(rule) {
            let at = taken.entry(kind.name).or_default();
            let places = if kind.is_global { 1 } else { regions.len() };
            let Some(region) = regions[..places].get(*at) else { continue };
            *at += 1;
            let suffix = if kind.is_global { String::new() } else { format!(" {region}") };
            for (operation, value) in replies(kind, &api, &resource) {
                let key = format!("{name}:{operation}{suffix}");
                // Lists that several types have in common tell of all of them.
                let value = set.remove(&key).map_or_else(|| value.clone(), |former| joined(former, value.clone()));
                set.insert(key, value);
            }
            expected.push((rule.id, (!kind.is_global).then_some(*region), usd));
        }
    }
    let rules = registry::rules().map(|rule| rule.id).collect();
    Account { state: json!({"made": services, "replies": set}), rules, expected }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_family_is_found_over_http_with_its_dollars() {
    let account = account(&REGIONS);
    let emulator = Emulator::start();
    emulator.post("/afterlab-test/set", "application/json", &account.state.to_string()).await;
    let (_, report) = Run::scan(&emulator.url, &["--rule", &account.rules.join(","), "--region", &REGIONS.join(",")]);
    assert_eq!(report["gaps"], json!([]), "{:#}", report["gaps"]);
    let findings = report["findings"].as_array().expect("findings");
    let mut missing = Vec::new();
    for (id, region, usd) in account.expected {
        let of_rule = findings.iter().filter(|finding| {
            finding["rule"] == id && region.is_none_or(|region| finding["resource"]["region"] == region)
        });
        let costs: Vec<Option<f64>> =
            of_rule.map(|finding| finding["cost"]["usd_per_month"].as_str().and_then(|usd| usd.parse().ok())).collect();
        let is_same = |cost: &Option<f64>| match (cost, usd) {
            (Some(cost), Some(usd)) => (cost - usd).abs() < 0.01,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        if !FREE.contains(&id) && !costs.iter().any(is_same) {
            missing.push(format!("{id} in {region:?}: expected {usd:?}, found {costs:?}"));
        }
    }
    assert!(missing.is_empty(), "{} not found as they should be:\n{}", missing.len(), missing.join("\n"));
}

/// Two replies as one: lists one after the other, the rest of the later one.
fn joined(former: Value, later: Value) -> Value {
    match (former, later) {
        (Value::Array(mut items), Value::Array(more)) => {
            items.extend(more);
            Value::Array(items)
        }
        (Value::Object(mut members), Value::Object(more)) => {
            for (name, value) in more {
                let former = members.remove(&name).unwrap_or_default();
                members.insert(name, joined(former, value));
            }
            Value::Object(members)
        }
        (_, later) => later,
    }
}
