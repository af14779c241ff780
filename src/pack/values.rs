//! The values that expressions see, and how they are handed over: only the members that an expression reads, with `null`
//! where a reply left one out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cel::objects::{Key, Map as CelMap};
use serde_json::{Map, Number, Value};

use super::fields::{FieldPath, Step};

/// The values that expressions see, by name; large ones are lent, not copied.
#[derive(Clone, Debug, Default)]
pub struct Variables<'v>(Vec<(&'static str, Held<'v>)>);

/// A value, owned or lent.
#[derive(Clone, Debug)]
enum Held<'v> {
    Owned(Value),
    Value(&'v Value),
    Members(&'v Map<String, Value>),
    Each(Vec<&'v Map<String, Value>>),
}

impl<'v> Variables<'v> {
    /// With one more variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.hold(name, Held::Owned(value.into()));
    }

    /// Lends a value.
    pub fn lend(&mut self, name: &'static str, value: &'v Value) {
        self.hold(name, Held::Value(value));
    }

    /// Lends an object.
    pub fn lend_members(&mut self, name: &'static str, members: &'v Map<String, Value>) {
        self.hold(name, Held::Members(members));
    }

    /// Lends a list of objects.
    pub fn lend_each(&mut self, name: &'static str, items: Vec<&'v Map<String, Value>>) {
        self.hold(name, Held::Each(items));
    }

    fn hold(&mut self, name: &'static str, held: Held<'v>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, held));
    }

    /// Hands what an expression reads over to it.
    pub(super) fn hand_over(&self, reads: &HashMap<String, Reads>, scope: &mut cel::Context<'_, '_>) {
        for (name, held) in &self.0 {
            let Some(reads) = reads.get(*name) else { continue };
            let value = match held {
                Held::Owned(value) => reads.of(value, false),
                Held::Value(value) => reads.of(value, false),
                Held::Members(members) => reads.of_members(members, false),
                Held::Each(items) => {
                    let nothing = Reads::default();
                    let each = reads.each.as_deref().unwrap_or(&nothing);
                    cel::Value::List(Arc::new(items.iter().map(|item| each.of_members(item, false)).collect()))
                }
            };
            scope.add_variable_from_value(*name, value);
        }
    }
}

/// What an expression reads of a value.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The value itself is looked at, not only members of it.
    whole: bool,
    names: BTreeMap<String, Reads>,
    each: Option<Box<Reads>>,
}

impl Reads {
    /// What is read, by variable.
    pub(super) fn by_variable(paths: &[FieldPath]) -> HashMap<String, Self> {
        let mut all: HashMap<String, Self> = HashMap::new();
        for path in paths {
            all.entry(path.root.clone()).or_default().add(&path.steps);
        }
        all
    }

    fn add(&mut self, steps: &[Step]) {
        match steps {
            [] => self.whole = true,
            [Step::Name(name), rest @ ..] => self.names.entry(name.clone()).or_default().add(rest),
            [Step::Each, rest @ ..] => self.each.get_or_insert_default().add(rest),
        }
    }

    /// What is read of a value; all of it where something around it is looked at as a whole.
    fn of(&self, value: &Value, all: bool) -> cel::Value {
        match value {
            Value::Null => self.missing(),
            Value::Object(members) => self.of_members(members, all),
            Value::Array(items) => {
                let all = all || self.whole;
                let item = |item: &Value| self.each.as_ref().map_or_else(|| to_cel(item), |each| each.of(item, all));
                cel::Value::List(Arc::new(items.iter().map(item).collect()))
            }
            plain => to_cel(plain),
        }
    }

    fn of_members(&self, members: &Map<String, Value>, all: bool) -> cel::Value {
        // A member under a name that is only known when it is evaluated can be any of them.
        let all = all || self.whole || self.each.is_some();
        let named = self.names.iter().map(|(name, reads)| {
            let value = members.get(name).map_or_else(|| reads.missing(), |value| reads.of(value, all));
            (key(name), value)
        });
        let others = members.iter().filter(|(name, _)| all && !self.names.contains_key(*name));
        let others = others.map(|(name, value)| (key(name), to_cel(value)));
        cel::Value::Map(CelMap { map: Arc::new(named.chain(others).collect()) })
    }

    /// What stands for a member that a reply left out: `null`. `A.B` of a missing `A` is `null`, too, unless `A` itself
    /// is looked at.
    fn missing(&self) -> cel::Value {
        if self.whole || self.names.is_empty() {
            return cel::Value::Null;
        }
        let members = self.names.iter().map(|(name, reads)| (key(name), reads.missing()));
        cel::Value::Map(CelMap { map: Arc::new(members.collect()) })
    }
}

fn key(name: &str) -> Key {
    Key::String(Arc::new(name.to_owned()))
}

fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(value) => cel::Value::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => cel::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::Array(items) => cel::Value::List(Arc::new(items.iter().map(to_cel).collect())),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (key(name), to_cel(value)));
            cel::Value::Map(CelMap { map: Arc::new(members.collect()) })
        }
    }
}

/// What an expression gave, as JSON.
///
/// # Errors
/// The name of a type that JSON does not have.
pub(super) fn from_cel(value: &cel::Value) -> Result<Value, String> {
    Ok(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(value) => Value::Bool(*value),
        cel::Value::Int(whole) => Value::from(*whole),
        cel::Value::UInt(whole) => Value::from(*whole),
        cel::Value::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        cel::Value::String(text) => Value::from(text.as_str()),
        cel::Value::List(items) => Value::Array(items.iter().map(from_cel).collect::<Result<_, _>>()?),
        cel::Value::Map(map) => {
            let mut members = Map::new();
            for (key, value) in map.map.iter() {
                members.insert(key.to_string(), from_cel(value)?);
            }
            // CEL's maps have no order of their own; a report must not differ from one run to the next.
            members.sort_keys();
            Value::Object(members)
        }
        other => return Err(format!("a {}", other.type_of())),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pack::fields;

    /// What an expression is handed of a resource.
    fn handed(source: &str, resource: &Value) -> Value {
        let program = cel::Program::compile(source).expect("CEL");
        let reads = Reads::by_variable(&fields::read_by(program.expression()).expect("fields"));
        from_cel(&reads["resource"].of(resource, false)).expect("JSON")
    }

    #[test]
    fn what_was_left_out_is_null_and_what_is_not_read_stays_away() {
        let source =
            "resource.A.B == null || resource.E != null && resource.E.F == 1 || resource.List.all(v, v.C == null)";
        let resource = json!({"List": [{"C": 1}, {}], "Other": "never read"});
        assert_eq!(handed(source, &resource), json!({"List": [{"C": 1}, {"C": null}], "A": {"B": null}, "E": null}));
    }

    #[test]
    fn members_always_come_in_the_same_order() {
        let members: Map<String, Value> = (0..20).map(|at| (format!("m{at:02}"), Value::from(at))).collect();
        let given = handed("resource.A == null", &json!({"A": members.clone()}));
        let names = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
        assert_eq!(given["A"].as_object().map(names), Some(names(&members)));
    }

    #[test]
    fn what_is_looked_at_as_a_whole_is_whole() {
        let resource = json!({"A": {"B": {"C": 1, "D": 2}, "E": 3}, "T": {"x": 1}});
        assert_eq!(handed("resource.A == resource.X && resource.A.B.C == 1", &resource)["A"], resource["A"]);
        assert_eq!(handed("resource.T[resource.A.E] == 1", &resource)["T"], resource["T"]);
        assert_eq!(handed("size(resource) > 0", &resource), resource);
    }
}
