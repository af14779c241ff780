//! Examples: the tests of a rule and a part of its documentation.

use jiff::Timestamp;

use super::{Context, Outcome, OutcomeStatus, Rule, evaluate};
use crate::cost::PriceBook;
use crate::inventory::snapshot::{SnapshotError, read_fragment};

/// A little account that shows what a rule does.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, in a few words.
    pub name: &'static str,
    /// What the rule says of every resource in it.
    pub expected: Expected,
    /// A part of a snapshot: any of `account`, `iam`, `s3`, `gaps`. Time stands still at 2026-11-22T12:00:00Z and the
    /// account is 111122223333 unless it says otherwise.
    pub snapshot: &'static str,
}

/// What an example must yield.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// Every resource passes.
    Pass,
    /// Every resource fails.
    Fail,
    /// The rule does not apply to any resource.
    NotApplicable,
    /// A gap stands in the way.
    Unknown,
}

impl Expected {
    /// The outcome's status that it stands for.
    #[must_use]
    pub fn status(self) -> OutcomeStatus {
        match self {
            Self::Pass => OutcomeStatus::Pass,
            Self::Fail => OutcomeStatus::Fail,
            Self::NotApplicable => OutcomeStatus::NotApplicable,
            Self::Unknown => OutcomeStatus::Unknown,
        }
    }
}

/// The time at which examples are judged.
pub(crate) fn example_time() -> Timestamp {
    Timestamp::constant(1_795_348_800, 0)
}

impl Example {
    /// Runs one rule, and only that one, on the example.
    ///
    /// # Errors
    /// [`SnapshotError`] when the fragment is not a part of a snapshot.
    pub fn run(&self, rule: &'static Rule) -> Result<Vec<Outcome>, SnapshotError> {
        let inventory = read_fragment(self.snapshot, example_time())?;
        Ok(evaluate(&[rule], &Context::new(&inventory, PriceBook::embedded())))
    }
}

/// The snapshot of an account with one managed policy, `lab`, of these statements.
macro_rules! with_policy {
    ($statements:literal) => {
        concat!(
            r#"{"iam": {"Users": [], "Groups": [], "Roles": [], "Policies": [{"PolicyName": "lab",
            "Arn": "arn:aws:iam::111122223333:policy/lab", "DefaultVersionId": "v1", "PolicyVersionList": [
            {"VersionId": "v1", "Document": {"Version": "2012-10-17", "Statement": "#,
            $statements,
            "}}]}]}}"
        )
    };
}

/// The snapshot of an account with one role, `lab`, whose trust policy has these statements.
macro_rules! with_trust {
    ($statements:literal) => {
        concat!(
            r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": "#,
            $statements,
            "}}]}}"
        )
    };
}

pub(crate) use {with_policy, with_trust};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still() {
        assert_eq!(example_time().to_string(), "2026-11-22T12:00:00Z");
    }
}
