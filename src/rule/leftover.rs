//! Which leftovers are no findings yet: young ones, and those that a tag keeps.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::inventory::Resource;

/// Which leftovers are no findings yet.
#[derive(Clone, Debug, Default)]
pub struct LeftoverOptions {
    /// How long after its creation a resource may bill without a finding.
    pub grace: SignedDuration,
    /// Keys of tags that keep a resource; a date as the value ends that on this day.
    pub keep_tags: Vec<String>,
}

impl LeftoverOptions {
    /// Why a resource is no finding yet, if it is none.
    #[must_use]
    pub fn spares(&self, resource: &Resource, now: Timestamp) -> Option<&'static str> {
        let is_young = resource.created.is_some_and(|created| now.duration_since(created) < self.grace);
        if is_young {
            return Some("it is younger than the grace period");
        }
        let tags = resource.tags.as_ref()?;
        let today = now.to_zoned(TimeZone::UTC).date();
        let keeps = |key: &String| {
            tags.get(key).is_some_and(|until| until.parse::<Date>().map_or(true, |until| today <= until))
        };
        self.keep_tags.iter().any(keeps).then_some("its tag says to keep it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grace_and_tags_spare() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        let resource = |created: &str, tag: Option<&str>| Resource {
            id: "i".to_owned(),
            name: "i".to_owned(),
            arn: None,
            region: None,
            created: created.parse().ok(),
            tags: tag.map(|value| [("keep".to_owned(), value.to_owned())].into()),
            properties: serde_json::Map::new(),
            parent: None,
            usage: Vec::new(),
            gap: None,
        };
        let options = LeftoverOptions { grace: SignedDuration::from_hours(4), keep_tags: vec!["keep".to_owned()] };
        let spares = |created: &str, tag| options.spares(&resource(created, tag), now).is_some();
        assert!(spares("2026-11-22T09:00:00Z", None) && !spares("2026-11-22T07:00:00Z", None) && !spares("", None));
        assert!(spares("", Some("")) && spares("", Some("2026-11-22")) && !spares("", Some("2026-11-21")));
        assert!(LeftoverOptions::default().spares(&resource("", Some("yes")), now).is_none());
    }
}
