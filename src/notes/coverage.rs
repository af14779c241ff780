//! Where each topic of the course stands in the notes.

use std::sync::OnceLock;

/// A topic of the course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The number of the course's section.
    pub section: u8,
    /// What it is about.
    pub title: &'static str,
    /// The notes that tell of it: `bedrock#pricing`.
    pub notes: Vec<&'static str>,
}

/// All topics, in the order of the course.
pub fn topics() -> &'static [Topic] {
    static TOPICS: OnceLock<Vec<Topic>> = OnceLock::new();
    TOPICS.get_or_init(|| include_str!("../../docs/notes/coverage.tsv").lines().filter_map(topic).collect())
}

fn topic(line: &'static str) -> Option<Topic> {
    let mut cells = line.split('\t');
    let (section, title, notes) = (cells.next()?.parse().ok()?, cells.next()?, cells.next()?);
    Some(Topic { section, title, notes: notes.split_whitespace().collect() })
}

/// The name of a section of the course.
#[must_use]
pub fn section_name(section: u8) -> &'static str {
    match section {
        3 => "AWS and cloud computing",
        5 => "Amazon Bedrock and generative AI",
        6 => "Prompt engineering",
        7 => "Amazon Q",
        8 => "AI and machine learning",
        9 => "Managed AI services",
        10 => "Amazon SageMaker AI",
        11 => "Responsible AI, security, governance",
        12 => "AWS services",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_leads_to_sections_that_exist() {
        let lines = include_str!("../../docs/notes/coverage.tsv").lines().count();
        assert_eq!(topics().len(), lines, "each line is a topic");
        for topic in topics() {
            assert!(!section_name(topic.section).is_empty(), "{topic:?}");
            assert!(!topic.notes.is_empty(), "{topic:?}");
            for note in &topic.notes {
                assert!(crate::notes::section(note).is_some(), "{}: there is no note {note}", topic.title);
            }
        }
    }

    #[test]
    fn every_section_of_the_notes_is_of_a_topic_or_about_more_than_the_course() {
        let pages: std::collections::BTreeSet<&str> =
            topics().iter().flat_map(|topic| &topic.notes).filter_map(|note| note.split('#').next()).collect();
        for page in crate::notes::pages() {
            assert!(pages.contains(page.name), "no topic of the course leads to the page {}", page.name);
        }
    }
}
