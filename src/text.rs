//! Small things about text: quoting, cleaning, guessing what was meant.

/// A word quoted for a POSIX shell, so that a hostile name stays a name.
#[must_use]
pub fn shell_quote(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", printable(word).replace('\'', r"'\''"))
}

/// Text for a terminal: control characters, and the marks that turn the direction of writing, are shown as `\u{…}`.
#[must_use]
pub fn printable(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(hostile) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut clean, c| {
        if hostile(c) {
            clean.extend(c.escape_unicode());
        } else {
            clean.push(c);
        }
        clean
    })
}

/// The candidate that is closest to what was typed, if it is close enough to be meant; the first of several.
#[must_use]
pub fn closest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(typed, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.85)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, candidate)| candidate)
}

/// `1 bucket`, `2 buckets`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The first items of a list in a sentence: `a, b, c and 4 more`.
#[must_use]
pub fn join_some<'a>(items: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown = items.take(most).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// Bytes as people say them, in powers of 1,024, which is also what AWS bills as a GB of S3 storage.
#[must_use]
pub fn bytes(number: u64) -> String {
    const UNITS: &[&str] = &["KiB", "MiB", "GiB", "TiB", "PiB"];
    if number < 1024 {
        return format!("{number} B");
    }
    #[allow(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
    let mut value = number as f64;
    let mut unit = "B";
    for name in UNITS {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = name;
    }
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_one_word() {
        assert_eq!(shell_quote("my-bucket"), "my-bucket");
        assert_eq!(shell_quote("a; rm -rf /"), "'a; rm -rf /'");
        assert_eq!(shell_quote("it's"), r"'it'\''s'");
        assert_eq!(shell_quote(""), "''");
    }

    #[test]
    fn control_characters_are_shown_not_obeyed() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\\u{a}c");
        assert_eq!(printable("\u{202e}gpj.exe"), "\\u{202e}gpj.exe");
        assert_eq!(printable("Zürich 北京"), "Zürich 北京");
    }

    #[test]
    fn what_was_meant_is_guessed() {
        assert_eq!(closest("us-east", ["eu-west-1", "us-east-1", "us-east-2"].into_iter()), Some("us-east-1"));
        assert_eq!(closest("zzz", ["us-east-1"].into_iter()), None);
    }

    #[test]
    fn long_lists_are_cut_short() {
        assert_eq!(join_some(["a", "b"].into_iter(), 3), "a, b");
        assert_eq!(join_some(["a", "b", "c", "d"].into_iter(), 2), "a, b and 2 more");
    }

    #[test]
    fn bytes_are_readable() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(5 * 1024 * 1024 * 1024), "5.0 GiB");
    }
}
