//! What is needed of one bucket: each sub-resource by one call, and only those that a selected rule needs.

use super::super::Collector;
use super::super::call::{About, none_if};
use super::{NO_PUBLIC_ACCESS_BLOCK, convert};
use crate::aws::Failure;
use crate::inventory::Known;
use crate::inventory::s3::{Bucket, Grant, PolicyStatus};
use crate::policy::PolicyDocument;
use crate::rule::{Need, Operation, operation};

/// With this ownership ACLs have no effect, so that none needs to be read.
const OWNER_ENFORCED: &str = "BucketOwnerEnforced";

/// One bucket and where to ask about it.
struct BucketReader<'a> {
    collector: &'a Collector<'a>,
    client: aws_sdk_s3::Client,
    about: About<'a>,
    name: &'a str,
    /// Whether uploads were seen to be open in it.
    has_uploads: bool,
}

impl Collector<'_> {
    /// Fills in what is needed of a bucket.
    pub(super) async fn read_bucket(&self, bucket: &mut Bucket) {
        let home = bucket.bucket_region.known().ok();
        let client = self.clients.s3(home.unwrap_or(&self.session.region));
        let about = About { region: home, resource: Some(&bucket.name) };
        let reader =
            BucketReader { collector: self, client: client.clone(), about, name: &bucket.name, has_uploads: false };
        let ((policy, policy_status), (object_ownership, grants)) =
            tokio::join!(reader.policy_and_status(), reader.ownership_and_acl());
        let (public_access_block, versioning, encryption, tags, logging, lifecycle, website) = tokio::join!(
            reader.public_access_block(),
            reader.versioning(),
            reader.encryption(),
            reader.tags(),
            reader.logging(),
            reader.lifecycle(),
            reader.website(),
        );
        let (multipart_uploads, sample) = tokio::join!(
            self.multipart_uploads(&client, about, &bucket.name),
            self.object_sample(&client, about, &bucket.name),
        );
        let has_uploads = multipart_uploads.known().is_ok_and(|uploads| uploads.count > 0);
        let lifecycle = if lifecycle.is_unread() && has_uploads {
            BucketReader { has_uploads, ..reader }.lifecycle().await
        } else {
            lifecycle
        };
        *bucket = Bucket {
            name: std::mem::take(&mut bucket.name),
            creation_date: bucket.creation_date,
            bucket_region: bucket.bucket_region.clone(),
            public_access_block,
            policy,
            policy_status,
            grants,
            object_ownership,
            versioning,
            encryption,
            tags,
            logging,
            lifecycle,
            website,
            multipart_uploads,
            sample,
            storage: Known::unread(),
        };
    }
}

/// A reader's method for a sub-resource that is one call: its need, its operation, its SDK call, the codes with which
/// AWS says that there is none, and what becomes of the reply.
macro_rules! sub_resource {
    ($method:ident -> $type:ty, $need:expr, $operation:expr, $call:ident, none: $codes:expr, $convert:expr) => {
        async fn $method(&self) -> Known<$type> {
            if !self.wants($need) {
                return Known::unread();
            }
            let reply = self.collector.call(self.client.$call().bucket(self.name).send()).await;
            self.known($operation, none_if($codes, reply).and_then($convert))
        }
    };
}

impl BucketReader<'_> {
    sub_resource!(public_access_block -> Option<crate::inventory::s3::PublicAccessBlock>,
        Need::BucketPublicAccessBlock, operation::GET_PUBLIC_ACCESS_BLOCK, get_public_access_block,
        none: &[NO_PUBLIC_ACCESS_BLOCK], |reply| Ok(reply.and_then(convert::public_access_block)));

    sub_resource!(versioning -> crate::inventory::s3::Versioning,
        Need::BucketVersioning, operation::GET_BUCKET_VERSIONING, get_bucket_versioning,
        none: &[], |reply| Ok(reply.map(convert::versioning).unwrap_or_default()));

    sub_resource!(encryption -> Option<crate::inventory::s3::Encryption>,
        Need::BucketEncryption, operation::GET_BUCKET_ENCRYPTION, get_bucket_encryption,
        none: &["ServerSideEncryptionConfigurationNotFoundError"], |reply| Ok(reply.and_then(convert::encryption)));

    sub_resource!(tags -> Vec<crate::inventory::Tag>,
        Need::BucketTags, operation::GET_BUCKET_TAGGING, get_bucket_tagging,
        none: &["NoSuchTagSet"], |reply| Ok(reply.map(convert::tags).unwrap_or_default()));

    sub_resource!(logging -> Option<crate::inventory::s3::Logging>,
        Need::BucketLogging, operation::GET_BUCKET_LOGGING, get_bucket_logging,
        none: &[], |reply| Ok(reply.and_then(convert::logging)));

    sub_resource!(lifecycle -> Vec<crate::inventory::s3::LifecycleRule>,
        Need::BucketLifecycle, operation::GET_BUCKET_LIFECYCLE_CONFIGURATION, get_bucket_lifecycle_configuration,
        none: &["NoSuchLifecycleConfiguration"], |reply| Ok(reply.map(convert::lifecycle).unwrap_or_default()));

    sub_resource!(website -> Option<crate::inventory::s3::Website>,
        Need::BucketWebsite, operation::GET_BUCKET_WEBSITE, get_bucket_website,
        none: &["NoSuchWebsiteConfiguration"], |reply| Ok(reply.map(convert::website)));

    sub_resource!(read_policy -> Option<PolicyDocument>,
        Need::BucketPolicy, operation::GET_BUCKET_POLICY, get_bucket_policy,
        none: &["NoSuchBucketPolicy"], |reply| convert::policy(reply.and_then(|reply| reply.policy)));

    sub_resource!(read_policy_status -> PolicyStatus,
        Need::BucketPolicyStatus, operation::GET_BUCKET_POLICY_STATUS, get_bucket_policy_status,
        none: &["NoSuchBucketPolicy"], convert::policy_status);

    sub_resource!(read_acl -> Vec<Grant>,
        Need::BucketAcl, operation::GET_BUCKET_ACL, get_bucket_acl,
        none: &[], |reply| Ok(reply.map(convert::grants).unwrap_or_default()));

    fn wants(&self, need: Need) -> bool {
        let needs = &self.collector.options.needs;
        let for_uploads = need == Need::BucketLifecycle && self.has_uploads;
        needs.contains(need) || for_uploads && needs.contains(Need::BucketLifecycleOfUploads)
    }

    fn known<T>(&self, operation: Operation, result: Result<T, Failure>) -> Known<T> {
        self.collector.known(operation, self.about, result)
    }

    /// Where there is no policy, AWS's verdict on it need not be asked for.
    async fn policy_and_status(&self) -> (Known<Option<PolicyDocument>>, Known<PolicyStatus>) {
        let policy = self.read_policy().await;
        let status = match &policy {
            Known::Value(None) if self.wants(Need::BucketPolicyStatus) => {
                Known::Value(PolicyStatus { is_public: false })
            }
            _ => self.read_policy_status().await,
        };
        (policy, status)
    }

    /// Where the bucket's owner owns every object, ACLs are switched off and none is asked for.
    async fn ownership_and_acl(&self) -> (Known<Option<String>>, Known<Vec<Grant>>) {
        if !self.wants(Need::BucketOwnership) && !self.wants(Need::BucketAcl) {
            return (Known::unread(), Known::unread());
        }
        let reply = self.collector.call(self.client.get_bucket_ownership_controls().bucket(self.name).send()).await;
        let ownership =
            none_if(&["OwnershipControlsNotFoundError"], reply).map(|reply| reply.and_then(convert::object_ownership));
        let ownership = self.known(operation::GET_BUCKET_OWNERSHIP_CONTROLS, ownership);
        let grants = match &ownership {
            Known::Value(Some(ownership)) if ownership == OWNER_ENFORCED && self.wants(Need::BucketAcl) => {
                Known::Value(Vec::new())
            }
            _ => self.read_acl().await,
        };
        (ownership, grants)
    }
}
