//! The account itself.

use serde::{Deserialize, Serialize};

use super::{AccountId, Known, Partition, Region};

/// What is audited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its twelve digits.
    #[serde(rename = "Id")]
    pub id: AccountId,
    /// The partition that it lives in.
    #[serde(rename = "Partition", default)]
    pub partition: Partition,
    /// Who asked: the ARN of the caller. Absent in a mocked account.
    #[serde(rename = "CallerArn", default, skip_serializing_if = "Option::is_none")]
    pub caller_arn: Option<String>,
    /// The sign-in alias (`iam:ListAccountAliases`); an account has at most one.
    #[serde(rename = "AccountAlias", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub alias: Known<Option<String>>,
    /// The regions that the account has enabled (`account:ListRegions`).
    #[serde(rename = "Regions", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub regions: Known<Vec<Region>>,
    /// The regions that its owner means to use, from `afterlab.toml`; empty where nobody says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_regions: Vec<Region>,
}

impl Account {
    /// The ARN that stands for the account as a whole.
    #[must_use]
    pub fn root_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.id)
    }
}
