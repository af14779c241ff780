//! All rules: those in Rust, those of packs, and those of the user's packs.

use super::Rule;
use crate::pack;

/// All rules, sorted by id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let mut rules: Vec<&'static Rule> = crate::rules::ALL.iter().copied().chain(pack::registry::rules()).collect();
    rules.sort_unstable_by_key(|rule| rule.id);
    rules.into_iter()
}

/// The rule of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The id that is closest to what was typed, if one is close enough to be meant.
#[must_use]
pub fn closest(typed: &str) -> Option<&'static str> {
    crate::text::closest(typed, all().map(|rule| rule.id))
}
