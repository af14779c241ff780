//! Markdown that code hosts show: text stays text, and a report fits into a comment.

use std::fmt::Write as _;

use crate::text::printable;

/// Bytes that a comment of a code host can have (GitHub's: 65,536), with room for its own words around the report.
pub(in crate::report) const MOST: usize = 60_000;

/// Text that stays text, also in a table.
pub(in crate::report) fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => escaped.extend(['\\', c]),
            // Nobody is to be called by the name of a principal: a code host finds it through every escape.
            '@' => escaped.push_str("@\u{200b}"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Lines in a block of code that none of them can end.
pub(in crate::report) fn code_block(language: &str, lines: &[String]) -> String {
    let runs = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len));
    let fence = "`".repeat(runs.max().unwrap_or_default().max(2) + 1);
    let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// Adds rows as long as they fit into a comment, then says how many did not.
pub(in crate::report) fn rows(text: &mut String, rows: Vec<String>) {
    let total = rows.len();
    for (place, row) in rows.into_iter().enumerate() {
        if text.len() + row.len() > MOST {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n… and {} more", total - place);
            break;
        }
        text.push_str(&row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let block = code_block("sh", &["echo ````".to_owned(), "a\nb".to_owned()]);
        assert_eq!(block, "`````sh\necho ````\na\\u{a}b\n`````\n");
        assert_eq!(code_block("", &[]), "```\n\n```\n");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut text = String::new();
        rows(&mut text, vec!["x".repeat(MOST - 5), "12345".to_owned(), "6".to_owned(), "7".to_owned()]);
        assert!(text.ends_with("12345\n… and 2 more\n"), "{}", &text[text.len() - 40..]);
    }
}
