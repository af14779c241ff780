//! Who has a policy, and when it is there: what a template says of that beside the policy's own text.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::syntax::node::show_holes;
use crate::policy::syntax::{Node, Value};

/// Who has a policy, and when it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearing {
    /// By the name of a property, whom or what it names: `Roles`, `Bucket`.
    holders: BTreeMap<String, BTreeSet<String>>,
    /// What decides whether it is there: a condition, `count`.
    presence: BTreeSet<String>,
}

impl Bearing {
    /// Adds whom or what a property names.
    pub(super) fn hold(&mut self, property: &str, value: &Node) {
        let holders = self.holders.entry(property.to_owned()).or_default();
        match &value.value {
            Value::Null => {}
            Value::Array(items) => holders.extend(items.iter().map(plain)),
            _ => {
                holders.insert(plain(value));
            }
        }
    }

    /// Adds a holder by its name.
    pub(super) fn hold_name(&mut self, property: &str, name: impl Into<String>) {
        self.holders.entry(property.to_owned()).or_default().insert(name.into());
    }

    /// Adds what decides whether it is there.
    pub(super) fn only_when(&mut self, what: impl Into<String>) {
        self.presence.insert(what.into());
    }

    /// Adds all that another one has.
    pub(super) fn join(&mut self, other: &Self) {
        for (property, names) in &other.holders {
            self.holders.entry(property.clone()).or_default().extend(names.iter().cloned());
        }
        self.presence.extend(other.presence.iter().cloned());
    }

    /// Whom or what it is for that another one is not, in words: `Roles ${Reader}`.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Vec<String> {
        let more = |(property, names): (&String, &BTreeSet<String>)| {
            let known = other.holders.get(property);
            let more: Vec<_> = names.iter().filter(|name| known.is_none_or(|known| !known.contains(*name))).collect();
            let more: Vec<_> = more.into_iter().map(|name| show_holes(name)).collect();
            (!more.is_empty()).then(|| format!("{property} {}", more.join(", ")))
        };
        self.holders.iter().filter_map(more).collect()
    }

    /// What decides whether it is there, in words, when that is not the same as of another one.
    #[must_use]
    pub fn presence_unlike(&self, other: &Self) -> Option<String> {
        let told = self.presence.iter().map(|own| show_holes(own)).collect::<Vec<_>>().join(", ");
        (self.presence != other.presence).then_some(told)
    }
}

fn plain(node: &Node) -> String {
    match node.to_json_with_holes() {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::syntax::{Origin, parse};

    fn bearing(roles: &str, when: &[&str]) -> Bearing {
        let mut bearing = Bearing::default();
        bearing.hold("Roles", &parse(roles, &Origin::file()).root.expect("JSON"));
        for own in when {
            bearing.only_when(*own);
        }
        bearing
    }

    #[test]
    fn more_holders_and_another_condition_are_told() {
        let one = bearing(r#"["a", "b"]"#, &[]);
        assert_eq!(bearing(r#"["b", "c", {"x": 1}]"#, &[]).beyond(&one), [r#"Roles c, {"x":1}"#]);
        assert!(bearing("\"b\"", &[]).beyond(&one).is_empty());
        assert_eq!(one.beyond(&Bearing::default()), ["Roles a, b"]);
        assert_eq!(one.presence_unlike(&bearing("null", &[])), None);
        assert_eq!(bearing("null", &["Condition A"]).presence_unlike(&one), Some("Condition A".to_owned()));
        assert_eq!(one.presence_unlike(&bearing("null", &["Condition A"])), Some(String::new()));
    }
}
