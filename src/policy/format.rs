//! A policy in its usual form: two spaces a level, elements in the order in which AWS documents them.

use super::syntax::{Member, Node, Value};

/// The elements in AWS's order; others follow in their own.
const ORDER: &[&str] = &[
    "Version",
    "Id",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Statement",
];

/// How wide a list may be to stay on one line.
const WIDTH: usize = 100;

/// Writes a document in its usual form, with a line feed at the end.
///
/// Values, and the order of lists, stay as they are: the text means the same. Holes and unknown values cannot be
/// written, so that this is for documents that are JSON files.
#[must_use]
pub fn format(root: &Node) -> String {
    let mut text = String::new();
    write(root, 0, true, &mut text);
    text.push('\n');
    text
}

/// `elements` is whether an object's keys are elements of the language rather than a user's.
fn write(node: &Node, depth: usize, elements: bool, text: &mut String) {
    match &node.value {
        Value::Null | Value::Unknown(_) => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => text.push_str(number),
        Value::String(value) => text.push_str(&quoted(&value.text)),
        Value::Array(items) => list(items, depth, elements, text),
        Value::Object(members) => object(members, depth, elements, text),
    }
}

fn object(members: &[Member], depth: usize, elements: bool, text: &mut String) {
    if members.is_empty() {
        text.push_str("{}");
        return;
    }
    let mut sorted: Vec<&Member> = members.iter().collect();
    if elements {
        let rank = |member: &&Member| ORDER.iter().position(|name| *name == member.key.text).unwrap_or(ORDER.len());
        sorted.sort_by_key(rank);
    }
    text.push('{');
    for (place, member) in sorted.into_iter().enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        indent(depth + 1, text);
        text.push_str(&quoted(&member.key.text));
        text.push_str(": ");
        write(&member.value, depth + 1, elements && member.key.text == "Statement", text);
    }
    text.push('\n');
    indent(depth, text);
    text.push('}');
}

fn list(items: &[Node], depth: usize, elements: bool, text: &mut String) {
    if let Some(line) = one_line(items)
        && depth * 2 + line.len() <= WIDTH
    {
        text.push_str(&line);
        return;
    }
    text.push('[');
    for (place, item) in items.iter().enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        indent(depth + 1, text);
        write(item, depth + 1, elements, text);
    }
    text.push('\n');
    indent(depth, text);
    text.push(']');
}

/// A list of at most one plain value on one line; longer lists stand one item a line, so that a change is one line.
fn one_line(items: &[Node]) -> Option<String> {
    let plain = |node: &Node| !matches!(node.value, Value::Array(_) | Value::Object(_));
    match items {
        [] => Some("[]".to_owned()),
        [one] if plain(one) => {
            let mut text = "[".to_owned();
            write(one, 0, false, &mut text);
            text.push(']');
            Some(text)
        }
        _ => None,
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::syntax::{Origin, parse};

    fn formatted(source: &str) -> String {
        format(&parse(source, &Origin::file()).root.expect("JSON"))
    }

    #[test]
    fn elements_stand_in_their_order_and_users_keys_in_theirs() {
        let source = r#"{"Statement":{"Resource":"*","Condition":{"StringEquals":{"Version":"b","Id":["a"]}},
            "Action":["b:B","a:A"],"Effect":"Allow"},"Version":"2012-10-17"}"#;
        let expected = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": [
      "b:B",
      "a:A"
    ],
    "Resource": "*",
    "Condition": {
      "StringEquals": {
        "Version": "b",
        "Id": ["a"]
      }
    }
  }
}
"#;
        assert_eq!(formatted(source), expected);
        assert_eq!(formatted(expected), expected);
    }
}
