//! The SDK's shapes as the inventory's.

use aws_sdk_s3::operation::{
    get_bucket_acl::GetBucketAclOutput, get_bucket_encryption::GetBucketEncryptionOutput,
    get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput,
    get_bucket_logging::GetBucketLoggingOutput, get_bucket_ownership_controls::GetBucketOwnershipControlsOutput,
    get_bucket_policy_status::GetBucketPolicyStatusOutput, get_bucket_tagging::GetBucketTaggingOutput,
    get_bucket_versioning::GetBucketVersioningOutput, get_bucket_website::GetBucketWebsiteOutput,
    get_public_access_block::GetPublicAccessBlockOutput,
};
use aws_sdk_s3::types as sdk;
use serde_json::Value;

use crate::aws::Failure;
use crate::inventory::Tag;
use crate::inventory::s3::{
    Encryption, Grant, LifecycleRule, Logging, PolicyStatus, PublicAccessBlock, Transition, Versioning, Website,
};
use crate::policy::PolicyDocument;

pub(super) fn public_access_block(reply: GetPublicAccessBlockOutput) -> Option<PublicAccessBlock> {
    let block = reply.public_access_block_configuration?;
    Some(block_of([
        block.block_public_acls,
        block.ignore_public_acls,
        block.block_public_policy,
        block.restrict_public_buckets,
    ]))
}

/// The four switches in the API's order; one that is not said is off.
pub(super) fn block_of(switches: [Option<bool>; 4]) -> PublicAccessBlock {
    let [block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets] =
        switches.map(|switch| switch.unwrap_or(false));
    PublicAccessBlock { block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets }
}

pub(super) fn policy(text: Option<String>) -> Result<Option<PolicyDocument>, Failure> {
    Ok(text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)).into()))
}

pub(super) fn policy_status(reply: Option<GetBucketPolicyStatusOutput>) -> Result<PolicyStatus, Failure> {
    let Some(reply) = reply else { return Ok(PolicyStatus { is_public: false }) };
    let is_public = reply.policy_status.and_then(|status| status.is_public);
    let is_public = is_public.ok_or_else(|| Failure::malformed("the reply has no IsPublic".to_owned()))?;
    Ok(PolicyStatus { is_public })
}

pub(super) fn grants(reply: GetBucketAclOutput) -> Vec<Grant> {
    let grant = |grant: sdk::Grant| {
        let grantee = grant.grantee.and_then(|grantee| grantee.uri.or(grantee.id).or(grantee.email_address));
        Grant {
            grantee: grantee.unwrap_or_else(|| "unknown".to_owned()),
            permission: grant.permission.map_or_else(String::new, |permission| permission.as_str().to_owned()),
        }
    };
    reply.grants.unwrap_or_default().into_iter().map(grant).collect()
}

pub(super) fn object_ownership(reply: GetBucketOwnershipControlsOutput) -> Option<String> {
    let rule = reply.ownership_controls?.rules.into_iter().next()?;
    Some(rule.object_ownership.as_str().to_owned())
}

pub(super) fn versioning(reply: GetBucketVersioningOutput) -> Versioning {
    Versioning {
        status: reply.status.map(|status| status.as_str().to_owned()),
        mfa_delete: reply.mfa_delete.map(|status| status.as_str().to_owned()),
    }
}

pub(super) fn encryption(reply: GetBucketEncryptionOutput) -> Option<Encryption> {
    let rule = reply.server_side_encryption_configuration?.rules.into_iter().next()?;
    let default = rule.apply_server_side_encryption_by_default?;
    Some(Encryption {
        sse_algorithm: default.sse_algorithm.as_str().to_owned(),
        kms_master_key_id: default.kms_master_key_id,
    })
}

pub(super) fn tags(reply: GetBucketTaggingOutput) -> Vec<Tag> {
    reply.tag_set.into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect()
}

pub(super) fn logging(reply: GetBucketLoggingOutput) -> Option<Logging> {
    reply
        .logging_enabled
        .map(|logging| Logging { target_bucket: logging.target_bucket, target_prefix: logging.target_prefix })
}

pub(super) fn website(reply: GetBucketWebsiteOutput) -> Website {
    Website {
        index_document: reply.index_document.map(|document| document.suffix),
        redirect_all_requests_to: reply.redirect_all_requests_to.map(|redirect| redirect.host_name),
    }
}

pub(super) fn lifecycle(reply: GetBucketLifecycleConfigurationOutput) -> Vec<LifecycleRule> {
    reply.rules.unwrap_or_default().into_iter().map(lifecycle_rule).collect()
}

#[allow(deprecated, reason = "rules written before filters existed still carry their prefix there")]
fn lifecycle_rule(rule: sdk::LifecycleRule) -> LifecycleRule {
    let filter = rule.filter.unwrap_or_else(|| sdk::LifecycleRuleFilter::builder().build());
    let (and_prefix, and_narrows) = match filter.and {
        Some(and) => (
            and.prefix,
            and.tags.is_some_and(|tags| !tags.is_empty())
                || and.object_size_greater_than.is_some()
                || and.object_size_less_than.is_some(),
        ),
        None => (None, false),
    };
    LifecycleRule {
        id: rule.id,
        status: rule.status.as_str().to_owned(),
        prefix: filter.prefix.or(and_prefix).or(rule.prefix).unwrap_or_default(),
        narrowed: and_narrows
            || filter.tag.is_some()
            || filter.object_size_greater_than.is_some()
            || filter.object_size_less_than.is_some(),
        transitions: rule
            .transitions
            .unwrap_or_default()
            .into_iter()
            .map(|transition| to_class(transition.days, transition.storage_class))
            .collect(),
        expiration_days: rule.expiration.and_then(|expiration| days(expiration.days)),
        noncurrent_version_transitions: rule
            .noncurrent_version_transitions
            .unwrap_or_default()
            .into_iter()
            .map(|transition| to_class(transition.noncurrent_days, transition.storage_class))
            .collect(),
        noncurrent_version_expiration_days: rule
            .noncurrent_version_expiration
            .and_then(|expiration| days(expiration.noncurrent_days)),
        abort_incomplete_multipart_upload_days: rule
            .abort_incomplete_multipart_upload
            .and_then(|abort| days(abort.days_after_initiation)),
    }
}

fn to_class(after: Option<i32>, class: Option<sdk::TransitionStorageClass>) -> Transition {
    Transition { days: days(after), storage_class: class.map_or_else(String::new, |class| class.as_str().to_owned()) }
}

fn days(number: Option<i32>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}
