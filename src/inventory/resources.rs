//! Resources that packs read: plain properties under the names of AWS's API.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{GapId, Listing, Region};

/// A resource that a pack read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// What AWS calls it in calls about it.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Its ARN, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Where it lives; none for global resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// When it was created, where the API tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Its tags, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// What the API says of it.
    #[serde(default)]
    pub properties: Map<String, Value>,
    /// What it was listed within.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Value>,
    /// How much it was used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
    /// Why not all of it could be read.
    #[serde(default, rename = "$gap", skip_serializing_if = "Option::is_none")]
    pub gap: Option<GapId>,
}

/// How much a resource was used, by one metric of CloudWatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Namespace and metric: `AWS/Kendra IndexQueryCount`.
    pub metric: String,
    /// `Sum` or `Maximum`, over all of the days.
    pub statistic: String,
    /// How many days, up to when it was read.
    pub days: u32,
    /// What CloudWatch has; none for no datapoint, which is not a zero.
    pub value: Option<f64>,
}

/// What packs read, by `CloudFormation`'s type name. In a snapshot that is written by hand, `"*"` stands for
/// the types that are not named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resources(pub BTreeMap<String, Listing<Resource>>);

/// The name under which a snapshot says that there is nothing of all other types: `"*": []`.
pub(super) const EVERY_OTHER: &str = "*";

impl Resources {
    /// The resources of a type; `None` when nobody asked for them.
    #[must_use]
    pub fn of(&self, kind: &str) -> Option<&Listing<Resource>> {
        self.0.get(kind).or_else(|| self.0.get(EVERY_OTHER))
    }

    /// How many there are of all types.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(|list| list.items().len()).sum()
    }

    /// Whether nothing was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
