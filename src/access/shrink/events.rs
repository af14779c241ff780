//! CloudTrail's events: what a principal called, on what, as files tell it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde_json::Value;

use super::event_names::{actions_of, prefix_of};
use super::{Subject, Terms};
use crate::policy::catalogue::Catalogue;
use crate::policy::matching::fields;
use crate::policy::pattern::overlaps_field;

/// The largest file, unpacked; CloudTrail's own have at most a few dozen MB.
const LARGEST: u64 = 1 << 30;

/// How a file that is compressed begins.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// Events as files have them.
#[derive(Debug, Default)]
pub struct EventRecords(Vec<Value>);

/// Why a file has no events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEvents {
    /// It cannot be unpacked.
    #[error("cannot be unpacked: {0}")]
    Packed(String),
    /// It is larger than what is read.
    #[error("has more than 1 GiB of text")]
    Large,
    /// It is no JSON.
    #[error("is no JSON: {0}")]
    Json(String),
    /// It is some other JSON.
    #[error("has neither Events, as `aws cloudtrail lookup-events` writes them, nor Records, as a trail does")]
    Other,
    /// An event within it is broken.
    #[error("has an event that is no JSON: event {0}")]
    Event(usize),
}

impl EventRecords {
    /// Adds a file's events: the output of `LookupEvents` or a log file of a trail, also compressed with gzip.
    ///
    /// # Errors
    /// [`NotEvents`] when it is neither.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), NotEvents> {
        let mut unpacked = Vec::new();
        let text = if bytes.starts_with(GZIP) {
            let read = MultiGzDecoder::new(bytes).take(LARGEST + 1).read_to_end(&mut unpacked);
            read.map_err(|error| NotEvents::Packed(error.to_string()))?;
            unpacked.as_slice()
        } else {
            bytes
        };
        if text.len() as u64 > LARGEST {
            return Err(NotEvents::Large);
        }
        let file: Value = serde_json::from_slice(text).map_err(|error| NotEvents::Json(error.to_string()))?;
        match (file.get("Events"), file.get("Records")) {
            (Some(Value::Array(events)), _) => {
                for (index, event) in events.iter().enumerate() {
                    let text = event.get("CloudTrailEvent").and_then(Value::as_str);
                    let record = text.and_then(|text| serde_json::from_str(text).ok());
                    self.0.push(record.ok_or(NotEvents::Event(index + 1))?);
                }
                Ok(())
            }
            (_, Some(Value::Array(records))) => {
                self.0.extend(records.iter().cloned());
                Ok(())
            }
            _ => Err(NotEvents::Other),
        }
    }
}

/// What events say of a principal.
#[derive(Debug, Default)]
pub(super) struct Events {
    services: BTreeMap<String, Seen>,
    /// By the action's full name in lower case: the resources that statements can name for all of its events.
    actions: BTreeMap<String, Option<BTreeSet<String>>>,
    /// The actions, and those that AWS's reference says depend on them, in lower case.
    needed: BTreeSet<String>,
    /// The first and the last event.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// How many of the events count.
    pub(super) counted: usize,
    /// How many were refused, so that they needed nothing that the principal has.
    pub(super) refused: usize,
}

/// What events say of a service.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) last: Timestamp,
    /// Events of which no action is known.
    pub(super) unmapped: BTreeSet<String>,
    /// Whether there is a data event.
    pub(super) has_data_events: bool,
}

impl Events {
    /// Picks the events of a principal that are recent enough.
    pub(super) fn of(records: &EventRecords, subject: &Subject<'_>, terms: Terms) -> Self {
        let mut events = Self::default();
        for record in &records.0 {
            let when = text(record, "eventTime").and_then(|time| time.parse::<Timestamp>().ok());
            let Some(when) = when.filter(|when| terms.counts(*when)) else { continue };
            if caller(record).is_some_and(|arn| subject.callers.contains(&arn)) {
                events.add(record, when);
            }
        }
        events
    }

    /// What is said of a service.
    pub(super) fn service(&self, prefix: &str) -> Option<&Seen> {
        self.services.get(prefix)
    }

    /// The services that there is an event of.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// Whether an event needs an action, or an action that AWS's reference says depends on it.
    pub(super) fn needs(&self, action: &str) -> bool {
        self.needed.contains(&action.to_ascii_lowercase())
    }

    /// The resources of an action's events, where each of them names one that statements can name.
    pub(super) fn resources(&self, action: &str) -> Option<&BTreeSet<String>> {
        self.actions.get(&action.to_ascii_lowercase())?.as_ref()
    }

    /// Services with events of which no action is known.
    pub(super) fn unmapped(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        let all = self.services.iter().map(|(prefix, seen)| (prefix.as_str(), &seen.unmapped));
        all.filter(|(_, events)| !events.is_empty())
    }

    fn add(&mut self, record: &Value, when: Timestamp) {
        let is_call = !matches!(text(record, "eventType"), Some("AwsServiceEvent" | "AwsConsoleSignIn"));
        let prefix = text(record, "eventSource").and_then(prefix_of).filter(|_| is_call);
        let (Some(prefix), Some(name)) = (prefix, text(record, "eventName")) else { return };
        if is_refusal(text(record, "errorCode").unwrap_or_default()) {
            self.refused += 1;
            return;
        }
        self.counted += 1;
        let (first, last) = self.span.unwrap_or((when, when));
        self.span = Some((first.min(when), last.max(when)));
        let seen = self.services.entry(prefix.to_owned()).or_insert_with(|| Seen {
            last: when,
            unmapped: BTreeSet::new(),
            has_data_events: false,
        });
        seen.last = seen.last.max(when);
        seen.has_data_events |= text(record, "eventCategory") == Some("Data") || record["managementEvent"] == false;
        let mut actions = actions_of(prefix, name);
        if actions.is_empty() {
            seen.unmapped.insert(name.to_owned());
        }
        if record["requestParameters"].get("versionId").is_some() {
            let versions: Vec<_> = actions.iter().map(|action| format!("{action}Version")).collect();
            actions.extend(versions.into_iter().filter(|action| Catalogue::embedded().action(action).is_some()));
        }
        for action in actions {
            let found = Catalogue::embedded().action(&action);
            let depending = found.into_iter().flat_map(|(_, own)| own.dependent_actions());
            self.needed.extend(depending.map(str::to_ascii_lowercase));
            self.needed.insert(action.to_ascii_lowercase());
            let resources = resources(record, &action);
            let own = self.actions.entry(action.to_ascii_lowercase()).or_insert_with(|| Some(BTreeSet::new()));
            match (own.as_mut(), resources) {
                (Some(own), Some(more)) => own.extend(more),
                _ => *own = None,
            }
        }
    }
}

/// Whether an error says that the caller was not allowed to.
fn is_refusal(code: &str) -> bool {
    ["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError"]
        .iter()
        .any(|own| code.contains(own))
}

/// The user or role whose request it was.
fn caller(record: &Value) -> Option<&str> {
    let identity = record.get("userIdentity")?;
    match text(identity, "type")? {
        "IAMUser" => text(identity, "arn"),
        "AssumedRole" => text(identity.get("sessionContext")?.get("sessionIssuer")?, "arn"),
        _ => None,
    }
}

/// The resources of an event that statements can name for an action; none when it does not name them well enough.
fn resources(record: &Value, action: &str) -> Option<Vec<String>> {
    let (service, known) = Catalogue::embedded().action(action)?;
    let mut arns = Vec::new();
    for resource in record.get("resources")?.as_array()? {
        // `ARNPrefix` says of a listing what it was for; its bucket is named besides.
        let Some(arn) = text(resource, "ARN") else { continue };
        let named = nameable(text(resource, "type")?, arn)?;
        let is_for_it = |arn: &String| service.types_of(known).any(|kind| is_of_type(arn, kind.name, kind.arn));
        arns.extend(named.into_iter().filter(is_for_it));
    }
    (!arns.is_empty()).then_some(arns)
}

/// How statements best name a resource of this type: objects by their bucket, as the next one has another key. None of
/// a type that comes and goes, or whose ARN in events is not the one in statements.
fn nameable(kind: &str, arn: &str) -> Option<Vec<String>> {
    if arn.contains(['*', '?', '$']) || fields(arn).is_none() {
        return None;
    }
    let and = |more: String| Some(vec![arn.to_owned(), more]);
    match kind {
        "AWS::S3::Object" => Some(vec![format!("{}/*", arn.split_once('/')?.0)]),
        "AWS::DynamoDB::Table" => and(format!("{arn}/index/*")),
        "AWS::Lambda::Function" => and(format!("{arn}:*")),
        "AWS::S3::Bucket"
        | "AWS::KMS::Key"
        | "AWS::SNS::Topic"
        | "AWS::SQS::Queue"
        | "AWS::SecretsManager::Secret"
        | "AWS::IAM::Role" => Some(vec![arn.to_owned()]),
        _ => None,
    }
}

/// Whether an ARN is one of a type, which the catalogue has as an ARN with variables.
fn is_of_type(arn: &str, name: &str, of_type: &str) -> bool {
    let (Some(own), Some(of_type)) = (fields(arn), fields(of_type)) else { return false };
    let is_object = arn.contains('/');
    own.iter().zip(of_type).all(|(own, of_type)| overlaps_field(own, of_type)) && !(name == "bucket" && is_object)
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}
