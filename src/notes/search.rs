//! Looking words up in the notes.

use super::{Page, Section, pages};

/// What a word in the heading counts against one in the text.
const HEADING: usize = 10;

/// A section in which all words stand.
#[derive(Clone, Debug)]
pub struct Hit {
    /// `s3#bucket-naming`.
    pub address: String,
    /// Its heading, behind that of its page.
    pub title: String,
    /// The first line that has one of the words.
    pub line: String,
    score: usize,
}

/// The sections in which all these words, or parts of words, stand; those that are most about them first.
#[must_use]
pub fn search(words: &[String]) -> Vec<Hit> {
    let words: Vec<String> = words.iter().flat_map(|word| word.split_whitespace()).map(str::to_lowercase).collect();
    let sections = pages().iter().flat_map(|page| page.sections.iter().map(move |section| (page, section)));
    let mut hits: Vec<Hit> = sections.filter_map(|(page, section)| hit(page, section, &words)).collect();
    hits.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.address.cmp(&b.address)));
    hits
}

fn hit(page: &Page, section: &Section, words: &[String]) -> Option<Hit> {
    let (heading, body) = (section.title.to_lowercase(), section.body.to_lowercase());
    let count = |word: &String| heading.matches(word.as_str()).count() * HEADING + body.matches(word.as_str()).count();
    let counts: Vec<usize> = words.iter().map(count).collect();
    if words.is_empty() || counts.contains(&0) {
        return None;
    }
    let has_word = |line: &&str| words.iter().any(|word| line.to_lowercase().contains(word.as_str()));
    let is_prose = |line: &&str| !line.starts_with(['>', '#', '`']);
    let line = section.body.lines().filter(is_prose).find(has_word).unwrap_or_default();
    Some(Hit {
        address: format!("{}#{}", page.name, section.anchor),
        title: format!("{}: {}", page.title, section.title),
        line: line.trim_start_matches(['-', '|', ' ']).trim_end_matches(['|', ' ']).to_owned(),
        score: counts.iter().sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        search(&[text.to_owned()]).into_iter().map(|hit| hit.address).collect()
    }

    #[test]
    fn all_words_count_in_any_case() {
        assert!(found("GLACIER").iter().any(|address| address.starts_with("s3-storage-classes#")));
        assert!(found("kendra edition").first().is_some_and(|address| address == "managed-ai-services#kendra"));
        assert!(found("glacier xyzzy").is_empty() && found("").is_empty());
    }
}
