//! `[policy]`: how `afterlab policy check` judges.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::date::date;
use crate::lint::Level;

/// How policies are checked.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// Lints that run, by code or glob (`PASS_ROLE_*`); all that are on, when empty.
    pub select: Vec<String>,
    /// Lints that do not run, by code or glob.
    pub ignore: Vec<String>,
    /// Levels that replace those of the lints, by code or glob.
    pub severity: BTreeMap<String, Level>,
    /// Findings that are known and accepted.
    pub suppress: Vec<PolicySuppression>,
}

/// Findings that are known and accepted; all of the conditions that it names must hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySuppression {
    /// The lint, by code or glob.
    pub code: String,
    /// Only in files that match this glob, relative to the config file's folder.
    pub file: Option<String>,
    /// Only in statements with this Sid (or glob).
    pub sid: Option<String>,
    /// Only in policies of this name within their file (or glob): `aws_iam_policy.lab`.
    pub policy: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds, in UTC: `2027-03-31`.
    #[serde(default, deserialize_with = "date")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
}
