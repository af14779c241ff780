//! Comparing patterns with patterns: does one cover all that another matches, is there anything that both match.
//!
//! Both answers are exact for `*` and `?`. A policy variable is read in the careful way: it covers only itself, it is
//! covered only by `*`, and it overlaps with whatever a `*` would.

use super::matching::fields;

/// What sort of text a pattern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `service:Action`: case does not count, `*` is the same as `*:*`.
    Action,
    /// An ARN: wildcards of the first five fields do not cross colons.
    Arn,
}

/// Steps after which a comparison gives up and answers in the careful way (not covered, may overlap). Far above what
/// any text takes that AWS accepts as a policy (at most 10,240 characters).
const MOST_STEPS: usize = 50_000_000;

/// Whether a pattern is nothing but `*`.
#[must_use]
pub fn is_star(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|b| b == b'*')
}

/// Whether `outer` matches everything that `inner` matches.
#[must_use]
pub fn covers(dialect: Dialect, outer: &str, inner: &str) -> bool {
    if is_star(outer) || outer == inner {
        return true;
    }
    if dialect == Dialect::Arn && begin_apart(outer, inner) {
        return false;
    }
    match dialect {
        Dialect::Action => covers_text(&Tokens::action(outer), &Tokens::action(inner)),
        Dialect::Arn => match (fields(outer), fields(inner)) {
            (Some(outer), Some(inner)) => outer.iter().zip(inner).all(|(outer, inner)| covers_field(outer, inner)),
            (None, _) => covers_field(outer, inner),
            // What has fewer than six fields matches texts with fewer than six fields, too.
            (Some(_), None) => false,
        },
    }
}

/// Whether there is anything that both patterns match.
#[must_use]
pub fn overlaps(dialect: Dialect, a: &str, b: &str) -> bool {
    if is_star(a) || is_star(b) || a == b {
        return true;
    }
    if dialect == Dialect::Arn && begin_apart(a, b) {
        return false;
    }
    match dialect {
        Dialect::Action => overlaps_text(&Tokens::action(a), &Tokens::action(b)),
        Dialect::Arn => match (fields(a), fields(b)) {
            (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| overlaps_field(a, b)),
            _ => overlaps_field(a, b),
        },
    }
}

/// Whether two patterns differ before any wildcard or variable, so that no text begins like both.
fn begin_apart(a: &str, b: &str) -> bool {
    let is_open = |byte: u8| matches!(byte, b'*' | b'?' | b'$');
    let first = a.bytes().zip(b.bytes()).find(|(a, b)| a != b || is_open(*a));
    first.is_some_and(|(a, b)| !is_open(a) && !is_open(b))
}

/// Whether a resource pattern takes in every resource of a type, at least of one region or account.
///
/// The type is an ARN with variables, as the catalogue has it. `*`, `arn:aws:iam::*:role/*` and
/// `arn:aws:iam::111122223333:*` take in every role; `arn:aws:iam::*:role/lab-*` does not.
#[must_use]
pub fn covers_type(pattern: &str, type_arn: &str) -> bool {
    if is_star(pattern) {
        return true;
    }
    let Some(of_type) = fields(type_arn) else { return false };
    if let Some(parts) = fields(pattern) {
        return parts[..5].iter().zip(of_type).all(|(part, field)| overlaps_field(part, field))
            && covers_text(&Tokens::new(parts[5], Variables::Opaque), &Tokens::new(of_type[5], Variables::Names));
    }
    // Fewer fields: the last one must end in a star, which then takes in all that follows.
    let parts = pattern.split(':');
    pattern.ends_with('*') && parts.zip(of_type).all(|(part, field)| overlaps_field(part, field))
}

/// Whether there is a resource of a type that a pattern, or an ARN, matches.
///
/// The type is an ARN with variables, as the catalogue has it, each of which stands for anything; only the name of a
/// bucket has no slash, which tells it from an object.
#[must_use]
pub fn overlaps_type(pattern: &str, type_arn: &str) -> bool {
    let is_bucket = type_arn.ends_with(":s3:::${BucketName}");
    if is_bucket && fields(pattern).is_some_and(|parts| parts[5].contains('/')) {
        return false;
    }
    let mut instances = String::with_capacity(type_arn.len());
    let mut rest = type_arn;
    while let Some((before, after)) = rest.split_once("${") {
        instances.push_str(before);
        instances.push('*');
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    overlaps(Dialect::Arn, &(instances + rest), pattern)
}

/// What a policy variable, or a variable of the catalogue's ARNs, stands for.
#[derive(Clone, Copy)]
enum Variables {
    /// Something that only `*` or the same variable covers.
    Opaque,
    /// Anything.
    Anything,
    /// Any name of at least one character.
    Names,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Char(char),
    Variable(&'a str),
    One,
    Many,
}

/// A pattern in its parts; of wildcards that stand together, `?` come first and `*` once.
struct Tokens<'a>(Vec<Token<'a>>);

impl<'a> Tokens<'a> {
    fn new(pattern: &'a str, variables: Variables) -> Self {
        let mut tokens = Self(Vec::with_capacity(pattern.len()));
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            let end = if rest.starts_with("${") { rest.find('}') } else { None };
            if let Some(end) = end {
                let name = &rest[2..end];
                rest = &rest[end + 1..];
                match (name, variables) {
                    ("*" | "?" | "$", _) => tokens.0.extend(name.chars().map(Token::Char)),
                    (_, Variables::Opaque) => tokens.0.push(Token::Variable(name)),
                    (_, Variables::Anything) => tokens.wildcard(Token::Many),
                    (_, Variables::Names) => {
                        tokens.wildcard(Token::One);
                        tokens.wildcard(Token::Many);
                    }
                }
                continue;
            }
            rest = &rest[c.len_utf8()..];
            match c {
                '*' => tokens.wildcard(Token::Many),
                '?' => tokens.wildcard(Token::One),
                _ => tokens.0.push(Token::Char(c)),
            }
        }
        tokens
    }

    /// Actions have no variables, and every action has a colon.
    fn action(pattern: &'a str) -> Self {
        let mut tokens = Self::new(if is_star(pattern) { "*:*" } else { pattern }, Variables::Opaque);
        for token in &mut tokens.0 {
            if let Token::Char(c) = token {
                c.make_ascii_lowercase();
            }
        }
        tokens
    }

    fn wildcard(&mut self, token: Token<'a>) {
        match (self.0.last(), token) {
            (Some(Token::Many), Token::Many) => {}
            (Some(Token::Many), _) => {
                let at = self.0.len() - 1;
                self.0.insert(at, token);
            }
            _ => self.0.push(token),
        }
    }
}

/// Whether one field takes in another, or one whole text, as a `*` runs across all of it.
pub(crate) fn covers_field(outer: &str, inner: &str) -> bool {
    outer == inner || covers_text(&Tokens::new(outer, Variables::Opaque), &Tokens::new(inner, Variables::Opaque))
}

/// Whether one field of two ARNs can be the same text; variables stand for anything.
pub(crate) fn overlaps_field(a: &str, b: &str) -> bool {
    a == b || overlaps_text(&Tokens::new(a, Variables::Anything), &Tokens::new(b, Variables::Anything))
}

/// Reads `inner` letter by letter and keeps the places that `outer` can be at.
///
/// A wildcard of `inner` stands for letters that `outer` does not have, which are the hardest to match. As a `*` may
/// stand for any number of them, there are several sets of places, each of which must end well; a set that contains
/// another one ends well whenever that one does and is dropped.
fn covers_text(outer: &Tokens<'_>, inner: &Tokens<'_>) -> bool {
    let outer = outer.0.as_slice();
    let mut steps = 0;
    let mut sets = vec![rest_at_stars(outer, vec![0])];
    for token in &inner.0 {
        let mut next: Vec<Vec<usize>> = Vec::with_capacity(sets.len());
        for set in sets {
            let mut set = if *token == Token::Many { set } else { advance(outer, &set, *token) };
            loop {
                steps += set.len() + next.len() + 1;
                if set.is_empty() || steps > MOST_STEPS {
                    return false;
                }
                let more = (*token == Token::Many).then(|| advance(outer, &set, Token::One));
                keep_smallest(&mut next, set);
                match more {
                    Some(more) if !next.iter().any(|kept| is_subset(kept, &more)) => set = more,
                    _ => break,
                }
            }
        }
        sets = next;
    }
    sets.iter().all(|set| set.last() == Some(&outer.len()))
}

/// The places after one more letter.
fn advance(outer: &[Token<'_>], places: &[usize], letter: Token<'_>) -> Vec<usize> {
    let mut after = Vec::with_capacity(places.len());
    for &place in places {
        match outer.get(place) {
            Some(Token::Many) => after.push(place),
            Some(Token::One) if !matches!(letter, Token::Variable(_)) => after.push(place + 1),
            Some(token) if *token == letter && letter != Token::One => after.push(place + 1),
            _ => {}
        }
    }
    rest_at_stars(outer, after)
}

/// Adds the place behind every star, as a star may match nothing. Sorted, without doubles.
fn rest_at_stars(outer: &[Token<'_>], mut places: Vec<usize>) -> Vec<usize> {
    for i in 0..places.len() {
        if outer.get(places[i]) == Some(&Token::Many) {
            places.push(places[i] + 1);
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

fn keep_smallest(sets: &mut Vec<Vec<usize>>, new: Vec<usize>) {
    if !sets.iter().any(|set| is_subset(set, &new)) {
        sets.retain(|set| !is_subset(&new, set));
        sets.push(new);
    }
}

/// Whether one sorted list is a part of another.
fn is_subset(part: &[usize], whole: &[usize]) -> bool {
    let mut rest = whole.iter();
    part.len() <= whole.len() && part.iter().all(|place| rest.by_ref().any(|other| other == place))
}

/// Walks through both patterns at once: a pair of places is reached when some text leads to both.
fn overlaps_text(a: &Tokens<'_>, b: &Tokens<'_>) -> bool {
    let (a, b) = (a.0.as_slice(), b.0.as_slice());
    let letters_differ = |pair: (&Token<'_>, &Token<'_>)| matches!(pair, (Token::Char(a), Token::Char(b)) if a != b);
    let both_letters = |pair: &(&Token<'_>, &Token<'_>)| matches!(pair, (Token::Char(_), Token::Char(_)));
    if a.iter().zip(b).take_while(both_letters).any(letters_differ)
        || a.iter().rev().zip(b.iter().rev()).take_while(both_letters).any(letters_differ)
    {
        return false;
    }
    if a.len().saturating_mul(b.len()) > MOST_STEPS {
        return true;
    }
    let mut row = vec![false; b.len() + 1];
    row[0] = true;
    for i in 0..=a.len() {
        let mut below = vec![false; b.len() + 1];
        for j in 0..=b.len() {
            if !row[j] {
                continue;
            }
            let (of_a, of_b) = (a.get(i), b.get(j));
            let star = of_a == Some(&Token::Many) || of_b == Some(&Token::Many);
            if star && of_b.is_some() {
                row[j + 1] = true;
            }
            if star && of_a.is_some() {
                below[j] = true;
            }
            if let (Some(of_a), Some(of_b)) = (of_a, of_b)
                && !star
                && (of_a == of_b || *of_a == Token::One || *of_b == Token::One)
            {
                below[j + 1] = true;
            }
        }
        if i == a.len() {
            return row[b.len()];
        }
        row = below;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::matching::glob;

    /// All texts of at most this many of these letters.
    fn texts(letters: &[char], most: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..most {
            let to = all.len();
            for i in from..to {
                all.extend(letters.iter().map(|c| format!("{}{c}", all[i])).collect::<Vec<_>>());
            }
            from = to;
        }
        all
    }

    #[test]
    fn agrees_with_trying_every_text() {
        let patterns = texts(&['a', '*', '?'], 4);
        let words = texts(&['a', 'z'], 6);
        for outer in &patterns {
            for inner in &patterns {
                let both = words.iter().any(|word| glob(outer, word) && glob(inner, word));
                assert_eq!(overlaps_field(outer, inner), both, "{outer} overlaps {inner}");
                let all = words.iter().filter(|word| glob(inner, word)).all(|word| glob(outer, word));
                assert_eq!(covers_field(outer, inner), all, "{outer} covers {inner}");
            }
        }
    }

    #[test]
    fn actions_are_compared_in_any_case() {
        let covers = |outer, inner| covers(Dialect::Action, outer, inner);
        assert!(covers("*", "*:*") && covers("*:*", "*") && covers("*:*", "s3:Get*"));
        assert!(covers("S3:get*", "s3:GetObject*"));
        assert!(covers("s3:*", "s3:?*"));
        assert!(!covers("s3:?*", "s3:*"));
        assert!(!covers("s3:*", "*"));
        assert!(overlaps(Dialect::Action, "s3:Get*", "s3:*Object"));
        assert!(!overlaps(Dialect::Action, "s3:Get*", "s3:Put*"));
        assert!(!overlaps(Dialect::Action, "s3:*", "sts:*"));
    }

    #[test]
    fn arns_are_compared_field_by_field() {
        let covers = |outer, inner| covers(Dialect::Arn, outer, inner);
        assert!(covers("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/lab-*"));
        assert!(covers("arn:*", "arn:aws:iam::*:role/*"));
        assert!(!covers("arn:aws:iam::*:role/lab-*", "arn:aws:iam::*:role/*"));
        assert!(!covers("arn:*:*:*:*:*", "*"), "not every text is an ARN");
        assert!(!covers("arn:aws:*:role/*:x:y", "arn:aws:iam::1:role/a:x:y"));
        assert!(covers("arn:aws:s3:::*", "arn:aws:s3:::b/${aws:username}/*"));
        assert!(covers("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username}/x"));
        assert!(!covers("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/*"));
        assert!(!covers("arn:aws:s3:::b/?*", "arn:aws:s3:::b/${aws:username}"));
        let overlaps = |a, b| overlaps(Dialect::Arn, a, b);
        assert!(overlaps("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/ann/*"));
        assert!(!overlaps("arn:aws:s3:::b/*", "arn:aws:s3:::c*"));
        assert!(overlaps("arn:aws:s3:::*/x", "arn:aws:s3:::b/*"));
    }

    #[test]
    fn a_whole_type_is_told_from_a_part_of_it() {
        let role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        for whole in [
            "*",
            "arn:aws:iam::*:role/*",
            "arn:aws-cn:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:*",
            "arn:*:*:*:*:*",
            "arn:aws:iam::*:role/?*",
            "arn:aws:iam::*",
            "arn:aws:*",
            "arn:aws:iam*",
        ] {
            assert!(covers_type(whole, role), "{whole}");
        }
        for part in [
            "arn:aws:iam::*:role/lab-*",
            "arn:aws:iam::*:user/*",
            "arn:aws:lambda:*:*:*",
            "arn:aws:iam:us-east-1:1:role/*",
            "arn:aws:iam::1:role/${aws:username}",
            "arn:aws:lambda*",
            "arn:aws:iam",
            "",
        ] {
            assert!(!covers_type(part, role), "{part}");
        }
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        assert!(covers_type("arn:aws:s3:::*", object) && covers_type("arn:aws:s3:::*/*", object));
        assert!(!covers_type("arn:aws:s3:::lab/*", object));
        let function = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";
        assert!(covers_type("arn:aws:lambda:eu-west-1:111122223333:function:*", function));
    }

    #[test]
    fn hostile_patterns_end() {
        let stars = "*a".repeat(1_000);
        assert!(!covers(Dialect::Arn, &format!("{stars}*b"), &stars));
        assert!(covers(Dialect::Arn, &format!("{stars}*"), &format!("{stars}x{stars}")));
        assert!(overlaps(Dialect::Arn, &format!("{stars}*b"), &format!("b{stars}*")));
        let marks = "*?a?".repeat(60);
        assert!(!covers(Dialect::Arn, &format!("{marks}*b"), &format!("{marks}*c")));
        assert!(covers(Dialect::Arn, &format!("{marks}*"), &format!("{marks}b")));
    }
}
