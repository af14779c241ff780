//! Who has a policy of a configuration, and when it is there.

use super::configuration::resources;
use super::definitions::spelled;
use crate::policy::input::bearing::Bearing;
use crate::policy::syntax::{Node, Value};

/// Arguments that do not say who has a policy.
const DESCRIPTIVE: &[&str] = &[
    "count",
    "depends_on",
    "description",
    "for_each",
    "lifecycle",
    "name",
    "name_prefix",
    "path",
    "policy_id",
    "tags",
    "tags_all",
];

/// Resources that give a policy to somebody.
const ATTACHMENTS: &[&str] = &[
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
];

/// Who has the policy in an attribute of a resource, and when it is there.
pub(super) fn bearing(root: &Node, (kind, name, body): (&str, &str, &Node), attribute: &str) -> Bearing {
    let mut bearing = Bearing::default();
    counted(body, &mut bearing);
    if !kind.ends_with("_policy") && kind != "aws_glacier_vault_lock" {
        bearing.hold_name("resource", format!("{kind}.{name}"));
        return bearing;
    }
    hold_all(body, attribute, &mut bearing);
    if kind == "aws_iam_policy" {
        let start = format!("aws_iam_policy.{name}");
        for (_, _, attachment) in resources(root, "resource").filter(|(own, _, _)| ATTACHMENTS.contains(own)) {
            if attachment.get("policy_arn").is_some_and(|arn| is_of(arn, &start)) {
                hold_all(attachment, "policy_arn", &mut bearing);
                counted(attachment, &mut bearing);
            }
        }
    }
    bearing
}

/// What decides how often a block is there.
pub(super) fn counted(body: &Node, bearing: &mut Bearing) {
    for name in ["count", "for_each"] {
        if let Some(value) = body.get(name) {
            bearing.only_when(format!("{name} = {}", value.to_json_with_holes()));
        }
    }
}

fn hold_all(body: &Node, but: &str, bearing: &mut Bearing) {
    for member in body.object().unwrap_or_default() {
        let property = member.key.as_str();
        if property != but && !DESCRIPTIVE.contains(&property) {
            bearing.hold(property, &member.value);
        }
    }
}

/// Whether an expression is about a resource: `aws_iam_policy.lab.arn`, `aws_iam_policy.lab[0].arn`.
fn is_of(node: &Node, start: &str) -> bool {
    let Value::Unknown(hole) = node.value else { return false };
    let expression = spelled(&hole.expression());
    expression.match_indices(start).any(|(at, _)| {
        let rest = &expression[at + start.len()..];
        !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}
