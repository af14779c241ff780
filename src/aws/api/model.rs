//! AWS's API models, in the form that botocore ships as `service-2.json`, whole or cut.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

/// The model of one service.
#[derive(Debug, Deserialize)]
pub struct Api {
    /// What holds for all operations.
    pub metadata: Metadata,
    operations: HashMap<String, Operation>,
    shapes: HashMap<String, Shape>,
    /// How the pages of listings go on, by operation.
    #[serde(default)]
    pagination: HashMap<String, Paginator>,
    /// Where the service is, by partition; `None` when that is not known.
    #[serde(default)]
    pub regions: Option<BTreeMap<String, Places>>,
}

/// What holds for all operations of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The date in the service's version.
    #[serde(default)]
    pub api_version: String,
    /// The first word of its host names.
    #[serde(default)]
    pub endpoint_prefix: String,
    /// The name that requests are signed for; the endpoint prefix where it is missing.
    pub signing_name: Option<String>,
    /// The name that `AWS_ENDPOINT_URL_<SERVICE>` is made of: `Lex Models V2`.
    #[serde(default)]
    pub service_id: String,
    protocol: String,
    #[serde(default)]
    protocols: Vec<String>,
    /// `1.0` or `1.1`, of the JSON protocol.
    pub json_version: Option<String>,
    /// What stands before the operation in `X-Amz-Target`.
    pub target_prefix: Option<String>,
    /// Says that the service once spoke the query protocol and keeps its error codes.
    pub aws_query_compatible: Option<Value>,
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// JSON bodies, the operation in a header.
    Json,
    /// JSON bodies, everything else in path, query and headers.
    RestJson,
    /// Form bodies, XML replies.
    Query,
    /// The same, as EC2 has it.
    Ec2,
    /// XML bodies, everything else in path, query and headers.
    RestXml,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// As AWS writes it: `DescribeIndex`.
    pub name: String,
    /// Its HTTP form.
    #[serde(default)]
    pub http: Http,
    input: Option<Reference>,
    output: Option<Reference>,
    endpoint: Option<HostPrefix>,
}

/// The HTTP form of an operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Http {
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its parameters: `/v2/{Name}?type=2`.
    pub request_uri: String,
}

impl Default for Http {
    fn default() -> Self {
        Self { method: "POST".to_owned(), request_uri: "/".to_owned() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HostPrefix {
    host_prefix: Option<String>,
}

/// How a listing goes on.
#[derive(Clone, Debug, Deserialize)]
pub struct Paginator {
    /// The member, or members, in which a request takes the token.
    pub input_token: OneOrMore,
    /// Where a reply has the token.
    pub output_token: OneOrMore,
    /// Where a reply says that there is more.
    pub more_results: Option<String>,
    /// The member in which a request says how many items a page may have.
    pub limit_key: Option<String>,
    /// Where a reply has its items.
    pub result_key: Option<OneOrMore>,
}

/// One expression or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// Where a service is, in one partition.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Places {
    /// Its regions.
    pub regions: Vec<String>,
    /// Of a service without regions: where it is asked and signed for.
    pub global: Option<Global>,
    /// Host names that do not follow the rule, by region.
    pub hosts: BTreeMap<String, String>,
}

/// The one endpoint of a service without regions.
#[derive(Clone, Debug, Deserialize)]
pub struct Global {
    /// The region that requests are signed for.
    pub region: String,
    /// Its host.
    pub hostname: String,
}

/// What a value is and how it is written, at the place where it is used.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Traits {
    location: Option<String>,
    location_name: Option<String>,
    query_name: Option<String>,
    flattened: Option<bool>,
    xml_attribute: bool,
    xml_namespace: Option<Value>,
    timestamp_format: Option<String>,
    result_wrapper: Option<String>,
    jsonvalue: bool,
}

#[derive(Debug, Deserialize)]
struct Reference {
    shape: String,
    #[serde(flatten)]
    traits: Traits,
}

/// What a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Members by name.
    Structure,
    /// Items of one kind.
    List,
    /// Values of one kind by key.
    Map,
    /// Text.
    #[default]
    String,
    /// Text of one letter.
    Character,
    /// `true` or `false`.
    Boolean,
    /// A whole number of 32 bits.
    Integer,
    /// A whole number of 64 bits.
    Long,
    /// A number.
    Float,
    /// A number.
    Double,
    /// A whole number of any size.
    BigInteger,
    /// A number of any size.
    BigDecimal,
    /// A point in time.
    Timestamp,
    /// Bytes.
    Blob,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shape {
    #[serde(rename = "type")]
    kind: Kind,
    members: IndexMap<String, Reference>,
    member: Option<Box<Reference>>,
    key: Option<Box<Reference>>,
    value: Option<Box<Reference>>,
    required: Vec<String>,
    payload: Option<String>,
    document: bool,
    #[serde(flatten)]
    traits: Traits,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is not of botocore's form.
    #[error("is no API model: {0}")]
    Form(#[from] serde_json::Error),
    /// It speaks no protocol that is spoken here.
    #[error("speaks only {0}; json, rest-json, query, ec2 and rest-xml are spoken here")]
    Protocol(String),
    /// A shape is used that it lacks.
    #[error("uses the shape {0}, which it does not have")]
    Shape(String),
}

static TEXT: LazyLock<Shape> = LazyLock::new(Shape::default);

impl Api {
    /// Reads a model.
    ///
    /// # Errors
    /// [`ModelError`] when it cannot be used.
    pub fn parse(text: &[u8]) -> Result<Self, ModelError> {
        let api: Self = serde_json::from_slice(text)?;
        api.metadata.find_protocol().ok_or_else(|| ModelError::Protocol(api.metadata.protocol.clone()))?;
        let of_operations = api.operations.values().flat_map(|operation| [&operation.input, &operation.output]);
        let of_shapes = api.shapes.values().flat_map(|shape| {
            let others = [&shape.member, &shape.key, &shape.value].into_iter().flatten().map(AsRef::as_ref);
            shape.members.values().chain(others)
        });
        let unknown =
            of_operations.flatten().chain(of_shapes).find(|reference| !api.shapes.contains_key(&reference.shape));
        match unknown {
            Some(reference) => Err(ModelError::Shape(reference.shape.clone())),
            None => Ok(api),
        }
    }

    /// Adds the paginators of a `paginators-1.json`, which botocore ships beside a model.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn add_paginators(&mut self, text: &[u8]) -> Result<(), ModelError> {
        #[derive(Deserialize)]
        struct File {
            pagination: HashMap<String, Paginator>,
        }
        self.pagination.extend(serde_json::from_slice::<File>(text)?.pagination);
        Ok(())
    }

    /// An operation by its name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// The names of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    /// How the listing of an operation goes on.
    #[must_use]
    pub fn paginator(&self, operation: &str) -> Option<&Paginator> {
        self.pagination.get(operation)
    }

    /// What an operation takes.
    #[must_use]
    pub fn input<'m>(&'m self, operation: &'m Operation) -> Option<View<'m>> {
        operation.input.as_ref().map(|reference| self.view(reference))
    }

    /// What an operation gives.
    #[must_use]
    pub fn output<'m>(&'m self, operation: &'m Operation) -> Option<View<'m>> {
        operation.output.as_ref().map(|reference| self.view(reference))
    }

    fn view<'m>(&'m self, reference: &'m Reference) -> View<'m> {
        // `parse` has seen that every shape is there.
        let shape = self.shapes.get(&reference.shape).unwrap_or(&TEXT);
        View { api: self, shape, place: &reference.traits }
    }
}

impl Metadata {
    fn find_protocol(&self) -> Option<Protocol> {
        let named = self.protocols.iter().map(String::as_str).chain([self.protocol.as_str()]);
        named.into_iter().find_map(|name| match name {
            "json" => Some(Protocol::Json),
            "rest-json" => Some(Protocol::RestJson),
            "query" => Some(Protocol::Query),
            "ec2" => Some(Protocol::Ec2),
            "rest-xml" => Some(Protocol::RestXml),
            _ => None,
        })
    }

    /// How the service is spoken to: the first of its protocols that is spoken here.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.find_protocol().unwrap_or(Protocol::Json)
    }

    /// The name that requests are signed for.
    #[must_use]
    pub fn signing_name(&self) -> &str {
        self.signing_name.as_deref().unwrap_or(&self.endpoint_prefix)
    }
}

impl Operation {
    /// What stands before the host: `{Bucket}.`.
    #[must_use]
    pub fn host_prefix(&self) -> Option<&str> {
        self.endpoint.as_ref()?.host_prefix.as_deref()
    }
}

/// A shape at the place where it is used: what is said there goes before what the shape says.
#[derive(Clone, Copy, Debug)]
pub struct View<'m> {
    api: &'m Api,
    shape: &'m Shape,
    place: &'m Traits,
}

impl<'m> View<'m> {
    /// What the value is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.shape.kind
    }

    /// Whether it may be any JSON.
    #[must_use]
    pub fn is_document(self) -> bool {
        self.shape.document
    }

    /// The members of a structure.
    pub fn members(self) -> impl Iterator<Item = (&'m str, Self)> {
        self.shape.members.iter().map(move |(name, reference)| (name.as_str(), self.api.view(reference)))
    }

    /// A member of a structure.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Self> {
        self.shape.members.get(name).map(|reference| self.api.view(reference))
    }

    /// The names of the members that a structure must have.
    #[must_use]
    pub fn required(self) -> &'m [String] {
        &self.shape.required
    }

    /// What a list's items are.
    #[must_use]
    pub fn item(self) -> Self {
        self.other(self.shape.member.as_deref())
    }

    /// What a map's keys are.
    #[must_use]
    pub fn key(self) -> Self {
        self.other(self.shape.key.as_deref())
    }

    /// What a map's values are.
    #[must_use]
    pub fn value(self) -> Self {
        self.other(self.shape.value.as_deref())
    }

    fn other(self, reference: Option<&'m Reference>) -> Self {
        reference
            .map_or(View { api: self.api, shape: &TEXT, place: &TEXT.traits }, |reference| self.api.view(reference))
    }

    /// The member that is the whole body.
    #[must_use]
    pub fn payload(self) -> Option<(&'m str, Self)> {
        let name = self.shape.payload.as_deref()?;
        self.member(name).map(|view| (name, view))
    }

    /// The name on the wire, where it is another one.
    #[must_use]
    pub fn wire_name(self) -> Option<&'m str> {
        self.place.location_name.as_deref()
    }

    /// The name of its element in XML. The shape of a list may bring it along; that of a structure is for whole bodies.
    pub(super) fn element_name(self) -> Option<&'m str> {
        let of_shape = if self.kind() == Kind::List { self.shape.traits.location_name.as_deref() } else { None };
        self.place.location_name.as_deref().or(of_shape)
    }

    /// The name of the element that is a whole body.
    pub(super) fn root_name(self) -> Option<&'m str> {
        self.shape.traits.location_name.as_deref().or(self.place.location_name.as_deref())
    }

    /// The name in a form of EC2.
    pub(super) fn query_name(self) -> Option<&'m str> {
        self.place.query_name.as_deref().or(self.shape.traits.query_name.as_deref())
    }

    /// Where on a request or reply it stands, when that is not the body.
    pub(super) fn location(self) -> Option<&'m str> {
        self.place.location.as_deref().or(self.shape.traits.location.as_deref())
    }

    /// Whether items stand without an element around them.
    pub(super) fn is_flattened(self) -> bool {
        self.place.flattened.or(self.shape.traits.flattened).unwrap_or_default()
    }

    /// Whether it is an attribute of an element.
    pub(super) fn is_attribute(self) -> bool {
        self.place.xml_attribute || self.shape.traits.xml_attribute
    }

    /// Whether it is JSON in a header.
    pub(super) fn is_json_text(self) -> bool {
        self.place.jsonvalue || self.shape.traits.jsonvalue
    }

    /// How a point in time is written, where that is said.
    pub(super) fn timestamp_format(self) -> Option<&'m str> {
        self.place.timestamp_format.as_deref().or(self.shape.traits.timestamp_format.as_deref())
    }

    /// The element around the result of a query.
    pub(super) fn result_wrapper(self) -> Option<&'m str> {
        self.place.result_wrapper.as_deref().or(self.shape.traits.result_wrapper.as_deref())
    }

    /// The namespace of an element, as attribute and value.
    pub(super) fn namespace(self) -> Option<(String, &'m str)> {
        let namespace = self.place.xml_namespace.as_ref().or(self.shape.traits.xml_namespace.as_ref())?;
        let uri = namespace.as_str().or_else(|| namespace.get("uri")?.as_str())?;
        let prefix = namespace.get("prefix").and_then(Value::as_str).map(|prefix| format!("xmlns:{prefix}"));
        Some((prefix.unwrap_or_else(|| "xmlns".to_owned()), uri))
    }
}
