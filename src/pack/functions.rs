//! What expressions can call.

use std::collections::HashMap;
use std::sync::Arc;

use cel::extractors::Arguments;
use cel::objects::{Key, Map};
use cel::{Context, ExecutionError, Value};
use jiff::{SignedDuration, Timestamp};

use super::values::from_cel;
use crate::policy::{Document, matching, trust};

/// The names of the functions and what they do, for the guide and for messages.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("age(time)", "hours from a time until the account was read; null for null"),
    ("basename(text)", "what stands behind the last slash"),
    ("cidr_is_world(text)", "whether an address range takes in everybody"),
    ("days_ago(days)", "the point in time so many days before the account was read, for an input"),
    ("days(time)", "whole days from a time until the account was read; null for null"),
    (
        "free(quantity, of, cost)",
        "a cost of which all resources of the account together have so many units for nothing",
    ),
    ("glob(pattern, text)", "whether a pattern with * and ? matches"),
    ("per_hour(item)", "the cost of one unit of a price an hour; per_hour(item, quantity) of so many"),
    ("per_month(item)", "the same a month"),
    (
        "policy(text)",
        "facts of a resource's policy, as text or JSON: `lets_anyone_in`, whether it allows everyone without naming who",
    ),
    (
        "port_open_to_world(permission, port)",
        "whether an inbound permission of a security group opens a TCP port to everybody; -1 for all ports",
    ),
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
    let days_ago = move |days: i64| {
        let seconds = days.checked_mul(86_400);
        let then = seconds.and_then(|seconds| now.checked_sub(SignedDuration::from_secs(seconds)).ok());
        let why = || ExecutionError::function_error("days_ago", format!("{days} days are beyond all time"));
        then.map(|then| text(&then.to_string())).ok_or_else(why)
    };
    let _ = context.add_function("days_ago", days_ago);
    let _ = context.add_function("glob", |pattern: Arc<String>, text: Arc<String>| matching::glob(&pattern, &text));
    let _ = context.add_function("cidr_is_world", |text: Arc<String>| cidr_is_world(&text));
    let _ =
        context.add_function("basename", |text: Arc<String>| text.rsplit('/').next().unwrap_or_default().to_owned());
    let _ = context.add_function("price", |Arguments(parts): Arguments| price(&parts));
    let _ = context.add_function("per_hour", |Arguments(given): Arguments| line("hour", &given));
    let _ = context.add_function("per_month", |Arguments(given): Arguments| line("month", &given));
    let _ =
        context.add_function("once", |key: Arc<String>, lines: Value| marked("once", &lines, &[("once", text(&key))]));
    let _ = context.add_function("policy", |document: Value| policy(&document));
    let _ = context.add_function("port_open_to_world", |permission: Value, port: i64| {
        let permission =
            from_cel(&permission).map_err(|what| ExecutionError::function_error("port_open_to_world", what))?;
        Ok::<_, ExecutionError>(port_open_to_world(&permission, port))
    });
    let _ = context.add_function("free", |quantity: Value, of: Arc<String>, lines: Value| {
        marked("free", &lines, &[("free", quantity), ("free_of", text(&of))])
    });
    context
}

fn cidr_is_world(text: &str) -> bool {
    matches!(text, "0.0.0.0/0" | "::/0")
}

/// Facts of a policy, which services give as text or as JSON; `null` where there is none.
fn policy(document: &Value) -> Result<Value, ExecutionError> {
    let wrong = |why: String| ExecutionError::function_error("policy", why);
    let json = match document {
        Value::Null => return Ok(Value::Null),
        Value::String(text) => serde_json::from_str(text).map_err(|error| wrong(format!("it is no JSON: {error}")))?,
        other => from_cel(other).map_err(wrong)?,
    };
    let document = Document::from_value(&json).map_err(|error| wrong(error.to_string()))?;
    Ok(map(HashMap::from([(key("lets_anyone_in"), Value::Bool(trust::lets_anyone_in(&document)))])))
}

/// Whether a permission of a security group (`IpPermission`) opens a TCP port to everybody.
fn port_open_to_world(permission: &serde_json::Value, port: i64) -> bool {
    let is_protocol = matches!(permission["IpProtocol"].as_str(), Some("tcp" | "6" | "-1"));
    let all = permission["IpProtocol"] == "-1";
    let bounds = permission["FromPort"].as_i64().zip(permission["ToPort"].as_i64());
    let takes_in = match (port, bounds) {
        _ if all => true,
        (-1, Some((from, to))) => from <= 0 && to >= 65_535,
        (port, Some((from, to))) => (from..=to).contains(&port),
        (_, None) => true,
    };
    let ranges = |list: &str, member: &str| {
        let items = permission[list].as_array().into_iter().flatten();
        items.filter_map(|range| range[member].as_str()).any(cidr_is_world)
    };
    is_protocol && takes_in && (ranges("IpRanges", "CidrIp") || ranges("Ipv6Ranges", "CidrIpv6"))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_port_is_open_to_the_world_by_protocol_range_and_address() {
        let tcp = |from: i64, to: i64, cidr: &str| json!({"IpProtocol": "tcp", "FromPort": from, "ToPort": to, "IpRanges": [{"CidrIp": cidr}]});
        assert!(port_open_to_world(&tcp(22, 22, "0.0.0.0/0"), 22));
        assert!(port_open_to_world(&tcp(0, 65_535, "0.0.0.0/0"), -1));
        assert!(!port_open_to_world(&tcp(22, 22, "10.0.0.0/8"), 22));
        assert!(!port_open_to_world(&tcp(443, 443, "0.0.0.0/0"), 22));
        assert!(!port_open_to_world(&tcp(22, 22, "0.0.0.0/0"), -1));
        assert!(port_open_to_world(&json!({"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}), 3389));
        assert!(!port_open_to_world(
            &json!({"IpProtocol": "udp", "FromPort": 22, "ToPort": 22,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
            22
        ));
    }
}
