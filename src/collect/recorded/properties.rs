//! What AWS Config tells of which type, and whether that is all that rules read.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::pack::{Input, ResourceType, members_read};

/// The names of what AWS Config records of each type, lists passed through.
///
/// Source: AWS Config's resource schemas, <https://github.com/awslabs/aws-config-resource-schema>, the commit of each type in
/// the file. Types of which it tells less than rules read are not in it, nor are security groups: their ranges are plain
/// texts there, and objects in EC2's API.
const FILE: &str = include_str!("properties.json");

#[derive(Debug, Deserialize)]
struct File {
    types: BTreeMap<String, OfType>,
}

#[derive(Debug, Deserialize)]
struct OfType {
    properties: Vec<String>,
}

fn file() -> &'static File {
    static FILE_READ: OnceLock<File> = OnceLock::new();
    // A test reads the file; without it, nothing would be read from AWS Config.
    FILE_READ.get_or_init(|| serde_json::from_str(FILE).unwrap_or_else(|_| File { types: BTreeMap::new() }))
}

/// The members of a type that must be understood, where AWS Config can stand in for its list; `None` where it cannot: it
/// does not record the type, tells less of it than rules read, or the list is not of all resources of the type.
pub(super) fn needed(kind: &ResourceType) -> Option<Vec<Vec<String>>> {
    let properties = &file().types.get(kind.name)?.properties;
    let is_filtered = matches!(&kind.list.input, Input::Object(given) if !given.is_empty());
    if kind.is_global || is_filtered || !kind.within.is_empty() || kind.batch.is_some() {
        return None;
    }
    let read: Vec<_> = members_read(kind).ok()?.into_iter().filter(|path| !is_of_tags(path)).collect();
    read.iter().all(|path| properties.iter().any(|property| leads_to(path, property))).then_some(read)
}

/// Whether a path is that of tags, which AWS Config tells of every type.
fn is_of_tags(path: &[String]) -> bool {
    path.first().is_some_and(|name| super::convert::TAGS.contains(&name.as_str()))
}

/// Whether a property stands at the end of a path, or below it. Upper and lower case differ: `dbclusterIdentifier`.
fn leads_to(path: &[String], property: &str) -> bool {
    let mut names = property.split('.');
    path.iter().all(|name| names.next().is_some_and(|other| other.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::registry;

    #[test]
    fn every_type_of_the_file_can_stand_in_for_its_list() {
        assert!(!file().types.is_empty());
        for name in file().types.keys() {
            let kind = registry::types().find(|kind| kind.name == name).expect("a type of a pack");
            assert!(
                needed(kind).is_some(),
                "{name}: a rule reads what AWS Config does not tell; take it out of the file"
            );
        }
    }

    #[test]
    fn names_are_compared_without_case_and_whole() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert!(leads_to(&path("DBClusterIdentifier"), "dbclusterIdentifier"));
        assert!(leads_to(&path("State"), "state.value"));
        assert!(!leads_to(&path("State.Name"), "state"));
        assert!(!leads_to(&path("Stat"), "state"));
    }
}
