//! Terraform and `OpenTofu`: the plan, which knows all values, and the configuration, as far as it is constant.

mod attachment;
pub(super) mod configuration;
pub(super) mod defined;
mod definitions;
mod expression;
mod hcl;
mod json;
pub(super) mod plan;
mod policy_document;
mod types;

use crate::policy::syntax::{Member, Node, Value};

/// The text of an attribute.
fn text<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    Some(node.get(name)?.text()?.as_str())
}

/// A block.
#[derive(Clone, Copy)]
struct Block<'n> {
    /// What stands in it.
    body: &'n Node,
    /// The `dynamic` block that makes it, once for each of some values.
    made_by: Option<&'n Node>,
}

/// Gives the value of an attribute, or those of an attribute of each block: `inline_policy.policy`.
fn each<'n>(values: &'n Node, attribute: &str, take: &mut dyn FnMut(Block<'n>)) {
    match attribute.split_once('.') {
        None => values.get(attribute).into_iter().for_each(|body| take(Block { body, made_by: None })),
        Some((block, inner)) => {
            for block in blocks(values, block) {
                each(block.body, inner, &mut |own| take(Block { made_by: block.made_by, ..own }));
            }
        }
    }
}

/// The blocks of a name, with the content of those that `dynamic` may make.
fn blocks<'n>(body: &'n Node, name: &str) -> Vec<Block<'n>> {
    let made = body.get("dynamic").map(items).unwrap_or_default().iter().filter_map(|dynamic| dynamic.get(name));
    let made =
        made.flat_map(items).filter(|dynamic| !dynamic.get("for_each").is_some_and(is_empty)).flat_map(|dynamic| {
            let content = dynamic.get("content").map(items).unwrap_or_default().iter();
            content.map(move |body| Block { body, made_by: Some(dynamic) })
        });
    let written = body.get(name).map(items).unwrap_or_default().iter().map(|body| Block { body, made_by: None });
    let mut blocks: Vec<Block<'n>> = written.chain(made).collect();
    blocks.sort_by_key(|block| block.body.span);
    blocks
}

fn is_empty(node: &Node) -> bool {
    node.array().is_some_and(<[Node]>::is_empty) || node.object().is_some_and(<[Member]>::is_empty)
}

/// One block, or a list of them: JSON may have either.
fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Array(items) => items,
        Value::Null => &[],
        _ => std::slice::from_ref(node),
    }
}
