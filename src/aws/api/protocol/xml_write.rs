//! XML bodies of requests: the protocol rest-xml.

use serde_json::Value;

use super::timestamp::Format;
use super::{Kind, Mismatch, View, text};

/// The body of a request.
pub(super) fn body(root: &str, view: View<'_>, value: &Value) -> Result<Vec<u8>, Mismatch> {
    let mut out = String::new();
    element(&mut out, root, view, value)?;
    Ok(out.into_bytes())
}

fn element(out: &mut String, name: &str, view: View<'_>, value: &Value) -> Result<(), Mismatch> {
    match (view.kind(), value) {
        (_, Value::Null) => {}
        (Kind::Structure, Value::Object(given)) => {
            let (mut attributes, mut inner) = (namespace(view), String::new());
            for (key, value) in given {
                let member =
                    view.member(key).ok_or_else(|| Mismatch::new("a member of the model", "none").within(key))?;
                let wire = member.wire_name().unwrap_or(key);
                if member.location().is_some() || value.is_null() {
                    continue;
                }
                if member.is_attribute() {
                    let text = text::write(member, value, Format::Iso).map_err(|error| error.within(key))?;
                    attributes.extend([format!(" {wire}=\"{}\"", escape(&text))]);
                } else {
                    element(&mut inner, wire, member, value).map_err(|error| error.within(key))?;
                }
            }
            out.extend([format!("<{name}{attributes}>{inner}</{name}>")]);
        }
        (Kind::List, Value::Array(items)) => {
            let flat = view.is_flattened();
            let item_name = if flat { name } else { view.item().wire_name().unwrap_or("member") };
            let mut inner = String::new();
            for item in items {
                element(&mut inner, item_name, view.item(), item)?;
            }
            if flat {
                out.push_str(&inner);
            } else {
                out.extend([format!("<{name}{}>{inner}</{name}>", namespace(view))]);
            }
        }
        (Kind::Map, Value::Object(given)) => {
            let flat = view.is_flattened();
            let entry = if flat { name } else { "entry" };
            let (key_name, value_name) =
                (view.key().wire_name().unwrap_or("key"), view.value().wire_name().unwrap_or("value"));
            let mut inner = String::new();
            for (key, value) in given {
                inner.extend([format!("<{entry}>")]);
                element(&mut inner, key_name, view.key(), &Value::from(key.as_str()))?;
                element(&mut inner, value_name, view.value(), value)?;
                inner.extend([format!("</{entry}>")]);
            }
            if flat {
                out.push_str(&inner);
            } else {
                out.extend([format!("<{name}{}>{inner}</{name}>", namespace(view))]);
            }
        }
        _ => {
            let text = text::write(view, value, Format::Iso)?;
            out.extend([format!("<{name}{}>{}</{name}>", namespace(view), escape(&text))]);
        }
    }
    Ok(())
}

fn namespace(view: View<'_>) -> String {
    view.namespace().map(|(name, uri)| format!(" {name}=\"{}\"", escape(uri))).unwrap_or_default()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' | '\n' | '\u{85}' | '\u{2028}' => escaped.extend([format!("&#x{:X};", u32::from(c))]),
            c => escaped.push(c),
        }
    }
    escaped
}
