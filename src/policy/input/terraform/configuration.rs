//! The configuration in the tree of its JSON form: policies in resources, in data sources, and anywhere else.

use std::collections::{HashMap, HashSet};

use super::types::carriers;
use super::{each, hcl, items, json, policy_document, text};
use crate::policy::input::{Found, InputProblem};
use crate::policy::kind::PolicyKind;
use crate::policy::syntax::{Node, Span, SyntaxError, Value};

const DOCUMENT: &str = "aws_iam_policy_document";

/// Reads a file in Terraform's own language.
pub(in crate::policy::input) fn read_hcl(found: &mut Found<'_>) {
    match hcl::parse(found.source) {
        Ok((root, errors)) => read(&root, errors, found),
        Err((span, message)) => found.problems.push(InputProblem::new(Some(span), message)),
    }
}

/// Reads a file in the JSON form.
pub(in crate::policy::input) fn read_json(root: &Node, found: &mut Found<'_>) {
    let (root, errors) = json::evaluate(found.source, root);
    read(&root, errors, found);
}

fn read(root: &Node, errors: Vec<SyntaxError>, found: &mut Found<'_>) {
    found.errors.extend(errors);
    let documents: HashMap<&str, &Node> =
        resources(root, "data").filter(|(kind, _, _)| *kind == DOCUMENT).map(|(_, name, body)| (name, body)).collect();
    let mut uses: HashMap<&str, PolicyKind> = HashMap::new();
    let mut seen: HashSet<Span> = HashSet::new();
    for (kind, name, body) in resources(root, "resource") {
        let organization = text(body, "type");
        for carrier in carriers(kind).filter(|carrier| carrier.is_iam(organization)) {
            each(body, carrier.attribute, &mut |node| {
                let policy = carrier.kind(organization);
                if let Some((document, _)) = document_of(node).and_then(|name| documents.get_key_value(name)) {
                    uses.extend(policy.map(|policy| (*document, policy)));
                } else if node.value != Value::Null {
                    seen.insert(node.span);
                    found.push_either(format!("{kind}.{name}.{}", carrier.attribute), policy, node.clone());
                }
            });
        }
    }
    for (name, body) in
        resources(root, "data").filter(|(kind, _, _)| *kind == DOCUMENT).map(|(_, name, body)| (name, body))
    {
        let is_read = |node: &Node| document_of(node).is_some_and(|name| documents.contains_key(name));
        if let Some(policy) = policy_document::render(body, is_read) {
            found.push(format!("data.{DOCUMENT}.{name}"), uses.get(name).copied(), policy);
        }
    }
    others(root, "", &mut seen, found);
}

/// The blocks of `resource` or `data`: type, name, body.
fn resources<'n>(root: &'n Node, group: &str) -> impl Iterator<Item = (&'n str, &'n str, &'n Node)> {
    let members = |node: &'n Node| node.object().unwrap_or_default();
    let groups = root.get(group).map(items).unwrap_or_default().iter().flat_map(members);
    groups.flat_map(move |kind| {
        items(&kind.value).iter().flat_map(members).flat_map(move |named| {
            items(&named.value).iter().map(move |body| (kind.key.as_str(), named.key.as_str(), body))
        })
    })
}

/// The name of the document that a value is the text of: `data.aws_iam_policy_document.NAME.json`.
fn document_of(node: &Node) -> Option<&str> {
    let Value::Unknown(expression) = &node.value else { return None };
    let rest = expression.strip_prefix("data.aws_iam_policy_document.")?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, attribute) = rest.split_at(end);
    ["json", "minified_json"].contains(&attribute.rsplit('.').next()?).then_some(name)
}

/// Policies elsewhere: arguments of modules, constants, resources of other providers.
fn others(node: &Node, path: &str, seen: &mut HashSet<Span>, found: &mut Found<'_>) {
    match &node.value {
        Value::Object(_) if is_policy(node) => {
            if !seen.insert(node.span) {
                return;
            }
            found.push(path, None, node.clone());
        }
        Value::Object(members) => {
            for member in members {
                let key = member.key.as_str();
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                others(&member.value, &path, seen, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|item| others(item, path, seen, found)),
        _ => {}
    }
}

/// Whether an object is an IAM policy beyond doubt; other tools have statements, too.
fn is_policy(node: &Node) -> bool {
    let statements = node.get("Statement").map(items).unwrap_or_default();
    statements.iter().any(|statement| statement.get("Effect").is_some())
}
