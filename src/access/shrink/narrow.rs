//! Narrows a statement to what was used.

use std::collections::{BTreeMap, BTreeSet};

use super::event_names::{PASS_ROLE, is_hidden, tracked_nowhere};
use super::events::Events;
use super::usage::{Tracked, Usage};
use super::{ServiceOutcome, Use, Why};
use crate::policy::catalogue::{Catalogue, Service};
use crate::policy::matching::{self, glob_ignore_case};
use crate::policy::model::{Match, Statement};
use crate::policy::pattern::{Dialect, covers, overlaps};

/// How many actions a wildcard stands for at least.
const FEWEST: usize = 3;

/// Narrows statements and remembers what became of each service.
pub(super) struct Narrower<'a> {
    usage: &'a Usage<'a>,
    events: Option<&'a Events>,
    outcomes: BTreeMap<String, Outcome>,
    /// Whether a wildcard allowed `iam:PassRole` and the proposal does not.
    pub(super) lost_pass_role: bool,
    /// Whether an action with a wildcard stands for services that AWS says nothing about.
    pub(super) lost_untold: bool,
}

#[derive(Default)]
struct Outcome {
    kept: bool,
    dropped: BTreeMap<String, Why>,
    /// Actions that one statement keeps; another one's loss of them does not count.
    stays: BTreeSet<String>,
    from: BTreeSet<String>,
    on_fewer: bool,
}

impl<'a> Narrower<'a> {
    pub(super) fn new(usage: &'a Usage<'a>, events: Option<&'a Events>) -> Self {
        Self { usage, events, outcomes: BTreeMap::new(), lost_pass_role: false, lost_untold: false }
    }

    /// What is left of an `Allow`, none when nothing is: its actions narrowed, apart where their resources are too.
    pub(super) fn allow(&mut self, statement: &Statement, from: &str) -> Vec<Statement> {
        let mut left = Vec::new();
        for pattern in self.by_service(&statement.action, from) {
            left.extend(self.actions(&pattern));
        }
        let mut on: Vec<(Option<Match>, Vec<String>)> = Vec::new();
        for action in left {
            let resource = match self.resources(&action, statement.resource.as_ref()) {
                Some(narrowed) => Some(narrowed),
                None => statement.resource.clone(),
            };
            if resource != statement.resource {
                let prefix = action.split(':').next().unwrap_or_default();
                self.outcomes.entry(prefix.to_owned()).or_default().on_fewer = true;
            }
            if resource.as_ref().is_some_and(|own| own.patterns.is_empty()) {
                continue;
            }
            match on.iter_mut().find(|(own, _)| *own == resource) {
                Some((_, actions)) => actions.push(action),
                None => on.push((resource, vec![action])),
            }
        }
        let of = |(resource, mut actions): (Option<Match>, Vec<String>)| {
            actions.sort_unstable();
            actions.dedup();
            Statement { action: Match { negated: false, patterns: actions }, resource, ..statement.clone() }
        };
        on.into_iter().map(of).collect()
    }

    /// What became of the services.
    pub(super) fn outcomes(&self) -> Vec<ServiceOutcome> {
        let of = |(prefix, own): (&String, &Outcome)| ServiceOutcome {
            prefix: prefix.clone(),
            usage: self.usage(prefix),
            kept: own.kept,
            dropped: own
                .dropped
                .iter()
                .filter(|(name, _)| own.kept && !own.stays.contains(*name))
                .map(|(name, why)| (name.clone(), *why))
                .collect(),
            on_fewer_resources: own.on_fewer,
            from: own.from.iter().cloned().collect(),
        };
        self.outcomes.iter().map(of).collect()
    }

    /// Services that stay, of which AWS tracks no action by itself.
    pub(super) fn kept_whole(&self) -> Vec<&str> {
        let kept = self.outcomes.iter().filter(|(_, own)| own.kept).map(|(prefix, _)| prefix.as_str());
        kept.filter(|prefix| matches!(self.usage(prefix), Use::Used(_)))
            .filter(|prefix| !self.usage.tracks_actions(prefix) && !self.is_narrowed_by_events(prefix))
            .collect()
    }

    /// Services that stay, of which AWS tracks some actions and not others.
    pub(super) fn kept_in_part(&self) -> Vec<&str> {
        let kept = self.outcomes.iter().filter(|(_, own)| own.kept).map(|(prefix, _)| prefix.as_str());
        kept.filter(|prefix| self.usage.tracks_actions(prefix) && !self.is_narrowed_by_events(prefix)).collect()
    }

    /// Services that stay although AWS says nothing about them.
    pub(super) fn kept_untold(&self) -> Vec<&str> {
        let kept = self.outcomes.iter().filter(|(_, own)| own.kept).map(|(prefix, _)| prefix.as_str());
        kept.filter(|prefix| self.usage(prefix) == Use::Untold).collect()
    }

    /// Services that events narrowed, by whether there are data events of them.
    pub(super) fn narrowed_by_events(&self, has_data: bool) -> Vec<&str> {
        let kept = self.outcomes.iter().filter(|(_, own)| own.kept).map(|(prefix, _)| prefix.as_str());
        let has = |prefix: &&str| self.events.and_then(|events| events.service(prefix)).map(|own| own.has_data_events);
        kept.filter(|prefix| self.is_narrowed_by_events(prefix) && has(prefix) == Some(has_data)).collect()
    }

    /// Services that stay and are in no event.
    pub(super) fn kept_without_event(&self) -> Vec<&str> {
        let kept = self.outcomes.iter().filter(|(_, own)| own.kept).map(|(prefix, _)| prefix.as_str());
        kept.filter(|prefix| self.events.is_some_and(|events| events.service(prefix).is_none())).collect()
    }

    /// When a service was used, by AWS's list or by an event, which may be newer than the list.
    fn usage(&self, prefix: &str) -> Use {
        let told = self.usage.service(prefix);
        let event = self.events.and_then(|events| events.service(prefix)).map(|service| service.last);
        match (told, event) {
            (Use::Used(last), Some(event)) => Use::Used(last.max(event)),
            (Use::Used(last), None) => Use::Used(last),
            (_, Some(event)) => Use::Used(event),
            (told, None) => told,
        }
    }

    fn is_narrowed_by_events(&self, prefix: &str) -> bool {
        self.events.and_then(|events| events.service(prefix)).is_some_and(|service| service.unmapped.is_empty())
    }

    /// The patterns of an element, each about a single service that stays: `*` becomes `s3:*`, `logs:*`.
    fn by_service(&mut self, element: &Match, from: &str) -> Vec<String> {
        let mut left = Vec::new();
        if element.negated {
            for prefix in self.told() {
                let whole = format!("{prefix}:*");
                let but = |pattern: &String| covers(Dialect::Action, pattern, &whole);
                if !element.patterns.iter().any(but) && self.stays(&prefix, from) {
                    left.extend(but_not(&prefix, &element.patterns));
                }
            }
            self.lost_untold = true;
            self.lost_pass_role |= !takes(element, PASS_ROLE);
            return left;
        }
        for pattern in &element.patterns {
            let (prefix, name) = pattern.split_once(':').unwrap_or(("*", "*"));
            if !prefix.contains(['*', '?']) {
                let prefix = prefix.to_ascii_lowercase();
                if self.stays(&prefix, from) {
                    left.push(format!("{prefix}:{name}"));
                } else {
                    left.extend(self.untracked_of(pattern, from));
                }
                continue;
            }
            for service in self.told().into_iter().filter(|own| glob_ignore_case(prefix, own)) {
                if self.stays(&service, from) {
                    left.push(format!("{service}:{name}"));
                }
            }
            self.lost_untold = true;
            self.lost_pass_role |= matching::action(pattern, PASS_ROLE);
        }
        left
    }

    /// The services that AWS's list or an event tells of.
    fn told(&self) -> Vec<String> {
        let listed = self.usage.prefixes().map(str::to_owned);
        let seen = self.events.into_iter().flat_map(Events::prefixes).map(str::to_owned);
        listed.chain(seen).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn stays(&mut self, prefix: &str, from: &str) -> bool {
        let stays = matches!(self.usage(prefix), Use::Used(_) | Use::Untold);
        let outcome = self.outcomes.entry(prefix.to_owned()).or_default();
        outcome.kept |= stays;
        outcome.from.insert(from.to_owned());
        stays
    }

    /// What a pattern of a service that goes names and AWS tracks nowhere, so that its silence says nothing.
    fn untracked_of(&mut self, pattern: &str, from: &str) -> Vec<String> {
        let matched: Vec<&str> = tracked_nowhere().filter(|name| matching::action(pattern, name)).collect();
        if pattern.ends_with(":*") {
            self.lost_pass_role |= matched.contains(&PASS_ROLE);
            return Vec::new();
        }
        for name in &matched {
            let prefix = name.split(':').next().unwrap_or_default().to_owned();
            let outcome = self.outcomes.entry(prefix).or_default();
            outcome.kept = true;
            outcome.from.insert(from.to_owned());
        }
        matched.into_iter().map(str::to_owned).collect()
    }

    /// A pattern of one service without the actions that were not used; itself when all of them stay.
    fn actions(&mut self, pattern: &str) -> Vec<String> {
        let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, ""));
        let names: Vec<&str> = if name.contains(['*', '?']) {
            Catalogue::embedded().matching(pattern).map(|(_, action)| action.name).collect()
        } else {
            vec![name]
        };
        let verdicts: Vec<(&str, Option<Why>)> = names.iter().map(|name| (*name, self.verdict(prefix, name))).collect();
        let outcome = self.outcomes.entry(prefix.to_owned()).or_default();
        for (name, why) in &verdicts {
            match why {
                Some(why) => {
                    outcome.dropped.insert((*name).to_owned(), *why);
                }
                None => {
                    outcome.stays.insert((*name).to_owned());
                }
            }
        }
        if verdicts.iter().all(|(_, why)| why.is_none()) {
            return vec![pattern.to_owned()];
        }
        let kept: Vec<&str> = verdicts.iter().filter(|(_, why)| why.is_none()).map(|(name, _)| *name).collect();
        let is_on =
            |name: &&str| self.events.is_some_and(|events| events.resources(&format!("{prefix}:{name}")).is_some());
        let (on, anywhere): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_on);
        let mut left = shortest(prefix, &anywhere, |short| covers(Dialect::Action, pattern, short));
        left.extend(on.into_iter().map(|name| format!("{prefix}:{name}")));
        left
    }

    /// Why an action of a service that stays goes; none when it stays.
    fn verdict(&self, prefix: &str, name: &str) -> Option<Why> {
        let full = format!("{prefix}:{name}");
        if self.events.is_some_and(|events| events.needs(&full)) {
            return None;
        }
        match self.usage.action(prefix, name) {
            Some(Tracked::Used) => return None,
            Some(Tracked::Unused(last)) => return Some(Why::Unused(last)),
            None => {}
        }
        let service = self.events?.service(prefix)?;
        let shows = service.unmapped.is_empty() && !is_hidden(&full, service.has_data_events);
        shows.then_some(Why::NoEvent)
    }

    /// The resources of an action that events name, as far as the statement has them; none when it keeps its own.
    fn resources(&self, action: &str, own: Option<&Match>) -> Option<Match> {
        let own = own.filter(|own| !own.negated)?;
        let seen = self.events?.resources(action)?;
        let mut left = BTreeSet::new();
        for pattern in &own.patterns {
            for resource in seen {
                if covers(Dialect::Arn, pattern, resource) {
                    left.insert(resource.clone());
                } else if overlaps(Dialect::Arn, pattern, resource) {
                    left.insert(pattern.clone());
                }
            }
        }
        // What stays whole keeps its order.
        let is_same = own.patterns.iter().collect::<BTreeSet<_>>() == left.iter().collect::<BTreeSet<_>>();
        (!is_same).then(|| Match { negated: false, patterns: left.into_iter().collect() })
    }
}

/// Whether an element takes an action in.
fn takes(element: &Match, action: &str) -> bool {
    element.patterns.iter().any(|pattern| matching::action(pattern, action))
}

/// All actions of a service but those of some patterns: as one pattern when none of them is about it.
fn but_not(prefix: &str, patterns: &[String]) -> Vec<String> {
    let is_free = |own: &str| !patterns.iter().any(|pattern| overlaps(Dialect::Action, pattern, own));
    let whole = format!("{prefix}:*");
    if is_free(&whole) {
        return vec![whole];
    }
    let all = Catalogue::embedded().matching(&whole).map(|(_, action)| action.name);
    let names: Vec<&str> = all.filter(|name| is_free(&format!("{prefix}:{name}"))).collect();
    shortest(prefix, &names, is_free)
}

/// Actions of a service with a wildcard (`s3:Get*`) in place of those that begin with the same words, where all such
/// actions are among them and the wildcard may stand there.
fn shortest(prefix: &str, names: &[&str], may_stand: impl Fn(&str) -> bool) -> Vec<String> {
    let known = Catalogue::embedded().service(prefix).map(Service::actions).unwrap_or_default();
    let wanted: BTreeSet<&str> = names.iter().copied().collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut short = Vec::new();
    for name in &wanted {
        if done.contains(name) {
            continue;
        }
        let whole = beginnings(name).find_map(|start| {
            let same: Vec<&str> = known.iter().map(|own| own.name).filter(|own| own.starts_with(start)).collect();
            let all = same.len() >= FEWEST && same.iter().all(|own| wanted.contains(own));
            let pattern = format!("{prefix}:{start}*");
            (all && may_stand(&pattern)).then_some((pattern, same))
        });
        match whole {
            Some((pattern, same)) => {
                done.extend(same);
                short.push(pattern);
            }
            None => short.push(format!("{prefix}:{name}")),
        }
    }
    short
}

/// The words that a name begins with: of `GetBucketAcl` that is `Get`, `GetBucket`.
fn beginnings(name: &str) -> impl Iterator<Item = &str> {
    let bytes = name.as_bytes();
    let begins = move |at: &usize| bytes[*at].is_ascii_uppercase() && !bytes[at - 1].is_ascii_uppercase();
    (1..name.len()).filter(begins).filter_map(|at| name.get(..at))
}
