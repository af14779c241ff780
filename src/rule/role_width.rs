//! Whether the role that a resource works with grants far more than one task takes.

use super::role_policies::together;
use super::{Context, NoVerdict, boundary_of};
use crate::inventory::iam::Role;
use crate::policy::admin::full_admin;
use crate::policy::grant::Grants;
use crate::policy::matching::glob;
use crate::policy::whole_services::{granted_whole, named_whole};
use crate::text::join_some;

/// Policies of AWS that grant whole services on every resource; their texts are not in an account.
const WIDE_OF_AWS: &[&str] = &["arn:aws*:iam::aws:policy/PowerUserAccess", "arn:aws*:iam::aws:policy/*FullAccess*"];

/// How many services are named.
const NAMED: usize = 4;

/// Why a role grants far more than one task takes, in words; none if it does not.
///
/// It does with full administrator rights, with whole services (`s3:*` on `*`), and with a policy of AWS that grants
/// those; unconditional denials and the permissions boundary are taken into account.
///
/// # Errors
/// [`NoVerdict`] when one of its policies could not be read and the others are no reason.
pub(crate) fn too_wide(role: &Role, cx: &Context<'_>) -> Result<Option<String>, NoVerdict> {
    let (together, unread) = together(role, cx)?;
    let alone = Grants::of(&together.document);
    let boundary = role.permissions_boundary.as_deref().map(|arn| boundary_of(cx, arn)).transpose()?;
    let is_bounded = boundary.is_some();
    let grants = boundary.map_or(alone, |boundary| alone.within(boundary));
    if full_admin(&grants).is_some() {
        return Ok(Some("has full administrator rights".to_owned()));
    }
    let whole = granted_whole(&grants, named_whole(&grants));
    if !whole.is_empty() {
        let services = join_some(whole.iter().map(|(service, _)| service.prefix), NAMED);
        return Ok(Some(format!("grants every action of {services} on every resource")));
    }
    let is_wide = |arn: &str| WIDE_OF_AWS.iter().any(|pattern| glob(pattern, arn));
    // What is left of a policy of AWS within a boundary is not known here.
    let of_aws = role.attached_managed_policies.iter().find(|attached| !is_bounded && is_wide(&attached.policy_arn));
    match (of_aws, unread) {
        (Some(attached), _) => Ok(Some(format!("has AWS's {} attached", attached.policy_name))),
        (None, Some(unread)) => Err(unread),
        (None, None) => Ok(None),
    }
}
