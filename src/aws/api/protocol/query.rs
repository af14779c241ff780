//! Form bodies: the protocols query and ec2.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::timestamp::Format;
use super::{Kind, Mismatch, Parts, View, text};
use crate::aws::api::model::{Api, Operation, Protocol};

/// What stays as it is: RFC 3986's unreserved characters.
pub(super) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn request(
    api: &Api,
    operation: &Operation,
    view: Option<View<'_>>,
    input: &Value,
) -> Result<Parts, Mismatch> {
    let is_ec2 = api.metadata.protocol() == Protocol::Ec2;
    let mut form = Form { is_ec2, pairs: Vec::new() };
    form.pairs.push(("Action".to_owned(), operation.name.clone()));
    form.pairs.push(("Version".to_owned(), api.metadata.api_version.clone()));
    if let Some(view) = view
        && !input.is_null()
    {
        form.add("", view, input)?;
    }
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let pairs: Vec<String> =
        form.pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    Ok(Parts {
        method: operation.http.method.clone(),
        path: operation.http.request_uri.clone(),
        host_prefix: None,
        headers: vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
        body: pairs.join("&").into_bytes(),
    })
}

struct Form {
    is_ec2: bool,
    pairs: Vec<(String, String)>,
}

impl Form {
    fn add(&mut self, prefix: &str, view: View<'_>, value: &Value) -> Result<(), Mismatch> {
        match (view.kind(), value) {
            (_, Value::Null) => {}
            (Kind::Structure, Value::Object(given)) => {
                for (name, value) in given {
                    let member =
                        view.member(name).ok_or_else(|| Mismatch::new("a member of the model", "none").within(name))?;
                    let key = self.name(member, name);
                    let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
                    self.add(&key, member, value).map_err(|error| error.within(name))?;
                }
            }
            (Kind::List, Value::Array(items)) => {
                if items.is_empty() && !self.is_ec2 {
                    self.pairs.push((prefix.to_owned(), String::new()));
                }
                let around = self.list_prefix(prefix, view);
                for (place, item) in items.iter().enumerate() {
                    self.add(&format!("{around}.{}", place + 1), view.item(), item)
                        .map_err(|error| error.within(&format!("[{place}]")))?;
                }
            }
            (Kind::Map, Value::Object(given)) => {
                let around = if view.is_flattened() { prefix.to_owned() } else { format!("{prefix}.entry") };
                let (key_name, value_name) =
                    (view.key().wire_name().unwrap_or("key"), view.value().wire_name().unwrap_or("value"));
                for (place, (key, value)) in given.iter().enumerate() {
                    self.pairs.push((format!("{around}.{}.{key_name}", place + 1), key.clone()));
                    self.add(&format!("{around}.{}.{value_name}", place + 1), view.value(), value)
                        .map_err(|error| error.within(key))?;
                }
            }
            _ => self.pairs.push((prefix.to_owned(), text::write(view, value, Format::Iso)?)),
        }
        Ok(())
    }

    fn name(&self, member: View<'_>, name: &str) -> String {
        if !self.is_ec2 {
            return member.wire_name().unwrap_or(name).to_owned();
        }
        let capital = |name: &str| {
            let mut letters = name.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        };
        match (member.query_name(), member.wire_name()) {
            (Some(name), _) => name.to_owned(),
            (None, Some(name)) => capital(name),
            (None, None) => capital(name),
        }
    }

    fn list_prefix(&self, prefix: &str, view: View<'_>) -> String {
        if self.is_ec2 {
            return prefix.to_owned();
        }
        match (view.is_flattened(), view.item().wire_name()) {
            (false, name) => format!("{prefix}.{}", name.unwrap_or("member")),
            (true, None) => prefix.to_owned(),
            (true, Some(_)) if view.wire_name().is_some() => prefix.to_owned(),
            (true, Some(name)) => {
                prefix.rsplit_once('.').map_or_else(|| name.to_owned(), |(around, _)| format!("{around}.{name}"))
            }
        }
    }
}
