//! The same JSON out of the same reply as botocore: for every operation of every pack, a reply made after its model.

use std::collections::BTreeMap;

use afterlab::aws::api::model::Protocol;
use afterlab::aws::api::protocol::{Reply, output};
use afterlab::pack::registry;
use serde_json::{Value, json};

use crate::families::service;
use crate::support::as_botocore;

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json => "json",
        Protocol::RestJson => "rest-json",
        Protocol::Query => "query",
        Protocol::Ec2 => "ec2",
        Protocol::RestXml => "rest-xml",
    }
}

/// Times as whole seconds of UTC, numbers as floating point: the two differ in how they write the same.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.clone(), normal(value))).collect())
        }
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

/// The first place at which two values differ.
fn difference(place: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().find_map(|name| {
                let of = |members: &serde_json::Map<String, Value>| members.get(name).cloned().unwrap_or_default();
                difference(&format!("{place}.{name}"), &of(a), &of(b))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| difference(&format!("{place}[{at}]"), a, b))
        }
        (a, b) => (a != b).then(|| format!("{place}: {a}, and botocore has {b}")),
    }
}

#[test]
fn every_operation_of_every_pack_reads_as_botocore_reads_it() {
    let mut cases = BTreeMap::new();
    for kind in registry::types() {
        let api = registry::model(kind).expect("a model");
        for operation in kind.operation_names() {
            cases.insert((service(kind), operation.to_owned()), api.clone());
        }
    }
    let asked: Vec<Value> = cases
        .iter()
        .map(|((service, operation), api)| {
            json!({"service": service, "operation": operation, "protocol": name(api.metadata.protocol())})
        })
        .collect();
    let answered = as_botocore(&json!(asked));
    let answered = answered.as_array().expect("cases");
    assert!(answered.len() > 120, "{}", answered.len());
    let mut wrong = Vec::new();
    for (((service, operation), api), case) in cases.iter().zip(answered) {
        let headers = case["headers"].as_object().expect("headers");
        let reply = Reply {
            status: u16::try_from(case["status"].as_u64().expect("a status")).expect("a status"),
            headers: headers.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())).collect(),
            body: case["body"].as_str().expect("a body").as_bytes(),
        };
        match output(api, api.operation(operation).expect("an operation"), &reply) {
            Ok(found) => wrong.extend(
                difference("", &normal(&found), &normal(&case["parsed"]))
                    .map(|why| format!("{service}:{operation}{why}")),
            ),
            Err(why) => wrong.push(format!("{service}:{operation}: {why}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
