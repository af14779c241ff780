//! Whether the public gets into a bucket, and by which way.
//!
//! A setting that is known to shut a way decides, whatever could not be read beside it; a gap makes the answer unknown
//! only where it could still turn it.

use crate::inventory::s3::{Bucket, Grant, PublicAccessBlock, S3};
use crate::inventory::{Known, Unknown};
use crate::text::shell_quote;

/// A way by which the public gets into a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    /// Its policy is public and nothing restricts it.
    Policy,
    /// Its ACL grants something to everyone and has effect.
    Acl,
}

/// Whether a switch of Block Public Access acts on a bucket: S3 applies the stricter of the bucket's own setting and
/// the account's.
///
/// # Errors
/// [`Unknown`] when it is off in what could be read and the other could not be read.
pub fn is_blocked(bucket: &Bucket, s3: &S3, switch: fn(&PublicAccessBlock) -> bool) -> Result<bool, Unknown> {
    let on = |block: &Known<Option<PublicAccessBlock>>| Ok(block.known()?.as_ref().is_some_and(switch));
    any([on(&bucket.public_access_block), on(&s3.account_public_access_block)])
}

/// The four switches by their API names, each as [`is_blocked`] sees it.
pub fn switches(bucket: &Bucket, s3: &S3) -> [(&'static str, Result<bool, Unknown>); 4] {
    [
        ("BlockPublicAcls", is_blocked(bucket, s3, |block| block.block_public_acls)),
        ("IgnorePublicAcls", is_blocked(bucket, s3, |block| block.ignore_public_acls)),
        ("BlockPublicPolicy", is_blocked(bucket, s3, |block| block.block_public_policy)),
        ("RestrictPublicBuckets", is_blocked(bucket, s3, |block| block.restrict_public_buckets)),
    ]
}

/// All four switches on, as the AWS CLI takes them.
pub const ALL_ON: &str = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";

/// The command that turns all four switches on for a bucket.
#[must_use]
pub fn block_all(bucket: &Bucket) -> String {
    format!(
        "aws s3api put-public-access-block --bucket {} --public-access-block-configuration {ALL_ON}",
        shell_quote(&bucket.name)
    )
}

/// The commands that disable ACLs: S3 refuses while the bucket's list grants anything to others, so it is reset first.
#[must_use]
pub fn disable_acls(bucket: &Bucket) -> [String; 2] {
    let name = shell_quote(&bucket.name);
    [
        format!("aws s3api put-bucket-acl --bucket {name} --acl private"),
        format!(
            "aws s3api put-bucket-ownership-controls --bucket {name} \
             --ownership-controls 'Rules=[{{ObjectOwnership=BucketOwnerEnforced}}]'"
        ),
    ]
}

/// Whether the bucket's policy lets the public in: AWS's own verdict, unless `RestrictPublicBuckets` takes it back.
///
/// # Errors
/// [`Unknown`] when a gap could turn the answer.
pub fn policy_is_public(bucket: &Bucket, s3: &S3) -> Result<bool, Unknown> {
    let is_public = bucket.policy_status.known().map(|status| status.is_public);
    all([is_public, is_blocked(bucket, s3, |block| block.restrict_public_buckets).map(|blocked| !blocked)])
}

/// Whether the bucket's ACL lets the public in: it grants something to everyone, ACLs have effect, and
/// `IgnorePublicAcls` does not take it back.
///
/// # Errors
/// [`Unknown`] when a gap could turn the answer.
pub fn acl_is_public(bucket: &Bucket, s3: &S3) -> Result<bool, Unknown> {
    all([
        bucket.grants.known().map(|grants| public_grants(grants).next().is_some()),
        bucket.acls_have_effect(),
        is_blocked(bucket, s3, |block| block.ignore_public_acls).map(|ignored| !ignored),
    ])
}

/// The lines of an ACL that are for everyone, with the name of the group.
pub fn public_grants(grants: &[Grant]) -> impl Iterator<Item = (&'static str, &Grant)> {
    grants.iter().filter_map(|grant| Some((grant.public_group()?, grant)))
}

/// The first way by which the public gets in; none if every way is shut.
///
/// # Errors
/// [`Unknown`] when a gap could turn the answer.
pub fn way_in(bucket: &Bucket, s3: &S3) -> Result<Option<WayIn>, Unknown> {
    match (policy_is_public(bucket, s3), acl_is_public(bucket, s3)) {
        (Ok(true), _) => Ok(Some(WayIn::Policy)),
        (_, Ok(true)) => Ok(Some(WayIn::Acl)),
        (policy, acl) => policy.and(acl).map(|_| None),
    }
}

/// Whether all hold. One that is known not to hold decides; otherwise the first gap does.
fn all(conditions: impl IntoIterator<Item = Result<bool, Unknown>>) -> Result<bool, Unknown> {
    let mut answer = Ok(true);
    for condition in conditions {
        match condition {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(gap) => answer = answer.and(Err(gap)),
        }
    }
    answer
}

/// Whether any holds. One that is known to hold decides; otherwise the first gap does.
fn any(conditions: impl IntoIterator<Item = Result<bool, Unknown>>) -> Result<bool, Unknown> {
    all(conditions.into_iter().map(|condition| condition.map(|holds| !holds))).map(|none| !none)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::GapId;

    const GAP: Result<bool, Unknown> = Err(Unknown(GapId(7)));

    #[test]
    fn what_is_known_decides_over_a_gap_where_it_can() {
        assert_eq!(all([GAP, Ok(false)]), Ok(false));
        assert_eq!(all([Ok(true), GAP, Err(Unknown(GapId(8)))]), GAP);
        assert_eq!(all([Ok(true), Ok(true)]), Ok(true));
        assert_eq!(any([GAP, Ok(true)]), Ok(true));
        assert_eq!(any([Ok(false), GAP]), GAP);
        assert_eq!(any([Ok(false), Ok(false)]), Ok(false));
    }
}
