//! What the AWS CLI prints around a policy.

use super::{Found, documents};
use crate::policy::kind::PolicyKind;
use crate::policy::outline::Outline;
use crate::policy::syntax::{Member, Node, Value};

/// Members whose value is a policy, as an object or as text within a string, and of which kind.
const POLICIES: &[(&str, Option<PolicyKind>)] = &[
    ("Document", None),
    ("PolicyDocument", None),
    ("AssumeRolePolicyDocument", Some(PolicyKind::Trust)),
    ("Policy", None),
    ("policy", None),
    ("policyDocument", None),
    ("assumeRolePolicyDocument", Some(PolicyKind::Trust)),
    ("ResourcePolicy", None),
    ("policyText", None),
    ("Content", None),
];

/// Members around them.
const AROUND: &[&str] = &["PolicyVersion", "Role", "Roles", "Policies", "spec", "items", "Attributes"];

/// Finds policies in an object that is none itself.
pub(super) fn read(root: Node, name: &str, found: &mut Found<'_>) {
    let Value::Object(members) = root.value else { return };
    let own_name = members.iter().find_map(|member| {
        let is_name = ["PolicyName", "RoleName", "UserName", "GroupName", "Name"].contains(&member.key.as_str());
        member.value.text().filter(|_| is_name).map(|text| text.text.clone())
    });
    for Member { key, value } in members {
        let place = join(own_name.as_deref().unwrap_or(name), key.as_str());
        if let Some((_, kind)) = POLICIES.iter().find(|(known, _)| *known == key.as_str())
            && is_policy(&value)
        {
            found.push_either(place, *kind, value);
            continue;
        }
        if AROUND.contains(&key.as_str())
            || matches!(value.value, Value::Object(_)) && POLICIES.iter().any(|(known, _)| *known == key.as_str())
        {
            documents(value, &place, found);
        }
    }
}

fn is_policy(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => {
            let start = text.as_str().trim_start();
            (start.starts_with('{') || start.starts_with("%7B") || start.starts_with("%7b"))
                && start.contains("Statement")
        }
        _ => Outline::is_policy_like(node),
    }
}

fn join(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") }
}
