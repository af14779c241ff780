//! The book's table of contents: the guide's own, then the notes in the order of the course, then the rules.

use std::fmt::Write as _;

use super::rules::{ALL, Rule, groups, index_of, title_of};
use super::{Page, Pages};

/// The table of the course, which says in what order the notes are read.
const COURSE: &str = "notes/COVERAGE.md";

/// The text of `SUMMARY.md`; an error names pages that it would leave out.
pub(super) fn write(pages: &Pages, rules: &[Rule]) -> Result<String, String> {
    let page = |path: &str| pages.get(path).ok_or_else(|| format!("{path} is missing"));
    let guide = page("SUMMARY.md")?;
    let left_out: Vec<&str> = pages
        .iter()
        .filter(|(path, _)| !path.contains('/') && *path != "SUMMARY.md")
        .filter(|(path, _)| !guide.text.contains(&format!("]({path})")))
        .map(|(_, page)| page.origin.as_str())
        .collect();
    if !left_out.is_empty() {
        return Err(format!("{} does not list {}", guide.origin, left_out.join(", ")));
    }
    let mut text = format!("{}\n# Notes of the course\n\n", guide.text.trim_end().to_owned() + "\n");
    let course = page(COURSE)?;
    let _ = writeln!(text, "- [{}]({COURSE})", title(course)?);
    for path in notes(pages, &course.text) {
        let _ = writeln!(text, "- [{}]({path})", title(page(path)?)?);
    }
    let _ = writeln!(text, "\n# Rules\n\n- [All rules]({ALL})");
    for (group, rules) in groups(rules) {
        let _ = writeln!(text, "- [{}]({})", title_of(group), index_of(group));
        for rule in rules {
            let _ = writeln!(text, "  - [{}]({})", rule.id, rule.path);
        }
    }
    Ok(text)
}

/// The notes in the order in which the course's table first names them; what it does not name comes last.
fn notes<'a>(pages: &'a Pages, course: &str) -> Vec<&'a str> {
    let mut notes: Vec<&str> =
        pages.keys().filter(|path| path.starts_with("notes/") && *path != COURSE).map(String::as_str).collect();
    let place = |path: &str| course.find(&format!("({}#", path.trim_start_matches("notes/"))).unwrap_or(usize::MAX);
    notes.sort_by_key(|path| (place(path), *path));
    notes
}

/// A page's first heading.
fn title(page: &Page) -> Result<&str, String> {
    let first = page.text.lines().find_map(|line| line.strip_prefix("# "));
    first.ok_or_else(|| format!("{} has no title", page.origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(texts: &[(&str, &str)]) -> Pages {
        texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Page { origin: (*path).to_owned(), text: (*text).to_owned() }))
            .collect()
    }

    #[test]
    fn notes_follow_the_course() {
        let pages = pages(&[
            ("SUMMARY.md", "# Summary\n\n- [A](a.md)\n"),
            ("a.md", "# A\n"),
            ("notes/COVERAGE.md", "# The course\n[x](s3.md#x) [y](iam.md#y)\n"),
            ("notes/aaa.md", "# Last\n"),
            ("notes/iam.md", "# IAM\n"),
            ("notes/s3.md", "# S3\n"),
        ]);
        let text = write(&pages, &[]).expect("a summary");
        let order: Vec<_> =
            ["](a.md)", "COVERAGE", "s3.md", "iam.md", "aaa.md"].iter().map(|name| text.find(name)).collect();
        assert!(order.is_sorted() && order.iter().all(Option::is_some), "{text}");
    }

    #[test]
    fn a_page_that_is_not_listed_is_an_error() {
        let pages = pages(&[("SUMMARY.md", ""), ("a.md", "# A\n"), ("notes/COVERAGE.md", "# C\n")]);
        assert_eq!(write(&pages, &[]), Err("SUMMARY.md does not list a.md".to_owned()));
    }
}
