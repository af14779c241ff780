//! What a lint is: a rule about the text of an IAM policy.
//!
//! Lints that look at the same thing are a [`Family`]: one file under `rules/policy/`, one function, and a [`Lint`] for
//! each code that it can report.

mod check;
pub mod docs;
mod example;
mod finding;
pub mod fixes;
mod level;
pub mod on_anything;
pub mod registry;
pub mod report;
mod select;
#[cfg(test)]
mod self_tests;
mod subject;
pub mod suppress;

pub use check::check;
pub use example::Example;
pub use finding::{Draft, Edit, Findings, Fix, LintFinding, Place, Selected};
pub use level::Level;
pub use report::{FileProblem, FileReport, LintReport, PolicyReport, Reported, UnknownPart};
pub use select::{LintSelection, LintSelectionError, SelectedLints};
pub use subject::Subject;

/// One thing that can be wrong with a policy's text.
#[derive(Debug)]
pub struct Lint {
    /// IAM Access Analyzer's issue code where one exists (`PASS_ROLE_WITH_STAR_IN_RESOURCE`), else one of the same form.
    pub code: &'static str,
    /// One line for a list: what is wrong when it is reported.
    pub title: &'static str,
    /// How bad that is.
    pub level: Level,
    /// Whose check it is.
    pub origin: CheckOrigin,
    /// What it cannot know, where AWS decides by a list that it does not publish.
    pub limits: Option<&'static str>,
    /// Why it is off unless selected; `None` for a lint that is on.
    pub opt_in: Option<&'static str>,
    /// At least one that it reports and one that it does not: they are tests and documentation.
    pub examples: &'static [Example],
}

impl Lint {
    /// A check of IAM Access Analyzer.
    #[must_use]
    pub const fn aws(code: &'static str, title: &'static str, level: Level, examples: &'static [Example]) -> Self {
        let origin = CheckOrigin::AccessAnalyzer;
        Self { code, title, level, origin, limits: None, opt_in: None, examples }
    }

    /// A check of afterlab's own.
    #[must_use]
    pub const fn own(code: &'static str, title: &'static str, level: Level, examples: &'static [Example]) -> Self {
        let origin = CheckOrigin::Afterlab;
        Self { code, title, level, origin, limits: None, opt_in: None, examples }
    }

    /// Says what it cannot know.
    #[must_use]
    pub const fn limits(self, limits: &'static str) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// Says why it is off unless selected.
    #[must_use]
    pub const fn opt_in(self, why: &'static str) -> Self {
        Self { opt_in: Some(why), ..self }
    }
}

/// Whose check a lint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOrigin {
    /// A check of IAM Access Analyzer's policy validation.
    AccessAnalyzer,
    /// afterlab's own, where Access Analyzer is silent.
    Afterlab,
}

/// Lints that look at the same thing.
#[derive(Debug)]
pub struct Family {
    /// The name of its file: `pass_role`.
    pub name: &'static str,
    /// Markdown with the headings `What it finds`, `Why it matters` and `How to fix it`.
    pub docs: &'static str,
    /// The section of the notes that explains it.
    pub note: &'static str,
    /// Pages of AWS's documentation.
    pub references: &'static [&'static str],
    /// The first version of afterlab that had it.
    pub since: &'static str,
    /// What it can report.
    pub lints: &'static [&'static Lint],
    /// Looks at one policy and reports.
    pub check: fn(&Subject<'_>, &mut Findings<'_>),
}

/// What a file under `rules/policy/` needs.
pub mod prelude {
    pub use super::{CheckOrigin, Example, Family, Findings, Fix, Level, Lint, Subject};
    pub use crate::policy::PolicyKind;
    pub use crate::policy::outline::{ConditionLine, Item, ListElement, Statement};
}
