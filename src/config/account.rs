//! `[account]`: what its owner means an account to be.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::inventory::Region;

/// What its owner means an account to be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountConfig {
    /// The regions that are used on purpose; the rule `account-resource-outside-allowed-regions` finds what is elsewhere.
    #[schemars(with = "Vec<String>")]
    pub allowed_regions: Vec<Region>,
}
