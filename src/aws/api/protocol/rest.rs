//! Requests and replies whose members stand in path, query, headers and body: rest-json and rest-xml.

use aws_smithy_types::base64;
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::{Map, Value};

use super::query::UNRESERVED;
use super::timestamp::Format;
use super::{Kind, Mismatch, Parts, Reply, View, json, text, timestamp, xml_read, xml_write};
use crate::aws::api::model::{Operation, Protocol};

/// A path parameter that may hold slashes.
const GREEDY: &AsciiSet = &UNRESERVED.remove(b'/');

pub(super) fn request(
    protocol: Protocol,
    operation: &Operation,
    view: Option<View<'_>>,
    input: &Value,
) -> Result<Parts, Mismatch> {
    let mut parts = Parts { method: operation.http.method.clone(), ..Parts::default() };
    let empty = Map::new();
    let given = input.as_object().unwrap_or(&empty);
    if let Some(view) = view {
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let Some(member) = view.member(name) else { continue };
            let wire = member.wire_name().unwrap_or(name);
            match member.location() {
                Some("header") => header(&mut parts.headers, wire, member, value),
                Some("headers") => prefixed_headers(&mut parts.headers, wire, member, value),
                _ => Ok(()),
            }
            .map_err(|error| error.within(name))?;
        }
        body(protocol, &mut parts, view, given)?;
    }
    parts.path = fill(&operation.http.request_uri, |parameter| path_parameter(parameter, view, given))?;
    let asked = view.map(|view| query(view, given)).transpose()?.unwrap_or_default();
    if !asked.is_empty() {
        let mark = if parts.path.contains('?') { '&' } else { '?' };
        parts.path = format!("{}{mark}{asked}", parts.path);
    }
    Ok(parts)
}

/// A template with its parameters in `{…}` filled in.
pub(super) fn fill(template: &str, value: impl Fn(&str) -> Result<String, Mismatch>) -> Result<String, Mismatch> {
    let (mut filled, mut rest) = (String::with_capacity(template.len()), template);
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        filled.push_str(before);
        filled.push_str(&value(name).map_err(|error| error.within(name))?);
        rest = after;
    }
    Ok(filled + rest)
}

fn path_parameter(parameter: &str, view: Option<View<'_>>, given: &Map<String, Value>) -> Result<String, Mismatch> {
    let (wire, kept) = parameter.strip_suffix('+').map_or((parameter, UNRESERVED), |wire| (wire, GREEDY));
    let is_it = |(name, member): &(&str, View<'_>)| {
        member.location() == Some("uri") && member.wire_name().unwrap_or(name) == wire
    };
    let Some((name, member)) = view.and_then(|view| view.members().find(is_it)) else {
        return Err(Mismatch::new("a member of the model", "none"));
    };
    let text = text::write(member, given.get(name).unwrap_or(&Value::Null), Format::Iso)?;
    if text.is_empty() {
        return Err(Mismatch::new("not empty", "empty"));
    }
    Ok(utf8_percent_encode(&text, kept).to_string())
}

/// What is asked behind the path; parameters of a map do not replace those that have a member of their own.
fn query(view: View<'_>, given: &Map<String, Value>) -> Result<String, Mismatch> {
    let (mut named, mut mapped) = (Vec::new(), Vec::new());
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let Some(member) = view.member(name).filter(|member| member.location() == Some("querystring")) else {
            continue;
        };
        let wire = member.wire_name().unwrap_or(name);
        let pairs = match (member.kind(), value) {
            (Kind::Map, Value::Object(entries)) => {
                for (key, value) in entries {
                    let pairs = values(member.value(), value).map_err(|error| error.within(name))?;
                    mapped.extend(pairs.into_iter().map(|text| (key.as_str(), text)));
                }
                continue;
            }
            _ => values(member, value).map_err(|error| error.within(name))?,
        };
        named.extend(pairs.into_iter().map(|text| (wire, text)));
    }
    mapped.retain(|(key, _)| !named.iter().any(|(name, _)| name == key));
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let pairs = named.iter().chain(&mapped).map(|(key, value)| format!("{}={}", encode(key), encode(value)));
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

/// The texts of a value or of each item of a list.
fn values(member: View<'_>, value: &Value) -> Result<Vec<String>, Mismatch> {
    match (member.kind(), value) {
        (Kind::List, Value::Array(items)) => {
            items.iter().map(|item| text::write(member.item(), item, Format::Iso)).collect()
        }
        _ => Ok(vec![text::write(member, value, Format::Iso)?]),
    }
}

fn header(headers: &mut Vec<(String, String)>, wire: &str, member: View<'_>, value: &Value) -> Result<(), Mismatch> {
    let text = match (member.kind(), value) {
        (Kind::List, Value::Array(items)) if items.is_empty() => return Ok(()),
        (Kind::List, Value::Array(items)) => {
            let item = |item: &Value| {
                let text = text::write(member.item(), item, Format::Http)?;
                let needs_quotes = member.item().kind() == Kind::String && text.contains(['"', ',']);
                Ok(if needs_quotes { format!("\"{}\"", text.replace('"', "\\\"")) } else { text })
            };
            items.iter().filter(|item| !item.is_null()).map(item).collect::<Result<Vec<_>, Mismatch>>()?.join(",")
        }
        (_, Value::String(text)) if member.is_json_text() => base64::encode(text),
        _ if member.is_json_text() => base64::encode(value.to_string()),
        _ => text::write(member, value, Format::Http)?,
    };
    headers.push((wire.to_owned(), text));
    Ok(())
}

fn prefixed_headers(
    headers: &mut Vec<(String, String)>,
    prefix: &str,
    member: View<'_>,
    value: &Value,
) -> Result<(), Mismatch> {
    for (key, value) in value.as_object().into_iter().flatten() {
        headers.push((format!("{prefix}{key}"), text::write(member.value(), value, Format::Http)?));
    }
    Ok(())
}

fn body(protocol: Protocol, parts: &mut Parts, view: View<'_>, given: &Map<String, Value>) -> Result<(), Mismatch> {
    let is_json = protocol == Protocol::RestJson;
    let content = if is_json { "application/json" } else { "application/xml" };
    if let Some((name, payload)) = view.payload() {
        let value = given.get(name).unwrap_or(&Value::Null);
        let is_raw = matches!(payload.kind(), Kind::Blob | Kind::String) && !payload.is_document();
        match value {
            Value::Null if is_json && !is_raw => parts.body = b"{}".to_vec(),
            Value::Null => return Ok(()),
            Value::String(text) if is_raw => parts.body = text.clone().into_bytes(),
            value if is_json => parts.body = json::write(payload, value)?.to_string().into_bytes(),
            value => parts.body = xml_write::body(payload.root_name().unwrap_or(name), payload, value)?,
        }
        let content = match (is_raw, payload.kind()) {
            (false, _) => content,
            (true, Kind::Blob) => "application/octet-stream",
            (true, _) => "text/plain",
        };
        content_type(&mut parts.headers, content);
        return Ok(());
    }
    let is_of_body = |name: &str| view.member(name).is_some_and(|member| member.location().is_none());
    let inner: Map<String, Value> = given
        .iter()
        .filter(|(name, value)| is_of_body(name) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if is_json && view.members().any(|(_, member)| member.location().is_none()) {
        parts.body = json::write(view, &Value::Object(inner))?.to_string().into_bytes();
    } else if !is_json && !inner.is_empty() {
        let root = view.root_name().unwrap_or_default();
        parts.body = xml_write::body(root, view, &Value::Object(inner))?;
    }
    if !parts.body.is_empty() {
        content_type(&mut parts.headers, content);
    }
    Ok(())
}

fn content_type(headers: &mut Vec<(String, String)>, content: &str) {
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".to_owned(), content.to_owned()));
    }
}

pub(super) fn output(protocol: Protocol, view: View<'_>, reply: &Reply<'_>) -> Result<Value, Mismatch> {
    let mut read = match (view.payload(), protocol) {
        (Some((name, payload)), _) => payload_output(protocol, name, payload, reply)?,
        (None, _) if view.members().all(|(_, member)| is_beside_body(member)) => Map::new(),
        (None, Protocol::RestJson) => members_of(json::output(view, reply)?),
        (None, _) => members_of(xml_read::with_root(reply.body, |root| xml_read::structure(view, root))?),
    };
    for (name, member) in view.members() {
        let wire = member.wire_name().unwrap_or(name);
        let value = match member.location() {
            Some("statusCode") => Some(Value::from(reply.status)),
            Some("header") => reply
                .header(wire)
                .map(|text| from_header(member, text))
                .transpose()
                .map_err(|error| error.within(name))?,
            Some("headers") => {
                let found = reply.headers.iter().filter_map(|(key, value)| {
                    let key = key
                        .get(..wire.len())
                        .filter(|start| start.eq_ignore_ascii_case(wire))
                        .map(|_| &key[wire.len()..])?;
                    Some((key.to_owned(), Value::from(*value)))
                });
                Some(Value::Object(found.collect()))
            }
            _ => None,
        };
        read.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(Value::Object(read))
}

/// Whether a member of a reply stands beside its body; path and query are only for requests.
pub(super) fn is_beside_body(member: View<'_>) -> bool {
    matches!(member.location(), Some("header" | "headers" | "statusCode"))
}

fn members_of(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

fn payload_output(
    protocol: Protocol,
    name: &str,
    payload: View<'_>,
    reply: &Reply<'_>,
) -> Result<Map<String, Value>, Mismatch> {
    let is_raw = matches!(payload.kind(), Kind::Blob | Kind::String) && !payload.is_document();
    let value = if is_raw {
        let text = String::from_utf8_lossy(reply.body).into_owned();
        (!text.is_empty()).then(|| Value::from(text))
    } else if reply.body.trim_ascii().is_empty() {
        None
    } else if protocol == Protocol::RestJson {
        Some(json::read(payload, json::parse(reply.body)?).map_err(|error| error.within(name))?)
    } else {
        Some(xml_read::with_root(reply.body, |root| xml_read::value(payload, root))?)
    };
    Ok(value.map(|value| (name.to_owned(), value)).into_iter().collect())
}

fn from_header(member: View<'_>, text: &str) -> Result<Value, Mismatch> {
    if member.is_json_text() {
        let decoded = base64::decode(text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        return decoded.ok_or_else(|| Mismatch::new("JSON in base64", "none"));
    }
    if member.kind() != Kind::List {
        return text::read(member, text);
    }
    let is_date = member.item().kind() == Kind::Timestamp
        && Format::named(member.item().timestamp_format(), Format::Http) == Format::Http;
    let items = split_list(text, is_date).into_iter().map(|item| match member.item().kind() {
        Kind::Timestamp => timestamp::of_text(&item)
            .map(|at| Value::from(at.to_string()))
            .ok_or_else(|| Mismatch::new("a point in time", item)),
        _ => text::read(member.item(), &item),
    });
    Ok(Value::Array(items.collect::<Result<_, _>>()?))
}

/// The items of a header; dates have a comma of their own, and quotes keep commas.
fn split_list(text: &str, is_date: bool) -> Vec<String> {
    let (mut items, mut item, mut quoted, mut escaped, mut commas) = (Vec::new(), String::new(), false, false, 0);
    for c in text.chars() {
        match c {
            c if escaped => {
                item.push(c);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted && is_date && commas == 0 => {
                commas = 1;
                item.push(',');
            }
            ',' if !quoted => {
                commas = 0;
                items.push(std::mem::take(&mut item).trim().to_owned());
            }
            c => item.push(c),
        }
    }
    items.push(item.trim().to_owned());
    items
}
