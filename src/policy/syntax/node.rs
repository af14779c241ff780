//! The tree of a text: values with their places.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::span::Span;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its place in the file; of a string with its quotes.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    String(Text),
    /// A list.
    Array(Vec<Node>),
    /// An object; keys may repeat, and keep their order.
    Object(Vec<Member>),
    /// Something that only a deployment knows (`!Ref Role`, an attribute of a resource not yet made), as written.
    Unknown(String),
}

/// A key of an object with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key.
    pub key: Text,
    /// The value.
    pub value: Node,
}

/// A string or a key.
///
/// Parts that only a deployment knows (`${Bucket}` in `!Sub`) are [holes](Text::has_holes): one character of a private
/// range each, the same one for the same expression within a document, so that equal texts stay equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says, decoded.
    pub text: String,
    /// Its place in the file, with its quotes if it has any.
    pub span: Span,
    /// How many bytes of the file stand before the first of `text`, when `text` stands in the file letter by letter.
    lead: Option<u8>,
}

/// The first character that stands for a hole; the range is Unicode's supplementary private use area B.
const FIRST_HOLE: u32 = 0x10_0000;
/// How many different holes there can be; further ones share the last character.
const HOLES: u32 = 0xfffd;

impl Text {
    /// A text at a place. `verbatim` is the file's text of this place, without what stands around it.
    #[must_use]
    pub fn new(text: String, span: Span, verbatim: Option<Span>) -> Self {
        // What stands for something else can be as long as that by chance.
        let is_own = !text.contains(|c| is_hole(c) || c == char::REPLACEMENT_CHARACTER);
        let lead = verbatim
            .filter(|inner| is_own && inner.len() == text.len() && span.contains(*inner))
            .and_then(|inner| u8::try_from(inner.start - span.start).ok());
        Self { text, span, lead }
    }

    /// What it says.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The place of a part of the text, given in bytes of it; the whole when escapes make it uncertain.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Span {
        match self.lead {
            Some(lead) if end <= self.text.len() => {
                let from = self.span.start as usize + usize::from(lead);
                Span::new(from + start, from + end)
            }
            _ => self.span,
        }
    }

    /// Whether the file has it letter by letter, so that a part of it can be replaced.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        self.lead.is_some()
    }

    /// Whether a part of it is known only to a deployment.
    #[must_use]
    pub fn has_holes(&self) -> bool {
        self.text.contains(is_hole)
    }
}

/// The character that stands for an unknown part, by its number.
#[must_use]
pub fn hole(number: usize) -> char {
    let number = u32::try_from(number).unwrap_or(HOLES).min(HOLES);
    char::from_u32(FIRST_HOLE + number).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The expressions of all policies that were read, in the order of their holes.
#[derive(Default)]
struct Expressions {
    numbers: HashMap<String, usize>,
    names: Vec<String>,
}

fn expressions() -> MutexGuard<'static, Expressions> {
    static EXPRESSIONS: LazyLock<Mutex<Expressions>> = LazyLock::new(Mutex::default);
    EXPRESSIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The character that stands for an expression: the same one in all policies that are read, so that they can be compared.
#[must_use]
pub fn hole_of(expression: &str) -> char {
    let mut known = expressions();
    if let Some(number) = known.numbers.get(expression) {
        return hole(*number);
    }
    let number = known.names.len();
    known.numbers.insert(expression.to_owned(), number);
    known.names.push(expression.to_owned());
    hole(number)
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
        if is_hole(c) { shown.push_str(&shown_hole(c)) } else { shown.push(c) }
    }
    // Messages quote texts, and with them the characters that stand for holes.
    let mut from = 0;
    while let Some(start) = shown[from..].find(QUOTED).map(|start| from + start) {
        let quoted = shown[start + QUOTED.len() - 2..].split_once('}').map(|(number, _)| number.to_owned());
        let hole = quoted.as_deref().and_then(|number| u32::from_str_radix(number, 16).ok()).and_then(char::from_u32);
        let Some((number, hole)) = quoted.zip(hole.filter(|c| is_hole(*c))) else {
            from = start + QUOTED.len();
            continue;
        };
        let end = start + QUOTED.len() - 2 + number.len() + 1;
        let name = shown_hole(hole);
        shown.replace_range(start..end, &name);
        from = start + name.len();
    }
    shown
}

/// How Rust quotes the characters of holes begins.
const QUOTED: &str = "\\u{10";
/// Longer expressions are not shown.
const LONGEST_SHOWN: usize = 48;

fn shown_hole(c: char) -> String {
    let number = u32::from(c).checked_sub(FIRST_HOLE).and_then(|number| usize::try_from(number).ok());
    let known = expressions();
    let name = number.and_then(|number| known.names.get(number)).map(String::as_str).unwrap_or_default();
    let called = ["Ref ", "Fn::GetAtt "].iter().find_map(|function| name.strip_prefix(function));
    let name = called.map_or(name, |argument| argument.trim_matches('"'));
    let is_short = !name.is_empty() && name.len() <= LONGEST_SHOWN;
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-[]\"".contains(c));
    if is_short && is_plain { format!("${{{name}}}") } else { "${…}".to_owned() }
}

impl Node {
    /// The text, of a string.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// The items, of a list.
    #[must_use]
    pub fn array(&self) -> Option<&[Self]> {
        if let Value::Array(items) = &self.value { Some(items) } else { None }
    }

    /// The members, of an object.
    #[must_use]
    pub fn object(&self) -> Option<&[Member]> {
        if let Value::Object(members) = &self.value { Some(members) } else { None }
    }

    /// The value of a key of an object; of a key that repeats, the last one, as most readers of JSON take it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let members = self.object()?;
        members.iter().rev().find(|member| member.key.text == key).map(|member| &member.value)
    }

    /// The value's kind for a message: `a string`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
            Value::Unknown(_) => "not known yet",
        }
    }

    /// As a value without places; what repeats counts once, what is unknown becomes `null`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.to_json_with(&|_| serde_json::Value::Null)
    }

    /// As [`Node::to_json`], with what is unknown as a text that is a hole.
    #[must_use]
    pub fn to_json_with_holes(&self) -> serde_json::Value {
        self.to_json_with(&|expression| hole_of(expression).to_string().into())
    }

    fn to_json_with(&self, unknown: &dyn Fn(&str) -> serde_json::Value) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Unknown(expression) => unknown(expression),
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(text) => serde_json::from_str(text).unwrap_or(Json::Null),
            Value::String(text) => Json::String(text.text.clone()),
            Value::Array(items) => items.iter().map(|item| item.to_json_with(unknown)).collect(),
            Value::Object(members) => {
                members.iter().map(|member| (member.key.text.clone(), member.value.to_json_with(unknown))).collect()
            }
        }
    }
}
