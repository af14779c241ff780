//! What a rule is: one check, with its metadata, documentation, logic and examples in one place.

pub(crate) mod access_key;
pub(crate) mod age;
mod check;
mod context;
pub mod docs;
mod evaluate;
mod example;
pub mod framework;
mod kind;
mod leftover;
mod lookup;
mod need;
pub mod operation;
mod outcome;
mod param;
pub(crate) mod policy_lint;
mod policy_text;
pub mod registry;
pub(crate) mod role_policies;
pub(crate) mod role_use;
pub(crate) mod role_width;
mod select;
#[cfg(test)]
mod self_tests;
mod settings;
mod verdict;

pub use check::{Check, PolicyHome, PolicyText, Scope};
pub use context::Context;
pub use evaluate::{RuleResult, evaluate, evaluate_each};
pub use example::{Example, Expected};
pub(crate) use example::{with_policy, with_trust};
pub use framework::Framework;
pub use kind::{Confidence, Kind, Severity};
pub use leftover::LeftoverOptions;
pub use lookup::{Holders, Lookup};
pub use need::{Need, NeedSet};
pub use operation::Operation;
pub use outcome::{Outcome, OutcomeResult, OutcomeStatus};
pub use param::Param;
pub(crate) use policy_text::managed;
pub use policy_text::{boundary_of, judge_within, under_conditions};
pub use select::{Selection, SelectionError, select};
pub use settings::{Setting, Settings};
pub use verdict::{Evidence, Judgement, NoVerdict, Problem, Verdict, fail, not_applicable, pass};

/// One check of the account.
///
/// A rule is plain static data plus a function. Its file under `rules/` always has the same order: documentation,
/// metadata, check, examples.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `service-subject-problem`; the file's folder and name say the same. Never says how to fix it.
    pub id: &'static str,
    /// One line for a list: what is wrong when it fires.
    pub title: &'static str,
    /// Markdown with the headings `What it finds`, `Why it matters` and `How to fix it`.
    pub docs: &'static str,
    /// What sort of trouble it finds.
    pub kind: Kind,
    /// How bad a finding is.
    pub severity: Severity,
    /// How often a finding of it is a true one.
    pub confidence: Confidence,
    /// The section of the notes that explains it: `s3#block-public-access`.
    pub note: &'static str,
    /// Pages of AWS's documentation.
    pub references: &'static [&'static str],
    /// What must be read for it.
    pub needs: &'static [Need],
    /// The first version of afterlab that had it.
    pub since: &'static str,
    /// Why it only runs when it is named (`--rule ID`); `None` for a rule that always runs.
    pub opt_in: Option<&'static str>,
    /// The numbers in it that a user may set.
    pub params: &'static [Param],
    /// Its logic.
    pub check: Check,
    /// At least one `pass` and one `fail`: they are tests and documentation. Those of a pack stand with its logic.
    pub examples: &'static [Example],
}

impl Rule {
    /// Its examples, wherever they stand.
    #[must_use]
    pub fn examples(&self) -> &'static [Example] {
        if let Check::Pack(logic) = self.check { logic.examples() } else { self.examples }
    }
}

/// What a file under `rules/` needs.
pub mod prelude {
    pub use super::{
        Check, Confidence, Context, Example, Expected, Judgement, Kind, Need, Param, PolicyHome, PolicyText, Problem,
        Rule, Severity, Verdict, fail, not_applicable, pass,
    };
}
