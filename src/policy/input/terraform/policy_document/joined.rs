//! Documents that join others: `source_policy_documents`, `override_policy_documents`.

use std::collections::{BTreeSet, HashMap};

use super::{View, statements};
use crate::policy::input::terraform::attachment::mentions;
use crate::policy::input::terraform::configuration::resources;
use crate::policy::input::terraform::defined::spelled;
use crate::policy::input::terraform::items;
use crate::policy::syntax::{Hole, Member, Node, Value};

/// The type of the data source.
pub(in super::super) const DOCUMENT: &str = "aws_iam_policy_document";

/// How deep documents may join further ones; a cycle ends here.
const MOST_STEPS: usize = 16;
/// How many statements a document may come to: few lines can ask for billions.
const MOST_STATEMENTS: usize = 10_000;

/// Attributes with the text of documents that the own statements override.
const SOURCES: &[&str] = &["source_json", "source_policy_documents"];
/// Attributes with the text of documents that override them.
const OVERRIDES: &[&str] = &["override_json", "override_policy_documents"];

/// The documents of a file by their names.
pub(in super::super) struct Documents<'n> {
    all: Vec<(&'n str, &'n Node)>,
    by_name: HashMap<&'n str, &'n Node>,
    /// Those that stand nowhere but in others.
    only_joined: BTreeSet<String>,
}

impl<'n> Documents<'n> {
    pub(in super::super) fn of(root: &'n Node) -> Self {
        let all: Vec<_> = resources(root, "data")
            .filter(|(kind, ..)| *kind == DOCUMENT)
            .map(|(_, name, body)| (name, body))
            .collect();
        let joined = all.iter().flat_map(|(_, body)| all_sources(body));
        let mut only_joined: BTreeSet<String> = joined.filter_map(document_of).collect();
        let mut elsewhere = String::new();
        expressions(root, &mut elsewhere);
        only_joined.retain(|name| !mentions(&elsewhere, &format!("data.{DOCUMENT}.{name}")));
        let mut documents = Self { by_name: all.iter().copied().collect(), all, only_joined };
        let reached = documents.reached();
        documents.only_joined.retain(|name| reached.contains(name));
        documents
    }

    /// Those that stand in documents of their own; not those that only stand in each other.
    fn reached(&self) -> BTreeSet<String> {
        let mut waiting: Vec<&Node> = self.of_their_own().map(|(_, body)| body).collect();
        let mut reached = BTreeSet::new();
        while let Some(body) = waiting.pop() {
            for name in all_sources(body).filter_map(document_of) {
                let joined = self.by_name.get(name.as_str());
                if reached.insert(name) {
                    waiting.extend(joined);
                }
            }
        }
        reached
    }

    /// Whether a document stands in this file.
    pub(in super::super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The documents that are more than a part of others.
    pub(in super::super) fn of_their_own(&self) -> impl Iterator<Item = (&'n str, &'n Node)> {
        self.all.iter().copied().filter(|(name, _)| !self.only_joined.contains(*name))
    }

    /// Policies that stand in the place of documents to join.
    pub(in super::super) fn joined_texts(&self) -> impl Iterator<Item = &'n Node> {
        let all = self.all.iter().flat_map(|(_, body)| all_sources(body));
        all.filter(|node| matches!(node.value, Value::Object(_)))
    }

    /// Whether a document joins others.
    pub(super) fn joins(body: &Node) -> bool {
        all_sources(body).next().is_some()
    }

    /// The statements of a document with those that it joins. A statement takes the place of one of the same Sid.
    pub(super) fn merged(&self, body: &Node, view: View) -> Vec<Node> {
        self.within(body, view, MOST_STEPS)
    }

    fn within(&self, body: &Node, view: View, steps: usize) -> Vec<Node> {
        let mut merged = Vec::new();
        for source in sources(body, SOURCES) {
            merge(&mut merged, self.joined(source, view, steps));
        }
        let own = statements(body, view);
        // Sids of a document alone are its own matter.
        if merged.is_empty() {
            merged = own;
        } else {
            merge(&mut merged, own);
        }
        for source in sources(body, OVERRIDES) {
            merge(&mut merged, self.joined(source, view, steps));
        }
        merged
    }

    /// The statements of a joined document; one that is not known where it cannot be read.
    fn joined(&self, source: &Node, view: View, steps: usize) -> Vec<Node> {
        let name = document_of(source);
        match (&source.value, steps.checked_sub(1)) {
            (Value::Unknown(_), Some(steps)) => match name.as_deref().and_then(|name| self.by_name.get(name)) {
                // How often it is there is not known.
                Some(body) if body.get("count").or_else(|| body.get("for_each")).is_none() => {
                    self.within(body, view, steps)
                }
                _ => vec![source.clone()],
            },
            (Value::Object(_), _) => match source.get("Statement") {
                Some(list) => items(list).to_vec(),
                None => vec![unknown(source)],
            },
            (Value::Null, _) => Vec::new(),
            (Value::String(text), _) if text.as_str().is_empty() => Vec::new(),
            _ => vec![unknown(source)],
        }
    }
}

/// What stands in attributes with the text of documents.
fn sources<'n>(body: &'n Node, names: &'static [&'static str]) -> impl Iterator<Item = &'n Node> {
    names.iter().filter_map(|name| body.get(name)).flat_map(items)
}

fn all_sources(body: &Node) -> impl Iterator<Item = &Node> {
    sources(body, SOURCES).chain(sources(body, OVERRIDES))
}

fn unknown(source: &Node) -> Node {
    Node { span: source.span, value: Value::Unknown(Hole::of(&source.to_json_with_holes().to_string())) }
}

fn merge(merged: &mut Vec<Node>, new: Vec<Node>) {
    for statement in new {
        if merged.len() == MOST_STATEMENTS {
            merged.push(unknown(&statement));
            return;
        }
        match sid(&statement) {
            Sid::None => merged.push(statement),
            Sid::Unknown => {
                // It may take the place of any.
                merged.push(unknown(&statement));
            }
            Sid::Known(name) => {
                if merged.iter().any(|own| matches!(sid(own), Sid::Unknown)) {
                    merged.push(unknown(&statement));
                    continue;
                }
                let known = merged.iter().position(|own| matches!(sid(own), Sid::Known(own) if own == name));
                match known {
                    // Where it is not there, the other one stays.
                    Some(_) if may_be_missing(&statement) => merged.push(unknown(&statement)),
                    Some(place) => merged[place] = statement,
                    None => merged.push(statement),
                }
            }
        }
    }
}

/// Whether a condition that nobody knows says that a statement may not be there.
fn may_be_missing(statement: &Node) -> bool {
    let operators = statement.get("Condition").and_then(Node::object).unwrap_or_default().iter();
    let keys = operators.flat_map(|operator| operator.value.object().unwrap_or_default());
    keys.into_iter().any(|member| member.key.has_holes())
}

enum Sid<'n> {
    None,
    Known(&'n str),
    Unknown,
}

fn sid(statement: &Node) -> Sid<'_> {
    if matches!(statement.value, Value::Unknown(_)) {
        return Sid::None;
    }
    match statement.get("Sid").map(|sid| &sid.value) {
        None | Some(Value::Null) => Sid::None,
        Some(Value::String(text)) if text.as_str().is_empty() => Sid::None,
        Some(Value::String(text)) if !text.has_holes() => Sid::Known(text.as_str()),
        Some(_) => Sid::Unknown,
    }
}

/// The name of the document that a value is the text of: `data.aws_iam_policy_document.NAME.json`.
pub(in super::super) fn document_of(node: &Node) -> Option<String> {
    let Value::Unknown(hole) = node.value else { return None };
    let expression = hole.expression();
    let rest = expression.strip_prefix("data.")?.strip_prefix(DOCUMENT)?.strip_prefix('.')?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, attribute) = rest.split_at(end);
    let is_json = ["json", "minified_json"].contains(&attribute.rsplit('.').next()?);
    let is_one = attribute.starts_with('.') || attribute.matches(['[', ']']).count() == 2;
    (is_json && is_one && !attribute.contains(['(', '?', ' '])).then(|| name.to_owned())
}

/// All expressions of a file but for those that join documents.
fn expressions(node: &Node, text: &mut String) {
    let mut own = |found: &str| text.extend([&spelled(found), "\n"]);
    match &node.value {
        Value::Unknown(hole) => own(&hole.expression()),
        Value::String(found) if found.has_holes() => own(found.as_str()),
        Value::Array(items) => items.iter().for_each(|item| expressions(item, text)),
        Value::Object(members) => {
            let is_join = |member: &&Member| {
                let key = member.key.as_str();
                SOURCES.contains(&key) || OVERRIDES.contains(&key)
            };
            for member in members {
                match &member.value.value {
                    Value::Array(list) if is_join(&member) => {
                        list.iter().filter(|item| document_of(item).is_none()).for_each(|item| expressions(item, text));
                    }
                    Value::Unknown(_) if is_join(&member) && document_of(&member.value).is_some() => {}
                    _ => expressions(&member.value, text),
                }
            }
        }
        _ => {}
    }
}
