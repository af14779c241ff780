//! Terraform and `OpenTofu`: the plan, which knows all values, and the configuration, as far as it is constant.

pub(super) mod configuration;
mod expression;
mod hcl;
mod json;
pub(super) mod plan;
mod policy_document;
mod types;

use crate::policy::syntax::{Node, Value};

/// The text of an attribute.
fn text<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    Some(node.get(name)?.text()?.as_str())
}

/// Gives the value of an attribute, or those of an attribute of each block: `inline_policy.policy`.
fn each(values: &Node, attribute: &str, take: &mut impl FnMut(&Node)) {
    match attribute.split_once('.') {
        None => values.get(attribute).into_iter().for_each(take),
        Some((block, inner)) => blocks(values, block).into_iter().for_each(|block| each(block, inner, take)),
    }
}

/// The blocks of a name, with the content of those that `dynamic` makes.
fn blocks<'n>(body: &'n Node, name: &str) -> Vec<&'n Node> {
    let made = body.get("dynamic").map(items).unwrap_or_default().iter().filter_map(|dynamic| dynamic.get(name));
    let made = made.flat_map(items).filter_map(|block| block.get("content")).flat_map(items);
    let mut blocks: Vec<&Node> = body.get(name).map(items).unwrap_or_default().iter().chain(made).collect();
    blocks.sort_by_key(|block| block.span);
    blocks
}

/// One block, or a list of them: JSON may have either.
fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Array(items) => items,
        Value::Null => &[],
        _ => std::slice::from_ref(node),
    }
}
