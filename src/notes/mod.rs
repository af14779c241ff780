//! The notes: the course's knowledge in this project's own words, embedded.

pub mod coverage;
mod page;
pub mod quiz;
pub mod search;
pub mod terminal;

use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

pub use page::{Page, Section};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/notes");

/// Where a finding sends its reader: `page#anchor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// The page: `s3`.
    pub page: &'a str,
    /// The section within it: `bucket-naming`; none for the whole page.
    pub anchor: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Cuts `page#anchor`.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        match text.split_once('#') {
            Some((page, anchor)) => Self { page, anchor: Some(anchor) },
            None => Self { page: text, anchor: None },
        }
    }
}

/// What stands among the pages and is none: the table of the course.
const COVERAGE: &str = "COVERAGE";

/// All pages, by name.
#[must_use]
pub fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let mut pages: Vec<Page> = FOLDER
            .files()
            .filter(|file| file.path().extension().is_some_and(|end| end == "md"))
            .filter(|file| file.path().file_stem().is_some_and(|name| name != COVERAGE))
            .filter_map(|file| Some(Page::parse(file.path().file_stem()?.to_str()?, file.contents_utf8()?)))
            .collect();
        pages.sort_by_key(|page| page.name);
        pages
    })
}

/// The page of this name.
#[must_use]
pub fn page(name: &str) -> Option<&'static Page> {
    pages().iter().find(|page| page.name == name)
}

/// The section that an address leads to.
#[must_use]
pub fn section(address: &str) -> Option<&'static Section> {
    let address = Address::parse(address);
    page(address.page)?.section(address.anchor?)
}

/// All addresses, for suggestions.
pub fn addresses() -> impl Iterator<Item = String> {
    pages().iter().flat_map(|page| page.sections.iter().map(move |section| format!("{}#{}", page.name, section.anchor)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::registry;

    #[test]
    fn every_rule_leads_to_a_section() {
        for rule in registry::all() {
            assert!(section(rule.note).is_some(), "{} names the note {}, which does not exist", rule.id, rule.note);
        }
    }

    #[test]
    fn every_section_is_reached_by_a_rule_or_says_that_none_can() {
        for page in pages() {
            for section in &page.sections {
                let address = format!("{}#{}", page.name, section.anchor);
                let reached = registry::all().any(|rule| rule.note == address);
                assert!(reached != section.is_not_auditable(), "{address}: reached by a rule: {reached}");
            }
        }
    }

    #[test]
    fn anchors_are_unique_within_a_page() {
        for page in pages() {
            let mut anchors: Vec<_> = page.sections.iter().map(|section| &section.anchor).collect();
            anchors.sort();
            anchors.dedup();
            assert_eq!(anchors.len(), page.sections.len(), "{}", page.name);
        }
    }
}
