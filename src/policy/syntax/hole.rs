//! Holes: what only a deployment knows, as one character of a private range each.
//!
//! Two holes are the same one when the same expression stands in them, and all that it refers to in its file is the same:
//! `!Ref Bucket` of two templates is one value only as long as both say the same of the bucket's name.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

/// The first character that stands for a hole; the range is Unicode's supplementary private use area B.
const FIRST_HOLE: u32 = 0x10_0000;
/// How many different holes there can be; further ones share the last character.
const HOLES: u32 = 0xfffd;

/// Something that only a deployment knows (`!Ref Role`, an attribute of a resource not yet made).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hole(char);

/// An expression, and a digest of all that it refers to.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Identity {
    expression: String,
    definition: Option<[u8; 32]>,
}

/// The identities of all policies that were read, in the order of their holes.
#[derive(Default)]
struct Identities {
    numbers: HashMap<Identity, usize>,
    expressions: Vec<String>,
}

fn identities() -> MutexGuard<'static, Identities> {
    static IDENTITIES: LazyLock<Mutex<Identities>> = LazyLock::new(Mutex::default);
    IDENTITIES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hole {
    /// The hole of an expression that refers to nothing in its file.
    #[must_use]
    pub fn of(expression: &str) -> Self {
        Self::with(Identity { expression: expression.to_owned(), definition: None })
    }

    /// The hole of an expression with the text of all that it refers to; empty where that is nothing.
    #[must_use]
    pub fn defined(expression: &str, definition: &str) -> Self {
        let digest = (!definition.is_empty()).then(|| Sha256::digest(definition.as_bytes()).into());
        Self::with(Identity { expression: expression.to_owned(), definition: digest })
    }

    /// A hole whose value has nothing to do with that of any other one.
    #[must_use]
    pub fn unlike_any(expression: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        Self::defined(expression, &format!("only here: {}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The hole that a character stands for.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        is_hole(letter).then_some(Self(letter))
    }

    /// Whether a text has any.
    #[must_use]
    pub fn are_in(text: &str) -> bool {
        text.contains(is_hole)
    }

    /// The character that stands for it.
    #[must_use]
    pub fn letter(self) -> char {
        self.0
    }

    /// The expression, as written.
    #[must_use]
    pub fn expression(self) -> String {
        identities().expressions.get(self.number()).cloned().unwrap_or_default()
    }

    /// Whether it may stand for several values: when there are more holes than characters for them.
    #[must_use]
    pub fn is_shared(self) -> bool {
        self.0 == hole(HOLES as usize)
    }

    /// Whether no colon and no wildcard can be in its value, so that it stays in its part of an ARN: a partition, a region,
    /// an account.
    #[must_use]
    pub fn is_part_of_arn(self) -> bool {
        let name = self.expression();
        let pseudo = name.strip_prefix("Ref \"AWS::").and_then(|name| name.strip_suffix('"'));
        if let Some(pseudo) = pseudo {
            return ["AccountId", "Partition", "Region"].contains(&pseudo);
        }
        let source = |kind: &str, attributes: &[&str]| {
            let rest = name.strip_prefix(kind).and_then(|rest| rest.split_once('.'));
            rest.is_some_and(|(_, attribute)| attributes.contains(&attribute))
        };
        source("data.aws_partition.", &["partition"])
            || source("data.aws_region.", &["name", "region", "id"])
            || source("data.aws_caller_identity.", &["account_id"])
    }

    fn with(identity: Identity) -> Self {
        let mut known = identities();
        if let Some(number) = known.numbers.get(&identity) {
            return Self(hole(*number));
        }
        let number = known.expressions.len();
        known.expressions.push(identity.expression.clone());
        known.numbers.insert(identity, number);
        Self(hole(number))
    }

    fn number(self) -> usize {
        u32::from(self.0).checked_sub(FIRST_HOLE).and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX)
    }
}

impl fmt::Debug for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hole({:?})", self.expression())
    }
}

/// The character that stands for an unknown part, by its number.
#[must_use]
pub fn hole(number: usize) -> char {
    let number = u32::try_from(number).unwrap_or(HOLES).min(HOLES);
    char::from_u32(FIRST_HOLE + number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whether a character stands for an unknown part.
#[must_use]
pub fn is_hole(c: char) -> bool {
    (FIRST_HOLE..=FIRST_HOLE + HOLES).contains(&u32::from(c))
}

/// A text with its holes shown as `${Bucket}`, for people, or as `${…}` where the expression is long.
#[must_use]
pub fn show_holes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match Hole::from_letter(c) {
            Some(hole) => shown.push_str(&hole.shown()),
            None => shown.push(c),
        }
    }
    // Messages quote texts, and with them the characters that stand for holes.
    let mut from = 0;
    while let Some(start) = shown[from..].find(QUOTED).map(|start| from + start) {
        let quoted = shown[start + QUOTED.len() - 2..].split_once('}').map(|(number, _)| number.to_owned());
        let hole = quoted.as_deref().and_then(|number| u32::from_str_radix(number, 16).ok()).and_then(char::from_u32);
        let Some((number, hole)) = quoted.zip(hole.and_then(Hole::from_letter)) else {
            from = start + QUOTED.len();
            continue;
        };
        let end = start + QUOTED.len() - 2 + number.len() + 1;
        let name = hole.shown();
        shown.replace_range(start..end, &name);
        from = start + name.len();
    }
    shown
}

/// How Rust quotes the characters of holes begins.
const QUOTED: &str = "\\u{10";
/// Longer expressions are not shown.
const LONGEST_SHOWN: usize = 48;

impl Hole {
    fn shown(self) -> String {
        let name = self.expression();
        let called = ["Ref ", "Fn::GetAtt "].iter().find_map(|function| name.strip_prefix(function));
        let name = called.map_or(name.as_str(), |argument| argument.trim_matches('"'));
        let is_short = !name.is_empty() && name.len() <= LONGEST_SHOWN;
        let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-[]\"".contains(c));
        if is_short && is_plain { format!("${{{name}}}") } else { "${…}".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_an_expression_with_what_it_refers_to() {
        let plain = Hole::of("Ref \"A\"");
        assert_eq!((plain, plain.expression()), (Hole::defined("Ref \"A\"", ""), "Ref \"A\"".to_owned()));
        let defined = Hole::defined("Ref \"A\"", "{\"Default\":\"x\"}");
        assert_eq!(defined, Hole::defined("Ref \"A\"", "{\"Default\":\"x\"}"));
        assert!(defined != plain && defined != Hole::defined("Ref \"A\"", "{\"Default\":\"y\"}"));
        assert_ne!(Hole::unlike_any("x"), Hole::unlike_any("x"));
        assert_eq!(Hole::from_letter(defined.letter()), Some(defined));
        assert_eq!(show_holes(&format!("a-{}", defined.letter())), "a-${A}");
        assert!(Hole(hole(usize::MAX)).is_shared() && !plain.is_shared());
    }
}
