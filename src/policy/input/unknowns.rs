//! What of a policy only a deployment knows.

use crate::lint::UnknownPart;
use crate::policy::syntax::node::show_holes;
use crate::policy::syntax::{Hole, Member, Node, Text, Value};

/// Every value, or part of one, and every key that only a deployment knows.
pub(super) fn of(root: &Node) -> Vec<UnknownPart> {
    let mut list = Vec::new();
    walk(root, "", &mut list);
    list
}

fn walk(node: &Node, path: &str, list: &mut Vec<UnknownPart>) {
    match &node.value {
        Value::Unknown(hole) => list.push(part(node, path, &hole.expression())),
        Value::String(text) if text.has_holes() => list.push(part(node, path, &text.text)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| walk(item, &format!("{path}[{i}]"), list));
        }
        Value::Object(members) => members.iter().for_each(|member| of_member(member, path, list)),
        _ => {}
    }
}

fn of_member(member: &Member, path: &str, list: &mut Vec<UnknownPart>) {
    if let Some(hole) = whole_hole(&member.key)
        && member.value.text().and_then(whole_hole) == Some(hole)
    {
        // A condition that stands for how often a statement, or a condition of it, is there.
        let statement = path.split(".Condition").next().unwrap_or(path);
        list.push(part(&member.value, statement, &hole.expression()));
        return;
    }
    if member.key.has_holes() {
        list.push(part(&member.value, &format!("a key of {path}"), &member.key.text));
    }
    let key = show_holes(member.key.as_str());
    walk(&member.value, &if path.is_empty() { key } else { format!("{path}.{key}") }, list);
}

fn part(node: &Node, path: &str, text: &str) -> UnknownPart {
    UnknownPart { span: node.span, path: path.to_owned(), expression: show_holes(text) }
}

fn whole_hole(text: &Text) -> Option<Hole> {
    let mut letters = text.as_str().chars();
    let hole = letters.next().and_then(Hole::from_letter)?;
    letters.next().is_none().then_some(hole)
}
