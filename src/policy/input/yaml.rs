//! YAML as the same tree as JSON, with places.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::policy::syntax::json::MOST_DEPTH;
use crate::policy::syntax::{Hole, Member, Node, Span, Text, Value};

/// How many values a file may have after its aliases are put in; a few lines of YAML can make billions.
const MOST_NODES: usize = 1_000_000;

/// Whether a text that is no JSON looks like YAML: its first line that says something is a key or a list.
pub(super) fn looks_like_it(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| {
        line.starts_with("---") || line.starts_with("- ") || line.contains(": ") || line.ends_with(':')
    })
}

/// The documents of a file.
///
/// # Errors
/// Where it is not YAML, and why.
pub(super) fn parse(source: &str) -> Result<Vec<Node>, (Span, String)> {
    let offsets = (!source.is_ascii()).then(|| source.char_indices().map(|(at, _)| at).collect());
    let mut reader =
        Reader { source, offsets, anchors: HashMap::new(), stack: Vec::new(), documents: Vec::new(), nodes: 0 };
    for event in Parser::new_from_str(source) {
        let (event, span) = event.map_err(|error| {
            let at = reader.offset(error.marker().index());
            let tab = source.get(at..).is_some_and(|rest| rest.trim_start_matches(' ').starts_with('\t'));
            let message =
                if tab { "a tab indents a line; YAML wants spaces".to_owned() } else { error.info().to_owned() };
            (Span::new(at, at), format!("is no YAML: {message}"))
        })?;
        let span = Span::new(reader.offset(span.start.index()), reader.offset(span.end.index()));
        reader.take(event, span)?;
    }
    Ok(reader.documents)
}

struct Reader<'s> {
    source: &'s str,
    /// The byte at which each character begins, where they differ.
    offsets: Option<Vec<usize>>,
    anchors: HashMap<usize, Node>,
    stack: Vec<Open>,
    documents: Vec<Node>,
    nodes: usize,
}

/// A list or mapping that is being read.
struct Open {
    start: Span,
    anchor: usize,
    tag: Option<String>,
    items: Vec<Node>,
    /// Of a mapping: keys whose values are in `items`, and the key that waits for its value.
    keys: Option<(Vec<Text>, Option<Text>)>,
}

impl Reader<'_> {
    fn offset(&self, index: usize) -> usize {
        let of_char = |offsets: &Vec<usize>| offsets.get(index).copied().unwrap_or(self.source.len());
        self.offsets.as_ref().map_or(index.min(self.source.len()), of_char)
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), (Span, String)> {
        self.nodes += 1;
        if self.nodes > MOST_NODES || self.stack.len() > MOST_DEPTH {
            return Err((span, "holds more values, or deeper ones, than any template".to_owned()));
        }
        match event {
            Event::SequenceStart(anchor, tag) => {
                self.stack.push(Open { start: span, anchor, tag: own(tag.as_deref()), items: Vec::new(), keys: None });
            }
            Event::MappingStart(anchor, tag) => {
                let keys = Some((Vec::new(), None));
                self.stack.push(Open { start: span, anchor, tag: own(tag.as_deref()), items: Vec::new(), keys });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, span, own(tag.as_deref()));
                self.keep(anchor, node);
            }
            Event::Alias(id) => {
                let node = self.anchors.get(&id).cloned();
                let node = node.unwrap_or(Node { span, value: Value::Unknown(Hole::unlike_any("an alias")) });
                self.nodes += count(&node);
                self.keep(0, node);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, end: Span) {
        let Some(Open { start, anchor, tag, items, keys }) = self.stack.pop() else { return };
        let last = items.last().map_or(start, |item| item.span);
        let span = Span {
            start: start.start,
            end: last.end.max(start.end).max(if self.is_flow(start) { end.end } else { 0 }),
        };
        let value = match keys {
            Some((keys, _)) => {
                Value::Object(keys.into_iter().zip(items).map(|(key, value)| Member { key, value }).collect())
            }
            None => Value::Array(items),
        };
        self.keep(anchor, tagged(tag, Node { span, value }));
    }

    fn is_flow(&self, start: Span) -> bool {
        self.source.get(start.start as usize..).is_some_and(|rest| rest.starts_with(['[', '{']))
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span, tag: Option<String>) -> Node {
        let string = |text: &str| {
            let inner = match style {
                ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                    Span { start: span.start + 1, end: span.end.saturating_sub(1) }
                }
                _ => span,
            };
            let verbatim = (inner.slice(self.source) == text).then_some(inner);
            Value::String(Text::new(text.to_owned(), span, verbatim))
        };
        let value = match text {
            _ if style != ScalarStyle::Plain || tag.is_some() => string(text),
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            "" | "~" | "null" | "Null" | "NULL" => Value::Null,
            // Account ids and dates are text for CloudFormation; only what JSON writes alike is a number.
            _ if serde_json::from_str::<serde_json::Number>(text).is_ok() => Value::Number(text.to_owned()),
            _ => string(text),
        };
        tagged(tag, Node { span, value })
    }

    /// Puts a value where it belongs: behind its key, in its list, or at the top.
    fn keep(&mut self, anchor: usize, node: Node) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.documents.push(node);
            return;
        };
        match &mut open.keys {
            Some((_, waiting @ None)) => {
                let text = match node.value {
                    Value::String(text) => text,
                    other => Text::new(Node { span: node.span, value: other }.to_json().to_string(), node.span, None),
                };
                *waiting = Some(text);
            }
            Some((keys, waiting)) => {
                keys.extend(waiting.take());
                open.items.push(node);
            }
            None => open.items.push(node),
        }
    }
}

fn own(tag: Option<&Tag>) -> Option<String> {
    tag.filter(|tag| tag.handle == "!").map(|tag| tag.suffix.clone())
}

/// A short form of a function (`!Sub`) as its long form.
fn tagged(tag: Option<String>, node: Node) -> Node {
    let Some(tag) = tag else { return node };
    let span = node.span;
    let name = if matches!(tag.as_str(), "Ref" | "Condition") { tag } else { format!("Fn::{tag}") };
    let member = Member { key: Text::new(name, span, None), value: node };
    Node { span, value: Value::Object(vec![member]) }
}

fn count(node: &Node) -> usize {
    match &node.value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.iter().map(|member| count(&member.value)).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_file() {
        let source = "é: 'ü'\nlist:\n  - \"a\\n\"\n  - plain text\nn: 1\nb: true\nf: {x: !Ref Y}\n";
        let documents = parse(source).expect("YAML");
        let root = &documents[0];
        let expected =
            serde_json::json!({"é": "ü", "list": ["a\n", "plain text"], "n": 1, "b": true, "f": {"x": {"Ref": "Y"}}});
        assert_eq!(root.to_json(), expected);
        let text = root.get("é").and_then(Node::text).expect("a text");
        assert_eq!((text.span.slice(source), text.part(0, 2).slice(source)), ("'ü'", "ü"));
        let list = root.get("list").and_then(Node::array).expect("a list");
        assert_eq!((list[0].span.slice(source), list[1].span.slice(source)), ("\"a\\n\"", "plain text"));
        assert_eq!(root.get("f").expect("f").span.slice(source), "{x: !Ref Y}");
    }

    #[test]
    fn what_is_no_yaml_or_a_bomb_says_so() {
        let error = parse("a:\n\t- b\n").expect_err("a tab");
        assert!(error.1.contains("is no YAML"), "{error:?}");
        let bomb = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, i| {
            let before = i - 1;
            format!("{text}a{i}: &a{i} [{}]\n", vec![format!("*a{before}"); 9].join(", "))
        });
        assert!(parse(&bomb).expect_err("too many").1.contains("more values"));
        assert!(parse(&"[".repeat(1_000)).is_err());
    }
}
