//! Who has a policy of a template, and when it is there.

use super::intrinsics::{Resolver, function};
use super::paths::Place;
use crate::policy::input::bearing::Bearing;
use crate::policy::syntax::{Hole, Node, Text};

/// Properties of policies that do not say who has them.
const DESCRIPTIVE: &[&str] =
    &["Description", "ManagedPolicyName", "Name", "Path", "PolicyName", "StatementId", "Tags", "Type"];

/// Types of principals, whose `ManagedPolicyArns` name policies.
const PRINCIPALS: &[&str] = &["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"];

/// What a template says of who has its policies.
pub(super) struct Attachments<'t> {
    resolver: Resolver<'t>,
    /// Names of principals with the names of the policies that they have.
    managed: Vec<(&'t str, String)>,
}

impl<'t> Attachments<'t> {
    pub(super) fn of(root: &'t Node, resolver: Resolver<'t>) -> Self {
        let resources = root.get("Resources").and_then(Node::object).unwrap_or_default();
        let is_principal = |kind: &Text| PRINCIPALS.contains(&kind.as_str());
        let principals =
            resources.iter().filter(|own| own.value.get("Type").and_then(Node::text).is_some_and(is_principal));
        let managed = principals.flat_map(|own| {
            let mut names = Vec::new();
            if let Some(list) = own.value.get("Properties").and_then(|properties| properties.get("ManagedPolicyArns")) {
                referred(list, &mut names);
            }
            names.into_iter().map(|name| (own.key.as_str(), name))
        });
        Self { resolver, managed: managed.collect() }
    }

    pub(super) fn resolver(&self) -> Resolver<'t> {
        self.resolver
    }

    /// Who has the policy that stands at a place of a resource, and when it is there.
    pub(super) fn bearing(&self, name: &str, resource: &Node, path: &str, place: &Place<'_>) -> Bearing {
        let mut bearing = Bearing::default();
        if let Some(condition) = resource.get("Condition") {
            bearing.only_when(self.condition(condition, true));
        }
        for (condition, is_so) in &place.when {
            bearing.only_when(self.condition(condition, *is_so));
        }
        let kind = resource.get("Type").and_then(Node::text).map_or("", Text::as_str);
        if !kind.ends_with("Policy") {
            bearing.hold_name("resource", name);
            return bearing;
        }
        let own = path.split(['.', '[']).next().unwrap_or(path);
        for member in resource.get("Properties").and_then(Node::object).unwrap_or_default() {
            let property = member.key.as_str();
            if property != own && !DESCRIPTIVE.contains(&property) {
                bearing.hold(property, &self.resolver.resolve(&member.value));
            }
        }
        for (principal, _) in self.managed.iter().filter(|(_, policy)| policy == name) {
            bearing.hold_name("ManagedPolicyArns of", *principal);
        }
        bearing
    }

    fn condition(&self, name: &Node, is_so: bool) -> String {
        let shown = name.text().map_or_else(|| name.to_json().to_string(), |text| text.text.clone());
        let node = name.text().and_then(|name| self.resolver.definitions().get("Conditions", name.as_str()));
        let definition = node.map(|node| format!("{} {}", node.to_json(), self.resolver.definitions().identity(node)));
        let not = if is_so { "" } else { "not " };
        format!("{not}{}", Hole::defined(&shown, &definition.unwrap_or_default()).letter())
    }
}

/// The names in `Ref` of a value.
fn referred(node: &Node, names: &mut Vec<String>) {
    if let Some(("Ref", argument)) = function(node) {
        names.extend(argument.text().map(|name| name.text.clone()));
    }
    node.array().unwrap_or_default().iter().for_each(|item| referred(item, names));
    for member in node.object().unwrap_or_default() {
        referred(&member.value, names);
    }
}
