//! Holes as policy variables: one unknown value, the same wherever it stands.

use std::fmt::Write as _;

use crate::policy::conditions::has_prefix;
use crate::policy::model::{Document, Statement};
use crate::policy::syntax::node::is_hole;

/// What the names of such variables begin with.
const PREFIX: &str = "afterlab:hole-";

/// Operators whose values may have variables.
const OPERATORS: &[&str] = &["string", "arn"];

/// Whether a variable stands for a hole, so that it always has a value.
pub(in super::super) fn is_of_hole(key: &str) -> bool {
    key.starts_with(PREFIX)
}

/// A policy with variables in the place of holes, where a policy can have variables.
pub(super) fn with_variables(document: &Document) -> Document {
    let mut changed = document.clone();
    if document.has_variables() {
        changed.statements.iter_mut().for_each(fill);
    }
    changed
}

fn fill(statement: &mut Statement) {
    let resources = statement.resource.iter_mut().flat_map(|list| &mut list.patterns);
    let text = |operator: &str| OPERATORS.iter().any(|own| has_prefix(operator, own));
    let conditions = statement.conditions.iter_mut().filter(|condition| text(&condition.operator.base));
    for value in resources.chain(conditions.flat_map(|condition| &mut condition.values)) {
        *value = filled(value);
    }
}

/// A text that has variables already is left as it is: a hole may be a part of one.
fn filled(text: &str) -> String {
    if !text.contains(is_hole) || text.contains("${") {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut filled, c| {
        if is_hole(c) {
            // Writing to a String cannot fail.
            let _ = write!(filled, "${{{PREFIX}{:x}}}", u32::from(c));
        } else {
            filled.push(c);
        }
        filled
    })
}
