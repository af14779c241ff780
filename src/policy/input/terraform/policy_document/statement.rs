//! Statements in blocks, as the provider renders them.

use super::{View, member, renamed, string, with_variables};
use crate::policy::input::terraform::{Block, blocks, text};
use crate::policy::syntax::{Hole, Member, Node, Span, Text, Value};

/// Attributes of a statement that become a member of the same value.
const PLAIN: &[(&str, &str)] =
    &[("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource")];

/// The statements of a document's own blocks.
pub(super) fn statements(body: &Node, view: View) -> Vec<Node> {
    blocks(body, "statement").into_iter().map(|block| statement(block, view)).collect()
}

fn statement(Block { body, made_by }: Block<'_>, view: View) -> Node {
    let start = Span { start: body.span.start, end: body.span.start };
    let effect = renamed(body, "effect", "Effect").unwrap_or_else(|| member("Effect", start, string("Allow", start)));
    let mut members: Vec<Member> = renamed(body, "sid", "Sid").into_iter().chain([effect]).collect();
    members.extend(principals(body, "principals", "Principal", view));
    members.extend(principals(body, "not_principals", "NotPrincipal", view));
    let is_empty = |member: &Member| member.value.array().is_some_and(<[Node]>::is_empty);
    members.extend(PLAIN.iter().filter_map(|(from, to)| renamed(body, from, to)).filter(|member| !is_empty(member)));
    members.extend(conditions(body, made_by, view));
    Node { span: body.span, value: Value::Object(members) }
}

/// How often a `dynamic` block makes its content, and which.
fn made(name: &str, dynamic: &Node) -> Hole {
    let each = dynamic.get("for_each").map(|each| match each.value {
        Value::Unknown(hole) => hole.expression(),
        _ => each.to_json_with_holes().to_string(),
    });
    let expression = format!("dynamic {name:?} for each of {}", each.unwrap_or_default());
    Hole::defined(&expression, &dynamic.to_json_with_holes().to_string())
}

/// Blocks as a value that is not known.
fn unknown(name: &str, blocks: &[Block<'_>]) -> Value {
    let text = |block: &Block<'_>| block.made_by.unwrap_or(block.body).to_json_with_holes().to_string();
    Value::Unknown(Hole::of(&format!("{name} {}", blocks.iter().map(text).collect::<Vec<_>>().join(" "))))
}

fn principals(body: &Node, from: &str, to: &str, view: View) -> Option<Member> {
    let blocks = blocks(body, from);
    let span = blocks.first()?.body.span;
    if view == View::Meant && blocks.iter().any(|block| block.made_by.is_some()) {
        return Some(member(to, span, Node { span, value: unknown(from, &blocks) }));
    }
    let mut types: Vec<Member> = Vec::new();
    for Block { body: block, .. } in &blocks {
        let (Some(kind), Some(identifiers)) = (text(block, "type"), block.get("identifiers")) else {
            return Some(member(to, span, Node { span: block.span, value: unknown(from, &blocks) }));
        };
        let identifiers = with_variables(identifiers);
        let is_anyone =
            identifiers.array().is_some_and(|list| matches!(list, [one] if one.text().is_some_and(|t| t.text == "*")));
        if kind == "*" && is_anyone && blocks.len() == 1 {
            return Some(member(to, span, string("*", identifiers.span)));
        }
        let key = block.get("type").map_or(block.span, |node| node.span);
        extend(&mut types, member(kind, key, identifiers));
    }
    Some(member(to, span, Node { span, value: Value::Object(types) }))
}

/// The conditions. One that nobody knows stands for what a `dynamic` block may add to a statement, or make of it.
fn conditions(body: &Node, made_by: Option<&Node>, view: View) -> Option<Member> {
    let all = blocks(body, "condition");
    let is_there = |block: &&Block<'_>| view == View::Written || block.made_by.is_none();
    let written: Vec<Block<'_>> = all.iter().filter(is_there).copied().collect();
    let mut open: Vec<Hole> = Vec::new();
    if view == View::Meant {
        open.extend(made_by.map(|dynamic| made("statement", dynamic)));
        open.extend(all.iter().filter_map(|block| block.made_by).map(|dynamic| made("condition", dynamic)));
    }
    let span = all.first().map(|block| block.body.span).or_else(|| made_by.map(|dynamic| dynamic.span))?;
    let mut operators: Vec<Member> = Vec::new();
    for Block { body: block, .. } in &written {
        let literal = |name: &str| block.get(name).and_then(Node::text).filter(|text| !text.has_holes());
        let (Some(operator), Some(key), Some(values)) = (literal("test"), literal("variable"), block.get("values"))
        else {
            return Some(member("Condition", span, Node { span, value: unknown("condition", &all) }));
        };
        let entry = Member { key: key.clone(), value: with_variables(values) };
        add(&mut operators, operator, block.span, entry);
    }
    for hole in open {
        let text = hole.letter().to_string();
        let operator = Text::new("StringEquals".to_owned(), span, None);
        add(&mut operators, &operator, span, member(&text, span, string(&text, span)));
    }
    (!operators.is_empty()).then(|| member("Condition", span, Node { span, value: Value::Object(operators) }))
}

fn add(operators: &mut Vec<Member>, operator: &Text, span: Span, entry: Member) {
    let known = operators.iter_mut().find(|known| known.key.text == operator.text);
    if let Some(Value::Object(keys)) = known.map(|known| &mut known.value.value) {
        extend(keys, entry);
    } else {
        operators.push(Member { key: operator.clone(), value: Node { span, value: Value::Object(vec![entry]) } });
    }
}

/// Adds a list under a key; one that is there already is made longer, as the provider does.
fn extend(members: &mut Vec<Member>, new: Member) {
    let known = members.iter_mut().find(|member| member.key.text == new.key.text).map(|known| &mut known.value.value);
    match (known, new.value.value) {
        (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
        // Lists of which one is not literal: what each says counts.
        (Some(known), value) => {
            let span = new.value.span;
            let first = Node { span, value: std::mem::replace(known, Value::Null) };
            let items = |node: Node| if let Value::Array(items) = node.value { items } else { vec![node] };
            let all = items(first).into_iter().chain(items(Node { span, value })).collect();
            *known = Value::Array(all);
        }
        (None, value) => members.push(Member { key: new.key, value: Node { span: new.value.span, value } }),
    }
}
