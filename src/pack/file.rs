//! The form of a pack's file (TOML). An unknown key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::rule::{Confidence, Expected, Kind, Severity};

/// One resource type with its rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackFile {
    pub(super) resource: ResourceTable,
    #[serde(default)]
    pub(super) rule: Vec<RuleTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceTable {
    /// `CloudFormation`'s type name, or one of its form.
    #[serde(rename = "type")]
    pub(super) kind: Spanned<String>,
    /// The service's name in IAM actions, where it is not the folder's name.
    pub(super) iam: Option<String>,
    /// botocore's name of the model, where it is not the folder's name; for `cargo xtask api-models`.
    #[serde(default, rename = "model")]
    _model: Option<String>,
    /// Whether it is the same in all regions.
    #[serde(default)]
    pub(super) global: bool,
    /// The one region that tells of all, where it is not any.
    pub(super) home: Option<Spanned<String>>,
    /// Lists that lead to this one, outermost first.
    #[serde(default)]
    pub(super) within: Vec<CallTable>,
    pub(super) list: CallTable,
    pub(super) detail: Option<CallTable>,
    pub(super) batch: Option<BatchTable>,
    /// Further calls about each item; what they give becomes the member `into`.
    #[serde(default)]
    pub(super) also: Vec<AlsoTable>,
    /// Its tags, in what was read anyway.
    pub(super) tags: Option<Spanned<String>>,
    /// Its tags, behind a call for each resource.
    pub(super) tag_call: Option<CallTable>,
    pub(super) id: Spanned<String>,
    pub(super) name: Option<Spanned<String>>,
    pub(super) arn: Option<Spanned<String>>,
    pub(super) created: Option<Spanned<String>>,
    /// Only resources for which this holds are taken.
    pub(super) keep: Option<Spanned<String>>,
    /// Members whose text is JSON, and the paths in it that are kept.
    #[serde(default)]
    pub(super) parsed: BTreeMap<String, Vec<Spanned<String>>>,
    /// Members that are not kept: secrets, and what is large and says nothing.
    #[serde(default)]
    pub(super) omit: Vec<String>,
    /// Paths of objects of which only the keys are kept, with `null` behind them.
    #[serde(default)]
    pub(super) keys_only: Vec<Spanned<String>>,
    /// IAM actions that differ from the operation's name.
    #[serde(default)]
    pub(super) actions: BTreeMap<String, String>,
}

/// A call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallTable {
    pub(super) operation: Spanned<String>,
    /// Strings are expressions.
    #[serde(default)]
    pub(super) input: toml::Table,
    /// Where the reply has its items: `Reservations[].Instances[]`; of a detail, where it has the resource.
    pub(super) items: Option<Spanned<String>>,
    /// Errors with which the service says that there is nothing: a code, or `Code: what the message has`.
    #[serde(default)]
    pub(super) none: Vec<String>,
}

/// A further call about each item. (Not a flattened [`CallTable`]: that would lose the places of mistakes.)
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlsoTable {
    pub(super) into: Spanned<String>,
    /// Whether the question arises; otherwise the member is missing.
    pub(super) when: Option<Spanned<String>>,
    pub(super) call: CallTable,
}

/// A call for many items at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchTable {
    pub(super) operation: Spanned<String>,
    pub(super) input: toml::Table,
    pub(super) items: Spanned<String>,
    /// How many items a call takes.
    pub(super) size: usize,
    /// What an item is called by; `keys` in the input is the list of them.
    pub(super) key: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTable {
    pub(super) id: Spanned<String>,
    pub(super) kind: Kind,
    pub(super) title: Spanned<String>,
    pub(super) severity: Severity,
    #[serde(default = "high")]
    pub(super) confidence: Confidence,
    pub(super) note: Spanned<String>,
    #[serde(default)]
    pub(super) references: Vec<Spanned<String>>,
    pub(super) opt_in: Option<String>,
    /// Numbers that a user may set, by name; expressions read them as `params.NAME`.
    #[serde(default)]
    pub(super) params: BTreeMap<String, Spanned<ParamTable>>,
    /// What the rule is asked once for.
    #[serde(default)]
    pub(super) about: super::About,
    /// Other resources that it looks at.
    #[serde(default)]
    pub(super) related: Vec<RelatedTable>,
    #[serde(default = "first_version")]
    pub(super) since: String,
    /// Whether the question arises.
    pub(super) applies: Option<Spanned<String>>,
    /// Why it does not, for people.
    pub(super) otherwise: Option<String>,
    /// Whether it is wrong; a leftover is, when the rule applies.
    pub(super) fails: Option<Spanned<String>>,
    pub(super) message: Spanned<String>,
    /// Members that decided.
    pub(super) evidence: Vec<Spanned<String>>,
    pub(super) cost: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) pillar: crate::cost::Pillar,
    pub(super) idle: Option<IdleTable>,
    /// Commands that end or mend it, in order.
    #[serde(default, alias = "fix")]
    pub(super) cleanup: Vec<Spanned<String>>,
    pub(super) docs: Spanned<String>,
    #[serde(default)]
    pub(super) example: Vec<ExampleTable>,
}

fn high() -> Confidence {
    Confidence::High
}

fn first_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// A number that a user may set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParamTable {
    pub(super) default: i64,
    /// What it counts: `days`.
    pub(super) unit: String,
    pub(super) min: i64,
    pub(super) max: i64,
    /// What it means, in a sentence.
    pub(super) about: String,
}

/// Other resources that a rule looks at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelatedTable {
    /// The variable that expressions have for them.
    pub(super) name: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) kind: Spanned<String>,
    /// An expression over `other`; what it is called, where it is left out.
    pub(super) key: Option<Spanned<String>>,
    /// What the key must be equal to, or one of; all of the type, where it is left out.
    pub(super) is: Option<Spanned<String>>,
    /// Whether those of other regions count.
    #[serde(default)]
    pub(super) anywhere: bool,
}

/// The metric that shows whether a resource is used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdleTable {
    pub(super) namespace: String,
    pub(super) metric: String,
    #[serde(default)]
    pub(super) statistic: Option<String>,
    pub(super) dimensions: BTreeMap<String, Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExampleTable {
    pub(super) name: Option<String>,
    pub(super) outcome: Spanned<Expected>,
    /// What the estimate must be, in US dollars a month of 730 hours.
    pub(super) monthly_usd: Option<f64>,
    /// The one resource of the type.
    pub(super) resource: Option<toml::Table>,
    /// All resources of the type, for a rule about an account or a region.
    #[serde(default)]
    pub(super) resources: Vec<toml::Table>,
    /// Resources of other types of packs, by type.
    #[serde(default)]
    pub(super) related: BTreeMap<String, Vec<toml::Table>>,
    /// The account's IAM, as in a snapshot.
    #[serde(default)]
    pub(super) iam: toml::Table,
    /// The account's S3, as in a snapshot.
    #[serde(default)]
    pub(super) s3: toml::Table,
    pub(super) parent: Option<toml::Table>,
    /// How much the metric of the rule says it was used; not read, where it is left out.
    pub(super) used: Option<f64>,
    pub(super) region: Option<String>,
    pub(super) created: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
}
