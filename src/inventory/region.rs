//! Regions and partitions as types.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The regions of all partitions that AWS had announced on [`REGIONS_AS_OF`].
///
/// Source: `data/partitions.json` of botocore. A newer region is accepted when the account itself lists it.
pub const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// The date of the data in [`REGIONS`].
pub const REGIONS_AS_OF: &str = "2026-11";

/// A group of regions with accounts, endpoints and ARNs of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Partition {
    /// The commercial regions.
    #[default]
    #[serde(rename = "aws")]
    Aws,
    /// China.
    #[serde(rename = "aws-cn")]
    China,
    /// GovCloud (US).
    #[serde(rename = "aws-us-gov")]
    UsGov,
    /// European Sovereign Cloud.
    #[serde(rename = "aws-eusc")]
    EuSovereign,
    /// US ISO.
    #[serde(rename = "aws-iso")]
    Iso,
    /// US ISOB.
    #[serde(rename = "aws-iso-b")]
    IsoB,
    /// EU ISOE.
    #[serde(rename = "aws-iso-e")]
    IsoE,
    /// US ISOF.
    #[serde(rename = "aws-iso-f")]
    IsoF,
}

impl Partition {
    /// As it stands in an ARN.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::UsGov => "aws-us-gov",
            Self::EuSovereign => "aws-eusc",
            Self::Iso => "aws-iso",
            Self::IsoB => "aws-iso-b",
            Self::IsoE => "aws-iso-e",
            Self::IsoF => "aws-iso-f",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a region that is well formed (`eu-west-1`), whether or not it exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the name's first part tells.
    #[must_use]
    pub fn partition(&self) -> Partition {
        const PREFIXES: &[(&str, Partition)] = &[
            ("cn-", Partition::China),
            ("us-gov-", Partition::UsGov),
            ("eusc-", Partition::EuSovereign),
            ("us-isob-", Partition::IsoB),
            ("us-isof-", Partition::IsoF),
            ("us-iso-", Partition::Iso),
            ("eu-isoe-", Partition::IsoE),
        ];
        PREFIXES
            .iter()
            .find(|(prefix, _)| self.0.starts_with(prefix))
            .map_or(Partition::Aws, |(_, partition)| *partition)
    }

    /// Whether it is one of [`REGIONS`].
    #[must_use]
    pub fn is_announced(&self) -> bool {
        REGIONS.contains(&self.0.as_str())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl TryFrom<String> for Region {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts: Vec<&str> = text.split('-').collect();
        let (number, words) = parts.split_last().unwrap_or((&"", &[]));
        let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        let is_number = !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit());
        if words.len() >= 2 && words.iter().all(is_word) && is_number {
            Ok(Self(text))
        } else {
            Err(format!("{text:?} is not the name of a region; they look like us-east-1"))
        }
    }
}

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_announced_region_is_well_formed_and_sorted() {
        assert!(REGIONS.iter().all(|name| name.parse::<Region>().is_ok()));
        assert!(REGIONS.is_sorted());
    }

    #[test]
    fn the_prefix_tells_the_partition() {
        for (name, partition) in [
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(name.parse::<Region>().expect(name).partition().as_str(), partition);
        }
    }

    #[test]
    fn what_is_no_region_is_refused() {
        for text in ["", "us", "us-east", "US-EAST-1", "us-east-1a", "us--1", "us-east-1; rm"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
