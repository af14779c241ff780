//! The policies that have a say in a request.

use super::super::model::{Document, Statement};
use super::document::{Effects, evaluate_for};
use super::{Doubt, Request, Truth};

/// A policy with what it is called.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// What it is called: `inline policy read of role/lab`.
    pub name: String,
    /// What it says; why it could not be read, as a sentence without its full stop.
    pub document: Result<&'a Document, String>,
    /// The line of the file that each statement begins at, from 1; empty when it is of no file.
    pub lines: Vec<usize>,
}

/// All policies that have a say.
#[derive(Clone, Debug, Default)]
pub struct Policies<'a> {
    /// Of the caller: a user's own and the groups', or a role's.
    pub identity: Vec<Named<'a>>,
    /// The caller's permissions boundary.
    pub boundary: Option<Named<'a>>,
    /// Those that were passed when the session began; together they are one layer.
    pub session: Vec<Named<'a>>,
    /// Of the resource: a bucket policy, a key policy, a role's trust policy; none when it has none.
    pub resource: Option<Named<'a>>,
    /// Service control policies: one list for each level from the root to the caller's account.
    pub scps: Vec<Vec<Named<'a>>>,
    /// Resource control policies: one list for each level from the root to the resource's account.
    pub rcps: Vec<Vec<Named<'a>>>,
    /// Of the VPC endpoint that the request goes through.
    pub endpoint: Option<Named<'a>>,
}

/// What sort of policy it is, which says what its silence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A policy of the user, a group or the role.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// The resource's policy.
    Resource,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// The policy of a VPC endpoint.
    Endpoint,
}

impl<'a> Named<'a> {
    /// A policy that was read.
    #[must_use]
    pub fn read(name: impl Into<String>, document: &'a Document) -> Self {
        Self { name: name.into(), document: Ok(document), lines: Vec::new() }
    }

    /// A policy that was not read, and why.
    #[must_use]
    pub fn unread(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { name: name.into(), document: Err(why.into()), lines: Vec::new() }
    }

    /// A statement by its place from 0.
    #[must_use]
    pub fn statement(&self, index: usize) -> Option<&'a Statement> {
        self.document.as_ref().ok()?.statements.get(index)
    }

    /// `statement 2 (Sid ReadOnly, line 14)`.
    #[must_use]
    pub fn label(&self, index: usize) -> String {
        let sid = self.statement(index).and_then(|own| own.sid.as_deref()).filter(|sid| !sid.is_empty());
        let notes: Vec<String> = sid
            .map(|sid| format!("Sid {sid}"))
            .into_iter()
            .chain(self.lines.get(index).map(|n| format!("line {n}")))
            .collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        format!("statement {}{notes}", index + 1)
    }

    /// What it says to a request.
    #[must_use]
    pub fn says(&self, request: &Request, has_boundary: bool) -> Effects {
        match &self.document {
            Ok(document) => evaluate_for(document, request, has_boundary),
            Err(why) => Effects::unread(why),
        }
    }
}

/// What a list of policies that count as one says to a request.
pub(super) struct Said<'p, 'a> {
    pub(super) layer: Layer,
    pub(super) each: Vec<(&'p Named<'a>, Effects)>,
}

impl<'p, 'a> Said<'p, 'a> {
    pub(super) fn of(
        layer: Layer,
        policies: impl IntoIterator<Item = &'p Named<'a>>,
        request: &Request,
        has_boundary: bool,
    ) -> Self {
        Self { layer, each: policies.into_iter().map(|own| (own, own.says(request, has_boundary))).collect() }
    }

    pub(super) fn allows(&self) -> Truth {
        Truth::any(self.each.iter().map(|(_, says)| says.allows.truth.clone()))
    }

    pub(super) fn denies(&self) -> Truth {
        Truth::any(self.each.iter().map(|(_, says)| says.denies.truth.clone()))
    }
}

/// A doubt about something that is not read.
pub(super) fn doubt(reason: impl Into<String>) -> Truth {
    Truth::unknown(Doubt::Other(reason.into()))
}
