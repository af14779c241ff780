//! Packs: a service as data.
//!
//! A pack is a folder with `api.json` (AWS's own API model of the service, whole or cut) and one `.toml` per resource
//! type: how it is listed, and the rules about it. The packs that ship with afterlab and a user's own have one form and
//! the same rights.

mod check;
mod core_types;
mod examples;
mod expression;
mod fields;
mod file;
mod functions;
mod judge;
mod load;
mod parsed;
mod reads;
pub mod registry;
mod related;
mod scaffold;
#[cfg(test)]
mod tests;
mod values;
mod whole;

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use serde_json::{Map, Value};

use crate::cost::Pillar;
use crate::inventory::Region;
use crate::rule::{Kind, Operation};

pub use core_types::{CORE_TYPES, CoreType, Member};
pub use expression::{Expression, Template};
pub use functions::{FUNCTIONS, context};
pub(crate) use judge::{variables, with_params};
pub use load::PackError;
pub use parsed::ParsedText;
pub use reads::members_read;
pub(crate) use related::Indexes;
pub use related::{Related, RelatedType};
pub use values::Variables;

/// What the names of files of packs that ship with afterlab begin with.
pub(crate) const EMBEDDED: &str = "packs/";

/// Keys of a rule in `afterlab.toml` that name no parameter.
pub(crate) const OTHER_KEYS: &[&str] = &["enabled", "severity"];

/// A type of resources: how it is read.
#[derive(Debug)]
pub struct ResourceType {
    /// `CloudFormation`'s name of the type: `AWS::Kendra::Index`.
    pub name: &'static str,
    /// The pack that it belongs to: `kendra`.
    pub pack: &'static str,
    /// The file that says so.
    pub file: &'static str,
    /// Whether it is the same in all regions.
    pub is_global: bool,
    /// The one region that tells of all, where it is not any.
    pub home: Option<Region>,
    /// Lists that lead to its list, outermost first.
    pub within: Vec<Call>,
    /// The list.
    pub list: Call,
    /// What is asked of each item.
    pub detail: Option<Call>,
    /// What is asked of many items at once.
    pub batch: Option<BatchCall>,
    /// What else is asked of each item.
    pub also: Vec<Also>,
    /// Where its tags are.
    pub tags: Option<Tags>,
    /// What AWS calls it.
    pub id: Expression,
    /// What a person calls it; the id where it is missing.
    pub label: Option<Expression>,
    /// Its ARN.
    pub arn: Option<Template>,
    /// When it was created.
    pub created: Option<Expression>,
    /// Whether an item is one of this type.
    pub keep: Option<Expression>,
    /// Members whose text is JSON.
    pub parsed: Vec<ParsedText>,
    /// Members that are not kept.
    pub omit: Vec<String>,
    /// Objects of which only the keys are kept.
    pub keys_only: Vec<ItemPath>,
    /// What is called, with the IAM actions that allow it.
    pub operations: &'static [Operation],
}

/// A call.
#[derive(Debug)]
pub struct Call {
    /// `ListIndices`.
    pub operation: String,
    /// What it is called with.
    pub input: Input,
    /// Where the reply has its items.
    pub items: Option<ItemPath>,
    /// Errors with which the service says that there is nothing: a code, or `Code: what the message has`.
    pub none: Vec<String>,
}

/// A further call about each item.
#[derive(Debug)]
pub struct Also {
    /// The member that its reply becomes.
    pub into: String,
    /// Whether the question arises.
    pub when: Option<Expression>,
    /// The call.
    pub call: Call,
}

/// A call for many items at once.
#[derive(Debug)]
pub struct BatchCall {
    /// `BatchGetCollection`.
    pub operation: String,
    /// What it is called with; `keys` are those of the items.
    pub input: Input,
    /// Where the reply has its items.
    pub items: ItemPath,
    /// How many items a call takes.
    pub size: usize,
    /// What an item of the list is called by.
    pub key: Expression,
}

/// Where tags are.
#[derive(Debug)]
pub enum Tags {
    /// In what was read anyway.
    Expression(Expression),
    /// Behind a call for each resource.
    Call(Call),
}

/// What a call is made with: JSON in which strings are expressions.
#[derive(Debug)]
pub enum Input {
    /// An expression.
    Expression(Expression),
    /// A value as it is.
    Plain(Value),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(BTreeMap<String, Self>),
}

impl Input {
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Expression(Expression::new(text.as_str())),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
            other => Self::Plain(other.clone()),
        }
    }

    /// The input with its expressions evaluated; what is `null` is left out.
    ///
    /// # Errors
    /// What went wrong, with the expression.
    pub fn evaluate(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> Result<Value, String> {
        Ok(match self {
            Self::Expression(expression) => expression.evaluate(root, variables)?,
            Self::Plain(value) => value.clone(),
            Self::List(items) => items.iter().map(|item| item.evaluate(root, variables)).collect::<Result<_, _>>()?,
            Self::Object(members) => {
                let mut given = Map::new();
                for (name, value) in members {
                    let value = value.evaluate(root, variables)?;
                    if !value.is_null() {
                        given.insert(name.clone(), value);
                    }
                }
                Value::Object(given)
            }
        })
    }

    fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Expression(expression) => vec![expression],
            Self::Plain(_) => Vec::new(),
            Self::List(items) => items.iter().flat_map(Self::expressions).collect(),
            Self::Object(members) => members.values().flat_map(Self::expressions).collect(),
        }
    }
}

/// Where a reply has its items: `Reservations[].Instances[]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPath(Vec<String>);

impl ItemPath {
    /// Reads a path: names with dots between them, `[]` behind lists.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let names: Vec<String> = text.split('.').map(|name| name.trim_end_matches("[]").to_owned()).collect();
        let is_name = |name: &String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        names.iter().all(is_name).then_some(Self(names))
    }

    /// The names on the way.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// Empties the objects at its end: their keys stay, with `null` behind them.
    pub fn keep_keys(&self, properties: &mut Map<String, Value>) {
        let Some((last, way)) = self.0.split_last() else { return };
        let holder = way.iter().try_fold(properties, |members, name| members.get_mut(name)?.as_object_mut());
        if let Some(Value::Object(members)) = holder.and_then(|members| members.get_mut(last)) {
            members.values_mut().for_each(|value| *value = Value::Null);
        }
    }

    /// What is found at its end: the items of lists, one by one.
    #[must_use]
    pub fn find(&self, reply: Value) -> Vec<Value> {
        self.0.iter().fold(vec![reply], |found, name| {
            let inner = found.into_iter().filter_map(|mut value| value.get_mut(name).map(Value::take));
            inner
                .flat_map(|value| match value {
                    Value::Array(items) => items,
                    Value::Null => Vec::new(),
                    one => vec![one],
                })
                .collect()
        })
    }
}

impl ResourceType {
    /// The operations that are called, each once.
    pub fn operation_names(&self) -> impl Iterator<Item = &str> {
        let of_tags = match &self.tags {
            Some(Tags::Call(call)) => Some(call.operation.as_str()),
            _ => None,
        };
        let further = self.also.iter().map(|also| &also.call);
        let calls = self.within.iter().chain([&self.list]).chain(&self.detail).chain(further);
        let calls = calls.map(|call| call.operation.as_str());
        let mut names: Vec<&str> =
            calls.chain(self.batch.iter().map(|batch| batch.operation.as_str())).chain(of_tags).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }
}

// A type is its name: packs with two of one name are refused.
impl PartialEq for ResourceType {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for ResourceType {}

impl Hash for ResourceType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl PartialOrd for ResourceType {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceType {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(other.name)
    }
}

/// What a rule is asked once for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Each resource of its type.
    #[default]
    Resource,
    /// Each region, with all resources of its type there; the regions that fail make one finding about the account.
    Region,
    /// The account, with all resources of its type.
    Account,
}

/// The logic of a rule.
#[derive(Debug)]
pub struct PackRule {
    /// The resources that it looks at.
    pub kind: &'static ResourceType,
    /// What it is asked once for.
    pub about: About,
    related: Vec<Related>,
    sort: Kind,
    applies: Option<Expression>,
    otherwise: &'static str,
    fails: Option<Expression>,
    message: Template,
    evidence: Vec<Expression>,
    cost: Option<Expression>,
    pillar: Pillar,
    /// The metric that shows whether it is used.
    pub idle: Option<Idle>,
    /// Whether its expressions ask how much it was used.
    reads_use: bool,
    cleanup: Vec<Template>,
    /// What the estimate of each example must be.
    pub monthly_usd: Vec<Option<f64>>,
    examples: examples::Examples,
}

impl Idle {
    /// Namespace and metric.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.namespace, self.metric)
    }
}

/// The metric that shows whether a resource is used.
#[derive(Debug)]
pub struct Idle {
    /// `AWS/Kendra`.
    pub namespace: String,
    /// `IndexQueryCount`.
    pub metric: String,
    /// `Sum`.
    pub statistic: String,
    /// Names and values.
    pub dimensions: BTreeMap<String, Expression>,
}
