//! The configuration in the tree of its JSON form: policies in resources, in data sources, and anywhere else.

use std::collections::{HashMap, HashSet};

use super::attachment::{Attachments, counted};
use super::definitions::Definitions;
use super::policy_document::{Documents, document_of};
use super::types::carriers;
use super::{Block, each, hcl, items, json, text};
use crate::policy::input::bearing::Bearing;
use crate::policy::input::duplicates::report_duplicates;
use crate::policy::input::{Found, InputProblem, ModuleFile};
use crate::policy::kind::PolicyKind;
use crate::policy::syntax::{Node, Span, SyntaxError, Value};

/// Reads a file in Terraform's own language.
pub(in crate::policy::input) fn read_hcl<'m>(others: impl Iterator<Item = &'m ModuleFile>, found: &mut Found<'_>) {
    match hcl::parse(found.source) {
        Ok((root, errors)) => read(&root, others, errors, found),
        Err((span, message)) => found.problems.push(InputProblem::new(Some(span), message)),
    }
}

/// Reads a file in the JSON form.
pub(in crate::policy::input) fn read_json<'m>(
    root: &Node,
    others: impl Iterator<Item = &'m ModuleFile>,
    found: &mut Found<'_>,
) {
    let (root, errors) = json::evaluate(found.source, root);
    read(&root, others, errors, found);
}

/// What resources make of a document.
#[derive(Default)]
struct Use {
    kind: Option<PolicyKind>,
    bearing: Bearing,
}

fn read<'m>(
    root: &Node,
    module: impl Iterator<Item = &'m ModuleFile>,
    errors: Vec<SyntaxError>,
    found: &mut Found<'_>,
) {
    let root = &Definitions::of(root, module).identify(root);
    found.errors.extend(errors);
    let documents = Documents::of(root);
    let attachments = Attachments::of(root);
    let mut uses: HashMap<String, Use> = HashMap::new();
    let mut seen: HashSet<Span> = HashSet::new();
    for resource @ (kind, name, body) in resources(root, "resource") {
        let organization = text(body, "type");
        for carrier in carriers(kind).filter(|carrier| carrier.is_iam(organization)) {
            each(body, carrier.attribute, &mut |Block { body: node, made_by }| {
                let policy = carrier.kind(organization);
                let mut bearing = attachments.bearing(resource, carrier.attribute);
                if let Some(dynamic) = made_by {
                    counted(dynamic, &mut bearing);
                }
                if let Some(document) = document_of(node).filter(|name| documents.has(name)) {
                    let own = uses.entry(document).or_default();
                    own.kind = own.kind.or(policy);
                    own.bearing.join(&bearing);
                    own.bearing.hold_name("use", format!("{kind}.{name}"));
                } else if node.value != Value::Null {
                    seen.insert(node.span);
                    found.bearing = Some(bearing);
                    found.push_either(format!("{kind}.{name}.{}", carrier.attribute), policy, node.clone());
                }
            });
        }
    }
    for (name, body) in documents.of_their_own() {
        let Use { kind, mut bearing } = uses.remove(name).unwrap_or_default();
        counted(body, &mut bearing);
        found.bearing = Some(bearing);
        documents.push(name, body, kind, found);
    }
    found.bearing = None;
    seen.extend(documents.joined_texts().map(|node| node.span));
    others(root, "", &mut seen, found);
    report_duplicates(root, found);
}

/// The blocks of `resource` or `data`: type, name, body.
pub(super) fn resources<'n>(root: &'n Node, group: &str) -> impl Iterator<Item = (&'n str, &'n str, &'n Node)> {
    let members = |node: &'n Node| node.object().unwrap_or_default();
    let groups = root.get(group).map(items).unwrap_or_default().iter().flat_map(members);
    groups.flat_map(move |kind| {
        items(&kind.value).iter().flat_map(members).flat_map(move |named| {
            items(&named.value).iter().map(move |body| (kind.key.as_str(), named.key.as_str(), body))
        })
    })
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
