//! What a document grants by itself, and which of its statements decide.
//!
//! A statement that allows counts, whatever its conditions (they are shown); a statement that denies takes away only
//! what it denies always: an unconditional `Deny` that covers the question. A permissions boundary must allow, too.

use std::fmt;

use super::catalogue::Catalogue;
use super::matching;
use super::model::{Document, Effect, Match, Statement};
use super::pattern::{self, Dialect, covers, covers_type, is_star, overlaps};

/// A document, perhaps under a permissions boundary, to be asked what it grants.
#[derive(Clone, Copy, Debug)]
pub struct Grants<'a> {
    document: &'a Document,
    boundary: Option<&'a Document>,
}

/// On what an action must be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On<'q> {
    /// On something, whatever it is.
    Anything,
    /// On everything, save exceptions: `Resource: "*"`, or `NotResource`.
    Everything,
    /// On every resource of a type that the action works on, save exceptions: `*`, or `arn:aws:iam::*:role/*` for
    /// `iam:PassRole`. What the catalogue does not know needs `*`.
    EveryOfAType,
    /// On the user who asks: `arn:aws:iam::111122223333:user/${aws:username}`.
    OneselfAsUser,
    /// On this very ARN.
    Arn(&'q str),
}

/// A statement that decides, with its place.
#[derive(Clone, Copy, Debug)]
pub struct Decider<'a> {
    /// Its place in the document, from 0.
    pub index: usize,
    /// The statement.
    pub statement: &'a Statement,
}

/// What grants something.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// The statements that allow it; at least one.
    pub allowed_by: Vec<Decider<'a>>,
    /// The statements that deny a part of it, or all of it under a condition.
    pub limited_by: Vec<Decider<'a>>,
}

impl<'a> Grants<'a> {
    /// What this document grants.
    #[must_use]
    pub fn of(document: &'a Document) -> Self {
        Self { document, boundary: None }
    }

    /// The same under a permissions boundary.
    #[must_use]
    pub fn within(self, boundary: &'a Document) -> Self {
        Self { boundary: Some(boundary), ..self }
    }

    /// The document itself.
    #[must_use]
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// Whether an action (or all that an action pattern matches) is granted.
    #[must_use]
    pub fn find(&self, action: &str, on: On<'_>) -> Option<Grant<'a>> {
        self.find_where(action, on, |_| true)
    }

    /// As [`Grants::find`], counting only the statements that allow in a certain way.
    #[must_use]
    pub fn find_where(&self, action: &str, on: On<'_>, counts: impl Fn(Decider<'a>) -> bool) -> Option<Grant<'a>> {
        let candidates: Vec<_> = deciders(self.document, Effect::Allow)
            .filter(|allow| takes_action(&allow.statement.action, action) && counts(*allow))
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let mut allowed_by: Vec<Decider<'a>> = Vec::new();
        let mut add = |allow: Decider<'a>| {
            if !allowed_by.iter().any(|known| known.index == allow.index) {
                allowed_by.push(allow);
            }
        };
        for allow in candidates {
            match on {
                On::Anything => {
                    let left = match &allow.statement.resource {
                        Some(resource) if !resource.negated => {
                            resource.patterns.iter().any(|own| self.is_left(action, &Place::Pattern(own)))
                        }
                        // What is left of everything is not one pattern; only a denial of everything takes it away.
                        _ => self.is_left(action, &Place::Everything),
                    };
                    if left {
                        add(allow);
                    }
                }
                On::OneselfAsUser => {
                    let own = |pattern: &&String| is_oneself(pattern);
                    let resource = allow.statement.resource.as_ref().filter(|resource| !resource.negated);
                    let mut patterns = resource.iter().flat_map(|resource| resource.patterns.iter().filter(own));
                    if patterns.any(|pattern| self.is_left(action, &Place::Pattern(pattern))) {
                        add(allow);
                    }
                }
                On::Everything => self.add_if(action, &Place::Everything, allow, &mut add),
                On::Arn(arn) => self.add_if(action, &Place::Arn(arn), allow, &mut add),
                On::EveryOfAType => {
                    let known = Catalogue::embedded().action(action);
                    let types = known.iter().flat_map(|(service, action)| service.types_of(action));
                    let mut places: Vec<_> = types.map(|kind| Place::Type(kind.arn)).collect();
                    if places.is_empty() {
                        places.push(Place::Everything);
                    }
                    for place in places {
                        self.add_if(action, &place, allow, &mut add);
                    }
                }
            }
        }
        if allowed_by.is_empty() {
            return None;
        }
        let limited_by = deciders(self.document, Effect::Deny)
            .filter(|deny| touches_action(&deny.statement.action, action))
            .filter(|deny| allowed_by.iter().any(|allow| touches(deny.statement, allow.statement)))
            .collect();
        Some(Grant { allowed_by, limited_by })
    }

    fn add_if(&self, action: &str, place: &Place<'_>, allow: Decider<'a>, add: &mut impl FnMut(Decider<'a>)) {
        if place.is_taken_by(allow.statement.resource.as_ref(), Certainty::Possible) && self.is_left(action, place) {
            add(allow);
        }
    }

    /// Whether nothing denies it always, and the boundary allows it.
    fn is_left(&self, action: &str, place: &Place<'_>) -> bool {
        !is_denied(self.document, action, place)
            && self.boundary.is_none_or(|boundary| {
                !is_denied(boundary, action, place)
                    && deciders(boundary, Effect::Allow).any(|allow| {
                        takes_action(&allow.statement.action, action)
                            && place.is_taken_by(allow.statement.resource.as_ref(), Certainty::Possible)
                    })
            })
    }
}

impl Grant<'_> {
    /// Whether every statement that allows it has a condition.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.allowed_by.iter().all(|allow| !allow.statement.conditions.is_empty())
    }
}

impl fmt::Display for Decider<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement {}", self.index + 1)?;
        match self.statement.sid.as_deref() {
            Some(sid) if !sid.is_empty() => write!(f, " (Sid {sid})"),
            _ => Ok(()),
        }
    }
}

/// Several statements in a sentence: `statement 1, statement 3 (Sid Admin)`.
#[must_use]
pub fn list(deciders: &[Decider<'_>]) -> String {
    deciders.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The statements of a document with this effect.
fn deciders(document: &Document, effect: Effect) -> impl Iterator<Item = Decider<'_>> {
    document.with_effect(effect).map(|(index, statement)| Decider { index, statement })
}

/// A question about resources that one statement answers by itself.
enum Place<'q> {
    Everything,
    Type(&'q str),
    Arn(&'q str),
    /// Everything that a resource pattern matches.
    Pattern(&'q str),
}

/// How a policy variable is read, which could stand for anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// For allowing: it may match.
    Possible,
    /// For denying: it matches nothing surely.
    Sure,
}

impl Place<'_> {
    /// Whether a statement's resources take it in.
    fn is_taken_by(&self, resource: Option<&Match>, certainty: Certainty) -> bool {
        let Some(resource) = resource else { return true };
        if resource.negated {
            // Everything but a list: the list must leave the question open.
            let other = if certainty == Certainty::Sure { Certainty::Possible } else { Certainty::Sure };
            return !resource.patterns.iter().any(|pattern| match self {
                Self::Pattern(own) if certainty == Certainty::Sure => overlaps(Dialect::Arn, pattern, own),
                _ => self.is_matched_by(pattern, other),
            });
        }
        resource.patterns.iter().any(|pattern| self.is_matched_by(pattern, certainty))
    }

    fn is_matched_by(&self, pattern: &str, certainty: Certainty) -> bool {
        match self {
            Self::Everything => is_star(pattern),
            Self::Type(arn) => covers_type(pattern, arn),
            Self::Arn(arn) if certainty == Certainty::Possible => overlaps(Dialect::Arn, pattern, arn),
            Self::Arn(arn) => matching::arn(pattern, arn),
            // Of two patterns, either may be the wider one when a part is enough.
            Self::Pattern(own) if certainty == Certainty::Possible => overlaps(Dialect::Arn, pattern, own),
            Self::Pattern(own) => covers(Dialect::Arn, pattern, own),
        }
    }
}

fn is_denied(document: &Document, action: &str, place: &Place<'_>) -> bool {
    deciders(document, Effect::Deny).any(|deny| {
        deny.statement.conditions.is_empty()
            && takes_action(&deny.statement.action, action)
            && place.is_taken_by(deny.statement.resource.as_ref(), Certainty::Sure)
    })
}

/// Whether a statement is about an action, or about all that an action pattern matches.
fn takes_action(list: &Match, action: &str) -> bool {
    if list.negated {
        return !list.patterns.iter().any(|pattern| overlaps_action(pattern, action));
    }
    list.patterns.iter().any(|pattern| covers_action(pattern, action))
}

/// Whether a statement is about any of the actions that a pattern matches.
fn touches_action(list: &Match, action: &str) -> bool {
    if list.negated {
        return !list.patterns.iter().any(|pattern| covers_action(pattern, action));
    }
    list.patterns.iter().any(|pattern| overlaps_action(pattern, action))
}

/// Whether two statements have a resource in common.
fn touches(a: &Statement, b: &Statement) -> bool {
    match (&a.resource, &b.resource) {
        (None, _) | (_, None) => true,
        (Some(a), Some(b)) => match (a.negated, b.negated) {
            (true, true) => true,
            (false, false) => a.patterns.iter().any(|a| b.patterns.iter().any(|b| overlaps(Dialect::Arn, a, b))),
            (true, false) => leaves_some(&b.patterns, &a.patterns),
            (false, true) => leaves_some(&a.patterns, &b.patterns),
        },
    }
}

/// Whether any of these patterns is not covered by the excluded ones.
fn leaves_some(patterns: &[String], excluded: &[String]) -> bool {
    patterns.iter().any(|pattern| !excluded.iter().any(|out| covers(Dialect::Arn, out, pattern)))
}

fn is_concrete(action: &str) -> bool {
    !action.contains(['*', '?'])
}

/// Without building anything when the question is a plain action, which it mostly is.
fn covers_action(pattern: &str, action: &str) -> bool {
    if is_concrete(action) { matching::action(pattern, action) } else { covers(Dialect::Action, pattern, action) }
}

fn overlaps_action(pattern: &str, action: &str) -> bool {
    if is_concrete(action) {
        matching::action(pattern, action)
    } else {
        pattern::overlaps(Dialect::Action, pattern, action)
    }
}

/// Whether a resource pattern is the user who asks.
fn is_oneself(pattern: &str) -> bool {
    let Some([.., resource]) = matching::fields(pattern) else { return false };
    let mut segments = resource.split('/');
    segments.next() == Some("user") && segments.next_back().is_some_and(|s| s.eq_ignore_ascii_case("${aws:username}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/lab";

    fn document(statements: &Value) -> Document {
        Document::from_value(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy")
    }

    /// The statements that grant, counted from 1; empty when it is not granted.
    fn grants(statements: &Value, action: &str, on: On<'_>) -> Vec<usize> {
        let document = document(statements);
        let grant = Grants::of(&document).find(action, on);
        grant.map(|grant| grant.allowed_by.iter().map(|allow| allow.index + 1).collect()).unwrap_or_default()
    }

    #[test]
    fn wildcards_in_actions_and_resources_grant() {
        for (action, resource, granted) in [
            ("*", "*", true),
            ("iam:*", "*", true),
            ("i?m:Pass*", "*", true),
            ("IAM:PASSROLE", "arn:aws:iam::*:role/*", true),
            ("iam:PassRole", "arn:aws:iam::111122223333:role/lab-*", false),
            ("iam:PassRole", "arn:aws:iam::*:user/*", false),
            ("iam:Get*", "*", false),
        ] {
            let statements = json!({"Effect": "Allow", "Action": action, "Resource": resource});
            assert_eq!(!grants(&statements, "iam:PassRole", On::EveryOfAType).is_empty(), granted, "{statements}");
        }
    }

    #[test]
    fn the_questions_differ_in_how_much_they_ask() {
        let one = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": [ROLE]});
        assert_eq!(grants(&one, "iam:PassRole", On::Anything), [1]);
        assert_eq!(grants(&one, "iam:PassRole", On::Arn(ROLE)), [1]);
        assert!(grants(&one, "iam:PassRole", On::EveryOfAType).is_empty());
        let all_roles = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"});
        assert_eq!(grants(&all_roles, "iam:PassRole", On::EveryOfAType), [1]);
        assert!(grants(&all_roles, "iam:PassRole", On::Everything).is_empty());
        let own = json!({"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/${aws:username}"});
        assert_eq!(grants(&own, "iam:PutUserPolicy", On::OneselfAsUser), [1]);
        assert_eq!(grants(&own, "iam:PutUserPolicy", On::Arn("arn:aws:iam::111122223333:user/ann")), [1]);
        assert!(grants(&own, "iam:PutUserPolicy", On::EveryOfAType).is_empty());
    }

    #[test]
    fn negated_lists_grant_what_they_leave_open() {
        let allow = |element: &str, list: Value, resource: &str, of: Value| json!({"Effect": "Allow", element: list, resource: of});
        let not_action = allow("NotAction", json!(["iam:*", "organizations:*"]), "Resource", json!("*"));
        assert!(grants(&not_action, "iam:PassRole", On::Everything).is_empty());
        assert_eq!(grants(&not_action, "s3:DeleteBucket", On::Everything), [1]);
        assert_eq!(grants(&not_action, "s3:*", On::Everything), [1]);
        assert!(grants(&not_action, "*", On::Everything).is_empty());
        let not_resource = allow("Action", json!("iam:PassRole"), "NotResource", json!(ROLE));
        assert_eq!(grants(&not_resource, "iam:PassRole", On::EveryOfAType), [1]);
        assert!(grants(&not_resource, "iam:PassRole", On::Arn(ROLE)).is_empty());
        let no_roles = allow("Action", json!("iam:*"), "NotResource", json!("arn:aws:iam::*:role/*"));
        assert!(grants(&no_roles, "iam:PassRole", On::EveryOfAType).is_empty());
    }

    #[test]
    fn only_an_unconditional_deny_that_covers_takes_away() {
        let with = |deny: Value| json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]);
        for (deny, granted) in [
            (json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"}), false),
            (json!({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}), false),
            (json!({"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}), false),
            (json!({"Effect": "Deny", "Action": "iam:PassRole", "NotResource": ROLE}), false),
            (json!({"Effect": "Deny", "Action": "iam:PassRole", "Resource": ROLE}), true),
            (json!({"Effect": "Deny", "Action": "iam:Create*", "Resource": "*"}), true),
            (json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}), true),
            (
                json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*",
                    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": false}}}),
                true,
            ),
        ] {
            assert_eq!(!grants(&with(deny.clone()), "iam:PassRole", On::EveryOfAType).is_empty(), granted, "{deny}");
        }
        let partial = document(&with(json!({"Effect": "Deny", "Action": "iam:PassRole", "Resource": ROLE})));
        let grant = Grants::of(&partial).find("iam:PassRole", On::EveryOfAType).expect("granted");
        assert_eq!(list(&grant.limited_by), "statement 2");
        let one = json!([{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE},
                         {"Effect": "Deny", "Action": "iam:*", "NotResource": "arn:aws:s3:::b"}]);
        assert!(grants(&one, "iam:PassRole", On::Anything).is_empty());
        assert!(grants(&one, "iam:PassRole", On::Arn(ROLE)).is_empty());
    }

    #[test]
    fn a_boundary_must_allow_too() {
        let admin = document(&json!({"Sid": "Admin", "Effect": "Allow", "Action": "*", "Resource": "*"}));
        let s3 = document(&json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
        let capped = Grants::of(&admin).within(&s3);
        assert!(capped.find("iam:PassRole", On::EveryOfAType).is_none());
        let grant = capped.find("s3:DeleteBucket", On::Everything).expect("granted");
        assert_eq!(list(&grant.allowed_by), "statement 1 (Sid Admin)");
        let denies = document(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"},
                                      {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]));
        assert!(Grants::of(&admin).within(&denies).find("iam:PassRole", On::Anything).is_none());
        let one = document(&json!({"Effect": "Allow", "Action": "*", "Resource": ROLE}));
        assert!(Grants::of(&admin).within(&one).find("iam:PassRole", On::EveryOfAType).is_none());
        assert!(Grants::of(&admin).within(&one).find("iam:PassRole", On::Anything).is_some());
    }

    #[test]
    fn conditions_of_an_allow_are_told() {
        let document = document(&json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}}));
        let grant = Grants::of(&document).find("iam:PassRole", On::EveryOfAType).expect("granted");
        assert!(grant.is_conditional());
        let none = |_: Decider<'_>| false;
        assert!(Grants::of(&document).find_where("iam:PassRole", On::EveryOfAType, none).is_none());
    }
}
