//! A policy's text as it was read, with its model.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A policy's text as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDocument {
    value: Value,
}

impl PolicyDocument {
    /// The JSON as it was read.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }
}

impl From<Value> for PolicyDocument {
    fn from(value: Value) -> Self {
        Self { value }
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
