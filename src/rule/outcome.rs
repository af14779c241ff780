//! What came of one rule on one resource.

use serde::{Deserialize, Serialize};

use super::{Problem, Rule};
use crate::inventory::{GapId, ResourceRef};

/// What came of one rule on one resource.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// What it looked at.
    pub resource: ResourceRef,
    /// What it said.
    pub result: OutcomeResult,
}

/// What a rule said, with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub enum OutcomeResult {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail(Box<Problem>),
    /// The question does not arise.
    NotApplicable(&'static str),
    /// A gap stands in the way.
    Unknown(GapId),
    /// The rule itself broke, or what it looked at makes no sense.
    Error(String),
}

/// The name of an outcome, for counting and filtering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeStatus {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// The question does not arise.
    NotApplicable,
    /// A gap stands in the way.
    Unknown,
    /// The rule itself broke.
    Error,
}

impl OutcomeStatus {
    /// As it stands in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Unknown => "unknown",
            Self::Error => "error",
        }
    }
}

impl Outcome {
    /// Its name.
    #[must_use]
    pub fn status(&self) -> OutcomeStatus {
        match self.result {
            OutcomeResult::Pass => OutcomeStatus::Pass,
            OutcomeResult::Fail(_) => OutcomeStatus::Fail,
            OutcomeResult::NotApplicable(_) => OutcomeStatus::NotApplicable,
            OutcomeResult::Unknown(_) => OutcomeStatus::Unknown,
            OutcomeResult::Error(_) => OutcomeStatus::Error,
        }
    }
}
