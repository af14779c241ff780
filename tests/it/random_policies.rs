//! Random small policies and all requests that can make a difference to them, for trials against brute force.
//!
//! Words are few, so that statements overlap often; of each condition key there are few values, among them one that no
//! policy names.

#![allow(unreachable_pub, reason = "also a module of a benchmark")]

use afterlab::policy::Document;
use afterlab::policy::eval::{Caller, Context, Request, Values};
use fastrand::Rng;
use serde_json::{Map, Value, json};

const ACTIONS: &[&str] = &["a:Get", "a:Put", "b:Get", "a:*", "*", "*:Get", "a:?et", "a:G*", "A:GET"];
const RESOURCES: &[&str] = &[
    "arn:aws:s3:::x",
    "arn:aws:s3:::x/*",
    "arn:aws:s3:::*",
    "*",
    "arn:aws:s3:*:1*:x",
    "arn:*:*:*:*:*",
    "arn:aws:s3:::?",
    "arn:aws:*:x",
];
const ROLE: &str = "arn:aws:iam::111122223333:role/a";
const OTHER: &str = "arn:aws:iam::444455556666:user/b";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/a/s";

/// Keys with their operators, and the values that policies name.
const CONDITIONS: &[(&str, &[&str], &[&str])] = &[
    (
        "aws:k",
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIfExists",
            "StringNotLikeIfExists",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        &["u", "v", "u*", "*", "U"],
    ),
    (
        "aws:n",
        &[
            "NumericLessThan",
            "NumericGreaterThanEquals",
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThanEqualsIfExists",
        ],
        &["1", "2", "3"],
    ),
    (
        "aws:d",
        &["DateLessThan", "DateGreaterThan", "DateNotEqualsIfExists"],
        &["2026-01-01T00:00:00Z", "2027-01-01", "1800000000"],
    ),
    (
        "aws:SourceIp",
        &["IpAddress", "NotIpAddress", "IpAddressIfExists"],
        &["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "2001:db8::/32", "10.1.2.3"],
    ),
    ("aws:b", &["Bool", "BoolIfExists"], &["true", "false"]),
    (
        "aws:m",
        &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringNotLike",
            "ForAnyValue:StringLikeIfExists",
        ],
        &["u", "v", "u*"],
    ),
    ("aws:PrincipalArn", &["ArnLike", "ArnNotLike", "StringEquals"], &[ROLE, "arn:aws:iam::*:user/*", OTHER]),
];

/// What requests have for each key; the first is none.
const CONTEXTS: &[(&str, &[&[&str]])] = &[
    ("aws:k", &[&[], &["u"], &["v"], &["U"], &["ux"], &["z"]]),
    ("aws:n", &[&[], &["0"], &["1"], &["2"], &["2.5"], &["3"], &["4"]]),
    (
        "aws:d",
        &[
            &[],
            &["2025-01-01T00:00:00Z"],
            &["2026-01-01T00:00:00Z"],
            &["2026-06-01T00:00:00Z"],
            &["2030-01-01T00:00:00Z"],
        ],
    ),
    (
        "aws:SourceIp",
        &[&[], &["10.1.2.3"], &["10.1.2.4"], &["10.2.0.1"], &["11.0.0.1"], &["2001:db8::1"], &["2001:db9::1"]],
    ),
    ("aws:b", &[&[], &["true"], &["false"]]),
    ("aws:m", &[&[], &["u"], &["v"], &["z"], &["u", "v"], &["u", "z"], &["v", "ux"], &["u", "v", "z"]]),
];

fn one<'a>(rng: &mut Rng, all: &[&'a str]) -> &'a str {
    all[rng.usize(..all.len())]
}

fn some(rng: &mut Rng, all: &[&str]) -> Vec<String> {
    (0..=rng.usize(..2)).map(|_| one(rng, all).to_owned()).collect()
}

fn principal(rng: &mut Rng) -> Value {
    match rng.u8(..7) {
        0 | 1 => json!("*"),
        2 => json!({"AWS": [ROLE]}),
        3 => json!({"AWS": ["111122223333", OTHER]}),
        4 => json!({"Service": "lambda.amazonaws.com"}),
        5 => json!({"AWS": [SESSION, ROLE, "111122223333"]}),
        _ => json!({"AWS": ["arn:aws:iam::444455556666:root"], "Service": "lambda.amazonaws.com"}),
    }
}

fn statement(rng: &mut Rng, is_identity: bool) -> Value {
    let mut members = Map::new();
    let denies = rng.u8(..3) == 0;
    members.insert("Effect".into(), json!(if denies { "Deny" } else { "Allow" }));
    if !is_identity {
        let name = if rng.u8(..4) == 0 { "NotPrincipal" } else { "Principal" };
        members.insert(name.into(), principal(rng));
    }
    let action = if rng.u8(..4) == 0 { "NotAction" } else { "Action" };
    members.insert(action.into(), json!(some(rng, ACTIONS)));
    let resource = if rng.u8(..4) == 0 { "NotResource" } else { "Resource" };
    members.insert(resource.into(), json!(some(rng, RESOURCES)));
    let mut block = Map::new();
    for _ in 0..rng.usize(..3) {
        let (key, operators, values) = CONDITIONS[rng.usize(..CONDITIONS.len())];
        let (operator, value) = if rng.u8(..6) == 0 {
            ("Null", json!(one(rng, &["true", "false"])))
        } else {
            (one(rng, operators), json!(some(rng, values)))
        };
        let keys = block.entry(operator).or_insert_with(|| json!({}));
        keys[key] = value;
    }
    if !block.is_empty() {
        members.insert("Condition".into(), Value::Object(block));
    }
    Value::Object(members)
}

/// A policy of up to three statements.
pub fn policy(rng: &mut Rng, is_identity: bool) -> Value {
    let statements: Vec<_> = (0..=rng.usize(..3)).map(|_| statement(rng, is_identity)).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A policy that differs from another one in a statement at most, so that few requests tell them apart.
pub fn variant(rng: &mut Rng, policy: &Value, is_identity: bool) -> Value {
    let mut other = policy.clone();
    if let Some(list) = other["Statement"].as_array_mut() {
        match rng.u8(..4) {
            0 => list.push(statement(rng, is_identity)),
            1 if list.len() > 1 => {
                list.remove(rng.usize(..list.len()));
            }
            2 => {
                let at = rng.usize(..list.len());
                list[at] = statement(rng, is_identity);
            }
            _ => {
                let at = rng.usize(..list.len());
                let mut of_other = statement(rng, is_identity);
                if let Some(condition) = of_other.get_mut("Condition") {
                    list[at]["Condition"] = condition.take();
                } else if let Some(members) = list[at].as_object_mut() {
                    members.remove("Condition");
                }
            }
        }
    }
    other
}

/// Every request that can make a difference to these policies: of keys that neither names, nothing is set.
pub fn requests(documents: [&Document; 2], is_identity: bool) -> Vec<Request> {
    let conditions = || documents.iter().flat_map(|d| &d.statements).flat_map(|s| &s.conditions);
    let mut contexts = vec![Context::complete()];
    for (key, choices) in CONTEXTS {
        if !conditions().any(|condition| condition.is_about(key)) {
            continue;
        }
        let with = |context: &Context| {
            let mut all = Vec::new();
            for values in *choices {
                let mut context = context.clone();
                match values {
                    [] => context.set_absent(key),
                    [one] if *key != "aws:m" => context.set_one(key, *one),
                    many => context.set(key, Values::Many(many.iter().map(ToString::to_string).collect())),
                }
                all.push(context);
            }
            all
        };
        contexts = contexts.iter().flat_map(with).collect();
    }
    let role = || Some(ROLE.to_owned());
    let mut callers = vec![
        Caller::User(OTHER.to_owned()),
        Caller::Session { arn: SESSION.to_owned(), role: role() },
        Caller::Session { arn: SESSION.replace("/s", "/t"), role: role() },
        Caller::Root("111122223333".to_owned()),
    ];
    if is_identity {
        callers.truncate(2);
    } else {
        callers.extend([
            Caller::Anonymous,
            Caller::Service("lambda.amazonaws.com".to_owned()),
            Caller::User("arn:aws:iam::777788889999:user/c".to_owned()),
        ]);
    }
    let resources =
        ["arn:aws:s3:::x", "arn:aws:s3:::x/y", "arn:aws:s3:::yy", "*", "arn:aws:s3:r:11:x", "arn:aws:s3:q:w:e:x"];
    let mut all = Vec::new();
    for action in ["a:get", "a:put", "b:get", "c:put", "a:bet"] {
        for resource in resources {
            for caller in &callers {
                for context in &contexts {
                    let request = Request {
                        principal: caller.clone(),
                        action: action.to_owned(),
                        resource: resource.to_owned(),
                        context: context.clone(),
                    };
                    all.push(request.with_derived_keys());
                }
            }
        }
    }
    all
}
