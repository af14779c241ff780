//! Random small policies and all requests that can make a difference to them, for trials against brute force.
//!
//! Words are few, so that statements overlap often; of each condition key there are few values, among them one that no
//! policy names. A statement is a product of demands, so that each is asked of the evaluator once for each of its own
//! values, and what requests are allowed follows from bits.

#![allow(unreachable_pub, reason = "also a module of a benchmark")]

use afterlab::policy::Document;
use afterlab::policy::eval::condition::all_hold;
use afterlab::policy::eval::statement::{Setting, applies};
use afterlab::policy::eval::{Caller, Context, Request, Truth, Values};
use afterlab::policy::model::{Effect, Statement};
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
    "arn:aws:s3:::${aws:k}",
    "arn:aws:s3:::x/${aws:k}*",
];
const ROLE: &str = "arn:aws:iam::111122223333:role/a";
const OTHER: &str = "arn:aws:iam::444455556666:user/b";
const IDENTITY: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/a/s";

/// A condition key.
struct Key {
    name: &'static str,
    operators: &'static [&'static str],
    /// What policies name.
    values: &'static [&'static str],
    /// What requests have; the first is none. Nothing where it follows from the caller.
    choices: &'static [&'static [&'static str]],
}

const KEYS: &[Key] = &[
    Key {
        name: "aws:k",
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIfExists",
            "StringNotLikeIfExists",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        values: &["u", "v", "u*", "*", "U"],
        choices: &[&[], &["u"], &["v"], &["U"], &["ux"], &["z"]],
    },
    Key {
        name: "aws:n",
        operators: &[
            "NumericLessThan",
            "NumericGreaterThanEquals",
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThanEqualsIfExists",
        ],
        values: &["1", "2", "3"],
        choices: &[&[], &["0"], &["1"], &["2"], &["2.5"], &["3"], &["4"]],
    },
    Key {
        name: "aws:d",
        operators: &["DateLessThan", "DateGreaterThan", "DateNotEqualsIfExists"],
        values: &["2026-01-01T00:00:00Z", "2027-01-01", "1800000000"],
        choices: &[
            &[],
            &["2025-01-01T00:00:00Z"],
            &["2026-01-01T00:00:00Z"],
            &["2026-06-01T00:00:00Z"],
            &["2030-01-01T00:00:00Z"],
        ],
    },
    Key {
        name: "aws:SourceIp",
        operators: &["IpAddress", "NotIpAddress", "IpAddressIfExists"],
        values: &["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "2001:db8::/32", "10.1.2.3"],
        choices: &[&[], &["10.1.2.3"], &["10.1.2.4"], &["10.2.0.1"], &["11.0.0.1"], &["2001:db8::1"], &["2001:db9::1"]],
    },
    Key {
        name: "aws:b",
        operators: &["Bool", "BoolIfExists"],
        values: &["true", "false"],
        choices: &[&[], &["true"], &["false"]],
    },
    Key {
        name: "aws:m",
        operators: &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringNotLike",
            "ForAnyValue:StringLikeIfExists",
        ],
        values: &["u", "v", "u*"],
        choices: &[&[], &["u"], &["v"], &["z"], &["u", "v"], &["u", "z"], &["v", "ux"], &["u", "v", "z"]],
    },
    Key {
        name: "aws:PrincipalArn",
        operators: &["ArnLike", "ArnNotLike", "StringEquals"],
        values: &[ROLE, "arn:aws:iam::*:user/*", OTHER, "arn:aws:sts::*:assumed-role/*"],
        choices: &[],
    },
    Key {
        name: "aws:PrincipalAccount",
        operators: &["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "StringNotLikeIfExists"],
        values: &["111122223333", "444455556666", "anonymous", "1*", "*"],
        choices: &[],
    },
    Key {
        name: "aws:username",
        operators: &["StringLike", "StringNotLike", "StringLikeIfExists"],
        values: &["b", "c*", "*"],
        choices: &[],
    },
    Key {
        name: "aws:PrincipalIsAWSService",
        operators: &["Bool", "BoolIfExists"],
        values: &["true", "false"],
        choices: &[],
    },
];

/// Keys with which requests may have several values.
const SETS: &[&str] = &["aws:m"];

fn one<'a>(rng: &mut Rng, all: &[&'a str]) -> &'a str {
    all[rng.usize(..all.len())]
}

fn some(rng: &mut Rng, all: &[&str]) -> Vec<String> {
    (0..=rng.usize(..2)).map(|_| one(rng, all).to_owned()).collect()
}

fn principal(rng: &mut Rng) -> Value {
    match rng.u8(..8) {
        0 | 1 => json!("*"),
        2 => json!({"AWS": [ROLE]}),
        3 => json!({"AWS": ["111122223333", OTHER]}),
        4 => json!({"Service": "lambda.amazonaws.com"}),
        5 => json!({"AWS": [IDENTITY, OTHER]}),
        6 => json!({"AWS": [SESSION, ROLE, "111122223333"]}),
        _ => json!({"AWS": ["arn:aws:iam::444455556666:root"], "Service": "lambda.amazonaws.com"}),
    }
}

/// What the policies of one trial talk about.
#[derive(Debug)]
pub struct Words {
    /// Whether they belong to principals.
    pub is_identity: bool,
    keys: Vec<usize>,
}

impl Words {
    /// Two condition keys, now and then three.
    pub fn random(rng: &mut Rng) -> Self {
        let many = if rng.u8(..5) == 0 { 3 } else { 2 };
        let mut keys: Vec<usize> = (0..KEYS.len()).collect();
        rng.shuffle(&mut keys);
        keys.truncate(many);
        Self { is_identity: rng.bool(), keys }
    }

    fn statement(&self, rng: &mut Rng) -> Value {
        let mut members = Map::new();
        let denies = rng.u8(..3) == 0;
        members.insert("Effect".into(), json!(if denies { "Deny" } else { "Allow" }));
        if !self.is_identity {
            let name = if rng.u8(..4) == 0 { "NotPrincipal" } else { "Principal" };
            members.insert(name.into(), principal(rng));
        }
        let action = if rng.u8(..4) == 0 { "NotAction" } else { "Action" };
        members.insert(action.into(), json!(some(rng, ACTIONS)));
        let resource = if rng.u8(..4) == 0 { "NotResource" } else { "Resource" };
        // The last two have the first key in them.
        let resources = if self.keys.contains(&0) { RESOURCES } else { &RESOURCES[..RESOURCES.len() - 2] };
        members.insert(resource.into(), json!(some(rng, resources)));
        let mut block = Map::new();
        for _ in 0..rng.usize(..3) {
            let key = &KEYS[self.keys[rng.usize(..self.keys.len())]];
            let (operator, value) = if rng.u8(..6) == 0 {
                ("Null", json!(one(rng, &["true", "false"])))
            } else {
                (one(rng, key.operators), json!(some(rng, key.values)))
            };
            let keys = block.entry(operator).or_insert_with(|| json!({}));
            keys[key.name] = value;
        }
        if !block.is_empty() {
            members.insert("Condition".into(), Value::Object(block));
        }
        Value::Object(members)
    }

    /// A policy of up to three statements.
    pub fn policy(&self, rng: &mut Rng) -> Value {
        let statements: Vec<_> = (0..=rng.usize(..3)).map(|_| self.statement(rng)).collect();
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    /// A policy that differs from another one in a statement at most, so that few requests tell them apart.
    pub fn variant(&self, rng: &mut Rng, policy: &Value) -> Value {
        let mut other = policy.clone();
        if let Some(list) = other["Statement"].as_array_mut() {
            match rng.u8(..4) {
                0 => list.push(self.statement(rng)),
                1 if list.len() > 1 => {
                    list.remove(rng.usize(..list.len()));
                }
                2 => {
                    let at = rng.usize(..list.len());
                    list[at] = self.statement(rng);
                }
                _ => {
                    let at = rng.usize(..list.len());
                    let mut of_other = self.statement(rng);
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

    /// Every request that can make a difference to policies. Identities of `CloudFront` ask only where one is named.
    pub fn space(&self, policies: [&Value; 2]) -> Space {
        let mut contexts = vec![Context::complete()];
        for key in self.keys.iter().map(|key| &KEYS[*key]).filter(|key| !key.choices.is_empty()) {
            let with = |context: &Context| {
                let mut all = Vec::new();
                for values in key.choices {
                    let mut context = context.clone();
                    match values {
                        [] => context.set_absent(key.name),
                        [one] if !SETS.contains(&key.name) => context.set_one(key.name, *one),
                        many => context.set(key.name, Values::Many(many.iter().map(ToString::to_string).collect())),
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
        if self.is_identity {
            callers.truncate(2);
        } else {
            callers.extend([
                Caller::Anonymous,
                Caller::Service("lambda.amazonaws.com".to_owned()),
                Caller::User("arn:aws:iam::777788889999:user/c".to_owned()),
            ]);
            if policies.iter().any(|policy| policy.to_string().contains(IDENTITY)) {
                callers.push(Caller::User(IDENTITY.to_owned()));
            }
        }
        Space { callers, contexts }
    }
}

const CALLED: &[&str] = &["a:get", "a:put", "b:get", "c:put", "a:bet"];
const ASKED: &[&str] = &[
    "arn:aws:s3:::x",
    "arn:aws:s3:::x/y",
    "arn:aws:s3:::x/u",
    "arn:aws:s3:::yy",
    "arn:aws:s3:::u",
    "*",
    "arn:aws:s3:r:11:x",
    "arn:aws:s3:q:w:e:x",
];

/// Requests: each caller with each action, resource and context.
#[derive(Debug)]
pub struct Space {
    callers: Vec<Caller>,
    contexts: Vec<Context>,
}

/// For which of up to 64 contexts something surely holds, and for which it surely does not.
#[derive(Clone, Copy)]
struct Bits {
    yes: u64,
    no: u64,
}

impl Bits {
    fn of(truths: impl Iterator<Item = Truth>) -> Self {
        let mut bits = Self { yes: 0, no: 0 };
        for (i, truth) in truths.enumerate() {
            bits.yes |= u64::from(truth.is_yes()) << i;
            bits.no |= u64::from(truth.is_no()) << i;
        }
        bits
    }

    fn all(truth: &Truth) -> Self {
        let full = |holds| if holds { u64::MAX } else { 0 };
        Self { yes: full(truth.is_yes()), no: full(truth.is_no()) }
    }

    fn and(self, other: Self) -> Self {
        Self { yes: self.yes & other.yes, no: self.no | other.no }
    }

    fn or(self, other: Self) -> Self {
        Self { yes: self.yes | other.yes, no: self.no & other.no }
    }

    fn negated(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }
}

const SETTING: Setting = Setting { has_variables: true, has_boundary: false, resource_is_pattern: false };

/// A statement's demands by caller, action, resource; those on the context come with the caller.
struct Table {
    effect: Effect,
    by_action: Vec<Bits>,
    by_resource: Vec<Bits>,
    by_caller: Vec<Bits>,
}

impl Space {
    /// A request of it.
    pub fn request(&self, caller: usize, action: usize, resource: usize, context: usize) -> Request {
        let request = Request {
            principal: self.callers[caller].clone(),
            action: CALLED[action].to_owned(),
            resource: ASKED[resource].to_owned(),
            context: self.contexts[context].clone(),
        };
        request.with_derived_keys()
    }

    /// Any request of it.
    pub fn random(&self, rng: &mut Rng) -> Request {
        let places = [self.callers.len(), CALLED.len(), ASKED.len(), self.contexts.len()].map(|most| rng.usize(..most));
        self.request(places[0], places[1], places[2], places[3])
    }

    fn table(&self, statement: &Statement, contexts: &[Context]) -> Table {
        let bare = Statement { principal: None, conditions: Vec::new(), ..statement.clone() };
        let every = || afterlab::policy::model::Match { negated: false, patterns: vec!["*".to_owned()] };
        let of_action = Statement { resource: Some(every()), ..bare.clone() };
        let of_resource = Statement { action: every(), ..bare.clone() };
        let of_caller =
            Statement { action: every(), resource: Some(every()), conditions: Vec::new(), ..statement.clone() };
        let request = |action: &str, resource: &str, caller: &Caller, context: &Context| Request {
            principal: caller.clone(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: context.clone(),
        };
        let (first, any) = (&self.callers[0], &contexts[0]);
        let has_variable = statement.resource.iter().flat_map(|list| &list.patterns).any(|text| text.contains('$'));
        Table {
            effect: statement.effect,
            by_action: CALLED
                .iter()
                .map(|action| Bits::all(&applies(&of_action, &request(action, "*", first, any), SETTING).truth))
                .collect(),
            by_resource: ASKED
                .iter()
                .map(|resource| {
                    let truth = |context: &Context| {
                        applies(&of_resource, &request("a:b", resource, first, context), SETTING).truth
                    };
                    if has_variable { Bits::of(contexts.iter().map(truth)) } else { Bits::all(&truth(any)) }
                })
                .collect(),
            by_caller: self
                .callers
                .iter()
                .map(|caller| {
                    let own = Bits::all(&applies(&of_caller, &request("a:b", "*", caller, any), SETTING).truth);
                    if statement.conditions.is_empty() {
                        return own;
                    }
                    let full = |context: &Context| request("a:b", "*", caller, context).with_derived_keys().context;
                    let hold = |context| all_hold(&statement.conditions, &full(context), SETTING.has_variables);
                    own.and(Bits::of(contexts.iter().map(hold)))
                })
                .collect(),
        }
    }

    /// A request that `new` surely allows and `old` surely does not.
    pub fn new_access(&self, old: &Document, new: &Document) -> Option<Request> {
        for (start, contexts) in self.contexts.chunks(64).enumerate() {
            let tables = |document: &Document| -> Vec<Table> {
                document.statements.iter().map(|statement| self.table(statement, contexts)).collect()
            };
            let (old, new) = (tables(old), tables(new));
            for action in 0..CALLED.len() {
                for resource in 0..ASKED.len() {
                    for caller in 0..self.callers.len() {
                        let grants = |tables: &[Table]| grants(tables, action, resource, caller);
                        let found = grants(&new).yes & grants(&old).no;
                        let place = found.trailing_zeros() as usize;
                        if place < contexts.len() {
                            return Some(self.request(caller, action, resource, start * 64 + place));
                        }
                    }
                }
            }
        }
        None
    }
}

fn grants(tables: &[Table], action: usize, resource: usize, caller: usize) -> Bits {
    let nothing = Bits { yes: 0, no: u64::MAX };
    let (mut allows, mut denies) = (nothing, nothing);
    for table in tables {
        let own = table.by_action[action].and(table.by_resource[resource]).and(table.by_caller[caller]);
        let sum = if table.effect == Effect::Allow { &mut allows } else { &mut denies };
        *sum = sum.or(own);
    }
    allows.and(denies.negated())
}
