//! Every rule of a pack, as its service tells of what it finds: the failing examples, written by AWS's models in each
//! service's own protocol, read over HTTP, and found with their dollars.

use std::collections::{BTreeMap, BTreeSet};

use afterlab::aws::api::model::{Kind, View};
use afterlab::aws::api::{Api, is_in};
use afterlab::inventory::{Partition, REGIONS, Region};
use afterlab::pack::{About, ItemPath, ResourceType, registry};
use afterlab::rule::{Check, Expected, Rule};
use serde_json::{Map, Value, json};

use crate::support::{Emulator, Run};

/// The regions of AWS's own partition, those that most services have first.
fn regions() -> Vec<&'static str> {
    let first = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ap-northeast-1"];
    let is_of_aws = |name: &&str| name.parse::<Region>().is_ok_and(|region| region.partition() == Partition::Aws);
    let others = REGIONS.iter().copied().filter(is_of_aws).filter(|name| !first.contains(name));
    first.into_iter().chain(others).collect()
}

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
    let mut properties = resource["properties"].clone();
    // What an example leaves out, as its rule does not look at it, and its service never does.
    if let Some(name) =
        kind.id.text().strip_prefix("resource.").filter(|name| !name.contains(|c: char| !c.is_alphanumeric()))
        && properties[name].is_null()
    {
        properties[name] = resource["id"].clone();
    }
    for text in &kind.parsed {
        if let Some(value) = properties.get_mut(&text.member).filter(|value| !value.is_null()) {
            *value = json!(value.to_string());
        }
    }
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

/// A failing example of a rule: the account that it shows, and what it costs a month.
pub struct Failing {
    pub rule: &'static Rule,
    pub snapshot: Value,
    usd: Option<f64>,
}

/// The failing examples of a rule of a pack that replies can tell of: a call about one thing has one reply.
pub fn failing(rule: &'static Rule) -> Vec<Failing> {
    let Check::Pack(logic) = &rule.check else { return Vec::new() };
    let examples = rule.examples().iter().zip(&logic.monthly_usd);
    examples
        .filter(|(example, _)| example.expected == Expected::Fail)
        .map(|(example, usd)| {
            let snapshot = serde_json::from_str(example.snapshot).expect("JSON");
            Failing { rule, snapshot, usd: *usd }
        })
        .filter(|failing| failing.resources().all(|(kind, items)| items.len() < 2 || is_told_by_its_list(kind)))
        .filter(|failing| failing.resources().all(|(kind, _)| !asks_its_list_again(kind)))
        .collect()
}

/// Whether a further call about an item is the list's own with another input: both would get one reply.
fn asks_its_list_again(kind: &ResourceType) -> bool {
    kind.also.iter().any(|also| also.call.operation == kind.list.operation)
}

fn is_told_by_its_list(kind: &ResourceType) -> bool {
    kind.within.is_empty() && kind.detail.is_none() && kind.batch.is_none() && kind.also.is_empty()
}

impl Failing {
    /// Its resources by type, also the types of which it has none.
    pub fn resources(&self) -> impl Iterator<Item = (&'static ResourceType, &Vec<Value>)> {
        let types = self.snapshot["resources"].as_object().expect("types");
        types.iter().map(|(name, items)| {
            let kind = registry::types().find(|kind| kind.name == name).expect("a type");
            (kind, items.as_array().expect("resources"))
        })
    }

    /// Whether it has more in it than what packs read.
    pub fn has_core(&self) -> bool {
        self.snapshot.get("iam").is_some() || self.snapshot.get("s3").is_some()
    }

    pub fn about(&self) -> About {
        let Check::Pack(logic) = &self.rule.check else { unreachable!("it is of a pack") };
        logic.about
    }

    /// The replies that tell of it in a region, added to those of others.
    pub fn tell(&self, region: &str, set: &mut Map<String, Value>) {
        for (kind, items) in self.resources() {
            let api = registry::model(kind).expect("a model");
            let suffix = if kind.is_global { String::new() } else { format!(" {region}") };
            for (operation, value) in items.iter().flat_map(|item| replies(kind, &api, item)) {
                let key = format!("{}:{operation}{suffix}", service(kind));
                // Lists that several types have in common tell of all of them.
                let value = set.remove(&key).map_or_else(|| value.clone(), |former| joined(former, value.clone()));
                set.insert(key, value);
            }
        }
    }
}

/// botocore's names of the services of all packs, by the names that requests to them are signed for.
pub fn services() -> BTreeMap<String, BTreeSet<String>> {
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for kind in registry::types() {
        let api = registry::model(kind).expect("a model");
        services.entry(api.metadata.signing_name().to_owned()).or_default().insert(service(kind));
    }
    services
}

/// An account in which rules of packs find something.
pub struct Account {
    /// What the emulator is told.
    pub state: Value,
    /// The rules that find it.
    pub rules: Vec<&'static str>,
    /// The regions that have something.
    regions: Vec<&'static str>,
    /// What is to be found: rule, region, dollars a month.
    expected: Vec<(&'static str, Option<&'static str>, Option<f64>)>,
}

/// Makes it of the failing examples of all packs: as many in each region as have no call in common.
pub fn account(regions: &[&'static str]) -> Account {
    let (mut set, mut expected) = (Map::new(), Vec::new());
    let mut taken: BTreeSet<(String, &str)> = BTreeSet::new();
    let mut used = BTreeSet::new();
    let about_whole = |failing: &Failing| failing.about() == About::Account || failing.has_core();
    for failing in registry::rules().flat_map(failing).filter(|failing| !about_whole(failing)) {
        let is_global = failing.resources().any(|(kind, _)| kind.is_global);
        let calls: BTreeSet<String> = failing
            .resources()
            .flat_map(|(kind, _)| {
                kind.operation_names().map(|name| format!("{}:{name}", kind.pack)).collect::<Vec<_>>()
            })
            .collect();
        let has_it = |region: &&str| {
            let region = region.parse().expect("a region");
            failing.resources().all(|(kind, _)| {
                let api = registry::model(kind).expect("a model");
                kind.is_global || is_in(&api, &region) != Some(false)
            })
        };
        let is_free = |region: &&str| calls.iter().all(|call| !taken.contains(&(call.clone(), *region)));
        let places = if is_global { 1 } else { regions.len() };
        let Some(region) = regions[..places].iter().copied().filter(has_it).find(|region| is_free(region)) else {
            continue;
        };
        taken.extend(calls.into_iter().map(|call| (call, region)));
        used.insert(region);
        failing.tell(region, &mut set);
        let is_of_place = !is_global && failing.about() == About::Resource;
        expected.push((failing.rule.id, is_of_place.then_some(region), failing.usd));
    }
    let rules = registry::rules().map(|rule| rule.id).collect();
    let state = json!({"made": services(), "replies": set});
    Account { state, rules, regions: used.into_iter().collect(), expected }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_family_is_found_over_http_with_its_dollars() {
    let account = account(&regions());
    let emulator = Emulator::start();
    emulator.post("/afterlab-test/set", "application/json", &account.state.to_string()).await;
    let (_, report) =
        Run::scan(&emulator.url, &["--rule", &account.rules.join(","), "--region", &account.regions.join(",")]);
    assert_eq!(report["gaps"], json!([]), "{:#}", report["gaps"]);
    let findings = report["findings"].as_array().expect("findings");
    let mut missing = Vec::new();
    let placed: Vec<&str> = account.expected.iter().map(|(id, ..)| *id).collect();
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
    let about_whole = |rule: &&'static Rule| {
        let failing = failing(rule);
        failing.is_empty() || failing.iter().all(|failing| failing.about() == About::Account || failing.has_core())
    };
    let placed: BTreeSet<&str> = placed.into_iter().collect();
    let unplaced = registry::rules().filter(|rule| !about_whole(rule)).map(|rule| rule.id);
    let unplaced: Vec<&str> = unplaced.filter(|id| !placed.contains(id)).collect();
    assert!(unplaced.is_empty(), "no region has room for {unplaced:?}");
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
