//! Keys that stand twice in one object, of which readers take one without a word.

use super::{Found, InputProblem};
use crate::policy::syntax::{Node, Text, Value};

/// The first key that stands twice in one object of a value.
pub(super) fn first_duplicate(node: &Node) -> Option<&Text> {
    let mut first = None;
    walk(node, &mut |key| first = first.or(Some(key)));
    first
}

/// What is said of such a key.
pub(super) fn message(key: &Text) -> String {
    format!("the key {:?} stands twice in this object; keep one of them", key.as_str())
}

/// Reports those that stand outside of policies, which tell of their own.
pub(super) fn report_duplicates(root: &Node, found: &mut Found<'_>) {
    let mut problems = Vec::new();
    let is_own = |key: &Text| {
        let within = |root: &Node| root.span.contains(key.span);
        found.policies.iter().any(|policy| policy.parsed.root.as_ref().is_some_and(within))
    };
    walk(root, &mut |key| {
        if !is_own(key) {
            problems.push(InputProblem::new(Some(key.span), message(key)));
        }
    });
    found.problems.extend(problems);
}

fn walk<'n>(node: &'n Node, take: &mut impl FnMut(&'n Text)) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, take)),
        Value::Object(members) => {
            let mut seen = std::collections::HashSet::with_capacity(members.len());
            for member in members {
                if !seen.insert(member.key.as_str()) {
                    take(&member.key);
                }
                walk(&member.value, take);
            }
        }
        _ => {}
    }
}
