//! Scalars as text, in paths, queries, headers, forms and XML.

use aws_smithy_types::base64;
use jiff::Timestamp;
use serde_json::{Number, Value};

use super::timestamp::{self, Format};
use super::{Kind, Mismatch, View};

/// A scalar as text.
pub(super) fn write(view: View<'_>, value: &Value, usual: Format) -> Result<String, Mismatch> {
    let wrong = || Mismatch::of_value(view, value);
    Ok(match (view.kind(), value) {
        (Kind::Timestamp, value) => {
            let format = Format::named(view.timestamp_format(), usual);
            match format.write(instant(value).ok_or_else(wrong)?) {
                Value::String(text) => text,
                other => other.to_string(),
            }
        }
        (Kind::Blob, Value::String(text)) => base64::encode(text),
        (Kind::Boolean, Value::Bool(value)) => value.to_string(),
        (Kind::Float | Kind::Double, Value::Number(number)) => float(number),
        (Kind::Structure | Kind::List | Kind::Map, _) => return Err(wrong()),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => number.to_string(),
        _ => return Err(wrong()),
    })
}

/// A number with a point in it, as AWS's tests have it.
fn float(number: &Number) -> String {
    let text = number.to_string();
    if number.is_f64() || text.contains(['.', 'e', 'E']) { text } else { format!("{text}.0").replace(".0", "") }
}

/// A point in time of an input: a number of seconds or a text.
pub(super) fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => timestamp::of_number(number),
        Value::String(text) => timestamp::of_text(text),
        _ => None,
    }
}

/// A scalar out of text.
pub(super) fn read(view: View<'_>, text: &str) -> Result<Value, Mismatch> {
    let wrong = || Mismatch::of_value(view, &Value::from(text));
    let trimmed = text.trim();
    Ok(match view.kind() {
        Kind::String | Kind::Character | Kind::Blob => Value::from(text),
        Kind::Boolean => match trimmed {
            "true" | "True" | "1" => Value::Bool(true),
            "false" | "False" | "0" => Value::Bool(false),
            _ => return Err(wrong()),
        },
        Kind::Integer | Kind::Long | Kind::BigInteger => {
            trimmed.parse::<i64>().map(Value::from).map_err(|_| wrong())?
        }
        Kind::Float | Kind::Double | Kind::BigDecimal => match trimmed {
            "NaN" | "Infinity" | "-Infinity" => Value::from(trimmed),
            _ => {
                let number = trimmed.parse::<f64>().ok().and_then(Number::from_f64);
                Value::Number(number.ok_or_else(wrong)?)
            }
        },
        Kind::Timestamp => Value::from(timestamp::of_text(text).ok_or_else(wrong)?.to_string()),
        Kind::Structure | Kind::List | Kind::Map => return Err(wrong()),
    })
}

/// A part of a host name.
pub(super) fn host_label(value: &Value) -> Result<String, Mismatch> {
    let text = value.as_str().unwrap_or_default();
    let is_label = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    if is_label { Ok(text.to_owned()) } else { Err(Mismatch::new("a part of a host name", super::shown(value))) }
}
