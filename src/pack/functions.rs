//! What expressions can call.

use std::collections::HashMap;
use std::sync::Arc;

use cel::extractors::Arguments;
use cel::objects::{Key, Map};
use cel::{Context, ExecutionError, Value};
use jiff::Timestamp;

use crate::policy::matching;

/// The names of the functions and what they do, for the guide and for messages.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("age(time)", "hours from a time until the account was read; null for null"),
    ("basename(text)", "what stands behind the last slash"),
    ("cidr_is_world(text)", "whether an address range takes in everybody"),
    ("days(time)", "whole days from a time until the account was read; null for null"),
    (
        "free(quantity, of, cost)",
        "a cost of which all resources of the account together have so many units for nothing",
    ),
    ("glob(pattern, text)", "whether a pattern with * and ? matches"),
    ("per_hour(item)", "the cost of one unit of a price an hour; per_hour(item, quantity) of so many"),
    ("per_month(item)", "the same a month"),
    ("once(key, cost)", "a cost that is counted once for all resources of the region with this key"),
    ("price(part, …)", "the name of a price: its parts with slashes between them"),
];

/// A context with the functions, at a point in time.
#[must_use]
pub fn context(now: Timestamp) -> Context<'static, 'static> {
    let mut context = Context::default();
    let hours = move |value: Value| match text_time(&value)? {
        Some(then) => Ok(Value::Float(now.duration_since(then).as_secs_f64() / 3_600.0)),
        None => Ok(Value::Null),
    };
    let days = move |value: Value| match text_time(&value)? {
        Some(then) => Ok(Value::Int(now.duration_since(then).as_secs() / 86_400)),
        None => Ok(Value::Null),
    };
    // A name that is taken is a mistake of this list, which a test of every function finds.
    let _ = context.add_function("age", hours);
    let _ = context.add_function("days", days);
    let _ = context.add_function("glob", |pattern: Arc<String>, text: Arc<String>| matching::glob(&pattern, &text));
    let _ = context.add_function("cidr_is_world", |text: Arc<String>| matches!(text.as_str(), "0.0.0.0/0" | "::/0"));
    let _ =
        context.add_function("basename", |text: Arc<String>| text.rsplit('/').next().unwrap_or_default().to_owned());
    let _ = context.add_function("price", |Arguments(parts): Arguments| price(&parts));
    let _ = context.add_function("per_hour", |Arguments(given): Arguments| line("hour", &given));
    let _ = context.add_function("per_month", |Arguments(given): Arguments| line("month", &given));
    let _ =
        context.add_function("once", |key: Arc<String>, lines: Value| marked("once", &lines, &[("once", text(&key))]));
    let _ = context.add_function("free", |quantity: Value, of: Arc<String>, lines: Value| {
        marked("free", &lines, &[("free", quantity), ("free_of", text(&of))])
    });
    context
}

fn text_time(value: &Value) -> Result<Option<Timestamp>, ExecutionError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => text
            .parse()
            .map(Some)
            .map_err(|_| ExecutionError::function_error("age", format!("{text:?} is no point in time"))),
        other => Err(ExecutionError::function_error("age", format!("{:?} is no point in time", other.type_of()))),
    }
}

fn price(parts: &[Value]) -> Result<Value, ExecutionError> {
    let mut words = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Value::String(text) => words.push(text.as_str().to_owned()),
            Value::Int(number) => words.push(number.to_string()),
            other => {
                let why = format!("a part of a price is {}, not a text", other.type_of());
                return Err(ExecutionError::function_error("price", why));
            }
        }
    }
    Ok(Value::String(Arc::new(words.join("/"))))
}

fn text(value: &str) -> Value {
    Value::String(Arc::new(value.to_owned()))
}

fn map(members: HashMap<Key, Value>) -> Value {
    Value::Map(Map { map: Arc::new(members) })
}

fn key(name: &str) -> Key {
    Key::String(Arc::new(name.to_owned()))
}

/// One line of a cost: a list of one, so that lines can be added with `+`.
fn line(per: &str, given: &[Value]) -> Result<Value, ExecutionError> {
    let (item, quantity) = match given {
        [item @ Value::String(_)] => (item, Value::Int(1)),
        [item @ Value::String(_), quantity @ (Value::Int(_) | Value::Float(_) | Value::UInt(_))] => {
            (item, quantity.clone())
        }
        _ => {
            let why = "wants the name of a price and, perhaps, a number".to_owned();
            return Err(ExecutionError::function_error(&format!("per_{per}"), why));
        }
    };
    let members = HashMap::from([(key("item"), item.clone()), (key("quantity"), quantity), (key("per"), text(per))]);
    Ok(Value::List(Arc::new(vec![map(members)])))
}

/// The lines of a cost with further members.
fn marked(function: &str, lines: &Value, with: &[(&str, Value)]) -> Result<Value, ExecutionError> {
    let Value::List(lines) = lines else {
        return Err(ExecutionError::function_error(function, "wants a cost".to_owned()));
    };
    let marked = lines.iter().map(|line| match line {
        Value::Map(members) => {
            let mut members = members.map.as_ref().clone();
            members.extend(with.iter().map(|(name, value)| (key(name), value.clone())));
            map(members)
        }
        other => other.clone(),
    });
    Ok(Value::List(Arc::new(marked.collect())))
}
