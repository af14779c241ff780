//! Functions of templates: what is certain of their value is kept, the rest becomes a hole or unknown.

use crate::policy::syntax::node::hole_of;
use crate::policy::syntax::{Member, Node, Text, Value};

/// A value with its functions resolved as far as that is certain.
pub(super) fn resolve(node: Node) -> Node {
    let span = node.span;
    let value = match node.value {
        Value::Array(items) => Value::Array(items.into_iter().map(resolve).collect()),
        Value::Object(members) => {
            if let Some(name) = function(&members) {
                call(&name, members, span)
            } else {
                let resolved = members.into_iter().map(|Member { key, value }| Member { key, value: resolve(value) });
                Value::Object(resolved.collect())
            }
        }
        other => other,
    };
    Node { span, value }
}

fn call(name: &str, members: Vec<Member>, span: crate::policy::syntax::Span) -> Value {
    let Some(argument) = members.into_iter().next().map(|member| member.value) else {
        return Value::Unknown(name.to_owned());
    };
    let shown = match (name, &argument.value) {
        ("Fn::GetAtt", Value::Array(parts)) => {
            reference(&parts.iter().filter_map(Node::text).map(Text::as_str).collect::<Vec<_>>().join("."))
        }
        _ => format!("{name} {}", argument.to_json()),
    };
    let text = match name {
        "Fn::Sub" => {
            let pattern = match &argument.value {
                Value::Array(items) => items.first().and_then(Node::text),
                _ => argument.text(),
            };
            pattern.map(|pattern| substitute(pattern.as_str()))
        }
        "Fn::Join" => join(&argument),
        _ => None,
    };
    match text {
        Some(text) => Value::String(Text::new(text, span, None)),
        None => Value::Unknown(shown),
    }
}

/// What a name in `${…}` is short for.
fn reference(name: &str) -> String {
    let function = if name.contains('.') { "Fn::GetAtt" } else { "Ref" };
    format!("{function} {name:?}")
}

/// `${Name}` is a hole; `${!Literal}` stands for `${Literal}`.
fn substitute(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(start) = rest.find("${") {
        text.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else {
            rest = &rest[start..];
            break;
        };
        let name = &rest[start + 2..start + end];
        match name.strip_prefix('!') {
            Some(literal) => text.extend(["${", literal, "}"]),
            None => text.push(hole_of(&reference(name))),
        }
        rest = &rest[start + end + 1..];
    }
    text.push_str(rest);
    text
}

fn join(argument: &Node) -> Option<String> {
    let [separator, parts] = argument.array()? else { return None };
    let separator = separator.text()?.as_str();
    let mut texts = Vec::new();
    for part in parts.array()? {
        texts.push(match resolve(part.clone()).value {
            Value::String(text) => text.text,
            Value::Unknown(expression) => hole_of(&expression).to_string(),
            _ => return None,
        });
    }
    Some(texts.join(separator))
}

/// The function that an object is a call of, if it is one.
fn function(members: &[Member]) -> Option<String> {
    let [member] = members else { return None };
    let name = member.key.as_str();
    (name == "Ref" || name.starts_with("Fn::")).then(|| name.to_owned())
}
