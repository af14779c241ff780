//! The context of a request: what its condition keys have.

use std::collections::BTreeMap;

/// The condition keys of a request. The case of a key does not count.
///
/// A [complete](Context::complete) context has all there is, so that another key is absent; of an
/// [open](Context::open) one another key may be there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    keys: BTreeMap<String, Option<Values>>,
    /// Beginnings of keys of which all are known that the request has, in lower case: `aws:principaltag/`.
    whole_families: Vec<String>,
    is_complete: bool,
}

/// What a key has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// A key of a single value.
    One(String),
    /// A key that may have several values (`aws:TagKeys`), with those that it has.
    Many(Vec<String>),
}

/// What a context knows of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'c> {
    /// The request has it.
    Present(&'c Values),
    /// The request does not have it.
    Absent,
    /// Nobody said.
    NotGiven,
}

impl Context {
    /// A context that holds all that the request has: what is not set is absent.
    #[must_use]
    pub fn complete() -> Self {
        Self { keys: BTreeMap::new(), whole_families: Vec::new(), is_complete: true }
    }

    /// A context of which only a part is known: what is not set may be there or not.
    #[must_use]
    pub fn open() -> Self {
        Self { keys: BTreeMap::new(), whole_families: Vec::new(), is_complete: false }
    }

    /// Sets a key, in place of what it had.
    pub fn set(&mut self, key: &str, values: Values) {
        self.keys.insert(key.to_ascii_lowercase(), Some(values));
    }

    /// Sets a key of a single value.
    pub fn set_one(&mut self, key: &str, value: impl Into<String>) {
        self.set(key, Values::One(value.into()));
    }

    /// Sets a key that nobody has set yet.
    pub fn set_if_not_given(&mut self, key: &str, value: impl Into<String>) {
        self.keys.entry(key.to_ascii_lowercase()).or_insert_with(|| Some(Values::One(value.into())));
    }

    /// Says that the request does not have a key.
    pub fn set_absent(&mut self, key: &str) {
        self.keys.insert(key.to_ascii_lowercase(), None);
    }

    /// As [`Context::set_absent`], of a key that nobody has set yet.
    pub fn set_absent_if_not_given(&mut self, key: &str) {
        self.keys.entry(key.to_ascii_lowercase()).or_insert(None);
    }

    /// Takes back what was said of keys, in lower case.
    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.keys.retain(|key, _| keep(key));
    }

    /// Says that all keys with this beginning are set that the request has: `aws:PrincipalTag/`.
    pub fn set_family_whole(&mut self, beginning: &str) {
        self.whole_families.push(beginning.to_ascii_lowercase());
    }

    /// What is known of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Found<'_> {
        let key = key.to_ascii_lowercase();
        match self.keys.get(&key) {
            Some(Some(values)) => Found::Present(values),
            Some(None) => Found::Absent,
            None if self.is_complete => Found::Absent,
            None if self.whole_families.iter().any(|family| key.starts_with(family.as_str())) => Found::Absent,
            None => Found::NotGiven,
        }
    }

    /// The keys that the request has, in lower case, with their values.
    pub fn present(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.keys.iter().filter_map(|(key, values)| Some((key.as_str(), values.as_ref()?)))
    }
}

impl Values {
    /// The values, however many.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_any_case_and_another_one_is_absent_or_not_given() {
        let mut context = Context::open();
        context.set_one("aws:PrincipalTag/Team", "a");
        context.set_if_not_given("AWS:principaltag/team", "b");
        context.set_absent("aws:SourceIp");
        context.set_absent_if_not_given("aws:principaltag/TEAM");
        assert_eq!(context.get("aws:principalTag/TEAM"), Found::Present(&Values::One("a".into())));
        assert_eq!(context.get("AWS:SourceIp"), Found::Absent);
        assert_eq!(context.get("aws:x"), Found::NotGiven);
        assert_eq!(Context::complete().get("aws:x"), Found::Absent);
        assert_eq!(context.present().count(), 1);
        context.set_family_whole("aws:PrincipalTag/");
        assert_eq!(context.get("aws:PrincipalTag/other"), Found::Absent);
    }
}
