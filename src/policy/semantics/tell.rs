//! From a proof to what a reviewer wants to read: who can do what on which resources when, as far as the evaluator
//! confirms it.

use std::collections::BTreeSet;

use super::actions::ActionLists;
use super::answer::{Answer, Grant, Reason};
use super::question::Question;
use crate::policy::catalogue::Catalogue;
use crate::policy::eval::statement::Setting;
use crate::policy::eval::{Found, Request, Values};
use crate::policy::matching;
use crate::policy::model::Statement;
use crate::policy::pattern::overlaps_type;

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
    /// The actions, sorted but for the one of the request, which is the first.
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

impl Question<'_> {
    /// As [`Question::decide_partly_known`], in the words of reviewers.
    #[must_use]
    pub fn tell(&self, is_identity: bool) -> Answer<Told> {
        let (answer, decided) = self.decide_partly_known(is_identity);
        match answer {
            Answer::Pass => Answer::Pass,
            Answer::Fail(grants) => {
                let lists = ActionLists::of(&decided);
                Answer::Fail(grants.iter().map(|grant| decided.tell_grant(grant, &lists)).collect())
            }
            Answer::Unknown(reasons) => Answer::Unknown(reasons),
        }
    }

    fn tell_grant(&self, grant: &Grant, lists: &ActionLists) -> Told {
        let keys = self.keys();
        let request = self.with_least_context(&grant.request, &keys);
        let targets = self.targets(&request, self.subject().statements.get(grant.statement), lists);
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
        let others = first.actions.into_iter().filter(|action| !action.eq_ignore_ascii_case(&request.action));
        let actions = std::iter::once(request.action.clone()).chain(others).collect();
        targets.insert(0, Target { resource: first.resource, actions });
        targets
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

/// The actions that AWS has and a statement is about, as far as they work on the resources.
fn actions_of<'s>(statement: &'s Statement, resource: &'s str) -> impl Iterator<Item = String> + 's {
    let catalogue = Catalogue::embedded();
    let patterns: &[String] = if statement.action.negated { &[] } else { &statement.action.patterns };
    let listed = patterns.iter().flat_map(|pattern| catalogue.matching(pattern));
    let all = catalogue.matching(if statement.action.negated { "*" } else { "" });
    let mut seen = BTreeSet::new();
    listed.chain(all).filter_map(move |(service, action)| {
        let name = format!("{}:{}", service.prefix, action.name);
        let is_about = || resource == "*" || service.types_of(action).any(|kind| overlaps_type(resource, kind.arn));
        (is_about() && seen.insert(name.clone())).then_some(name)
    })
}
