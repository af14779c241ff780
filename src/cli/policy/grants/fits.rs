//! Whether a policy can be of the sort that it is taken for.

use crate::policy::kind::ResourceType;
use crate::policy::{Document, PolicyKind};

/// Whether its statements name principals where they must, and nowhere else. AWS refuses others, so that whatever would
/// be said of them were about a policy that is not there.
///
/// # Errors
/// What does not fit, and what to do.
pub(super) fn fits(document: &Document, kind: PolicyKind) -> Result<(), String> {
    let names_nobody = kind.is_identity() || kind == PolicyKind::Scp;
    if !names_nobody && is_attached_to_principals(kind) {
        return Ok(());
    }
    let wrong = document.statements.iter().position(|statement| statement.principal.is_some() == names_nobody);
    match wrong.map(|index| index + 1) {
        None => Ok(()),
        Some(number) if names_nobody => Err(format!(
            "is taken for an {kind}, and statement {number} names a principal, which none can: leave out the Principal, \
             or say with --type what it belongs to"
        )),
        Some(number) => Err(format!(
            "is taken for a {kind}, and statement {number} names no principal: add one (\"Principal\": \"*\" is anyone), \
             or say with --type what it belongs to"
        )),
    }
}

/// Policies of `IoT` are resources of their own; their principals are the certificates that they are attached to.
fn is_attached_to_principals(kind: PolicyKind) -> bool {
    matches!(kind, PolicyKind::Resource(Some(ResourceType { name: "AWS::IoT::Policy", .. })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn principals_are_named_where_they_must_be() {
        let read = |value| Document::from_value(&value).expect("a policy");
        let with = read(json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}));
        let negated =
            read(json!({"Statement": {"Effect": "Deny", "NotPrincipal": "*", "Action": "*", "Resource": "*"}}));
        let without = read(json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}));
        let iot = PolicyKind::parse("AWS::IoT::Policy").expect("a type");
        let bucket = PolicyKind::parse("AWS::S3::Bucket").expect("a type");
        for kind in [PolicyKind::Identity, PolicyKind::Boundary, PolicyKind::Scp] {
            assert!(
                fits(&with, kind).is_err() && fits(&negated, kind).is_err() && fits(&without, kind).is_ok(),
                "{kind}"
            );
        }
        for kind in [PolicyKind::Trust, PolicyKind::Rcp, PolicyKind::Resource(None), bucket] {
            assert!(
                fits(&with, kind).is_ok() && fits(&negated, kind).is_ok() && fits(&without, kind).is_err(),
                "{kind}"
            );
        }
        assert!(fits(&with, iot).is_ok() && fits(&without, iot).is_ok());
    }
}
