//! The way to policies within a resource, through lists and through `Fn::If`.

use super::intrinsics::function;
use crate::policy::syntax::{Node, Value};

/// A value that was found.
pub(super) struct Place<'n> {
    /// The value.
    pub(super) node: &'n Node,
    /// The `Fn::If` on the way, each with the branch that leads to it.
    pub(super) when: Vec<(&'n Node, bool)>,
}

/// Follows a path such as `Policies[].PolicyDocument`, into every branch. Where a function that is not read stands on the
/// way, it is what is found.
pub(super) fn each<'n>(node: &'n Node, path: &str, take: &mut dyn FnMut(&Place<'n>)) {
    follow(&Place { node, when: Vec::new() }, path, take);
}

fn follow<'n>(place: &Place<'n>, path: &str, take: &mut dyn FnMut(&Place<'n>)) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (name, of_each) = first.strip_suffix("[]").map_or((first, false), |name| (name, true));
    let Some(node) = place.node.get(name) else { return };
    branches(&Place { node, when: place.when.clone() }, of_each, &mut |place| match rest {
        Some(rest) if function(place.node).is_none() => follow(place, rest, take),
        _ => take(place),
    });
}

/// Each value that may stand at a place; of a list, that of each item.
fn branches<'n>(place: &Place<'n>, of_each: bool, take: &mut dyn FnMut(&Place<'n>)) {
    let at = |node: &'n Node| Place { node, when: place.when.clone() };
    match (function(place.node), &place.node.value) {
        (Some(("Fn::If", argument)), _) if argument.array().is_some_and(|items| items.len() == 3) => {
            let items = argument.array().unwrap_or_default();
            for (item, is_so) in items[1..].iter().zip([true, false]) {
                let mut branch = at(item);
                branch.when.push((&items[0], is_so));
                branches(&branch, of_each, take);
            }
        }
        (Some(("Ref", name)), _) if name.text().is_some_and(|name| name.as_str() == "AWS::NoValue") => {}
        (None, Value::Array(items)) if of_each => items.iter().for_each(|item| branches(&at(item), false, take)),
        _ => take(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::yaml;

    #[test]
    fn every_branch_is_followed() {
        let source = "
Policies: !If
  - A
  - - PolicyDocument: one
    - !If [B, {PolicyDocument: !If [C, two, three]}, !Ref AWS::NoValue]
    - !Ref Other
  - !Ref AWS::NoValue
";
        let root = yaml::parse(source).expect("YAML").remove(0);
        let mut found = Vec::new();
        each(&root, "Policies[].PolicyDocument", &mut |place| {
            let when: Vec<_> = place.when.iter().map(|(name, so)| format!("{}{so}", name.to_json())).collect();
            found.push((place.node.to_json().to_string(), when.join(" ")));
        });
        let expected = [
            (r#""one""#, r#""A"true"#),
            (r#""two""#, r#""A"true "B"true "C"true"#),
            (r#""three""#, r#""A"true "B"true "C"false"#),
            (r#"{"Ref":"Other"}"#, r#""A"true"#),
        ];
        assert_eq!(found, expected.map(|(node, when)| (node.to_owned(), when.to_owned())));
    }
}
