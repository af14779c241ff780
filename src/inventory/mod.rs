//! What was read of one account at one time: plain values, no client in them.
//!
//! Nothing unread passes for good: whatever can fail to be read is a [`Known`], and its [`Gap`] says why.

mod account;
mod arn;
mod gap;
pub mod iam;
mod known;
mod listing;
mod region;
mod resource;
mod resources;
pub mod s3;
pub mod snapshot;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use account::Account;
pub use arn::{AccountId, Arn};
pub use gap::{Gap, GapId, GapKind, Gaps};
pub use iam::Iam;
pub use known::{Known, Unknown};
pub use listing::Listing;
pub use region::{Partition, REGIONS, REGIONS_AS_OF, Region};
pub use resource::{ResourceRef, Tag};
pub use resources::{Resource, Resources, Usage};
pub use s3::S3;

/// All that was read of one account at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// The version of the snapshot format.
    #[serde(rename = "afterlab_snapshot", default)]
    pub format: snapshot::FormatVersion,
    /// Whose account it is.
    pub account: Account,
    /// When it was read (UTC). Ages are counted up to this time, so that a snapshot judges the same tomorrow.
    pub collected_at: Timestamp,
    /// The regions it was limited to; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// IAM, which has no regions.
    #[serde(default = "Iam::unread")]
    pub iam: Iam,
    /// S3.
    #[serde(default = "S3::unread")]
    pub s3: S3,
    /// What packs read.
    #[serde(default, skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
    /// The types that AWS Config told of in some region, in the place of their own service; they have no more members
    /// than this version's rules read, so that a snapshot has none of them.
    #[serde(skip)]
    pub recorded: Vec<&'static str>,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Gaps::is_empty")]
    pub gaps: Gaps,
}

impl Inventory {
    /// An inventory in which nothing has been read yet.
    #[must_use]
    pub fn unread(account: Account, collected_at: Timestamp) -> Self {
        Self {
            format: snapshot::FormatVersion,
            account,
            collected_at,
            regions: Vec::new(),
            iam: Iam::unread(),
            s3: S3::unread(),
            resources: Resources::default(),
            recorded: Vec::new(),
            gaps: Gaps::default(),
        }
    }

    /// Drops what lies outside of these regions; an empty list keeps all. What has no region, or none that could be
    /// read, stays.
    pub fn limit_to(&mut self, regions: &[Region]) {
        if regions.is_empty() {
            return;
        }
        self.s3.buckets.retain(|bucket| match &bucket.bucket_region {
            Known::Value(region) => regions.contains(region),
            Known::Gap(_) => true,
        });
        for list in self.resources.0.values_mut() {
            list.retain(|resource| resource.region.as_ref().is_none_or(|region| regions.contains(region)));
        }
        self.regions = regions.to_vec();
    }

    /// Whether it was limited to some of the regions that the account has, so that what is elsewhere cannot be told from what
    /// does not exist.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        let beyond = |region: &Region| !self.regions.contains(region);
        !self.regions.is_empty() && self.account.regions.known().map_or(true, |enabled| enabled.iter().any(beyond))
    }

    /// How many resources it holds.
    #[must_use]
    pub fn resource_count(&self) -> usize {
        let iam = &self.iam;
        iam.users.items().len()
            + iam.groups.items().len()
            + iam.roles.items().len()
            + iam.policies.items().len()
            + iam.server_certificates.items().len()
            + iam.saml_providers.items().len()
            + self.s3.buckets.items().len()
            + self.resources.count()
    }
}

impl Iam {
    /// IAM of which nothing has been read yet.
    #[must_use]
    pub fn unread() -> Self {
        Self {
            account_summary: Known::unread(),
            password_policy: Known::unread(),
            root: Known::unread(),
            virtual_mfa_devices: Known::unread(),
            users: Listing::unread(),
            groups: Listing::unread(),
            roles: Listing::unread(),
            policies: Listing::unread(),
            server_certificates: Listing::unread(),
            saml_providers: Listing::unread(),
        }
    }
}

impl S3 {
    /// S3 of which nothing has been read yet.
    #[must_use]
    pub fn unread() -> Self {
        Self { account_public_access_block: Known::unread(), buckets: Listing::unread() }
    }
}
