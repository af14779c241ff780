//! What puts parts into templates before they are deployed, so that they cannot be read here.

use super::types::carriers;
use crate::policy::input::InputProblem;
use crate::policy::syntax::{Node, Text, Value};

/// Macros that leave policies as they stand.
const HARMLESS: &[&str] = &[
    "AWS::CodeDeployBlueGreen",
    "AWS::CodeStar",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::Serverless-2016-10-31",
    "AWS::ServiceCatalog",
];

/// Why a policy of a resource with `Fn::Transform` is not known.
pub(super) const PUT_IN: &str = "Fn::Transform puts parts in that do not stand here";

const INSTEAD: &str = "judge the processed template: `aws cloudformation get-template --template-stage Processed`";

/// Why no policy of a template is known: a macro that may change all of them.
pub(super) fn unknown_macro(root: &Node) -> Option<String> {
    let named = root.get("Transform").map(std::slice::from_ref).unwrap_or_default();
    let named = named.iter().flat_map(|node| node.array().unwrap_or(std::slice::from_ref(node)));
    // With `Name` and `Parameters`, as `AWS::Include` has it.
    let mut names = named.map(|node| node.get("Name").unwrap_or(node).text().map_or("", Text::as_str));
    let unknown = names.find(|name| !HARMLESS.contains(name));
    let whole = root.get("Fn::Transform").map(|_| "Fn::Transform");
    unknown.or(whole).map(|name| format!("the macro {name} may change it; {INSTEAD}"))
}

/// What puts properties into a resource.
pub(super) fn within(properties: &Node) -> Option<&Node> {
    let members = properties.object().unwrap_or_default();
    members.iter().find(|member| member.key.as_str().starts_with("Fn::")).map(|member| &member.value)
}

/// That resources are made by a function, when policies may be among them.
pub(super) fn unread(function: &Text, argument: &Node) -> Option<InputProblem> {
    let is_loop = function.as_str().starts_with("Fn::ForEach");
    (!is_loop || may_carry(argument)).then(|| {
        let message = format!("{} makes resources whose policies are not read; {INSTEAD}", function.as_str());
        InputProblem::new(Some(function.span), message)
    })
}

/// Whether a value has a resource type that carries policies, or one that is not literal.
fn may_carry(node: &Node) -> bool {
    match &node.value {
        Value::Array(items) => items.iter().any(may_carry),
        Value::Object(members) => members.iter().any(|member| {
            let key = member.key.as_str();
            let kind = member.value.text().map(Text::as_str);
            match key {
                "Type" => kind.is_none_or(|kind| kind.contains("${") || carriers(kind).next().is_some()),
                "Fn::Transform" => true,
                _ => may_carry(&member.value),
            }
        }),
        _ => false,
    }
}
