//! The rules that the list names and the sections of the notes that explain them, each once.

use std::collections::{BTreeMap, BTreeSet};

use super::items::Item;
use super::markdown;
use crate::notes;
use crate::rule::{Rule, framework};

/// What the page can look up.
pub(super) struct Library {
    /// The rules, by id.
    pub(super) rules: Vec<RulePage>,
    /// The sections, by address.
    pub(super) notes: Vec<NotePage>,
}

/// A rule for the page.
pub(super) struct RulePage {
    /// The rule.
    pub(super) rule: &'static Rule,
    /// Its documentation as HTML.
    pub(super) html: String,
    /// The controls that ask for it: `CIS AWS Foundations Benchmark 5.0 2.1.4: …`.
    pub(super) controls: Vec<String>,
}

/// A section of the notes for the page.
pub(super) struct NotePage {
    /// Its id within the page.
    pub(super) id: String,
    /// `s3#bucket-naming`.
    pub(super) address: String,
    /// The title of its page of the notes.
    pub(super) page: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// Its text as HTML.
    pub(super) html: String,
}

/// The id of a section within the page. A dot stands in for `#`, since no name has one.
pub(super) fn note_id(address: &str) -> String {
    format!("note-{}", address.replace('#', "."))
}

impl Library {
    /// What the items lead to.
    pub(super) fn of(items: &[Item]) -> Self {
        let rules: BTreeMap<&str, &'static Rule> = items.iter().map(|item| (item.rule.id, item.rule)).collect();
        let addresses: BTreeSet<&'static str> = rules.values().map(|rule| rule.note).collect();
        let links = Links { rules: rules.keys().copied().collect(), notes: addresses.clone() };
        Self {
            rules: rules.values().map(|rule| rule_page(rule, &links)).collect(),
            notes: addresses.iter().filter_map(|address| note_page(address, &links)).collect(),
        }
    }

    /// Whether the page has this rule.
    pub(super) fn has_rule(&self, id: &str) -> bool {
        self.rules.binary_search_by_key(&id, |page| page.rule.id).is_ok()
    }
}

impl RulePage {
    /// The id of its note within the page.
    pub(super) fn note(&self) -> String {
        note_id(self.rule.note)
    }
}

fn rule_page(rule: &'static Rule, links: &Links<'_>) -> RulePage {
    let controls = framework::controls_of(rule.id);
    RulePage {
        rule,
        html: markdown::html(rule.docs, 2, |url| links.target(url, "")),
        controls: controls
            .iter()
            .map(|(of, control)| format!("{} {}: {}", of.name, control.id, control.title))
            .collect(),
    }
}

fn note_page(address: &'static str, links: &Links<'_>) -> Option<NotePage> {
    let section = notes::section(address)?;
    let page = notes::page(notes::Address::parse(address).page)?;
    Some(NotePage {
        id: note_id(address),
        address: address.to_owned(),
        page: page.title,
        title: section.title,
        html: markdown::html(section.body, 1, |url| links.target(url, page.name)),
    })
}

/// Where the links of rules and notes lead within the page.
struct Links<'a> {
    rules: BTreeSet<&'a str>,
    notes: BTreeSet<&'a str>,
}

impl Links<'_> {
    /// The target of a link on a page of the notes; none where nothing in the page or on the web is meant.
    fn target(&self, url: &str, page: &str) -> markdown::Target {
        if url.starts_with("https://") || url.starts_with("http://") {
            return markdown::Target::Url(url.to_owned());
        }
        if let Some(rule) = url.rsplit_once("rules/").and_then(|(_, file)| file.strip_suffix(".md")) {
            return self
                .rules
                .get(rule)
                .map_or(markdown::Target::None, |id| markdown::Target::Url(format!("#rule-{id}")));
        }
        let address = match url.split_once(".md") {
            Some((page, anchor)) if !page.contains('/') => format!("{page}{anchor}"),
            None if url.starts_with('#') => format!("{page}{url}"),
            _ => return markdown::Target::None,
        };
        if self.notes.contains(address.as_str()) {
            return markdown::Target::Url(format!("#{}", note_id(&address)));
        }
        markdown::Target::Note(address)
    }
}
