//! The questions about what policies grant, and what one request says to each.

use std::borrow::Cow;

use crate::policy::eval::statement::Setting;
use crate::policy::eval::{Doubt, Request, Truth, evaluate_in};
use crate::policy::matching;
use crate::policy::model::Document;
use crate::policy::pattern::{Dialect, covers, overlaps};

/// Access that must not be granted: any of the actions on any of the resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Actions, also with wildcards; when there are none, any action counts.
    pub actions: Vec<String>,
    /// ARNs, also with wildcards; when there are none, any resource counts.
    pub resources: Vec<String>,
}

/// A question about what policies grant. Its answer is a pass when there is no request of which it is so.
#[derive(Clone, Debug)]
pub enum Question<'d> {
    /// What is allowed by `new` and not by `existing`?
    NewAccess {
        /// What is allowed already.
        existing: Cow<'d, Document>,
        /// What is judged.
        new: Cow<'d, Document>,
    },
    /// What did `existing` deny, that `new` neither denies nor allows? Other policies may allow it.
    NoLongerDenied {
        /// What is judged.
        existing: Cow<'d, Document>,
        /// What is left of it.
        new: Cow<'d, Document>,
    },
    /// What of this access is allowed?
    Granted {
        /// What is judged.
        policy: Cow<'d, Document>,
        /// What must not be.
        access: Access,
        /// How many of its last statements are not its own, but denials of what the question is not about.
        guards: usize,
    },
}

impl<'d> Question<'d> {
    /// What `new` allows and `existing` does not.
    #[must_use]
    pub fn new_access(existing: &'d Document, new: &'d Document) -> Self {
        Self::NewAccess { existing: Cow::Borrowed(existing), new: Cow::Borrowed(new) }
    }

    /// What `existing` denied and `new` neither denies nor allows.
    #[must_use]
    pub fn no_longer_denied(existing: &'d Document, new: &'d Document) -> Self {
        Self::NoLongerDenied { existing: Cow::Borrowed(existing), new: Cow::Borrowed(new) }
    }

    /// What of some access a policy allows.
    #[must_use]
    pub fn granted(policy: &'d Document, access: Access) -> Self {
        Self::Granted { policy: Cow::Borrowed(policy), access, guards: 0 }
    }

    /// The question about a policy's own statements; `None` when that is the question.
    pub(super) fn without_guards(&self) -> Option<Question<'static>> {
        let Self::Granted { policy, access, guards: guards @ 1.. } = self else { return None };
        let mut own = policy.clone().into_owned();
        own.statements.truncate(own.statements.len().saturating_sub(*guards));
        Some(Question::Granted { policy: Cow::Owned(own), access: access.clone(), guards: 0 })
    }

    /// The policy whose statements answers name.
    #[must_use]
    pub fn subject(&self) -> &Document {
        match self {
            Self::NewAccess { new: subject, .. }
            | Self::NoLongerDenied { existing: subject, .. }
            | Self::Granted { policy: subject, .. } => subject,
        }
    }

    /// The policies in question; [`Question::is_so_by`] numbers them like this.
    #[must_use]
    pub(super) fn documents(&self) -> Vec<&Document> {
        match self {
            Self::NewAccess { existing, new } | Self::NoLongerDenied { existing, new } => vec![existing, new],
            Self::Granted { policy, .. } => vec![policy],
        }
    }

    /// Whether it is so of a request, or, where the setting says so, of all that its resource matches.
    #[must_use]
    pub fn is_so(&self, request: &Request, setting: Setting) -> Truth {
        let documents = self.documents();
        let sides = |policy: usize| {
            let effects = evaluate_in(documents[policy], request, setting);
            Sides { allows: effects.allows.truth, denies: effects.denies.truth }
        };
        self.is_so_by(sides, &request.action, &request.resource, setting)
    }

    /// The same by what each policy says to the request.
    pub(super) fn is_so_by(
        &self,
        sides: impl Fn(usize) -> Sides,
        action: &str,
        resource: &str,
        setting: Setting,
    ) -> Truth {
        match self {
            Self::NewAccess { .. } => sides(1).grants().and(sides(0).grants().negated()),
            Self::NoLongerDenied { .. } => {
                let new = sides(1);
                sides(0).denies.and(new.denies.or(new.allows).negated())
            }
            Self::Granted { access, .. } => sides(0).grants().and(access.takes(action, resource, setting)),
        }
    }
}

/// What a policy says to a request.
pub(super) struct Sides {
    /// Whether a statement allows it.
    pub(super) allows: Truth,
    /// Whether a statement denies it.
    pub(super) denies: Truth,
}

impl Sides {
    fn grants(self) -> Truth {
        self.allows.and(self.denies.negated())
    }
}

impl Access {
    /// Whether a request is for it.
    fn takes(&self, action: &str, resource: &str, setting: Setting) -> Truth {
        let mut actions = self.actions.iter();
        if !self.actions.is_empty() && !actions.any(|pattern| matching::action(pattern, action)) {
            return Truth::No;
        }
        if self.resources.is_empty() {
            return Truth::Yes;
        }
        Truth::any(self.resources.iter().map(|pattern| {
            if !setting.resource_is_pattern {
                matching::arn(pattern, resource).into()
            } else if covers(Dialect::Arn, pattern, resource) {
                Truth::Yes
            } else if overlaps(Dialect::Arn, pattern, resource) {
                Truth::unknown(Doubt::Part(pattern.clone()))
            } else {
                Truth::No
            }
        }))
    }
}
