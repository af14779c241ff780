//! The JSON form of the configuration language (`.tf.json`, as CDK for Terraform writes it).

use super::expression::{Evaluator, Local};
use crate::policy::syntax::{Node, Origin, SyntaxError};

/// The tree with its strings evaluated, and what is wrong in the policies that stand as text in it.
pub(super) fn evaluate(source: &str, root: &Node) -> (Node, Vec<SyntaxError>) {
    let constants = root.get("locals").map(super::items).unwrap_or_default().iter().filter_map(Node::object).flatten();
    let locals = constants.map(|member| (member.key.text.clone(), Local::Json(&member.value))).collect();
    let mut evaluator = Evaluator::new(source, source, Origin::file(), locals);
    let tree = evaluator.json(root);
    (tree, evaluator.errors)
}
