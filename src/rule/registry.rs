//! All rules of this build.

use super::Rule;

/// All rules, sorted by id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    crate::rules::ALL.iter().copied()
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
