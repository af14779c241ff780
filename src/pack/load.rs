//! From a pack's file to a resource type and its rules. Whatever is wrong has its file, line and column.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use toml::Spanned;

use super::examples::Examples;
use super::expression::{Expression, Template};
use super::file::{AlsoTable, BatchTable, CallTable, PackFile, ParamTable, RelatedTable, RuleTable};
use super::{
    Also, BatchCall, Call, Idle, Input, ItemPath, PackRule, ParsedText, Related, RelatedType, ResourceType, Tags,
    core_types,
};
use crate::aws::api::is_read;
use crate::inventory::Region;
use crate::rule::{Check, Need, Operation, Param, Rule};

/// What is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default())]
pub struct PackError {
    /// The file.
    pub file: String,
    /// Line and column, from 1, where it is at one place.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what to do.
    pub message: String,
}

/// A file whose type was loaded; its rules may relate to types of other files.
pub(super) struct Loaded<'t> {
    /// The type.
    pub(super) kind: &'static ResourceType,
    loader: Loader<'t>,
    tables: PackFile,
}

/// The type of one file; it lives as long as the program.
///
/// # Errors
/// [`PackError`] for the first thing that is wrong.
pub(super) fn load<'t>(pack: &'t str, file: &'t str, text: &'t str) -> Result<Loaded<'t>, PackError> {
    let loader = Loader { pack, file, text };
    let tables: PackFile = toml::from_str(text)
        .map_err(|error| loader.error(error.span().map(|span| span.start), error.message().replace('\n', ", ")))?;
    let kind = &*Box::leak(Box::new(loader.resource_type(&tables)?));
    Ok(Loaded { kind, loader, tables })
}

/// Finds a type by `CloudFormation`'s name of it.
pub(super) type Types<'t> = &'t dyn Fn(&str) -> Option<&'static ResourceType>;

impl Loaded<'_> {
    /// The rules of the file; they live as long as the program.
    ///
    /// # Errors
    /// [`PackError`] for the first thing that is wrong.
    pub(super) fn rules(mut self, types: Types<'_>) -> Result<Vec<&'static Rule>, PackError> {
        self.tables.rule.iter_mut().map(|table| self.loader.rule(self.kind, table, types)).collect()
    }
}

struct Loader<'t> {
    pack: &'t str,
    file: &'t str,
    text: &'t str,
}

/// A string that lives as long as the program: rules are made once, at its start.
pub(super) fn keep(text: impl Into<String>) -> &'static str {
    Box::leak(text.into().into_boxed_str())
}

fn keep_all<T>(list: Vec<T>) -> &'static [T] {
    Box::leak(list.into_boxed_slice())
}

impl Loader<'_> {
    fn error(&self, at: Option<usize>, message: impl Into<String>) -> PackError {
        let place = at.map(|at| {
            let before = self.text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
        });
        PackError { file: self.file.to_owned(), place, message: message.into() }
    }

    fn at<T>(&self, value: &Spanned<T>, message: impl Into<String>) -> PackError {
        self.error(Some(value.span().start), message)
    }

    /// An expression; one of a pack that ships with afterlab is compiled when it is used, as a test has compiled it.
    fn expression(&self, text: &Spanned<String>) -> Result<Expression, PackError> {
        let expression = Expression::new(text.get_ref().as_str());
        if self.is_foreign() {
            expression.fields().map_err(|why| self.at(text, why))?;
        }
        Ok(expression)
    }

    fn optional(&self, text: Option<&Spanned<String>>) -> Result<Option<Expression>, PackError> {
        text.map(|text| self.expression(text)).transpose()
    }

    fn template(&self, text: &Spanned<String>) -> Result<Template, PackError> {
        let template = Template::parse(text.get_ref()).map_err(|why| self.at(text, why))?;
        if self.is_foreign() {
            template
                .expressions()
                .try_for_each(|expression| expression.fields().map(|_| ()))
                .map_err(|why| self.at(text, why))?;
        }
        Ok(template)
    }

    fn is_foreign(&self) -> bool {
        !self.file.starts_with(super::EMBEDDED)
    }

    fn operation(&self, name: &Spanned<String>) -> Result<String, PackError> {
        if is_read(name.get_ref()) {
            return Ok(name.get_ref().clone());
        }
        let why = format!(
            "{} does not read by its name; afterlab calls Describe…, Get…, List… and the like only",
            name.get_ref()
        );
        Err(self.at(name, why))
    }

    fn call(&self, table: &CallTable) -> Result<Call, PackError> {
        let items = table.items.as_ref().map(|path| self.path(path)).transpose()?;
        Ok(Call {
            operation: self.operation(&table.operation)?,
            input: Input::of(&Value::Object(json_table(&table.input))),
            items,
            none: table.none.clone(),
        })
    }

    fn parsed(&self, (member, kept): (&String, &Vec<Spanned<String>>)) -> Result<ParsedText, PackError> {
        let kept = kept.iter().map(|path| self.path(path)).collect::<Result<_, _>>()?;
        Ok(ParsedText { member: member.clone(), kept })
    }

    fn region(&self, name: &Spanned<String>) -> Result<Region, PackError> {
        name.get_ref().parse().map_err(|why| self.at(name, why))
    }

    fn also(&self, table: &AlsoTable) -> Result<Also, PackError> {
        Ok(Also {
            into: table.into.get_ref().clone(),
            when: self.optional(table.when.as_ref())?,
            call: self.call(&table.call)?,
        })
    }

    fn path(&self, path: &Spanned<String>) -> Result<ItemPath, PackError> {
        ItemPath::parse(path.get_ref())
            .ok_or_else(|| self.at(path, "is no path; they look like Reservations[].Instances[]"))
    }

    fn batch(&self, table: &BatchTable) -> Result<BatchCall, PackError> {
        if table.size == 0 {
            return Err(self.at(&table.key, "a batch takes at least one item"));
        }
        Ok(BatchCall {
            operation: self.operation(&table.operation)?,
            input: Input::of(&Value::Object(json_table(&table.input))),
            items: self.path(&table.items)?,
            size: table.size,
            key: self.expression(&table.key)?,
        })
    }

    fn resource_type(&self, tables: &PackFile) -> Result<ResourceType, PackError> {
        let table = &tables.resource;
        let tags = match (&table.tags, &table.tag_call) {
            (Some(text), None) => Some(Tags::Expression(self.expression(text)?)),
            (None, Some(call)) => Some(Tags::Call(self.call(call)?)),
            (None, None) => None,
            (Some(text), Some(_)) => return Err(self.at(text, "tags and tag_call cannot both be given")),
        };
        let within = table.within.iter().map(|call| self.call(call)).collect::<Result<Vec<_>, _>>()?;
        let mut kind = ResourceType {
            name: keep(table.kind.get_ref().as_str()),
            pack: keep(self.pack),
            file: keep(self.file),
            is_global: table.global || table.home.is_some(),
            home: table.home.as_ref().map(|home| self.region(home)).transpose()?,
            within,
            list: self.call(&table.list)?,
            detail: table.detail.as_ref().map(|call| self.call(call)).transpose()?,
            batch: table.batch.as_ref().map(|call| self.batch(call)).transpose()?,
            also: table.also.iter().map(|also| self.also(also)).collect::<Result<_, _>>()?,
            tags,
            id: self.expression(&table.id)?,
            label: self.optional(table.name.as_ref())?,
            arn: table.arn.as_ref().map(|text| self.template(text)).transpose()?,
            created: self.optional(table.created.as_ref())?,
            keep: self.optional(table.keep.as_ref())?,
            parsed: table.parsed.iter().map(|entry| self.parsed(entry)).collect::<Result<_, _>>()?,
            omit: table.omit.clone(),
            keys_only: table.keys_only.iter().map(|path| self.path(path)).collect::<Result<_, _>>()?,
            operations: &[],
        };
        let service = keep(table.iam.as_deref().unwrap_or(self.pack));
        let operation = |name: &str| {
            let own = table.actions.get(name).cloned();
            let action = own.unwrap_or_else(|| format!("{service}:{name}"));
            Operation { service: keep(self.pack), name: keep(name), iam_action: Some(keep(action)) }
        };
        kind.operations = keep_all(kind.operation_names().map(operation).collect());
        Ok(kind)
    }

    fn related(&self, table: &RelatedTable, types: Types<'_>) -> Result<Related, PackError> {
        let name = table.kind.get_ref().as_str();
        let kind = match (types(name), core_types::core_type(name)) {
            (Some(kind), _) => RelatedType::Pack(kind),
            (None, Some(kind)) => RelatedType::Core(kind),
            (None, None) => return Err(self.at(&table.kind, format!("no pack has the type {name}"))),
        };
        if matches!(kind, RelatedType::Core(_)) && (table.is.is_none() || table.key.is_some()) {
            return Err(self.at(&table.kind, format!("{name} is found by what it is called: give `is` and no `key`")));
        }
        if let (Some(key), None) = (&table.key, &table.is) {
            return Err(self.at(key, "a key is equal to something: give `is`"));
        }
        Ok(Related {
            name: keep(table.name.get_ref().as_str()),
            kind,
            key: self.optional(table.key.as_ref())?,
            is: self.optional(table.is.as_ref())?,
            anywhere: table.anywhere,
            members: Vec::new(),
        })
    }

    fn rule(
        &self,
        kind: &'static ResourceType,
        table: &mut RuleTable,
        types: Types<'_>,
    ) -> Result<&'static Rule, PackError> {
        if table.references.is_empty() && !self.is_foreign() {
            return Err(self.at(&table.id, "names no page of AWS's documentation"));
        }
        let idle = table.idle.as_ref().map(|idle| {
            let dimensions = idle.dimensions.iter().map(|(name, text)| Ok((name.clone(), self.expression(text)?)));
            Ok(Idle {
                namespace: idle.namespace.clone(),
                metric: idle.metric.clone(),
                statistic: idle.statistic.clone().unwrap_or_else(|| "Sum".to_owned()),
                dimensions: dimensions.collect::<Result<BTreeMap<_, _>, PackError>>()?,
            })
        });
        let mut logic = PackRule {
            kind,
            about: table.about,
            related: table.related.iter().map(|related| self.related(related, types)).collect::<Result<_, _>>()?,
            sort: table.kind,
            applies: self.optional(table.applies.as_ref())?,
            otherwise: keep(table.otherwise.as_deref().unwrap_or("it is in no state that this rule is about")),
            fails: self.optional(table.fails.as_ref())?,
            message: self.template(&table.message)?,
            evidence: table.evidence.iter().map(|text| self.expression(text)).collect::<Result<_, _>>()?,
            cost: self.optional(table.cost.as_ref())?,
            pillar: table.pillar,
            idle: idle.transpose()?,
            reads_use: false,
            cleanup: table.cleanup.iter().map(|text| self.template(text)).collect::<Result<_, _>>()?,
            monthly_usd: table.example.iter().map(|example| example.monthly_usd).collect(),
            examples: Examples::of(std::mem::take(&mut table.example)),
        };
        logic.note_reads().map_err(|why| self.at(&table.id, why))?;
        if logic.reads_use && !logic.related.is_empty() {
            let why = "`used` is asked before other resources are at hand: a rule has it or `related`, not both";
            return Err(self.at(&table.id, why));
        }
        let logic = &*Box::leak(Box::new(logic));
        if self.is_foreign() {
            logic.examples.check(logic).map_err(|(at, why)| self.error(Some(at), why))?;
        }
        let of_related = logic.related.iter().flat_map(Related::needs);
        let rule = Rule {
            id: keep(table.id.get_ref().as_str()),
            title: keep(table.title.get_ref().as_str()),
            docs: keep(table.docs.get_ref().trim_start()),
            kind: table.kind,
            severity: table.severity,
            confidence: table.confidence,
            note: keep(table.note.get_ref().as_str()),
            references: keep_all(table.references.iter().map(|page| keep(page.get_ref().as_str())).collect()),
            needs: keep_all(
                [Need::AccountRegions, Need::Resources(kind)]
                    .into_iter()
                    .chain(table.idle.is_some().then_some(Need::ResourceUsage))
                    .chain(of_related)
                    .collect(),
            ),
            since: keep(table.since.as_str()),
            opt_in: table.opt_in.as_deref().map(keep),
            params: keep_all(
                table.params.iter().map(|(name, param)| self.param(name, param)).collect::<Result<_, _>>()?,
            ),
            check: Check::Pack(logic),
            examples: &[],
        };
        Ok(Box::leak(Box::new(rule)))
    }

    fn param(&self, name: &str, table: &Spanned<ParamTable>) -> Result<Param, PackError> {
        let ParamTable { default, unit, min, max, about } = table.get_ref();
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_name || super::OTHER_KEYS.contains(&name) {
            return Err(self.at(table, format!("{name:?} cannot name a parameter; they look like max_age_days")));
        }
        if !(min..=max).contains(&default) {
            return Err(self.at(table, format!("the default of {name} is {default}, which is not from {min} to {max}")));
        }
        Ok(Param::new(keep(name), keep(unit.as_str()), (*default, *min, *max), keep(about.as_str())))
    }
}

/// A TOML table as JSON; a date is its text.
pub(super) fn json_table(table: &toml::Table) -> Map<String, Value> {
    fn value(toml: &toml::Value) -> Value {
        match toml {
            toml::Value::String(text) => Value::from(text.as_str()),
            toml::Value::Integer(whole) => Value::from(*whole),
            toml::Value::Float(number) => json!(number),
            toml::Value::Boolean(value) => Value::from(*value),
            toml::Value::Datetime(time) => Value::from(time.to_string()),
            toml::Value::Array(items) => items.iter().map(value).collect(),
            toml::Value::Table(table) => Value::Object(json_table(table)),
        }
    }
    table.iter().map(|(key, item)| (key.clone(), value(item))).collect()
}
