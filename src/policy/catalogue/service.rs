//! A service of the catalogue: its actions, resource types and condition keys.

use std::cmp::Ordering;
use std::sync::OnceLock;

/// One service: whatever stands before the colon of an action.
#[derive(Debug)]
pub struct Service {
    /// `iam`, `s3`, `bedrock-agentcore`.
    pub prefix: &'static str,
    /// As AWS calls it: `AWS Identity and Access Management (IAM)`.
    pub name: &'static str,
    /// Whether resource control policies bind it.
    pub supports_rcp: bool,
    records: &'static str,
    facts: OnceLock<Facts>,
}

/// What the records of a service say, read when it is first asked for.
#[derive(Debug, Default)]
struct Facts {
    keys: Vec<ConditionKey>,
    resource_types: Vec<ResourceType>,
    actions: Vec<Action>,
}

/// A condition key.
#[derive(Debug, PartialEq, Eq)]
pub struct ConditionKey {
    /// As AWS writes it, with variable parts: `iam:PassedToService`, `s3:ExistingObjectTag/<key>`.
    pub name: &'static str,
    /// What it holds.
    pub kind: KeyType,
}

/// What a condition key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyType {
    /// The type of one value.
    pub value: ValueType,
    /// Whether a request can have several, which need `ForAnyValue` or `ForAllValues`.
    pub many: bool,
}

/// The type of a condition key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A time, in ISO 8601 or in seconds since 1970.
    Date,
    /// A number.
    Numeric,
    /// An address or a range in CIDR notation.
    IpAddress,
    /// Bytes in Base64.
    Binary,
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
    /// Places of its keys in the service's list, apart by a comma.
    keys: &'static str,
    /// Full names of actions, apart by a comma.
    dependent: &'static str,
}

/// A type of resource that statements can name.
#[derive(Debug)]
pub struct ResourceType {
    /// `role`.
    pub name: &'static str,
    /// Its ARN with variables: `arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}`.
    pub arn: &'static str,
    /// Places of its keys in the service's list, apart by a comma.
    keys: &'static str,
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

impl Service {
    /// A service whose records are read later.
    pub(super) fn new(prefix: &'static str, name: &'static str, supports_rcp: bool, records: &'static str) -> Self {
        Self { prefix, name, supports_rcp, records, facts: OnceLock::new() }
    }

    /// Sorted by name, upper and lower case alike.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.facts().actions
    }

    /// Sorted by name.
    #[must_use]
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.facts().resource_types
    }

    /// Sorted by name, upper and lower case alike. Those that work with any service are not among them.
    #[must_use]
    pub fn condition_keys(&self) -> &[ConditionKey] {
        &self.facts().keys
    }

    /// The condition key of this name, in upper or lower case; variable parts stand for any text.
    #[must_use]
    pub fn condition_key(&self, name: &str) -> Option<&ConditionKey> {
        self.condition_keys().iter().find(|key| key.matches(name))
    }

    /// The keys that requests for this action can have by themselves or through its resources.
    pub fn keys_of<'a>(&'a self, action: &'a Action) -> impl Iterator<Item = &'a ConditionKey> {
        let of_types = self.types_of(action).map(|kind| kind.keys);
        std::iter::once(action.keys).chain(of_types).flat_map(|list| self.keys_at(list))
    }

    /// The keys of a resource type.
    pub fn keys_of_type<'a>(&'a self, kind: &'a ResourceType) -> impl Iterator<Item = &'a ConditionKey> {
        self.keys_at(kind.keys)
    }

    fn keys_at(&self, list: &'static str) -> impl Iterator<Item = &ConditionKey> {
        let places = list.split(',').filter_map(|place| place.parse::<usize>().ok());
        places.filter_map(|place| self.condition_keys().get(place))
    }

    fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| match Facts::read(self.records) {
            Ok(facts) => facts,
            // The bytes are part of this build and a test reads all of them.
            Err(error) => unreachable!("the embedded catalogue: {error}"),
        })
    }

    /// The action of this name without its prefix, in upper or lower case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        let actions = self.actions();
        actions.binary_search_by(|action| cmp_ignore_case(action.name, name)).ok().map(|i| &actions[i])
    }

    /// The resource type of this name.
    #[must_use]
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        let types = self.resource_types();
        types.binary_search_by(|kind| kind.name.cmp(name)).ok().map(|i| &types[i])
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

    /// The actions that a caller needs besides, as far as AWS's reference names them.
    pub fn dependent_actions(&self) -> impl Iterator<Item = &'static str> {
        self.dependent.split(',').filter(|name| !name.is_empty())
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

impl Facts {
    fn read(records: &'static str) -> Result<Self, String> {
        let mut facts = Self::default();
        for line in records.lines() {
            let mut columns = line.split('\t');
            let mut column = || columns.next().unwrap_or_default();
            let (record, name, second, third) = (column(), column(), column(), column());
            match record {
                "key" => {
                    let kind = KeyType::parse(second).ok_or_else(|| line.to_owned())?;
                    facts.keys.push(ConditionKey { name, kind });
                }
                "type" => facts.resource_types.push(ResourceType { name, arn: second, keys: third }),
                "action" => {
                    let level = AccessLevel::parse(second).ok_or_else(|| line.to_owned())?;
                    let (keys, dependent) = (column(), column());
                    facts.actions.push(Action { name, level, resource_types: third, keys, dependent });
                }
                _ => return Err(line.to_owned()),
            }
        }
        Ok(facts)
    }
}

impl ConditionKey {
    /// Whether a key of a policy is this one; case does not count.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        matches_key(self.name, name)
    }

    /// Whether a part of its name is the user's to choose, such as a tag's key.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.name.contains("${") || self.name.contains('<')
    }

    /// The name before its first variable part: `aws:ResourceTag/`.
    #[must_use]
    pub fn stem(&self) -> &'static str {
        self.name.find(['<', '$']).map_or(self.name, |at| &self.name[..at])
    }
}

impl KeyType {
    /// One value of a type.
    #[must_use]
    pub const fn one(value: ValueType) -> Self {
        Self { value, many: false }
    }

    /// Several values of a type.
    #[must_use]
    pub const fn many(value: ValueType) -> Self {
        Self { value, many: true }
    }

    fn parse(text: &str) -> Option<Self> {
        let (many, value) = text.strip_prefix("ArrayOf").map_or((false, text), |value| (true, value));
        let value = match value {
            "String" => ValueType::String,
            "ARN" => ValueType::Arn,
            "Bool" => ValueType::Bool,
            "Date" => ValueType::Date,
            "Numeric" => ValueType::Numeric,
            "IPAddress" => ValueType::IpAddress,
            "Binary" => ValueType::Binary,
            _ => return None,
        };
        Some(Self { value, many })
    }
}

/// Compares a key with a pattern whose variable parts (`${TagKey}`, `<key>`) stand for at least one character.
fn matches_key(pattern: &str, name: &str) -> bool {
    let Some(at) = pattern.find(['<', '$']) else { return pattern.eq_ignore_ascii_case(name) };
    let (stem, variable) = pattern.split_at(at);
    let close = if variable.starts_with('<') { '>' } else { '}' };
    let Some(rest) = variable.find(close).map(|end| &variable[end + 1..]) else { return false };
    let Some(start) = name.get(..stem.len()) else { return false };
    if !start.eq_ignore_ascii_case(stem) {
        return false;
    }
    let tail = &name[stem.len()..];
    if rest.is_empty() {
        return !tail.is_empty();
    }
    tail.char_indices().skip(1).any(|(from, _)| matches_key(rest, &tail[from..]))
}

/// Compares names letter by letter, upper and lower case alike.
pub(super) fn cmp_ignore_case(a: &str, b: &str) -> Ordering {
    a.bytes().map(|b| b.to_ascii_lowercase()).cmp(b.bytes().map(|b| b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_parts_of_keys_stand_for_any_text() {
        for (pattern, name, expected) in [
            ("aws:RequestTag/${TagKey}", "AWS:requesttag/Team", true),
            ("aws:RequestTag/${TagKey}", "aws:RequestTag/", false),
            ("s3:ExistingObjectTag/<key>", "s3:ExistingObjectTag/a/b", true),
            ("codebuild:x/${name}.value", "codebuild:x/é.value", true),
            ("codebuild:x/${name}.value", "codebuild:x/.value", false),
            ("s3:prefix", "s3:Prefix", true),
            ("s3:prefix", "s3:prefixes", false),
            ("aws:é/${k}", "aws:e", false),
        ] {
            assert_eq!(matches_key(pattern, name), expected, "{pattern} {name}");
        }
    }
}
