//! What `terraform show -json` prints of a plan or a state.

use std::collections::HashSet;

use super::policy_document::DOCUMENT;
use super::types::carriers;
use super::{Block, each, text};
use crate::policy::input::Found;
use crate::policy::syntax::{Hole, Node, Value};

/// Whether it is a plan or a state.
pub(in crate::policy::input) fn is_plan(root: &Node) -> bool {
    root.get("format_version").is_some()
        && ["planned_values", "resource_changes", "values"].iter().any(|name| root.get(name).is_some())
}

/// Takes every policy out of it, and names those that are not known before the plan is applied.
pub(in crate::policy::input) fn read(root: &Node, found: &mut Found<'_>) {
    let mut texts = HashSet::new();
    for values in ["planned_values", "values"].iter().filter_map(|name| root.get(name)) {
        if let Some(module) = values.get("root_module") {
            module_resources(module, &mut texts, found);
        }
    }
    if let Some(state) = root.get("prior_state").and_then(|state| state.get("values")?.get("root_module")) {
        data_sources(state, &mut texts, found);
    }
    for change in root.get("resource_changes").and_then(Node::array).unwrap_or_default() {
        unknown(change, found);
    }
}

fn module_resources(module: &Node, texts: &mut HashSet<String>, found: &mut Found<'_>) {
    for resource in module.get("resources").and_then(Node::array).unwrap_or_default() {
        let Some(values) = resource.get("values") else { continue };
        let address = text(resource, "address").unwrap_or_default();
        let organization = text(values, "type");
        for carrier in carriers(text(resource, "type").unwrap_or_default()) {
            if !carrier.is_iam(organization) {
                continue;
            }
            each(values, carrier.attribute, &mut |Block { body: node, .. }| {
                if let Some(policy) = node.text().filter(|policy| !policy.as_str().trim().is_empty()) {
                    texts.insert(policy.text.clone());
                    let name = format!("{address}.{}", carrier.attribute);
                    found.push_either(name, carrier.kind(organization), node.clone());
                }
            });
        }
    }
    for child in module.get("child_modules").and_then(Node::array).unwrap_or_default() {
        module_resources(child, texts, found);
    }
}

/// Documents that a data source rendered, unless a resource has the same text.
fn data_sources(module: &Node, texts: &mut HashSet<String>, found: &mut Found<'_>) {
    for resource in module.get("resources").and_then(Node::array).unwrap_or_default() {
        let rendered = resource.get("values").and_then(|values| values.get("json"));
        if text(resource, "type") == Some(DOCUMENT)
            && let Some(node) = rendered
            && let Some(policy) = node.text()
            && texts.insert(policy.text.clone())
        {
            found.push_either(text(resource, "address").unwrap_or_default(), None, node.clone());
        }
    }
    for child in module.get("child_modules").and_then(Node::array).unwrap_or_default() {
        data_sources(child, texts, found);
    }
}

/// Policies of a change that are known only after it was applied.
fn unknown(change: &Node, found: &mut Found<'_>) {
    let Some(after) = change.get("change").and_then(|change| change.get("after_unknown")) else { return };
    let address = text(change, "address").unwrap_or_default();
    for carrier in carriers(text(change, "type").unwrap_or_default()) {
        each(after, carrier.attribute, &mut |Block { body: node, .. }| {
            if matches!(node.value, Value::Bool(true)) {
                let expression = format!("{address}.{}, known after apply", carrier.attribute);
                let unknown = Node { span: node.span, value: Value::Unknown(Hole::unlike_any(&expression)) };
                found.push_either(format!("{address}.{}", carrier.attribute), carrier.kind(None), unknown);
            }
        });
    }
}
