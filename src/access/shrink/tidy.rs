//! Puts statements together to one document that says each thing once.

use crate::policy::Document;
use crate::policy::model::{Match, Statement};
use crate::policy::pattern::{Dialect, covers};

/// The version in which `${…}` is a variable.
const TODAY: &str = "2012-10-17";

/// A statement that means under today's version what it means under its own: in older ones `${…}` is plain text.
pub(super) fn as_of_today(statement: &Statement, version: Option<&str>) -> Statement {
    let mut own = statement.clone();
    if version != Some(TODAY) {
        let patterns = own.resource.iter_mut().flat_map(|resource| &mut resource.patterns);
        let values = own.conditions.iter_mut().flat_map(|condition| &mut condition.values);
        patterns.chain(values).for_each(|text| *text = text.replace("${", "${$}{"));
    }
    own
}

/// One document: what is allowed, without what another statement allows too, then what is denied.
pub(super) fn document(allowed: Vec<Statement>, denied: Vec<Statement>) -> Document {
    let mut statements = without_repeats(together(allowed));
    for denial in denied {
        if !statements.contains(&denial) {
            statements.push(denial);
        }
    }
    name_once(&mut statements);
    Document { version: Some(TODAY.to_owned()), id: None, statements }
}

/// Joins the actions of statements that are about the same resources under the same conditions.
fn together(statements: Vec<Statement>) -> Vec<Statement> {
    let mut joined: Vec<Statement> = Vec::new();
    for statement in statements {
        let same = |own: &&mut Statement| own.resource == statement.resource && own.conditions == statement.conditions;
        match joined.iter_mut().find(same) {
            Some(own) => {
                own.action.patterns.extend(statement.action.patterns);
                own.action.patterns.sort_unstable();
                own.action.patterns.dedup();
                own.sid = own.sid.take().filter(|sid| Some(sid) == statement.sid.as_ref());
            }
            None => joined.push(statement),
        }
    }
    joined
}

/// Takes away each action that something else in the list allows on the same resources without any condition.
fn without_repeats(mut statements: Vec<Statement>) -> Vec<Statement> {
    for at in 0..statements.len() {
        let mut actions = std::mem::take(&mut statements[at].action.patterns);
        let mut i = 0;
        while i < actions.len() {
            let beside = actions.iter().enumerate().any(|(j, other)| j != i && takes(other, &actions[i]));
            let elsewhere =
                statements.iter().any(|other| allows_all_of(other, &actions[i], statements[at].resource.as_ref()));
            if beside || elsewhere {
                actions.remove(i);
            } else {
                i += 1;
            }
        }
        statements[at].action.patterns = actions;
    }
    statements.retain(|statement| !statement.action.patterns.is_empty());
    statements
}

fn allows_all_of(other: &Statement, action: &str, resource: Option<&Match>) -> bool {
    let (Some(own), Some(resource)) = (other.resource.as_ref(), resource) else { return false };
    let covers_one = |inner: &String| own.patterns.iter().any(|outer| covers(Dialect::Arn, outer, inner));
    other.conditions.is_empty()
        && other.action.patterns.iter().any(|outer| takes(outer, action))
        && !own.negated
        && !resource.negated
        && resource.patterns.iter().all(covers_one)
}

/// Whether one pattern takes another one in; most are plain names, of which there may be a thousand.
fn takes(outer: &str, inner: &str) -> bool {
    if outer.contains(['*', '?']) { covers(Dialect::Action, outer, inner) } else { outer.eq_ignore_ascii_case(inner) }
}

/// A Sid must not come twice in a policy; the second one gets a number.
fn name_once(statements: &mut [Statement]) {
    let mut taken: Vec<String> = Vec::new();
    for statement in statements {
        let Some(sid) = statement.sid.as_mut() else { continue };
        let first = sid.clone();
        let mut number = 2;
        while taken.contains(sid) {
            *sid = format!("{first}Part{number}");
            number += 1;
        }
        taken.push(sid.clone());
    }
}
