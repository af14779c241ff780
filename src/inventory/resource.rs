//! Naming one thing in the account.

use serde::{Deserialize, Serialize};

/// A tag of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Which resource an outcome is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceRef {
    /// CloudFormation's type name: `AWS::S3::Bucket`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What tells it from all others of the account: its ARN, or its ARN and a part (`…user/eve access key 1`).
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Where it lives; none for global resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl ResourceRef {
    /// A global resource.
    #[must_use]
    pub fn global(kind: &str, id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), id: id.into(), name: name.into(), region: None }
    }
}
