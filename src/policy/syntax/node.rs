//! The tree of a text: values with their places.

use super::hole::Hole;
pub use super::hole::{hole, is_hole, show_holes};
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
    /// Something that only a deployment knows (`!Ref Role`, an attribute of a resource not yet made).
    Unknown(Hole),
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
/// range each, so that equal texts stay equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says, decoded.
    pub text: String,
    /// Its place in the file, with its quotes if it has any.
    pub span: Span,
    /// How many bytes of the file stand before the first of `text`, when `text` stands in the file letter by letter.
    lead: Option<u8>,
}

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
        self.to_json_with(&|hole| hole.letter().to_string().into())
    }

    fn to_json_with(&self, unknown: &dyn Fn(Hole) -> serde_json::Value) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Unknown(hole) => unknown(*hole),
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
