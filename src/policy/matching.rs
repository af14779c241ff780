//! The one matcher for wildcards: `*` for any run of characters, `?` for exactly one.
//!
//! This file decides whether a pattern matches a text; [`super::pattern`] compares patterns with each other.

use super::pattern;

/// Whether a glob matches a whole text, case-sensitively.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    matches(pattern, text, |a, b| a == b)
}

/// As [`glob`], with the letters A to Z in either case.
#[must_use]
pub fn glob_ignore_case(pattern: &str, text: &str) -> bool {
    matches(pattern, text, u8::eq_ignore_ascii_case)
}

/// As [`glob`], where `${*}`, `${?}` and `${$}` are the characters themselves.
#[must_use]
pub fn text(pattern: &str, text: &str) -> bool {
    if pattern.contains("${") { pattern::covers_field(pattern, &escape(text)) } else { glob(pattern, text) }
}

/// Whether an action pattern of a policy (`s3:Get*`, `*`) matches an action. Case counts for neither.
#[must_use]
pub fn action(pattern: &str, action: &str) -> bool {
    glob_ignore_case(pattern, action)
}

/// Whether a resource pattern of a policy surely matches an ARN.
///
/// In the first five fields a wildcard does not cross a colon, in the sixth it does; a pattern with fewer fields
/// (`*`) is matched as a whole. A policy variable (`${aws:username}`) could stand for anything and so matches nothing
/// surely; `${*}`, `${?}` and `${$}` are the characters themselves.
#[must_use]
pub fn arn(pattern: &str, arn: &str) -> bool {
    if pattern.contains("${") {
        return pattern::covers(pattern::Dialect::Arn, pattern, &escape(arn));
    }
    let Some(parts) = fields(pattern) else { return glob(pattern, arn) };
    fields(arn).is_some_and(|fields| parts.iter().zip(fields).all(|(pattern, field)| glob(pattern, field)))
}

/// The six fields of an ARN or a pattern of one; `None` when it has fewer. A colon in `${…}` does not count.
#[must_use]
pub fn fields(text: &str) -> Option<[&str; 6]> {
    let mut fields = [""; 6];
    let mut rest = text;
    for field in &mut fields[..5] {
        let colon = outer_colon(rest)?;
        *field = &rest[..colon];
        rest = &rest[colon + 1..];
    }
    fields[5] = rest;
    Some(fields)
}

/// Where the first colon outside of `${…}` stands.
fn outer_colon(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let colon = from + text[from..].find(':')?;
        match text[from..colon].find("${").map(|start| from + start) {
            Some(start) => from = start + text[start..].find('}')? + 1,
            None => return Some(colon),
        }
    }
}

/// A text as a pattern that matches only itself.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        if matches!(c, '*' | '?' | '$') {
            escaped.extend(['$', '{', c, '}']);
        } else {
            escaped.push(c);
        }
        escaped
    })
}

/// Goes back to the last star only, which suffices: an earlier one could not take more than the last one can.
fn matches(pattern: &str, text: &str, same: impl Fn(&u8, &u8) -> bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => {
                p += 1;
                t = after_char(text, t);
            }
            Some(b) if same(b, &text[t]) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((star_at, resume)) => {
                    let resume = after_char(text, resume);
                    star = Some((star_at, resume));
                    p = star_at + 1;
                    t = resume;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// The end of the character that begins at a byte of a UTF-8 text.
fn after_char(text: &[u8], at: usize) -> usize {
    let rest = text[at + 1..].iter().take_while(|b| (0x80..0xc0).contains(*b)).count();
    at + 1 + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_texts() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("?", "", false),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("*a*b", "xaxxb", true),
            ("*?b", "b", false),
            ("??", "é", false),
            ("?", "é", true),
            ("*?", "é", true),
            ("a*é", "aéé", true),
            ("S3:*", "s3:GetObject", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn actions_match_in_any_case_and_with_wildcards_anywhere() {
        assert!(action("*", "iam:PassRole"));
        assert!(action("*:*", "iam:PassRole"));
        assert!(action("IAM:passrole", "iam:PassRole"));
        assert!(action("i?m:Pass*", "iam:PassRole"));
        assert!(!action("iam:Pass", "iam:PassRole"));
        assert!(!action("sts:*", "iam:PassRole"));
    }

    #[test]
    fn a_wildcard_crosses_colons_only_in_the_last_field() {
        let role = "arn:aws:iam::111122223333:role/lab";
        assert!(arn("*", role));
        assert!(arn("arn:*", role));
        assert!(arn("arn:aws:iam::*:role/*", role));
        assert!(arn("arn:*:iam::111122223333:role/l?b", role));
        assert!(arn("arn:aws:iam::*:*", role));
        assert!(!arn("arn:aws:*:role/lab:x:y", role));
        assert!(!arn("arn:aws:iam:*:111122223333:role/lab:", role));
        assert!(!arn("arn:aws:iam::*:ROLE/*", role));
        let group = "arn:aws:logs:us-east-1:111122223333:log-group:a:b";
        assert!(arn("arn:aws:logs:*:*:log-group:*", group));
        assert!(!arn("arn:aws:logs:*:log-group:*:x", group));
        assert!(!arn("arn:aws:s3:::*", "*"), "no ARN, and the pattern is one");
    }

    #[test]
    fn a_variable_matches_nothing_surely_and_an_escape_itself() {
        let user = "arn:aws:iam::111122223333:user/ann";
        assert!(!arn("arn:aws:iam::*:user/${aws:username}", user));
        assert!(arn("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*"));
        assert!(!arn("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x"));
        assert!(arn("arn:aws:s3:::${$}*", "arn:aws:s3:::$x*y"));
        assert_eq!(fields("arn:aws:s3:::b/${a:b}/c").map(|f| f[5]), Some("b/${a:b}/c"));
        assert_eq!(fields("arn:${a:b}:s3:::b").map(|f| f[1]), Some("${a:b}"));
        assert_eq!(fields("arn:${a:b"), None);
        assert_eq!(fields("arn:aws:s3"), None);
    }

    #[test]
    fn hostile_patterns_end() {
        let pattern = "*a".repeat(300) + "*b";
        let text = "a".repeat(5_000);
        assert!(!glob(&pattern, &text));
    }
}
