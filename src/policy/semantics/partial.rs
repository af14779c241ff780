//! Policies of which a part is known only to a deployment: what holds whatever the part will be.
//!
//! A text of a template or a plan may have holes ([`is_hole`]). A policy is then taken for the most and for the least
//! that it can be; what both agree on is so.

use std::borrow::Cow;

use super::answer::Answer;
use super::question::Question;
use crate::policy::matching::fields;
use crate::policy::model::{Document, Effect, Match, Principal, PrincipalMatch, Statement};
use crate::policy::syntax::node::is_hole;

/// What a statement with a hole is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Toward {
    /// The most that it can be about.
    Most,
    /// The least, which is nothing.
    Least,
}

impl Question<'_> {
    /// As [`Question::decide`], of policies that may have holes. The question that comes with the answer is the one that
    /// was decided: it has no holes, and what it says is so whatever stands in them.
    #[must_use]
    pub fn decide_partly_known(&self, is_identity: bool) -> (Answer, Cow<'_, Self>) {
        if !self.has_holes() {
            return (self.decide(is_identity), Cow::Borrowed(self));
        }
        let doubtful = self.bound(Toward::Most);
        if doubtful.decide(is_identity).is_pass() {
            return (Answer::Pass, Cow::Owned(doubtful));
        }
        let sure = self.bound(Toward::Least);
        let answer = match sure.decide(is_identity) {
            fail @ Answer::Fail(_) => fail,
            _ => Answer::Unknown(vec!["it depends on values that only a deployment knows".to_owned()]),
        };
        (answer, Cow::Owned(sure))
    }

    fn has_holes(&self) -> bool {
        let any = |document: &Document| document.statements.iter().any(has_holes);
        match self {
            Self::NewAccess { existing, new } | Self::NoLongerDenied { existing, new } => any(existing) || any(new),
            Self::Granted { policy, .. } => any(policy),
        }
    }

    /// The question with the most that it can ask about, or the least.
    fn bound(&self, toward: Toward) -> Question<'static> {
        let (most, least) = (toward, toward.opposite());
        let owned = |document| Cow::Owned(document);
        match self {
            Self::NewAccess { existing, new } => {
                let rest = without_common(new, existing);
                Question::NewAccess {
                    existing: owned(bounded(existing, least, most)),
                    new: owned(bounded(&rest, most, least)),
                }
            }
            Self::NoLongerDenied { existing, new } => Question::NoLongerDenied {
                existing: owned(bounded(&without_same_denials(existing, new), most, most)),
                new: owned(bounded(new, least, least)),
            },
            Self::Granted { policy, access } => {
                Question::Granted { policy: owned(bounded(policy, most, least)), access: access.clone() }
            }
        }
    }
}

impl Toward {
    fn opposite(self) -> Self {
        match self {
            Self::Most => Self::Least,
            Self::Least => Self::Most,
        }
    }
}

/// `new` without what it allows in the words of `existing`, which is no new access as long as all denials stay.
fn without_common(new: &Document, existing: &Document) -> Document {
    let mut rest = new.clone();
    let has =
        |document: &Document, statement: &Statement| document.statements.iter().any(|own| is_same(own, statement));
    if existing.with_effect(Effect::Deny).all(|(_, denial)| has(new, denial)) {
        blank(&mut rest, |statement| statement.effect == Effect::Allow && has(existing, statement));
    }
    rest
}

/// `existing` without the denials that `new` has, too.
fn without_same_denials(existing: &Document, new: &Document) -> Document {
    let mut rest = existing.clone();
    blank(&mut rest, |statement| {
        statement.effect == Effect::Deny && new.statements.iter().any(|own| is_same(own, statement))
    });
    rest
}

fn is_same(one: &Statement, other: &Statement) -> bool {
    Statement { sid: None, ..one.clone() } == Statement { sid: None, ..other.clone() }
}

/// A policy without holes: statements with them are about the most, or nothing. Places of statements stay.
fn bounded(document: &Document, allows: Toward, denies: Toward) -> Document {
    let mut bounded = document.clone();
    for statement in bounded.statements.iter_mut().filter(|statement| has_holes(statement)) {
        match if statement.effect == Effect::Allow { allows } else { denies } {
            Toward::Most => widen(statement),
            Toward::Least => statement.action = nothing(),
        }
    }
    // What is about nothing may still have holes elsewhere.
    blank(&mut bounded, |statement| statement.action == nothing());
    bounded
}

/// Lets statements be about nothing.
fn blank(document: &mut Document, which: impl Fn(&Statement) -> bool) {
    for statement in document.statements.iter_mut().filter(|statement| which(statement)) {
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

/// A pattern that matches whatever the hole of another one stands for. Only in the last part of an ARN does a star do for
/// any value.
fn open(pattern: &str) -> String {
    if !pattern.contains(is_hole) {
        return pattern.to_owned();
    }
    match fields(pattern) {
        Some([.., last]) if !pattern[..pattern.len() - last.len()].contains(is_hole) => {
            pattern.chars().map(|c| if is_hole(c) { '*' } else { c }).collect()
        }
        _ => "*".to_owned(),
    }
}

fn has_holes(statement: &Statement) -> bool {
    let principals = statement.principal.iter().flat_map(|element| &element.principals);
    has_hole(&statement.action.patterns)
        || statement.resource.as_ref().is_some_and(|list| has_hole(&list.patterns))
        || principals.into_iter().any(|principal| principal.name().contains(is_hole))
        || statement.conditions.iter().any(|own| has_hole(&own.values) || own.key.contains(is_hole))
}

fn has_hole(texts: &[String]) -> bool {
    texts.iter().any(|text| text.contains(is_hole))
}

fn nothing() -> Match {
    Match { negated: false, patterns: Vec::new() }
}

fn everything() -> Match {
    Match { negated: false, patterns: vec!["*".to_owned()] }
}

fn everyone() -> PrincipalMatch {
    PrincipalMatch { negated: false, principals: vec![Principal::Everyone] }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::syntax::node::hole;

    fn policy(statements: &Value) -> Document {
        Document::from_value(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy")
    }

    fn say(answer: &Answer) -> &'static str {
        match answer {
            Answer::Pass => "pass",
            Answer::Fail(_) => "fail",
            Answer::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn what_holds_whatever_stands_in_the_holes_is_said_and_nothing_else() {
        let (one, other) = (format!("arn:aws:s3:::{}/*", hole(0)), format!("arn:aws:s3:::{}/*", hole(1)));
        let get = |resource: &str| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource});
        let deny = |resource: &str| json!({"Effect": "Deny", "Action": "s3:GetObject", "Resource": resource});
        let fixed = "arn:aws:s3:::lab/*";
        for (existing, new, expected) in [
            (json!([get(&one)]), json!([get(&one)]), "pass"),
            (json!([get(&one)]), json!([get(&other)]), "unknown"),
            (json!([get("arn:aws:s3:::*")]), json!([get(&one)]), "pass"),
            (json!([get(&one)]), json!([get(&one), get(fixed)]), "unknown"),
            (json!([get(&one)]), json!([get(&one), {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]), "fail"),
            (json!([get("*"), deny(&one)]), json!([get("*"), deny(&one)]), "pass"),
            (json!([get("*"), deny(&one)]), json!([get("*"), deny(&other)]), "unknown"),
            (json!([get(&one), deny(fixed)]), json!([get(&one)]), "unknown"),
            (json!([get("*")]), json!([get("*"), deny(&one)]), "pass"),
        ] {
            let (existing, new) = (policy(&existing), policy(&new));
            let question = Question::new_access(&existing, &new);
            let (answer, _) = question.decide_partly_known(true);
            assert_eq!(say(&answer), expected, "{existing:?}\n{new:?}\n{answer:?}");
        }
    }

    #[test]
    fn a_stranger_is_sure_or_not() {
        let role = hole(3).to_string();
        let allow =
            |principal: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "sqs:*", "Resource": "*"});
        for (statements, expected) in [
            (json!([allow(json!({"AWS": role}))]), "unknown"),
            (json!([allow(json!({"AWS": role})), allow(json!("*"))]), "fail"),
            (json!([allow(json!({"AWS": "111122223333"}))]), "pass"),
        ] {
            let policy = policy(&statements);
            assert_eq!(say(&Question::public(&policy).decide_partly_known(false).0), expected, "{statements}");
        }
    }

    #[test]
    fn denials_that_go_are_seen() {
        let deny = |action: &str| json!({"Effect": "Deny", "Action": action, "Resource": "*"});
        let allow = json!({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"});
        for (existing, new, expected) in [
            (json!([deny("s3:*")]), json!([allow]), "fail"),
            (json!([deny("s3:Get*")]), json!([allow]), "pass"),
            (json!([deny("s3:Get*")]), json!([deny("s3:GetObject")]), "fail"),
            (json!([deny("s3:Get*")]), json!([deny("s3:*")]), "pass"),
        ] {
            let (existing, new) = (policy(&existing), policy(&new));
            let (answer, _) = Question::no_longer_denied(&existing, &new).decide_partly_known(true);
            assert_eq!(say(&answer), expected, "{existing:?}\n{new:?}\n{answer:?}");
        }
    }
}
