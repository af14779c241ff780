//! What a rule's function says of one resource.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Param;
use crate::cost::Estimate;
use crate::inventory::Unknown;
use crate::policy::NotAPolicy;

/// What a rule says of one resource; `Err` when it cannot judge, which `?` on a `Known` value or a policy brings.
pub type Verdict = Result<Judgement, NoVerdict>;

/// Why a rule cannot judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoVerdict {
    /// A gap stands in the way.
    Unknown(Unknown),
    /// What was read makes no sense, such as a policy that is no policy: an error, never a pass.
    Broken(String),
}

impl From<Unknown> for NoVerdict {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}

impl From<&NotAPolicy> for NoVerdict {
    fn from(error: &NotAPolicy) -> Self {
        Self::Broken(error.to_string())
    }
}

/// A rule's judgement of what it could read.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgement {
    /// The resource is as it should be.
    Pass,
    /// The question does not arise for this resource, and why.
    NotApplicable(&'static str),
    /// The resource is not as it should be.
    Fail(Box<Problem>),
}

/// What is wrong with one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// One sentence about this very resource.
    pub message: String,
    /// The values that decided.
    pub evidence: Vec<Evidence>,
    /// What it costs, where it costs.
    pub cost: Option<Estimate>,
    /// Commands that mend it, in order. afterlab never runs them.
    pub fix: Vec<String>,
}

/// A value that decided, with the name under which AWS's API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The property.
    pub property: String,
    /// What it was.
    pub value: Value,
}

/// The resource is as it should be.
///
/// # Errors
/// Never: it is a [`Verdict`] so that a check can end with it.
pub fn pass() -> Verdict {
    Ok(Judgement::Pass)
}

/// The question does not arise for this resource.
///
/// # Errors
/// Never: it is a [`Verdict`] so that a check can end with it.
pub fn not_applicable(why: &'static str) -> Verdict {
    Ok(Judgement::NotApplicable(why))
}

/// Begins a failure with its message; `.into()` or `.verdict()` ends it.
#[must_use]
pub fn fail(message: impl Into<String>) -> Problem {
    Problem { message: message.into(), evidence: Vec::new(), cost: None, fix: Vec::new() }
}

impl Problem {
    /// Adds a value that decided.
    #[must_use]
    pub fn evidence(mut self, property: impl Into<String>, value: impl Into<Value>) -> Self {
        self.evidence.push(Evidence { property: property.into(), value: value.into() });
        self
    }

    /// Adds the parameters that were in force.
    #[must_use]
    pub(super) fn params(self, params: &[Param]) -> Self {
        params.iter().fold(self, |problem, param| problem.evidence(param.property(), param.value))
    }

    /// Adds a command that mends it.
    #[must_use]
    pub fn fix(mut self, command: impl Into<String>) -> Self {
        self.fix.push(command.into());
        self
    }

    /// Adds commands that mend it, in order.
    #[must_use]
    pub fn fixes(mut self, commands: impl IntoIterator<Item = String>) -> Self {
        self.fix.extend(commands);
        self
    }

    /// States what it costs.
    #[must_use]
    pub fn cost(mut self, estimate: Estimate) -> Self {
        self.cost = Some(estimate);
        self
    }

    /// Ends a check.
    ///
    /// # Errors
    /// Never: it is a [`Verdict`] so that a check can end with it.
    pub fn verdict(self) -> Verdict {
        Ok(Judgement::Fail(Box::new(self)))
    }
}
