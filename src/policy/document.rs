//! A policy's text as it was read, with its model.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::model::{Document, NotAPolicy};

/// A policy's text as it was read, and what it says.
///
/// A text that is no policy document keeps its JSON, so that a snapshot is written back as it was; whoever wants to
/// judge it gets the reason why that cannot be done.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDocument {
    value: Value,
    model: Result<Document, Box<NotAPolicy>>,
}

impl PolicyDocument {
    /// The JSON as it was read.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The JSON of one statement, by its place from 0.
    #[must_use]
    pub fn statement(&self, index: usize) -> Option<&Value> {
        match self.value.get("Statement")? {
            Value::Array(list) => list.get(index),
            one => (index == 0).then_some(one),
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// [`NotAPolicy`] when the text is no policy document.
    pub fn model(&self) -> Result<&Document, &NotAPolicy> {
        self.model.as_ref().map_err(AsRef::as_ref)
    }
}

impl From<Value> for PolicyDocument {
    fn from(value: Value) -> Self {
        let model = Document::from_value(&value).map_err(Box::new);
        Self { value, model }
    }
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}
