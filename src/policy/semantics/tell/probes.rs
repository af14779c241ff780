//! Values to try a key of the context with, to see whether it matters.

use crate::policy::eval::variable_keys;
use crate::policy::model::{Condition, Document};

/// Values of one key that are tried.
const MOST_PROBES: usize = 24;
/// A text that no policy has.
const STRANGER: &str = "afterlab-example";
/// Addresses that are for examples only.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc5737>
const ADDRESSES: [&str; 2] = ["192.0.2.77", "2001:db8::77"];
/// Times long ago and far ahead.
const TIMES: [&str; 2] = ["1990-01-01T00:00:00Z", "2190-01-01T00:00:00Z"];

/// A condition key of the policies in question.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// As the policies write it.
    pub(super) name: String,
    /// What is tried.
    pub(super) probes: Vec<Probe>,
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Probe {
    /// What the request has.
    pub(super) value: String,
    /// The value of a condition that it stands for; nothing when it stands for any other.
    pub(super) of: Option<String>,
}

/// The condition keys of policies, as they write them first, and those of their variables.
pub(super) fn keys(documents: &[&Document]) -> Vec<Key> {
    let statements = || documents.iter().flat_map(|own| &own.statements);
    let conditions = || statements().flat_map(|own| &own.conditions);
    let mut keys: Vec<Key> = Vec::new();
    for condition in conditions() {
        let place = place_of(&mut keys, &condition.key);
        for probe in probes(condition) {
            if keys[place].probes.len() < MOST_PROBES && !keys[place].probes.contains(&probe) {
                keys[place].probes.push(probe);
            }
        }
    }
    let resources = statements().flat_map(|own| &own.resource).flat_map(|list| &list.patterns);
    for text in resources.chain(conditions().flat_map(|own| &own.values)) {
        for variable in variable_keys(text) {
            place_of(&mut keys, variable);
        }
    }
    keys
}

/// The place of a key, which is added when it is not there.
fn place_of(keys: &mut Vec<Key>, name: &str) -> usize {
    let known = keys.iter().position(|own| own.name.eq_ignore_ascii_case(name));
    known.unwrap_or_else(|| {
        keys.push(Key { name: name.to_owned(), probes: Vec::new() });
        keys.len() - 1
    })
}

fn probes(condition: &Condition) -> Vec<Probe> {
    let base = condition.operator.base.to_ascii_lowercase();
    let values = condition.values.iter().filter(|value| !value.contains("${"));
    let mut probes: Vec<Probe> = Vec::new();
    let mut strangers: Vec<String> = Vec::new();
    match base.as_str() {
        "null" => strangers.push(STRANGER.to_owned()),
        "bool" => probes.extend(["true", "false"].map(|word| Probe::of(word, word))),
        "ipaddress" | "notipaddress" => {
            probes.extend(values.map(|range| Probe::of(range.split('/').next().unwrap_or_default(), range)));
            strangers.extend(ADDRESSES.map(str::to_owned));
        }
        _ if base.starts_with("numeric") => {
            for value in values {
                let near =
                    value.parse::<i64>().ok().into_iter().flat_map(|n| [n.saturating_sub(1), n.saturating_add(1)]);
                strangers.extend(std::iter::once(value.clone()).chain(near.map(|n| n.to_string())));
            }
        }
        _ if base.starts_with("date") => {
            strangers.extend(values.cloned().chain(TIMES.map(str::to_owned)));
        }
        _ => {
            probes.extend(values.map(|value| Probe::of(&value.replace('*', "example").replace('?', "x"), value)));
            strangers.push(STRANGER.to_owned());
        }
    }
    probes.extend(strangers.into_iter().map(|value| Probe { value, of: None }));
    probes
}

impl Probe {
    fn of(value: &str, of: &str) -> Self {
        Self { value: value.to_owned(), of: Some(of.to_owned()) }
    }
}
