//! Links on terminals that know them (OSC 8): rules lead to AWS's documentation, notes to where the notes are published.

use std::collections::HashMap;
use std::env;
use std::sync::OnceLock;

use supports_hyperlinks::Stream;

use super::terminal;
use crate::lint;
use crate::notes::Address;
use crate::rule::registry;

/// Where the notes are published: `https://example.org/notes`. Without it, notes are no links.
const NOTES_URL: &str = "AFTERLAB_NOTES_URL";

/// Whether standard output is a terminal that shows links, and colours are wanted.
pub(super) fn are_wanted() -> bool {
    terminal::has_colors() && supports_hyperlinks::on(Stream::Stdout)
}

/// The text with links; what is seen of it stays the same.
pub(super) fn add(text: &str) -> String {
    let notes = env::var(NOTES_URL).ok().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    link(text, |word| target(word, notes.as_deref()))
}

/// Where a word leads: the id of a rule, the code of a lint, the address of a note.
fn target(word: &str, notes: Option<&str>) -> Option<String> {
    let address = Address::parse(word);
    if let Some(anchor) = address.anchor {
        let url = notes?.trim_end_matches('/');
        return crate::notes::section(word).map(|_| format!("{url}/{}.html#{anchor}", address.page));
    }
    references().get(word).map(|url| (*url).to_owned())
}

/// The first page of AWS's documentation that each rule and lint names.
fn references() -> &'static HashMap<&'static str, &'static str> {
    static REFERENCES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    REFERENCES.get_or_init(|| {
        let rules = registry::all().filter_map(|rule| Some((rule.id, *rule.references.first()?)));
        let lints = lint::registry::all().filter_map(|(family, lint)| Some((lint.code, *family.references.first()?)));
        rules.chain(lints).collect()
    })
}

/// Makes links of the words that lead somewhere. Escape sequences are no words, nor are parts of paths.
fn link(text: &str, target: impl Fn(&str) -> Option<String>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '#');
    let mut linked = String::with_capacity(text.len() * 5 / 4);
    let (mut rest, mut before) = (text, None);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\u{1b}' => escape_length(rest),
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (part, after) = rest.split_at(length);
        let is_of_path = matches!(before, Some('/' | '.' | '\\')) || after.starts_with(['/', '\\']);
        match target(part).filter(|_| is_word(first) && !is_of_path) {
            // The terminator of a link's address is the string terminator; an address holds no control character.
            Some(url) if !url.contains(char::is_control) => {
                linked.extend(["\u{1b}]8;;", &url, "\u{1b}\\", part, "\u{1b}]8;;\u{1b}\\"]);
            }
            _ => linked.push_str(part),
        }
        (before, rest) = (part.chars().last(), after);
    }
    linked
}

/// The length of `ESC [ … letter`; of the escape alone where it is something else.
fn escape_length(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else { return 1 };
    parameters.find(|c: char| c.is_ascii_alphabetic()).map_or(text.len(), |end| end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "\u{1b}]8;;https://x/\u{1b}\\a-rule\u{1b}]8;;\u{1b}\\";

    fn linked(text: &str) -> String {
        link(text, |word| (word == "a-rule").then(|| "https://x/".to_owned()))
    }

    #[test]
    fn words_become_links_and_nothing_else_changes() {
        assert_eq!(linked("a-rule: why"), format!("{LINK}: why"));
        assert_eq!(linked("\u{1b}[2ma-rule\u{1b}[0m é"), format!("\u{1b}[2m{LINK}\u{1b}[0m é"));
        for same in ["a-rules", "docs/a-rule.md", "x.a-rule", "\u{1b}", "\u{1b}[31", "", "é"] {
            assert_eq!(linked(same), same);
        }
    }

    #[test]
    fn what_is_seen_stays_the_same() {
        let text = "s3-bucket-policy-public: afterlab notes s3#block-public-access, PASS_ROLE_WITH_STAR_IN_RESOURCE";
        let with_links = link(text, |word| target(word, Some("https://example.org/notes/")));
        assert_eq!(anstream::adapter::strip_str(&with_links).to_string(), text);
        assert!(with_links.contains("https://example.org/notes/s3.html#block-public-access"), "{with_links}");
        assert_eq!(with_links.matches("docs.aws.amazon.com").count(), 2, "{with_links}");
        assert_eq!(target("s3#block-public-access", None), None);
    }
}
