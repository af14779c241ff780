//! Examples of a pack's rules, as accounts that the rules are run on; made when somebody asks for them.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::file::ExampleTable;
use super::load::{json_table, keep};
use super::{About, Expression, PackRule, RelatedType, ResourceType, core_types};
use crate::rule::Example;

/// What is wrong with an example, and the byte of the file where.
type Wrong = (usize, String);

/// The examples of one rule.
#[derive(Debug)]
pub(super) struct Examples {
    tables: Vec<ExampleTable>,
    made: OnceLock<Result<Vec<Example>, Wrong>>,
}

impl Examples {
    pub(super) fn of(tables: Vec<ExampleTable>) -> Self {
        Self { tables, made: OnceLock::new() }
    }

    /// Makes them.
    ///
    /// # Errors
    /// What is wrong with the first that is no account of this rule.
    pub(super) fn check(&self, logic: &PackRule) -> Result<&[Example], Wrong> {
        let make = || {
            let maker = Maker { root: super::context(jiff::Timestamp::UNIX_EPOCH) };
            let each = self.tables.iter().enumerate();
            each.map(|(place, table)| maker.example(logic, place, table)).collect()
        };
        self.made.get_or_init(make).as_ref().map(Vec::as_slice).map_err(Clone::clone)
    }
}

impl PackRule {
    /// Its examples. Those of the packs that ship with afterlab are right, which a test sees; those of a user's pack were
    /// checked when it was loaded.
    #[must_use]
    pub fn examples(&'static self) -> &'static [Example] {
        self.examples.check(self).unwrap_or_default()
    }
}

/// Makes examples of what a file says.
struct Maker {
    /// What expressions can call.
    root: cel::Context<'static, 'static>,
}

impl Maker {
    /// An example as the fragment of a snapshot that the rule is run on.
    fn example(&self, logic: &PackRule, place: usize, table: &ExampleTable) -> Result<Example, Wrong> {
        let wrong = |why: String| (table.outcome.span().start, why);
        let region = table.region.as_deref().unwrap_or("us-east-1");
        let mut types = Map::new();
        for related in &logic.related {
            types.entry(related.kind.name()).or_insert_with(|| json!([]));
        }
        for (name, items) in &table.related {
            let Some(related) = logic.related.iter().find(|related| related.kind.name() == name) else {
                return Err(wrong(format!("the rule does not relate to {name}")));
            };
            if let RelatedType::Pack(kind) = related.kind {
                let items =
                    items.iter().enumerate().map(|(place, item)| self.example_resource(kind, place, item, region));
                types.insert(name.clone(), items.collect());
            }
        }
        types.retain(|name, _| core_types::core_type(name).is_none());
        let whole = table.resources.iter().enumerate();
        let mut items: Vec<Value> =
            whole.map(|(place, item)| self.example_resource(logic.kind, place, item, region)).collect();
        if let Some(resource) = &table.resource {
            let mut resource = self.example_resource(logic.kind, place, resource, region);
            resource["tags"] = json!(table.tags);
            if let (Some(used), Some(idle)) = (table.used, &logic.idle) {
                let usage = json!({"metric": idle.name(), "statistic": idle.statistic, "days": 14, "value": used});
                resource["usage"] = json!([usage]);
            }
            if let Some(parent) = &table.parent {
                resource["parent"] = Value::Object(json_table(parent));
            }
            if let Some(created) = &table.created {
                created.parse::<jiff::Timestamp>().map_err(|_| {
                    let form = "they look like 2026-11-20T08:00:00Z";
                    wrong(format!("{created:?} is no point in time; {form}"))
                })?;
                resource["created"] = json!(created);
            }
            items.push(resource);
        } else if logic.about == About::Resource {
            return Err(wrong("an example of this rule has a resource".to_owned()));
        }
        types.insert(logic.kind.name.to_owned(), items.into());
        let mut snapshot = json!({ "resources": types });
        if logic.about != About::Resource {
            snapshot["account"] = json!({"Id": "111122223333", "Regions": [region]});
        }
        let core = |name: &str| logic.related.iter().any(|related| related.kind.name() == name);
        if core(core_types::ROLE) {
            snapshot["iam"] = json!({"Users": [], "Groups": [], "Roles": [], "Policies": []});
        }
        if core(core_types::BUCKET) {
            snapshot["s3"] = json!({"AccountPublicAccessBlock": null, "Buckets": []});
        }
        for (member, table) in [("iam", &table.iam), ("s3", &table.s3)] {
            for (name, value) in json_table(table) {
                snapshot[member][name] = value;
            }
        }
        let name = table.name.clone().unwrap_or_else(|| format!("example {}", place + 1));
        Ok(Example { name: keep(name), expected: *table.outcome.get_ref(), snapshot: keep(snapshot.to_string()) })
    }

    /// Properties as a resource; what it is called comes of its type's expressions, where they give something.
    fn example_resource(&self, kind: &ResourceType, place: usize, properties: &toml::Table, region: &str) -> Value {
        let properties = Value::Object(json_table(properties));
        let mut variables = super::Variables::default()
            .with("account", "111122223333")
            .with("partition", "aws")
            .with("region", region)
            .with("parent", Value::Null);
        for name in ["item", "resource"] {
            variables.set(name, properties.clone());
        }
        let text = |expression: &Expression| expression.string(&self.root, &variables).ok().flatten();
        let id = text(&kind.id).filter(|id| !id.is_empty()).unwrap_or_else(|| format!("example-{}", place + 1));
        let name = kind.label.as_ref().and_then(text).filter(|name| !name.is_empty());
        let mut resource = json!({ "id": id, "name": name.unwrap_or_else(|| id.clone()), "properties": properties });
        variables.set("id", id);
        if let Some(arn) = kind.arn.as_ref().and_then(|arn| arn.fill(&self.root, &variables).ok()) {
            resource["arn"] = json!(arn);
        }
        if !kind.is_global {
            resource["region"] = json!(region);
        }
        resource
    }
}
