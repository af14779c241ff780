//! The check-yourself items of the notes, as questions and answers.

use super::{Page, pages};

/// The section of a page that asks.
const SECTION: &str = "check-yourself";

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The page that it is asked on.
    pub page: &'static str,
    /// What is asked.
    pub question: String,
    /// What is right, and why.
    pub answer: String,
}

/// All questions, page by page.
#[must_use]
pub fn questions() -> Vec<Question> {
    pages().iter().flat_map(of_page).collect()
}

fn of_page(page: &'static Page) -> Vec<Question> {
    let items = page.section(SECTION).map(|section| items(section.body)).unwrap_or_default();
    items.iter().filter_map(|item| parse(page.name, item)).collect()
}

/// The items of a list, each on one line.
fn items(body: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in body.lines() {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(begin), _) => items.push(begin.trim().to_owned()),
            (None, Some(item)) if line.starts_with("  ") => *item = format!("{item} {}", line.trim()),
            _ => {}
        }
    }
    items
}

/// `The question? (The answer.)`
fn parse(page: &'static str, item: &str) -> Option<Question> {
    let (question, answer) = item.rsplit_once("? (")?;
    let answer = answer.strip_suffix(')')?;
    Some(Question { page, question: format!("{question}?"), answer: answer.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_a_question_with_an_answer() {
        for page in pages() {
            let Some(section) = page.section(SECTION) else { panic!("{} asks nothing", page.name) };
            for item in items(section.body) {
                assert!(parse(page.name, &item).is_some(), "{}: {item}", page.name);
            }
        }
        assert!(questions().len() > 300, "{}", questions().len());
    }
}
