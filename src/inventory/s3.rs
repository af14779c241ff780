//! S3: the account's public-access block and its general purpose buckets.
//!
//! Members in `PascalCase` are AWS's and are named as its API names them; members in `snake_case` are derived here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Known, Listing, Region, Tag, Unknown};
use crate::policy::PolicyDocument;

/// All of S3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct S3 {
    /// `s3control:GetPublicAccessBlock` of the account; none when it was never set.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub account_public_access_block: Known<Option<PublicAccessBlock>>,
    /// The buckets of all regions in scope.
    #[serde(default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub buckets: Listing<Bucket>,
}

/// The four switches of Block Public Access.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub block_public_acls: bool,
    /// Public ACLs have no effect.
    pub ignore_public_acls: bool,
    /// New public bucket policies are refused.
    pub block_public_policy: bool,
    /// A public policy serves only AWS services and the account's own principals.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// The switches with their API names, in the API's order.
    #[must_use]
    pub fn switches(&self) -> [(&'static str, bool); 4] {
        [
            ("BlockPublicAcls", self.block_public_acls),
            ("IgnorePublicAcls", self.ignore_public_acls),
            ("BlockPublicPolicy", self.block_public_policy),
            ("RestrictPublicBuckets", self.restrict_public_buckets),
        ]
    }
}

/// A general purpose bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Bucket {
    /// Its name, unique in the partition.
    pub name: String,
    /// When it was created (AWS also moves this date when the bucket policy changes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<Timestamp>,
    /// Where it lives.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub bucket_region: Known<Region>,
    /// `GetPublicAccessBlock`; none when it was never set.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub public_access_block: Known<Option<PublicAccessBlock>>,
    /// `GetBucketPolicy`.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub policy: Known<Option<PolicyDocument>>,
    /// `GetBucketPolicyStatus`: AWS's own verdict; false where there is no policy.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub policy_status: Known<PolicyStatus>,
    /// `GetBucketAcl`; empty where ownership is enforced, since an ACL has no effect there.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub grants: Known<Vec<Grant>>,
    /// `GetBucketOwnershipControls`: `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`; none when never
    /// set, which acts as `ObjectWriter`.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub object_ownership: Known<Option<String>>,
    /// `GetBucketVersioning`.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub versioning: Known<Versioning>,
    /// `GetBucketEncryption`, the default encryption; none is only seen on emulators.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub encryption: Known<Option<Encryption>>,
    /// `GetBucketTagging`.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub tags: Known<Vec<Tag>>,
    /// `GetBucketLogging`.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub logging: Known<Option<Logging>>,
    /// `GetBucketLifecycleConfiguration`; empty when there is none.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub lifecycle: Known<Vec<LifecycleRule>>,
    /// `GetBucketWebsite`.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub website: Known<Option<Website>>,
    /// Uploads that were begun and neither finished nor given up (`ListMultipartUploads`, `ListParts`).
    #[serde(rename = "multipart_uploads", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub multipart_uploads: Known<MultipartUploads>,
    /// Stored bytes and objects from CloudWatch's daily storage metrics; none while there is no datapoint, which is
    /// not a zero.
    #[serde(rename = "storage", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub storage: Known<Option<Storage>>,
    /// The first objects of the bucket, summed up (`ListObjectVersions`, at most `--s3-sample` of them).
    #[serde(rename = "sample", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub sample: Known<ObjectSample>,
}

impl Bucket {
    /// A bucket of which nothing but the name has been read yet.
    #[must_use]
    pub fn unread(name: String) -> Self {
        Self {
            name,
            creation_date: None,
            bucket_region: Known::unread(),
            public_access_block: Known::unread(),
            policy: Known::unread(),
            policy_status: Known::unread(),
            grants: Known::unread(),
            object_ownership: Known::unread(),
            versioning: Known::unread(),
            encryption: Known::unread(),
            tags: Known::unread(),
            logging: Known::unread(),
            lifecycle: Known::unread(),
            website: Known::unread(),
            multipart_uploads: Known::unread(),
            storage: Known::unread(),
            sample: Known::unread(),
        }
    }

    /// Whether ACLs have any effect. Ownership that was never set acts as `ObjectWriter`.
    ///
    /// # Errors
    /// [`Unknown`] when the ownership could not be read.
    pub fn acls_have_effect(&self) -> Result<bool, Unknown> {
        Ok(self.object_ownership.known()?.as_deref() != Some("BucketOwnerEnforced"))
    }

    /// Whether a lifecycle rule for the whole bucket moves its current objects to another class, or deletes them within
    /// 90 days, before a move would pay.
    ///
    /// # Errors
    /// [`Unknown`] when the lifecycle rules could not be read.
    pub fn moves_on(&self) -> Result<bool, Unknown> {
        let acts =
            |rule: &LifecycleRule| !rule.transitions.is_empty() || rule.expiration_days.is_some_and(|days| days <= 90);
        Ok(self.lifecycle.known()?.iter().any(|rule| rule.covers_bucket() && acts(rule)))
    }
}

/// AWS's verdict on a bucket policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PolicyStatus {
    /// Whether the policy by itself lets the public in.
    pub is_public: bool,
}

/// A line of an ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Grant {
    /// Who: a canonical user id, an e-mail address, or the URI of a predefined group.
    pub grantee: String,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

impl Grant {
    /// The name of the predefined group that it is for, if that is a group of strangers: everyone, or everyone with any
    /// AWS account. The group of S3's log delivery is none.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>, "Amazon S3 predefined groups".
    #[must_use]
    pub fn public_group(&self) -> Option<&'static str> {
        let group = self.grantee.strip_prefix("http://acs.amazonaws.com/groups/global/")?;
        ["AllUsers", "AuthenticatedUsers"].into_iter().find(|name| *name == group)
    }
}

/// `GetBucketVersioning`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Versioning {
    /// `Enabled`, `Suspended`, or none when it was never on.
    #[serde(rename = "Status", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `Enabled` when deleting a version needs the root user's MFA.
    #[serde(rename = "MFADelete", skip_serializing_if = "Option::is_none")]
    pub mfa_delete: Option<String>,
}

impl Versioning {
    /// Whether new versions are kept.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.status.as_deref() == Some("Enabled")
    }

    /// Whether deleting a version needs the root user's MFA, which also excludes lifecycle rules.
    #[must_use]
    pub fn has_mfa_delete(&self) -> bool {
        self.mfa_delete.as_deref() == Some("Enabled")
    }
}

/// The default encryption of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[serde(rename = "SSEAlgorithm")]
    pub sse_algorithm: String,
    /// The key; none stands for the AWS managed key `aws/s3` when the algorithm is KMS.
    #[serde(rename = "KMSMasterKeyID", default, skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
}

/// Where server access logs go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Logging {
    /// The bucket that receives them.
    pub target_bucket: String,
    /// The prefix of their keys.
    #[serde(default)]
    pub target_prefix: String,
}

/// A website that a bucket serves over plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Website {
    /// Its start page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_document: Option<String>,
    /// The host that all requests are sent on to, if it only redirects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_all_requests_to: Option<String>,
}

/// A rule of a lifecycle configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LifecycleRule {
    /// Its name.
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `Enabled` or `Disabled`.
    #[serde(rename = "Status")]
    pub status: String,
    /// The key prefix that it is limited to; empty for the whole bucket.
    #[serde(rename = "Prefix", skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Whether a tag or an object size limits it further.
    pub narrowed: bool,
    /// Moves of current versions.
    #[serde(rename = "Transitions", skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Days after which current versions expire.
    #[serde(rename = "ExpirationDays", skip_serializing_if = "Option::is_none")]
    pub expiration_days: Option<u32>,
    /// Moves of noncurrent versions, in days after they became noncurrent.
    #[serde(rename = "NoncurrentVersionTransitions", skip_serializing_if = "Vec::is_empty")]
    pub noncurrent_version_transitions: Vec<Transition>,
    /// Days after which noncurrent versions are deleted.
    #[serde(rename = "NoncurrentVersionExpirationDays", skip_serializing_if = "Option::is_none")]
    pub noncurrent_version_expiration_days: Option<u32>,
    /// Days after which an unfinished multipart upload is given up.
    #[serde(rename = "AbortIncompleteMultipartUploadDays", skip_serializing_if = "Option::is_none")]
    pub abort_incomplete_multipart_upload_days: Option<u32>,
}

impl LifecycleRule {
    /// Whether it acts at all.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.status == "Enabled"
    }

    /// Whether it acts on every object of the bucket.
    #[must_use]
    pub fn covers_bucket(&self) -> bool {
        self.is_enabled() && self.prefix.is_empty() && !self.narrowed
    }
}

/// A move to another storage class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Transition {
    /// After how many days; none when a date is given instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// `STANDARD_IA`, `ONEZONE_IA`, `INTELLIGENT_TIERING`, `GLACIER_IR`, `GLACIER`, `DEEP_ARCHIVE`.
    pub storage_class: String,
}

/// Multipart uploads that were left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultipartUploads {
    /// How many were found.
    pub count: u64,
    /// Bytes of the parts that were looked at.
    pub bytes: u64,
    /// How many uploads' parts were summed into `bytes`; fewer than `count` when `--s3-sample` cut the look short.
    pub measured: u64,
    /// When the oldest was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Timestamp>,
    /// Whether there are more than were counted.
    pub truncated: bool,
}

/// Stored bytes by storage type, as CloudWatch names them (`StandardStorage`, `StandardIAStorage` …).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// `BucketSizeBytes` by `StorageType`.
    pub bytes: BTreeMap<String, u64>,
    /// `NumberOfObjects` over all types, with versions and parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
    /// The day of the datapoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

/// The first objects of a bucket, current versions only, summed up; no key is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectSample {
    /// Sums by storage class (`STANDARD`, `STANDARD_IA` …).
    pub classes: BTreeMap<String, ClassSample>,
    /// Whether the bucket holds more than was looked at.
    pub truncated: bool,
    /// How many noncurrent versions and delete markers were among what was looked at.
    pub noncurrent: u64,
    /// Bytes of the noncurrent versions.
    pub noncurrent_bytes: u64,
}

impl ObjectSample {
    /// How many objects were looked at.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.classes.values().map(|class| class.objects).sum()
    }

    /// After a bucket's name in a sentence: `, of the 1000 objects looked at`; nothing if it was all of them.
    #[must_use]
    pub fn scope(&self) -> String {
        if self.truncated { format!(", of the {} objects looked at", self.objects()) } else { String::new() }
    }
}

/// The sampled objects of one storage class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassSample {
    /// How many.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many are smaller than 128 KiB (131,072 bytes), the smallest size that infrequent-access classes bill.
    pub small_objects: u64,
    /// Bytes of those.
    pub small_bytes: u64,
    /// When the newest of them was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
}
