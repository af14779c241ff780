//! All rules: those in Rust, those of packs, and those of the user's packs.

use std::sync::OnceLock;

use super::Rule;
use crate::pack;

/// All rules, sorted by id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let mut rules: Vec<&'static Rule> = crate::rules::ALL.iter().copied().chain(pack::registry::rules()).collect();
    rules.sort_unstable_by_key(|rule| rule.id);
    rules.into_iter()
}

/// The rule of this id, or of another name for it.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    let id = aliases().iter().find(|alias| alias.name == id).map_or(id, |alias| alias.id);
    all().find(|rule| rule.id == id)
}

/// Another name under which a rule is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: &'static str,
    /// The rule that shows what the name says.
    pub id: &'static str,
    /// Why it is not called so.
    pub reason: &'static str,
}

/// All other names, sorted.
pub fn aliases() -> &'static [Alias] {
    static ALIASES: OnceLock<Vec<Alias>> = OnceLock::new();
    ALIASES.get_or_init(|| {
        let lines = include_str!("../../rules/aliases.tsv").lines();
        let alias = |line: &'static str| {
            let mut cells = line.split('\t');
            Some(Alias { name: cells.next()?, id: cells.next()?, reason: cells.next()? })
        };
        lines.filter_map(alias).collect()
    })
}

/// The id that is closest to what was typed, if one is close enough to be meant.
#[must_use]
pub fn closest(typed: &str) -> Option<&'static str> {
    crate::text::closest(typed, all().map(|rule| rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_are_sorted_and_lead_to_rules() {
        assert_eq!(aliases().len(), include_str!("../../rules/aliases.tsv").lines().count());
        assert!(aliases().is_sorted_by(|a, b| a.name < b.name));
        for alias in aliases() {
            assert!(all().any(|rule| rule.id == alias.id), "{alias:?}");
            assert!(all().all(|rule| rule.id != alias.name), "{alias:?} is a rule's own name");
        }
    }
}
