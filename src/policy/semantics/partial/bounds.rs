//! Policies without their holes: about the most that they can be, or the least.

use crate::policy::matching::fields;
use crate::policy::model::{Document, Effect, Match, Principal, PrincipalMatch, Statement};
use crate::policy::syntax::Hole;
use crate::policy::syntax::node::is_hole;

/// What a statement with a hole is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toward {
    /// The most that it can be about.
    Most,
    /// The least, which is nothing.
    Least,
}

/// A policy without holes: statements with them are about the most, or nothing. Places of statements stay.
pub(super) fn bounded(document: &Document, allows: Toward, denies: Toward) -> Document {
    let mut bounded = document.clone();
    for statement in bounded.statements.iter_mut().filter(|statement| has_holes(statement)) {
        match if statement.effect == Effect::Allow { allows } else { denies } {
            Toward::Most => widen(statement),
            Toward::Least => statement.action = nothing(),
        }
    }
    // What is about nothing may still have holes elsewhere.
    blank(&mut bounded, |_, statement| statement.action == nothing());
    bounded
}

/// Lets statements be about nothing, chosen by their place and what they say.
pub(super) fn blank(document: &mut Document, which: impl Fn(usize, &Statement) -> bool) {
    let chosen = document.statements.iter_mut().enumerate().filter(|(place, statement)| which(*place, statement));
    for (_, statement) in chosen {
        statement.action = nothing();
        statement.principal = statement.principal.take().map(|_| everyone());
        statement.resource = statement.resource.take().map(|_| everything());
        statement.conditions = Vec::new();
    }
}

fn widen(statement: &mut Statement) {
    if has_hole(&statement.action.patterns) {
        statement.action = everything();
    }
    if let Some(resource) = &mut statement.resource {
        if resource.negated && has_hole(&resource.patterns) {
            *resource = everything();
        } else {
            resource.patterns.iter_mut().for_each(|pattern| *pattern = open(pattern));
        }
    }
    if let Some(element) = &mut statement.principal
        && element.principals.iter().any(|principal| principal.name().contains(is_hole))
    {
        *element = everyone();
    }
    statement.conditions.retain(|condition| !has_hole(&condition.values) && !condition.key.contains(is_hole));
}

/// A pattern that matches whatever the hole of another one stands for. A star does for any value only in the last part of
/// an ARN, and for what has no colon.
pub(super) fn open(pattern: &str) -> String {
    if !pattern.contains(is_hole) {
        return pattern.to_owned();
    }
    let stays = |part: &&str| part.chars().filter_map(Hole::from_letter).all(Hole::is_part_of_arn);
    match fields(pattern) {
        Some(parts) if parts[..parts.len() - 1].iter().all(stays) => {
            pattern.chars().map(|c| if is_hole(c) { '*' } else { c }).collect()
        }
        _ => "*".to_owned(),
    }
}

pub(super) fn has_holes(statement: &Statement) -> bool {
    let principals = statement.principal.iter().flat_map(|element| &element.principals);
    has_hole(&statement.action.patterns)
        || statement.resource.as_ref().is_some_and(|list| has_hole(&list.patterns))
        || principals.into_iter().any(|principal| principal.name().contains(is_hole))
        || statement.conditions.iter().any(|own| has_hole(&own.values) || own.key.contains(is_hole))
}

pub(super) fn has_hole(texts: &[String]) -> bool {
    texts.iter().any(|text| text.contains(is_hole))
}

pub(super) fn nothing() -> Match {
    Match { negated: false, patterns: Vec::new() }
}

pub(super) fn everything() -> Match {
    Match { negated: false, patterns: vec!["*".to_owned()] }
}

fn everyone() -> PrincipalMatch {
    PrincipalMatch { negated: false, principals: vec![Principal::Everyone] }
}
