//! What `aws iam get-account-authorization-details` prints: all policies of an account.

use super::Found;
use crate::policy::kind::PolicyKind;
use crate::policy::syntax::{Member, Node, Value};

const LISTS: &[&str] = &["UserDetailList", "GroupDetailList", "RoleDetailList"];

/// Whether it is that output.
pub(super) fn is_it(root: &Node) -> bool {
    LISTS.iter().any(|name| root.get(name).is_some())
        || root
            .get("Policies")
            .and_then(Node::array)
            .is_some_and(|list| list.iter().any(|p| p.get("PolicyVersionList").is_some()))
}

/// Takes every policy out of it: trust policies, inline ones, and the version in force of managed ones.
pub(super) fn read(root: Node, found: &mut Found<'_>) {
    for (list, entries) in members(root) {
        let kind = match list.as_str() {
            "UserDetailList" => "user",
            "GroupDetailList" => "group",
            "RoleDetailList" => "role",
            "Policies" => "policy",
            _ => continue,
        };
        for entry in items(entries) {
            let name =
                ["UserName", "GroupName", "RoleName", "PolicyName"].iter().find_map(|name| entry.get(name)?.text());
            let name = format!("{kind}/{}", name.map_or("?", |name| name.as_str()));
            principal(entry, &name, found);
        }
    }
}

fn principal(entry: Node, name: &str, found: &mut Found<'_>) {
    for (member, value) in members(entry) {
        match member.as_str() {
            "AssumeRolePolicyDocument" => found.push_either(format!("{name} (trust)"), Some(PolicyKind::Trust), value),
            "UserPolicyList" | "GroupPolicyList" | "RolePolicyList" => {
                for policy in items(value) {
                    let inline = policy.get("PolicyName").and_then(Node::text).map_or("?", |name| name.as_str());
                    let inline = format!("{name} inline policy {inline}");
                    take(policy, "PolicyDocument", &inline, found);
                }
            }
            "PolicyVersionList" => {
                let in_force = |version: &Node| {
                    version.get("IsDefaultVersion").is_none_or(|value| matches!(value.value, Value::Bool(true)))
                };
                for version in items(value).into_iter().filter(in_force) {
                    take(version, "Document", name, found);
                }
            }
            _ => {}
        }
    }
}

fn take(policy: Node, member: &str, name: &str, found: &mut Found<'_>) {
    for (_, value) in members(policy).into_iter().filter(|(key, _)| key == member) {
        found.push_either(name, Some(PolicyKind::Identity), value);
    }
}

fn members(node: Node) -> Vec<(String, Node)> {
    match node.value {
        Value::Object(members) => members.into_iter().map(|Member { key, value }| (key.text, value)).collect(),
        _ => Vec::new(),
    }
}

fn items(node: Node) -> Vec<Node> {
    if let Value::Array(items) = node.value { items } else { Vec::new() }
}
