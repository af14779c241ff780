//! JSON bodies: the protocols json-1.0 and json-1.1, and the bodies of rest-json.

use aws_smithy_types::base64;
use serde_json::{Map, Value};

use super::timestamp::{self, Format};
use super::{Kind, Mismatch, Parts, Reply, View, text};
use crate::aws::api::model::{Api, Operation};

pub(super) fn request(
    api: &Api,
    operation: &Operation,
    view: Option<View<'_>>,
    input: &Value,
) -> Result<Parts, Mismatch> {
    let body = match view {
        Some(view) => write(view, input)?,
        None => Value::Null,
    };
    let body = if body.is_null() { Value::Object(Map::new()) } else { body };
    let version = api.metadata.json_version.as_deref().unwrap_or("1.1");
    let target = api.metadata.target_prefix.as_deref().unwrap_or_default();
    let mut headers = vec![
        ("Content-Type".to_owned(), format!("application/x-amz-json-{version}")),
        ("X-Amz-Target".to_owned(), format!("{target}.{}", operation.name)),
    ];
    if api.metadata.aws_query_compatible.is_some() {
        headers.push(("x-amzn-query-mode".to_owned(), "true".to_owned()));
    }
    Ok(Parts {
        method: operation.http.method.clone(),
        path: operation.http.request_uri.clone(),
        host_prefix: None,
        headers,
        body: body.to_string().into_bytes(),
    })
}

/// An input as JSON for the wire.
pub(super) fn write(view: View<'_>, value: &Value) -> Result<Value, Mismatch> {
    let wrong = || Mismatch::of_value(view, value);
    if value.is_null() || view.is_document() {
        return Ok(value.clone());
    }
    Ok(match (view.kind(), value) {
        (Kind::Structure, Value::Object(given)) => {
            let mut written = Map::new();
            for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
                let member =
                    view.member(name).ok_or_else(|| Mismatch::new("a member of the model", "none").within(name))?;
                let key = member.wire_name().unwrap_or(name);
                written.insert(key.to_owned(), write(member, value).map_err(|error| error.within(name))?);
            }
            Value::Object(written)
        }
        (Kind::List, Value::Array(items)) => {
            let item = |(place, value): (usize, &Value)| {
                write(view.item(), value).map_err(|error| error.within(&format!("[{place}]")))
            };
            Value::Array(items.iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        (Kind::Map, Value::Object(given)) => {
            let entry = |(key, value): (&String, &Value)| {
                Ok((key.clone(), write(view.value(), value).map_err(|error: Mismatch| error.within(key))?))
            };
            Value::Object(given.iter().map(entry).collect::<Result<_, _>>()?)
        }
        (Kind::Timestamp, _) => {
            Format::named(view.timestamp_format(), Format::Epoch).write(text::instant(value).ok_or_else(wrong)?)
        }
        (Kind::Blob, Value::String(bytes)) => Value::from(base64::encode(bytes)),
        (Kind::String | Kind::Character, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Integer | Kind::Long | Kind::BigInteger | Kind::BigDecimal, Value::Number(_))
        | (Kind::Float | Kind::Double, Value::Number(_) | Value::String(_)) => value.clone(),
        _ => return Err(wrong()),
    })
}

pub(super) fn output(view: View<'_>, reply: &Reply<'_>) -> Result<Value, Mismatch> {
    let body = parse(reply.body)?;
    read(view, body)
}

/// A body as JSON; an empty one is an empty object.
pub(super) fn parse(body: &[u8]) -> Result<Value, Mismatch> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(body).map_err(|error| Mismatch::new("JSON", format!("none: {error}")).within("the body"))
}

/// A reply's value as the model says.
pub(super) fn read(view: View<'_>, value: Value) -> Result<Value, Mismatch> {
    if value.is_null() || view.is_document() {
        return Ok(value);
    }
    if view.is_json_text()
        && let Value::String(text) = &value
    {
        return serde_json::from_str(text).map_err(|_| Mismatch::new("JSON within a string", "none"));
    }
    let wrong = |value: &Value| Mismatch::of_value(view, value);
    Ok(match (view.kind(), value) {
        (Kind::Structure, Value::Object(mut given)) => {
            let mut read_members = Map::new();
            for (name, member) in view.members() {
                let Some(value) = given.remove(member.wire_name().unwrap_or(name)).filter(|value| !value.is_null())
                else {
                    continue;
                };
                read_members.insert(name.to_owned(), read(member, value).map_err(|error| error.within(name))?);
            }
            Value::Object(read_members)
        }
        (Kind::List, Value::Array(items)) => {
            let item = |(place, value)| read(view.item(), value).map_err(|error| error.within(&format!("[{place}]")));
            Value::Array(items.into_iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        (Kind::Map, Value::Object(given)) => {
            let entry = |(key, value): (String, Value)| match read(view.value(), value) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(error.within(&key)),
            };
            Value::Object(given.into_iter().map(entry).collect::<Result<_, Mismatch>>()?)
        }
        (Kind::Timestamp, value) => {
            let at = match &value {
                Value::Number(number) => timestamp::of_number(number),
                Value::String(text) => timestamp::of_text(text),
                _ => None,
            };
            Value::from(at.ok_or_else(|| wrong(&value))?.to_string())
        }
        (Kind::String | Kind::Character | Kind::Blob, value @ Value::String(_))
        | (Kind::Boolean, value @ Value::Bool(_))
        | (Kind::Float | Kind::Double | Kind::BigDecimal, value @ Value::Number(_)) => value,
        (Kind::Integer | Kind::Long | Kind::BigInteger, Value::Number(number)) => {
            // `3.0` is a whole number, too.
            number.as_i64().map_or(Value::Number(number), Value::from)
        }
        // Some services, and emulators, quote their numbers and booleans.
        (
            Kind::Integer
            | Kind::Long
            | Kind::BigInteger
            | Kind::Float
            | Kind::Double
            | Kind::BigDecimal
            | Kind::Boolean,
            Value::String(quoted),
        ) => text::read(view, &quoted)?,
        (_, value) => return Err(wrong(&value)),
    })
}
