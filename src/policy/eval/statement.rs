//! Whether a statement applies to a request.

use super::super::matching;
use super::super::model::{Effect, Match, Statement};
use super::condition;
use super::principal::{self, Reach};
use super::variables::{Reading, substitute, unset};
use super::{Context, Doubt, Request, Truth};

/// Whether a statement applies, and how its principal takes the caller in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applies {
    /// Whether it does.
    pub truth: Truth,
    /// How; none of a policy that belongs to its principal.
    pub reach: Option<Reach>,
    /// What keeps it from applying.
    pub misses: Option<Element>,
}

/// An element of a statement that does not take a request in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Condition`.
    Condition,
}

/// In what setting a statement is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Whether the policy's version replaces `${…}`.
    pub has_variables: bool,
    /// Whether the caller has a permissions boundary: a `Deny` with `NotPrincipal` then spares nobody.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    pub has_boundary: bool,
}

/// Whether a statement applies to a request.
#[must_use]
pub fn applies(statement: &Statement, request: &Request, setting: Setting) -> Applies {
    let has_variables = setting.has_variables;
    let missed = |misses| Applies { truth: Truth::No, reach: None, misses: Some(misses) };
    if !takes_action(&statement.action, &request.action) {
        return missed(Element::Action);
    }
    let (mut truth, reach) = match &statement.principal {
        Some(element) if element.negated && statement.effect == Effect::Deny && setting.has_boundary => {
            (Truth::Yes, Some(Reach::Everyone))
        }
        Some(element) => principal::reach(element, statement.effect, &request.principal),
        None => (Truth::Yes, None),
    };
    if truth.is_no() {
        return missed(Element::Principal);
    }
    let resource = match &statement.resource {
        Some(element) => takes_resource(element, &request.resource, &request.context, has_variables),
        // A trust policy means its own role.
        None if statement.principal.is_some() => Truth::Yes,
        None => Truth::unknown(Doubt::Other("the statement has no Resource".into())),
    };
    if resource.is_no() {
        return missed(Element::Resource);
    }
    truth = truth.and(resource);
    let conditions = condition::all_hold(&statement.conditions, &request.context, has_variables);
    if conditions.is_no() {
        return missed(Element::Condition);
    }
    Applies { truth: truth.and(conditions), reach, misses: None }
}

fn takes_action(element: &Match, action: &str) -> bool {
    element.patterns.iter().any(|pattern| matching::action(pattern, action)) != element.negated
}

fn takes_resource(element: &Match, resource: &str, context: &Context, has_variables: bool) -> Truth {
    let matches = Truth::any(element.patterns.iter().map(|pattern| {
        match substitute(pattern, context, has_variables, Reading::Pattern) {
            Ok(Some(pattern)) => matching::arn(&pattern, resource).into(),
            // A variable without a value matches nothing; whether all else then counts, AWS does not say.
            Ok(None) if element.negated => Truth::unknown(unset(pattern)),
            Ok(None) => Truth::No,
            Err(doubt) => Truth::unknown(doubt),
        }
    }));
    if element.negated { matches.negated() } else { matches }
}
