//! Who has a policy of a configuration, and when it is there.

use super::configuration::resources;
use super::defined::spelled;
use crate::policy::input::bearing::Bearing;
use crate::policy::syntax::Node;

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

/// Resources that do nothing but give a policy to somebody.
const ATTACHMENTS: &[&str] = &[
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
];

/// Resources that list policies besides, and where.
const LISTS: &[(&str, &str)] =
    &[("aws_iam_role", "managed_policy_arns"), ("aws_iam_role_policy_attachments_exclusive", "policy_arns")];

/// A resource that gives policies to somebody.
struct Attachment<'n> {
    kind: &'n str,
    name: &'n str,
    body: &'n Node,
    /// All expressions that may name a policy.
    text: String,
}

/// What a configuration says of who has its policies.
pub(super) struct Attachments<'n>(Vec<Attachment<'n>>);

impl<'n> Attachments<'n> {
    pub(super) fn of(root: &'n Node) -> Self {
        let attachment = |(kind, name, body): (&'n str, &'n str, &'n Node)| {
            let list = LISTS.iter().find(|(own, _)| *own == kind).and_then(|(_, list)| body.get(list));
            let named = list.or_else(|| ATTACHMENTS.contains(&kind).then_some(body))?;
            Some(Attachment { kind, name, body, text: spelled(&named.to_json_with_holes().to_string()) })
        };
        Self(resources(root, "resource").filter_map(attachment).collect())
    }

    /// Who has the policy in an attribute of a resource, and when it is there.
    pub(super) fn bearing(&self, (kind, name, body): (&str, &str, &Node), attribute: &str) -> Bearing {
        let mut bearing = Bearing::default();
        counted(body, &mut bearing);
        if !kind.ends_with("_policy") && kind != "aws_glacier_vault_lock" {
            bearing.hold_name("resource", format!("{kind}.{name}"));
            return bearing;
        }
        hold_all(body, attribute, &mut bearing);
        let start = format!("aws_iam_policy.{name}");
        let is_its = |own: &&Attachment<'_>| kind == "aws_iam_policy" && mentions(&own.text, &start);
        for own in self.0.iter().filter(is_its) {
            counted(own.body, &mut bearing);
            if ATTACHMENTS.contains(&own.kind) {
                hold_all(own.body, "policy_arn", &mut bearing);
            } else {
                bearing.hold_name("managed policies of", format!("{}.{}", own.kind, own.name));
            }
        }
        bearing
    }
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

/// Whether expressions name something: `aws_iam_policy.lab` in `aws_iam_policy.lab[0].arn`, not in `aws_iam_policy.labs`.
pub(super) fn mentions(expressions: &str, name: &str) -> bool {
    expressions.match_indices(name).any(|(at, _)| {
        let rest = &expressions[at + name.len()..];
        !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}
