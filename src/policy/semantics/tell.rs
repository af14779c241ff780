//! From a proof to what a reviewer wants to read: who can do what on which resources when, as far as the evaluator
//! confirms it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::actions::ActionLists;
use super::answer::{Answer, Grant, Reason};
use super::partial::Finding;
use super::question::Question;
use crate::policy::catalogue::{Action, Catalogue, Service};
use crate::policy::eval::statement::Setting;
use crate::policy::eval::{Found, Request, Values};
use crate::policy::matching;
use crate::policy::model::Statement;
use crate::policy::pattern::overlaps_type;
use crate::policy::syntax::node::{is_hole, show_holes};

/// What a statement allows that it should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its place in its document, from 0.
    pub statement: usize,
    /// Why it should not.
    pub reason: Reason,
    /// What it allows, first that of the request. Each action on each resource is confirmed by the evaluator; there may
    /// be more where only some of a pattern's resources are allowed.
    pub targets: Vec<Target>,
    /// What the context must be like; nothing of keys that do not matter.
    pub when: Vec<Circumstance>,
    /// A request that proves it, with no key in its context that it can do without.
    pub request: Request,
}

/// Resources, and what is allowed on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// An ARN, or a pattern for all that it matches.
    pub resource: String,
    /// The actions, those that can do the most first; but the one of the request is the very first.
    pub actions: Vec<String>,
}

/// What a key of the context is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstance {
    /// The key as the policies write it.
    pub key: String,
    /// Its values; nothing when it is absent.
    pub values: Option<Values>,
}

/// Resources of a statement that are looked at.
const MOST_RESOURCES: usize = 100;

/// Keys that say who asks, which is told anyway.
const OF_THE_CALLER: &[&str] = &[
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:username",
    "aws:principalisawsservice",
    "aws:principalservicename",
];

impl Finding<'_> {
    fn tell(&self) -> Vec<Told> {
        let lists = ActionLists::of(&self.question);
        self.grants.iter().map(|grant| self.question.tell_grant(grant, &lists).with_names()).collect()
    }
}

impl Told {
    /// With the names of what a deployment knows in the place of holes.
    fn with_names(mut self) -> Self {
        let resources = self.targets.iter_mut().map(|target| &mut target.resource);
        for resource in resources.chain([&mut self.request.resource]) {
            *resource = show_holes(resource);
        }
        self
    }
}

impl Question<'_> {
    /// Decides it, in the words of reviewers, also of policies that may have holes: what is said is so whatever stands in
    /// them.
    #[must_use]
    pub fn tell(&self, is_identity: bool) -> Answer<Told> {
        match self.decide_partly_known(is_identity) {
            Answer::Pass => Answer::Pass,
            Answer::Fail(findings) => {
                let mut told: Vec<Told> = findings.iter().flat_map(Finding::tell).collect();
                told.sort_by_key(|own| own.statement);
                Answer::Fail(told)
            }
            Answer::Unknown(reasons) => Answer::Unknown(reasons),
        }
    }

    fn tell_grant(&self, grant: &Grant, lists: &ActionLists) -> Told {
        let keys = self.keys();
        let request = self.with_least_context(&grant.request, &keys);
        let mut targets = self.targets(&request, self.subject().statements.get(grant.statement), lists);
        let request = self.with_strongest_action(request, &mut targets[0].actions);
        let when = self.circumstances(&request, &keys);
        Told { statement: grant.statement, reason: grant.reason, targets, when, request }
    }

    /// The resources and actions of a statement of which it is so, as it is of a request.
    fn targets(&self, request: &Request, statement: Option<&Statement>, lists: &ActionLists) -> Vec<Target> {
        let own = |resource: &str| Target { resource: resource.to_owned(), actions: vec![request.action.clone()] };
        let Some(statement) = statement else { return vec![own(&request.resource)] };
        let listed = statement.resource.as_ref().filter(|list| !list.negated);
        let patterns = listed.map(|list| list.patterns.as_slice()).unwrap_or_default();
        let mut targets: Vec<Target> = patterns
            .iter()
            .filter(|pattern| !pattern.contains("${"))
            .take(MOST_RESOURCES)
            .map(|pattern| Target {
                resource: pattern.clone(),
                actions: self.actions(request, statement, pattern, lists),
            })
            .filter(|target| !target.actions.is_empty())
            .collect();
        let is_own = |target: &Target| {
            matching::arn(&target.resource, &request.resource)
                && target.actions.iter().any(|action| action.eq_ignore_ascii_case(&request.action))
        };
        let first = match targets.iter().position(is_own) {
            Some(place) => targets.remove(place),
            None => {
                Target { actions: self.actions(request, statement, &request.resource, lists), ..own(&request.resource) }
            }
        };
        targets.insert(0, first);
        targets
    }

    /// The request with the first of some actions of which it is so on its very resource; this one is put first.
    fn with_strongest_action(&self, request: Request, actions: &mut Vec<String>) -> Request {
        let is_so = |action: &String| {
            let asked = Request { action: action.clone(), ..request.clone() };
            works_on(action, &request.resource) && self.is_so(&asked, Setting::default()).is_yes()
        };
        let strongest = actions.iter().find(|action| is_so(action)).unwrap_or(&request.action).clone();
        actions.retain(|action| !action.eq_ignore_ascii_case(&strongest));
        actions.insert(0, strongest.clone());
        Request { action: strongest, ..request }
    }

    /// The actions that AWS has, and that of the request, of which it is so on everything that a pattern matches.
    fn actions(&self, request: &Request, statement: &Statement, resource: &str, lists: &ActionLists) -> Vec<String> {
        let setting = Setting { resource_is_pattern: resource != request.resource, ..Setting::default() };
        let of_all = Request { resource: resource.to_owned(), ..request.clone() };
        let question = lists.about(self, &of_all, setting);
        let is_so = |action: &String| question.is_so(action).is_yes();
        let mut actions: Vec<String> = actions_of(statement, resource).filter(is_so).collect();
        let has = actions.iter().any(|action| action.eq_ignore_ascii_case(&request.action));
        if !has && matching::arn(resource, &request.resource) && is_so(&request.action) {
            actions.push(request.action.clone());
        }
        actions
    }

    /// The condition keys of all policies in question, as they write them.
    fn keys(&self) -> Vec<String> {
        let documents = self.documents();
        let conditions = documents.iter().flat_map(|own| &own.statements).flat_map(|own| &own.conditions);
        let mut seen = BTreeSet::new();
        conditions.map(|own| own.key.clone()).filter(|key| seen.insert(key.to_ascii_lowercase())).collect()
    }

    /// A request without the keys that it can do without.
    fn with_least_context(&self, request: &Request, keys: &[String]) -> Request {
        let mut least = request.clone();
        for key in keys {
            let mut without = least.clone();
            without.context.set_absent(key);
            if matches!(least.context.get(key), Found::Present(_)) && self.is_so(&without, Setting::default()).is_yes()
            {
                least = without;
            }
        }
        least
    }

    /// What of the context the request depends on.
    fn circumstances(&self, request: &Request, keys: &[String]) -> Vec<Circumstance> {
        let circumstance = |key: &String| {
            if OF_THE_CALLER.iter().any(|own| key.eq_ignore_ascii_case(own)) {
                return None;
            }
            match request.context.get(key) {
                Found::Present(values) => Some(Circumstance { key: key.clone(), values: Some(values.clone()) }),
                Found::Absent | Found::NotGiven => {
                    let mut with = request.clone();
                    with.context.set_one(key, "afterlab-example");
                    let matters = !self.is_so(&with, Setting::default()).is_yes();
                    matters.then(|| Circumstance { key: key.clone(), values: None })
                }
            }
        };
        keys.iter().filter_map(circumstance).collect()
    }
}

/// The actions that AWS has and a statement is about, as far as they work on the resources; those that can do the most
/// first.
fn actions_of(statement: &Statement, resource: &str) -> impl Iterator<Item = String> {
    let catalogue = Catalogue::embedded();
    let patterns: &[String] = if statement.action.negated { &[] } else { &statement.action.patterns };
    let listed = patterns.iter().flat_map(|pattern| catalogue.matching(pattern));
    let all = catalogue.matching(if statement.action.negated { "*" } else { "" });
    let works = |(service, action): &(&Service, &Action)| has_resource(service, action, resource);
    let ranked = |(service, action): (&Service, &Action)| (Reverse(action.level), full_name(service, action));
    let mut actions: Vec<_> = listed.chain(all).filter(works).map(ranked).collect();
    actions.sort_unstable();
    actions.dedup();
    actions.into_iter().map(|(_, name)| name)
}

/// Whether an action is one for a resource, as far as AWS says.
fn works_on(action: &str, resource: &str) -> bool {
    Catalogue::embedded().action(action).is_none_or(|(service, action)| has_resource(service, action, resource))
}

fn has_resource(service: &Service, action: &Action, resource: &str) -> bool {
    // A hole may be a whole ARN, or any part of one.
    let resource = &resource.replace(is_hole, "*");
    resource.starts_with('*') || service.types_of(action).any(|kind| overlaps_type(resource, kind.arn))
}

fn full_name(service: &Service, action: &Action) -> String {
    format!("{}:{}", service.prefix, action.name)
}
