//! When a principal used which service, and which action where AWS tracks it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Terms;
use crate::inventory::iam::ServiceLastAccessed;

/// When a service was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Within the days that count.
    Used(Timestamp),
    /// Before the days that count.
    Before(Timestamp),
    /// Never in AWS's tracking period.
    Never,
    /// AWS does not say.
    Untold,
}

/// When an action was used that AWS tracks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tracked {
    /// Within the days that count.
    Used,
    /// Before them, or never.
    Unused(Option<Timestamp>),
}

/// What a principal used.
#[derive(Debug)]
pub(super) struct Usage<'a> {
    services: BTreeMap<&'a str, Service<'a>>,
    terms: Terms,
}

#[derive(Debug, Default)]
struct Service<'a> {
    last: Option<Timestamp>,
    /// By name in lower case.
    actions: BTreeMap<String, (&'a str, Option<Timestamp>)>,
}

impl<'a> Usage<'a> {
    /// Joins the lists of several principals: the latest use counts. An action is tracked when one of the lists that
    /// have the service in use says so.
    pub(super) fn of(lists: &[&'a [ServiceLastAccessed]], terms: Terms) -> Self {
        let mut services: BTreeMap<&str, Service<'_>> = BTreeMap::new();
        for service in lists.iter().copied().flatten() {
            let own = services.entry(&service.service_namespace).or_default();
            own.last = own.last.max(service.last_authenticated);
            for action in &service.tracked_actions_last_accessed {
                let name = action.action_name.as_str();
                let known = own.actions.entry(name.to_ascii_lowercase()).or_insert((name, None));
                known.1 = known.1.max(action.last_accessed_time);
            }
        }
        Self { services, terms }
    }

    /// When a service was used.
    pub(super) fn service(&self, prefix: &str) -> Use {
        match self.services.get(prefix).map(|service| service.last) {
            None => Use::Untold,
            Some(None) => Use::Never,
            Some(Some(last)) if self.counts(last) => Use::Used(last),
            Some(Some(last)) => Use::Before(last),
        }
    }

    /// The prefixes of the services that AWS says something about.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = &'a str> {
        self.services.keys().copied()
    }

    /// When an action was last tried; none when AWS does not track it by itself.
    pub(super) fn action(&self, prefix: &str, name: &str) -> Option<Tracked> {
        let (_, last) = self.services.get(prefix)?.actions.get(&name.to_ascii_lowercase())?;
        Some(if last.is_some_and(|last| self.counts(last)) { Tracked::Used } else { Tracked::Unused(*last) })
    }

    /// Whether AWS tracks any action of a service by itself.
    pub(super) fn tracks_actions(&self, prefix: &str) -> bool {
        self.services.get(prefix).is_some_and(|service| !service.actions.is_empty())
    }

    /// Whether a use is recent enough.
    pub(super) fn counts(&self, when: Timestamp) -> bool {
        self.terms.counts(when)
    }
}

impl Terms {
    /// Whether a use is recent enough.
    pub(super) fn counts(self, when: Timestamp) -> bool {
        self.now.as_second().saturating_sub(when.as_second()) < self.days.saturating_mul(86_400)
    }

    /// Whole days since then.
    #[must_use]
    pub fn days_since(self, when: Timestamp) -> i64 {
        self.now.as_second().saturating_sub(when.as_second()).div_euclid(86_400)
    }
}
