//! From an input to a request and from a reply to an output, one file a form.

mod error;
mod json;
mod query;
mod rest;
mod text;
mod timestamp;
mod xml_read;
mod xml_write;

use serde_json::{Map, Value};

use super::model::{Api, Kind, Operation, Protocol, View};

pub use error::ErrorReply;

/// A request before it has a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// `GET`, `POST` …
    pub method: String,
    /// The path and what is asked, percent-encoded.
    pub path: String,
    /// What stands before the host: `bucket.`.
    pub host_prefix: Option<String>,
    /// Headers that the protocol wants.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// A reply with its whole body.
#[derive(Clone, Debug)]
pub struct Reply<'r> {
    /// The HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: Vec<(&'r str, &'r str)>,
    /// The body.
    pub body: &'r [u8],
}

impl Reply<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// A value that the model does not allow, in an input or in a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} should be {expected}, and is {found}")]
pub struct Mismatch {
    /// Where: `Items[2].Name`; `the body` for the whole.
    pub path: String,
    /// What the model says.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl Mismatch {
    fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { path: String::new(), expected: expected.into(), found: found.into() }
    }

    fn of_value(view: View<'_>, found: &Value) -> Self {
        Self::new(kind_name(view.kind()), shown(found))
    }

    /// Says that it is within something.
    fn within(mut self, step: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{dot}{}", self.path);
        self
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Structure => "an object",
        Kind::List => "a list",
        Kind::Map => "an object with any keys",
        Kind::String | Kind::Character => "a string",
        Kind::Boolean => "true or false",
        Kind::Integer | Kind::Long | Kind::BigInteger => "a whole number",
        Kind::Float | Kind::Double | Kind::BigDecimal => "a number",
        Kind::Timestamp => "a point in time",
        Kind::Blob => "bytes",
    }
}

/// A value for a message: short.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string().chars().take(40).collect(),
    }
}

/// The request of an operation.
///
/// # Errors
/// [`Mismatch`] when the input is not what the model wants.
pub fn request(api: &Api, operation: &Operation, input: &Value) -> Result<Parts, Mismatch> {
    static NOTHING: Value = Value::Null;
    let view = api.input(operation);
    if let Some(view) = view {
        check_members(view, input)?;
    }
    let protocol = api.metadata.protocol();
    let mut parts = match protocol {
        Protocol::Json => json::request(api, operation, view, input)?,
        Protocol::Query | Protocol::Ec2 => query::request(api, operation, view, input)?,
        Protocol::RestJson | Protocol::RestXml => rest::request(protocol, operation, view, input)?,
    };
    if let Some(prefix) = operation.host_prefix() {
        let member = |name: &str| input.get(name).unwrap_or(&NOTHING);
        parts.host_prefix = Some(rest::fill(prefix, |name| text::host_label(member(name)))?);
    }
    Ok(parts)
}

/// Every member of an input is one that the model knows, and none is missing that must be there.
fn check_members(view: View<'_>, input: &Value) -> Result<(), Mismatch> {
    let empty = Map::new();
    let given = input.as_object().unwrap_or(&empty);
    if let Some(unknown) = given.keys().find(|name| view.member(name).is_none()) {
        return Err(Mismatch::new("a member that the operation has", "none").within(unknown));
    }
    let missing = |name: &&String| given.get(name.as_str()).is_none_or(Value::is_null);
    match view.required().iter().find(missing) {
        Some(name) => Err(Mismatch::new("given", "missing").within(name)),
        None => Ok(()),
    }
}

/// The output of an operation: its members by the model's names, times as RFC 3339; what the model does not know is
/// left out.
///
/// # Errors
/// [`Mismatch`] when the reply is not what the model says.
pub fn output(api: &Api, operation: &Operation, reply: &Reply<'_>) -> Result<Value, Mismatch> {
    let Some(view) = api.output(operation) else { return Ok(Value::Object(Map::new())) };
    match api.metadata.protocol() {
        Protocol::Json => json::output(view, reply),
        Protocol::Query => xml_read::query_output(view, reply),
        Protocol::Ec2 => xml_read::ec2_output(view, reply),
        protocol @ (Protocol::RestJson | Protocol::RestXml) => rest::output(protocol, view, reply),
    }
}

/// What went wrong, of a reply that is an error.
pub fn error(api: &Api, reply: &Reply<'_>) -> ErrorReply {
    match api.metadata.protocol() {
        Protocol::Json | Protocol::RestJson => error::of_json(reply),
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => error::of_xml(reply),
    }
}
