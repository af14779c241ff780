//! A narrower policy in place of what a principal has: what it used stays, what it never used goes.
//!
//! [`Subject`] is whose policies are narrowed, with when it used what; [`shrink`] makes the [`Proposal`]. Every
//! statement of a proposal is a part of one that the principal has already, under the same conditions, and every
//! `Deny` stays, so that a proposal cannot allow anything new. Where the use was not read, nothing is proposed.

mod event_names;
mod events;
mod narrow;
mod subject;
mod tidy;
mod usage;
mod warnings;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use events::{EventRecords, NotEvents};
pub use subject::Subject;
pub use usage::Use;

use crate::policy::Document;
use crate::policy::model::Effect;
use events::Events;
use narrow::Narrower;
use usage::Usage;

/// How a proposal is made.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// What was not used for so many days counts as unused.
    pub days: i64,
    /// When the account was read, from where the days are counted.
    pub now: Timestamp,
}

/// A narrower policy.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Whose: `role/lab`.
    pub principal: String,
    /// The policies in whose place it stands, in words.
    pub replaces: Vec<String>,
    /// The policy; without statements when nothing is left.
    pub document: Document,
    /// The services that the principal may use, by prefix.
    pub services: Vec<ServiceOutcome>,
    /// What the data cannot show, each as a sentence.
    pub warnings: Vec<String>,
}

impl Proposal {
    /// Whether anything goes.
    #[must_use]
    pub fn is_narrower(&self) -> bool {
        self.services.iter().any(|service| !service.kept || service.on_fewer_resources || !service.dropped.is_empty())
    }
}

/// What became of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceOutcome {
    /// Its prefix in policies: `s3`.
    pub prefix: String,
    /// When it was used.
    pub usage: Use,
    /// Whether something of it stays.
    pub kept: bool,
    /// Actions that go although the service stays, by name, and why.
    pub dropped: BTreeMap<String, Why>,
    /// Whether some of its actions stay on fewer resources than before.
    pub on_fewer_resources: bool,
    /// The statements that allow it: `policy lab of role/lab, statement 1 (Sid Read)`.
    pub from: Vec<String>,
}

/// Why an action goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// AWS tracks it and saw it last then; never within its tracking period when there is no time.
    Unused(Option<Timestamp>),
    /// No event of it is in the files.
    NoEvent,
}

/// Makes a proposal.
///
/// # Errors
/// What was not read and is needed, each as a sentence without its full stop.
pub fn shrink(subject: &Subject<'_>, records: Option<&EventRecords>, terms: Terms) -> Result<Proposal, Vec<String>> {
    let mut missing = subject.unread.clone();
    let usage = match &subject.services {
        Ok(services) => Usage::of(services, terms),
        Err(why) => {
            missing.extend(why.iter().cloned());
            return Err(missing);
        }
    };
    if !missing.is_empty() {
        return Err(missing);
    }
    let events = records.map(|records| Events::of(records, subject, terms));
    let mut narrower = Narrower::new(&usage, events.as_ref());
    let (mut denials, mut statements) = (Vec::new(), Vec::new());
    for policy in &subject.policies {
        let Ok(document) = &policy.document else { continue };
        for (index, statement) in document.statements.iter().enumerate() {
            let own = tidy::as_of_today(statement, document.version.as_deref());
            match statement.effect {
                Effect::Deny => denials.push(own),
                Effect::Allow => {
                    statements.extend(narrower.allow(&own, &format!("{}, {}", policy.name, policy.label(index))));
                }
            }
        }
    }
    let document = tidy::document(statements, denials);
    let warnings = warnings::of(subject, &narrower, events.as_ref(), &document, terms);
    Ok(Proposal {
        principal: subject.name.clone(),
        replaces: subject.policies.iter().map(|policy| policy.name.clone()).collect(),
        services: narrower.outcomes(),
        document,
        warnings,
    })
}

#[cfg(test)]
mod soundness;
#[cfg(test)]
mod tests;
