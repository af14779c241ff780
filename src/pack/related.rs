//! Other resources that a rule looks at besides its own: found by what they are called, or by what they say of themselves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::core_types::{self, CoreType};
use super::fields::{FieldPath, Step};
use super::{Expression, PackRule, ResourceType, Variables, judge};
use crate::inventory::{GapId, Inventory, Region, Resource, Unknown};
use crate::rule::{Context, Need, NoVerdict};

/// Other resources that a rule looks at.
#[derive(Debug)]
pub struct Related {
    /// The variable that expressions have for them.
    pub name: &'static str,
    /// Their type.
    pub kind: RelatedType,
    /// What must be equal: an expression over `other`; what it is called (id, ARN) where it is left out.
    pub key: Option<Expression>,
    /// What the key must be equal to, or one of; all resources of the type where it is left out.
    pub is: Option<Expression>,
    /// Whether those of other regions count.
    pub anywhere: bool,
    /// The members that the rule reads of a core type.
    pub members: Vec<&'static str>,
}

/// The type of other resources.
#[derive(Clone, Copy, Debug)]
pub enum RelatedType {
    /// One of a pack.
    Pack(&'static ResourceType),
    /// One that afterlab reads itself.
    Core(&'static CoreType),
}

impl RelatedType {
    /// `CloudFormation`'s name of the type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pack(kind) => kind.name,
            Self::Core(kind) => kind.name,
        }
    }
}

/// Where the resources of a type stand in its list, by key; made once for an evaluation.
#[derive(Debug, Default)]
pub(crate) struct Indexes(Mutex<HashMap<String, Arc<Index>>>);

/// Places in the list of a type, by key.
type Index = HashMap<String, Vec<usize>>;

impl PackRule {
    /// Notes what the rule's expressions read besides its resource: members of core types, and how much it was used.
    ///
    /// # Errors
    /// When one of them is no expression.
    pub(super) fn note_reads(&mut self) -> Result<(), String> {
        if self.idle.is_some() {
            let mut tests = [&self.applies, &self.fails].into_iter().flatten();
            self.reads_use = tests.any(|test| test.reads(judge::USED));
        }
        let mut found: Vec<Vec<&'static str>> = vec![Vec::new(); self.related.len()];
        if self.related.iter().any(|related| matches!(related.kind, RelatedType::Core(_))) {
            for expression in self.expressions().chain(self.related.iter().filter_map(|related| related.is.as_ref())) {
                for path in expression.fields()? {
                    for (related, members) in self.related.iter().zip(&mut found) {
                        members.extend(related.member(path));
                    }
                }
            }
        }
        for (related, members) in self.related.iter_mut().zip(found) {
            related.members = members;
        }
        Ok(())
    }
}

impl Related {
    /// The member of a core type that a path of members begins with.
    fn member(&self, path: &FieldPath) -> Option<&'static str> {
        let (RelatedType::Core(kind), Some(Step::Name(name))) = (self.kind, path.steps.first()) else { return None };
        let member = kind.members.iter().find(|member| member.name == name)?;
        (path.root == self.name).then_some(member.name)
    }

    /// What must be read for it.
    pub(super) fn needs(&self) -> Vec<Need> {
        match self.kind {
            RelatedType::Pack(kind) => vec![Need::Resources(kind)],
            RelatedType::Core(kind) => {
                let read = kind.members.iter().filter(|member| {
                    self.members.contains(&member.name) || kind.members.first().is_some_and(|m| m.name == member.name)
                });
                read.flat_map(|member| member.needs).copied().collect()
            }
        }
    }

    /// Lends what is found to a rule's expressions: `null` or one resource where it is looked for by what it is called,
    /// otherwise a list.
    ///
    /// # Errors
    /// [`NoVerdict`] when there may be more that could not be read, or an expression breaks.
    pub(super) fn lend<'a>(
        &self,
        variables: &mut Variables<'a>,
        region: Option<&Region>,
        cx: &Context<'a>,
    ) -> Result<(), NoVerdict> {
        let wanted = self.wanted(variables, cx)?;
        match self.kind {
            RelatedType::Core(kind) => {
                let found = wanted.iter().flatten().find_map(|name| core_types::find(kind, name, &self.members, cx));
                variables.set(self.name, found.transpose()?.unwrap_or(Value::Null));
            }
            RelatedType::Pack(kind) => {
                let list = cx.inventory.resources.of(kind.name).ok_or(Unknown(GapId::UNREAD))?;
                let found = self.find(kind, list.items(), wanted.as_deref(), region, cx)?;
                let is_one = self.is.is_some() && self.key.is_none();
                // What is found stands for itself; that nothing, or nothing more, is found takes the whole list.
                if let Some(gap) = list.missing()
                    && (!is_one || found.is_empty())
                    && is_of_region(cx.inventory, gap, region.filter(|_| !self.anywhere))
                {
                    return Err(Unknown(gap).into());
                }
                if let Some(gap) = found.iter().find_map(|resource| resource.gap) {
                    return Err(Unknown(gap).into());
                }
                if self.is.is_some() && self.anywhere && found.is_empty() && cx.inventory.is_limited() {
                    return Err(Unknown(GapId::UNREAD).into());
                }
                match (is_one, found.first()) {
                    (true, None) => variables.set(self.name, Value::Null),
                    (true, Some(resource)) => variables.lend_members(self.name, &resource.properties),
                    (false, _) => {
                        variables.lend_each(self.name, found.iter().map(|resource| &resource.properties).collect());
                    }
                }
            }
        }
        Ok(())
    }

    /// What the key must be equal to; none for everything.
    fn wanted(&self, variables: &Variables<'_>, cx: &Context<'_>) -> Result<Option<Vec<String>>, NoVerdict> {
        let Some(is) = &self.is else { return Ok(None) };
        let value = is.evaluate(cx.expressions(), variables).map_err(NoVerdict::Broken)?;
        Ok(Some(texts(&value)))
    }

    fn find<'a>(
        &self,
        kind: &ResourceType,
        all: &'a [Resource],
        wanted: Option<&[String]>,
        region: Option<&Region>,
        cx: &Context<'a>,
    ) -> Result<Vec<&'a Resource>, NoVerdict> {
        let is_near = |resource: &&Resource| {
            self.anywhere || region.is_none() || resource.region.is_none() || resource.region.as_ref() == region
        };
        let Some(wanted) = wanted else { return Ok(all.iter().filter(is_near).collect()) };
        let index = self.index(kind, all, cx)?;
        let mut places: Vec<usize> = wanted.iter().filter_map(|key| index.get(key)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        Ok(places.into_iter().filter_map(|place| all.get(place)).filter(is_near).collect())
    }

    fn index(&self, kind: &ResourceType, all: &[Resource], cx: &Context<'_>) -> Result<Arc<Index>, NoVerdict> {
        let name = format!("{} {}", kind.name, self.key.as_ref().map_or("", Expression::text));
        let indexes = &cx.indexes().0;
        if let Some(index) = indexes.lock().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Ok(Arc::clone(index));
        }
        let mut index = Index::new();
        for (place, resource) in all.iter().enumerate() {
            for key in self.keys(resource, cx)? {
                index.entry(key).or_default().push(place);
            }
        }
        let index = Arc::new(index);
        indexes.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&index));
        Ok(index)
    }

    /// Under what a resource is found.
    fn keys(&self, resource: &Resource, cx: &Context<'_>) -> Result<Vec<String>, NoVerdict> {
        let Some(key) = &self.key else {
            return Ok([Some(&resource.id), resource.arn.as_ref()].into_iter().flatten().cloned().collect());
        };
        let account = &cx.inventory.account;
        let mut variables = judge::variables(resource, account.id.as_str(), account.partition.as_str());
        variables.lend_members("other", &resource.properties);
        Ok(texts(&key.evaluate(cx.expressions(), &variables).map_err(NoVerdict::Broken)?))
    }
}

/// Whether a gap hides resources of a region; one that names none hides them everywhere.
pub(super) fn is_of_region(inventory: &Inventory, gap: GapId, region: Option<&Region>) -> bool {
    let (Some(region), Some(gap)) = (region, inventory.gaps.get(gap)) else { return true };
    // A list has room for one gap only, so that the others of its operation are asked for, too.
    let same = |other: &crate::inventory::Gap| {
        other.operation == gap.operation && other.region.as_deref().is_none_or(|other| other == region.as_str())
    };
    inventory.gaps.iter().any(same)
}

/// The texts that a value has: itself, or each of a list; nothing for `null`.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}
