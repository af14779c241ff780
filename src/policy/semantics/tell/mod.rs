//! From a proof to what a reviewer wants to read: who can do what on which resources when, as far as the evaluator
//! confirms it.

mod probes;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use self::probes::{Key, keys};
use super::actions::{ActionLists, AnyAction};
use super::answer::{Answer, Grant, Reason};
use super::partial::Finding;
use super::question::Question;
use crate::policy::catalogue::{Action, Catalogue, Service};
use crate::policy::eval::statement::Setting;
use crate::policy::eval::{Caller, Found, Request, Values, evaluate};
use crate::policy::matching;
use crate::policy::model::{Principal, Statement};
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
    /// What the context must be like; nothing of keys that do not matter. What is told of several actions is so of each.
    pub when: Vec<Circumstance>,
    /// A request that proves it, with no key in its context that it can do without.
    pub request: Request,
    /// Whether the caller of the request stands for anyone: nothing but the context decides who else may ask.
    pub is_anyone: bool,
}

/// Resources, and what is allowed on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// An ARN, or a pattern for all that it matches.
    pub resource: String,
    /// The actions, those that can do the most first; but the one of the request is the very first.
    pub actions: Vec<String>,
}

/// What a key of the context must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstance {
    /// The key as the policies write it.
    pub key: String,
    /// Its values.
    pub is: Is,
}

/// What the values of a key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Is {
    /// It has none.
    Absent,
    /// It has none, or none of these.
    Not(Vec<String>),
    /// These.
    Values(Values),
}

/// A statement is told in at most so many parts that depend on the context in different ways.
const MOST_PARTS: usize = 6;

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
        let question: &Question<'_> = &self.question;
        let unguarded = question.without_guards();
        let own = unguarded.as_ref().unwrap_or(question);
        let (lists, own_lists) = (ActionLists::of(question), ActionLists::of(own));
        let teller = Teller { question, lists, own, own_lists, keys: keys(&own.documents()) };
        self.grants.iter().flat_map(|grant| teller.tell(grant)).map(Told::with_names).collect()
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
}

/// A question with all that its answers are told by.
struct Teller<'q> {
    question: &'q Question<'q>,
    lists: ActionLists,
    /// The question about what the policies say themselves, by which it is told what of the context matters.
    own: &'q Question<'q>,
    own_lists: ActionLists,
    keys: Vec<Key>,
}

/// An action on resources of which it is so.
struct Point {
    resource: String,
    action: String,
    /// Which values of which keys would change that: places in [`Teller::keys`] and in their probes.
    stops: BTreeSet<(usize, usize)>,
}

impl Teller<'_> {
    /// What is so of a statement: in one part, or in several that depend on the context in different ways.
    fn tell(&self, grant: &Grant) -> Vec<Told> {
        let request = self.with_least_context(grant);
        let mut open = self.points(&request, self.question.subject().statements.get(grant.statement));
        let is_anyone = self.is_for_anyone(grant.statement, &request.principal);
        let mut told = Vec::new();
        while !open.is_empty() {
            let lead = if told.is_empty() { self.lead(&request, &open) } else { 0 };
            let lead = open.remove(lead);
            let stops = if told.len() + 1 < MOST_PARTS {
                lead.stops.clone()
            } else {
                open.iter().flat_map(|own| &own.stops).chain(&lead.stops).copied().collect()
            };
            let (own, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|own| own.stops.is_subset(&stops));
            open = rest;
            let request = self.request(&request, &lead);
            let when = self.circumstances(&request, &stops);
            let targets = targets(std::iter::once(lead).chain(own));
            let (statement, reason) = (grant.statement, grant.reason);
            told.push(Told { statement, reason, targets, when, request, is_anyone });
        }
        told
    }

    /// Whether a statement is for everybody, and no condition asks who that is, but for whether it is a service.
    fn is_for_anyone(&self, statement: usize, caller: &Caller) -> bool {
        let principal = self.question.subject().statements.get(statement).and_then(|own| own.principal.as_ref());
        let is_for_all = principal.is_some_and(|own| !own.negated && own.principals.contains(&Principal::Everyone));
        let is_told =
            |key: &str| matches!(caller, Caller::Service(_)) && key.eq_ignore_ascii_case("aws:PrincipalIsAWSService");
        is_for_all && !self.keys.iter().any(|key| is_of_the_caller(&key.name) && !is_told(&key.name))
    }

    /// The strongest action of the first resources that works on the very resource of the request.
    fn lead(&self, request: &Request, open: &[Point]) -> usize {
        let first = open.first().map(|own| own.resource.as_str());
        let is_so = |own: &&Point| {
            let asked = Request { action: own.action.clone(), ..request.clone() };
            works_on(&own.action, &request.resource) && self.question.is_so(&asked, Setting::default()).is_yes()
        };
        let of_first = open.iter().take_while(|own| Some(own.resource.as_str()) == first);
        of_first.clone().position(|own| is_so(&own)).unwrap_or_else(|| {
            of_first.clone().position(|own| own.action.eq_ignore_ascii_case(&request.action)).unwrap_or_default()
        })
    }

    /// A request like another one, for what is so of a point.
    fn request(&self, like: &Request, point: &Point) -> Request {
        let matches = matching::arn(&point.resource, &like.resource);
        let resource = if matches { like.resource.clone() } else { example_of(&point.resource) };
        let request = Request { action: point.action.clone(), resource, ..like.clone() };
        // Where the resource does not tell, all that the pattern matches does.
        if self.question.is_so(&request, Setting::default()).is_yes() {
            request
        } else {
            Request { resource: point.resource.clone(), ..request }
        }
    }

    /// What is so of the resources of a statement, as it is of a request, whose resource comes first.
    fn points(&self, request: &Request, statement: Option<&Statement>) -> Vec<Point> {
        let Some(statement) = statement else {
            return self.points_of(request, &request.resource, vec![request.action.clone()]);
        };
        let listed = statement.resource.as_ref().filter(|list| !list.negated);
        let patterns = listed.map(|list| list.patterns.as_slice()).unwrap_or_default();
        let patterns = patterns.iter().filter(|pattern| !pattern.contains("${")).take(MOST_RESOURCES);
        let mut all: Vec<(&str, Vec<String>)> =
            patterns.map(|pattern| (pattern.as_str(), self.actions(request, statement, pattern))).collect();
        let is_own = |(resource, actions): &(&str, Vec<String>)| {
            matching::arn(resource, &request.resource)
                && actions.iter().any(|action| action.eq_ignore_ascii_case(&request.action))
        };
        let first = if let Some(place) = all.iter().position(is_own) {
            all.remove(place)
        } else {
            let actions = self.actions(request, statement, &request.resource);
            let is_there = actions.iter().any(|action| action.eq_ignore_ascii_case(&request.action));
            (request.resource.as_str(), if is_there { actions } else { vec![request.action.clone()] })
        };
        all.insert(0, first);
        all.into_iter().flat_map(|(resource, actions)| self.points_of(request, resource, actions)).collect()
    }

    fn points_of(&self, request: &Request, resource: &str, actions: Vec<String>) -> Vec<Point> {
        let point = |action| Point { resource: resource.to_owned(), action, stops: BTreeSet::new() };
        let mut points: Vec<Point> = actions.into_iter().map(point).collect();
        let question = about(self.own, &self.own_lists, request, resource);
        for (key, own) in self.keys.iter().enumerate() {
            if is_of_the_caller(&own.name) || matches!(request.context.get(&own.name), Found::Present(_)) {
                continue;
            }
            for (probe, tried) in own.probes.iter().enumerate() {
                let Some(with) = question.with(&own.name, &tried.value) else { continue };
                for point in points.iter_mut().filter(|own| !with.is_so(&own.action).is_yes()) {
                    point.stops.insert((key, probe));
                }
            }
        }
        points
    }

    /// The actions that AWS has, and that of the request, of which it is so on everything that a pattern matches.
    fn actions(&self, request: &Request, statement: &Statement, resource: &str) -> Vec<String> {
        let question = about(self.question, &self.lists, request, resource);
        let is_so = |action: &String| question.is_so(action).is_yes();
        let mut actions: Vec<String> = actions_of(statement, resource).filter(is_so).collect();
        let has = actions.iter().any(|action| action.eq_ignore_ascii_case(&request.action));
        if !has && matching::arn(resource, &request.resource) && is_so(&request.action) {
            actions.push(request.action.clone());
        }
        actions
    }

    /// The request of a grant without the keys that it can do without for the grant's own statement to apply.
    fn with_least_context(&self, grant: &Grant) -> Request {
        let mut least = grant.request.clone();
        let needs_statement = self.applies(grant.statement, &least);
        for Key { name, .. } in &self.keys {
            if !matches!(least.context.get(name), Found::Present(_)) {
                continue;
            }
            let mut without = least.clone();
            without.context.set_absent(name);
            if self.question.is_so(&without, Setting::default()).is_yes()
                && (!needs_statement || self.applies(grant.statement, &without))
            {
                least = without;
            }
        }
        least
    }

    /// Whether a statement of the policy in question surely applies.
    fn applies(&self, statement: usize, request: &Request) -> bool {
        let effects = evaluate(self.question.subject(), request);
        let mut all = effects.allows.statements.iter().chain(&effects.denies.statements);
        all.any(|own| own.index == statement && own.truth.is_yes())
    }

    /// What of the context a request depends on, by the values that would make it otherwise.
    fn circumstances(&self, request: &Request, stops: &BTreeSet<(usize, usize)>) -> Vec<Circumstance> {
        let circumstance = |(place, key): (usize, &Key)| {
            if is_of_the_caller(&key.name) {
                return None;
            }
            let is = match request.context.get(&key.name) {
                Found::Present(values) => Is::Values(values.clone()),
                Found::Absent | Found::NotGiven => {
                    let stop: Vec<_> =
                        stops.iter().filter(|(own, _)| *own == place).map(|(_, probe)| &key.probes[*probe]).collect();
                    let named: Option<BTreeSet<String>> = stop.iter().map(|probe| probe.of.clone()).collect();
                    match named {
                        Some(named) if named.is_empty() => return None,
                        Some(named) if ["false", "true"].iter().all(|word| named.contains(*word)) => Is::Absent,
                        Some(named) => Is::Not(named.into_iter().collect()),
                        None => Is::Absent,
                    }
                }
            };
            Some(Circumstance { key: key.name.clone(), is })
        };
        self.keys.iter().enumerate().filter_map(circumstance).collect()
    }
}

/// A question about a request like another one, on everything that a pattern matches.
fn about<'q>(question: &'q Question<'q>, lists: &'q ActionLists, request: &Request, resource: &str) -> AnyAction<'q> {
    let setting = Setting { resource_is_pattern: resource != request.resource, ..Setting::default() };
    lists.about(question, Request { resource: resource.to_owned(), ..request.clone() }, setting)
}

/// Points as targets, in their order.
fn targets(points: impl Iterator<Item = Point>) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for Point { resource, action, .. } in points {
        match targets.iter_mut().find(|own| own.resource == resource) {
            Some(target) => target.actions.push(action),
            None => targets.push(Target { resource, actions: vec![action] }),
        }
    }
    targets
}

fn is_of_the_caller(key: &str) -> bool {
    OF_THE_CALLER.iter().any(|own| key.eq_ignore_ascii_case(own))
}

/// A resource that a pattern matches.
fn example_of(pattern: &str) -> String {
    pattern.replace('*', "example").replace('?', "x")
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
