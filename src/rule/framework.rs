//! Public frameworks as data (`frameworks/*.toml`): their controls, and the rules that show whether each holds.

use std::collections::HashMap;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::registry;
use crate::notes::coverage::{section_name, topics};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/frameworks");

/// The framework that is the course itself.
pub const COURSE: &str = "course";

/// A list of controls.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// What it is asked for by: `cis-5.0`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it is published.
    pub source: String,
    /// The day of this list.
    pub as_of: String,
    /// Its controls, in its order.
    #[serde(rename = "control")]
    pub controls: Vec<Control>,
}

/// One thing that a framework asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its number there.
    pub id: String,
    /// What is so when it holds, in this project's words.
    pub title: String,
    /// The rules that show whether it holds; none where afterlab does not look at it.
    pub rules: Vec<String>,
}

/// All frameworks, sorted by id; the course is made of its topics.
pub fn all() -> &'static [Framework] {
    static ALL: OnceLock<Vec<Framework>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A test reads each file; one that could not be read would be missing, which the test sees.
        let read = |text: &str| toml::from_str(text).ok();
        let mut all: Vec<Framework> = FOLDER.files().filter_map(|file| read(file.contents_utf8()?)).collect();
        all.push(course());
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    })
}

/// The framework of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Framework> {
    all().iter().find(|framework| framework.id == id)
}

/// The controls that a rule belongs to, the course's topics left out: its note says those.
#[must_use]
pub fn controls_of(rule: &str) -> &'static [(&'static Framework, &'static Control)] {
    static BY_RULE: OnceLock<ByRule> = OnceLock::new();
    let by_rule = BY_RULE.get_or_init(|| {
        let mut by_rule = ByRule::new();
        for framework in all().iter().filter(|framework| framework.id != COURSE) {
            for control in &framework.controls {
                control.rules.iter().for_each(|id| by_rule.entry(id).or_default().push((framework, control)));
            }
        }
        by_rule
    });
    by_rule.get(rule).map(Vec::as_slice).unwrap_or_default()
}

type ByRule = HashMap<&'static str, Vec<(&'static Framework, &'static Control)>>;

fn course() -> Framework {
    let all: Vec<_> = registry::all().collect();
    let mut place = (0, 0);
    let controls = topics().iter().map(|topic| {
        place = if place.0 == topic.section { (topic.section, place.1 + 1) } else { (topic.section, 1) };
        let rules = all.iter().filter(|rule| topic.notes.contains(&rule.note));
        Control {
            id: format!("{}.{}", topic.section, place.1),
            title: format!("{}: {}", section_name(topic.section), topic.title),
            rules: rules.map(|rule| rule.id.to_owned()).collect(),
        }
    });
    let controls = controls.collect();
    Framework {
        id: COURSE.to_owned(),
        name: "The course".to_owned(),
        source: "docs/notes/COVERAGE.md".to_owned(),
        as_of: "2026-11-25".to_owned(),
        controls,
    }
}

impl Framework {
    /// Whether a rule shows anything of it.
    #[must_use]
    pub fn has(&self, rule: &str) -> bool {
        self.controls.iter().any(|control| control.rules.iter().any(|id| id == rule))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_is_read_and_names_rules_that_exist() {
        assert_eq!(all().len(), FOLDER.files().count() + 1);
        for framework in all() {
            let mut ids = BTreeSet::new();
            for control in &framework.controls {
                assert!(ids.insert(&control.id), "{} has {} twice", framework.id, control.id);
                assert!(!control.title.is_empty(), "{} {}", framework.id, control.id);
                for rule in &control.rules {
                    let found = registry::find(rule).map(|found| found.id);
                    assert_eq!(found, Some(rule.as_str()), "{} {}", framework.id, control.id);
                }
            }
        }
    }
}
