//! What policies grant, as the checks of it and the differences between policies tell it.

mod github;
mod json;
mod markdown;
mod table;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Write};

use crate::policy::PolicyKind;
use crate::policy::semantics::{Answer, Told};

/// What one run of a check says.
#[derive(Clone, Debug)]
pub struct GrantReport {
    /// What was checked.
    pub check: Check,
    /// The policies, in the order in which they were named.
    pub policies: Vec<JudgedPolicy>,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// What a run checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// What changes of policies come to.
    Changes,
    /// Whether a policy allows what another one does not.
    NoNewAccess,
    /// Whether policies allow what is listed.
    AccessNotGranted,
    /// Whether policies of resources let strangers in.
    NoPublicAccess,
    /// Whether policies keep promises.
    Guardrails,
}

/// What is said of one policy.
#[derive(Clone, Debug)]
pub struct JudgedPolicy {
    /// The file.
    pub file: String,
    /// The name that the file had, if that was another one.
    pub old_file: Option<String>,
    /// Where in the file; empty for a file that is the policy.
    pub name: String,
    /// What sort of policy it is.
    pub kind: PolicyKind,
    /// What it is compared with.
    pub history: History,
    /// What was asked, and the answers.
    pub parts: Vec<Part>,
}

/// What a policy is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// With nothing: it is looked at by itself.
    None,
    /// With what it was.
    Changed,
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
}

/// A question about a policy, and the answer.
#[derive(Clone, Debug)]
pub struct Part {
    /// What was asked.
    pub about: About,
    /// What is so.
    pub answer: Answer<Told>,
    /// The statements that the answer may name.
    pub statements: Vec<StatementPlace>,
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementPlace {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// Its name, if it has one.
    pub sid: Option<String>,
}

/// What is asked of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// What it allows and did not allow.
    NewAccess,
    /// What it denied and now leaves to others.
    NoLongerDenied,
    /// What it allowed and does not allow any more; no harm, but worth telling.
    NoLongerAllowed,
    /// What it allows of a list.
    Listed,
    /// What it allows to strangers.
    Public,
    /// What it allows against a promise.
    Guardrail {
        /// Its name: `no-iam-write`.
        id: String,
        /// What it promises.
        title: String,
    },
}

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// For programs; described by schemas/policy-grants-v1.json
    Json,
    /// For pull requests and tickets
    Markdown,
    /// Annotations of GitHub Actions
    Github,
}

/// What a report comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All is as it should be.
    Pass,
    /// Something is not.
    Fail,
    /// Something could not be told.
    Unknown,
}

impl Check {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::NoNewAccess => "no new access",
            Self::AccessNotGranted => "access not granted",
            Self::NoPublicAccess => "no public access",
            Self::Guardrails => "guardrails",
        }
    }

    /// What is said where there was nothing to judge.
    fn of_none(self) -> &'static str {
        match self {
            Self::Changes => "no policy changed",
            Self::NoPublicAccess => "no policy of a resource to judge",
            Self::NoNewAccess | Self::AccessNotGranted | Self::Guardrails => "no policy to judge",
        }
    }
}

impl GrantReport {
    /// What it comes down to, the worst of all.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        // Where nothing was judged, nothing passes; that nothing changed is an answer.
        let of_none = if self.check == Check::Changes { Outcome::Pass } else { Outcome::Unknown };
        let of_policies = self.policies.iter().map(JudgedPolicy::outcome).max().unwrap_or(of_none);
        if self.problems.is_empty() { of_policies } else { Outcome::Unknown }
    }
}

impl JudgedPolicy {
    /// What its answers come down to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.parts.iter().map(Part::outcome).max().unwrap_or(Outcome::Pass)
    }

    /// Its name with its file.
    #[must_use]
    pub fn title(&self) -> String {
        let file = match &self.old_file {
            Some(was) => format!("{} (was {was})", self.file),
            None => self.file.clone(),
        };
        if self.name.is_empty() { file } else { format!("{file}: {}", self.name) }
    }
}

impl Part {
    /// What the answer comes down to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match &self.answer {
            Answer::Fail(_) if self.about != About::NoLongerAllowed => Outcome::Fail,
            Answer::Pass | Answer::Fail(_) => Outcome::Pass,
            Answer::Unknown(_) if self.about == About::NoLongerAllowed => Outcome::Pass,
            Answer::Unknown(_) => Outcome::Unknown,
        }
    }
}

/// Writes a report.
///
/// # Errors
/// Those of the writer.
pub fn write(report: &GrantReport, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => out.write_all(table::table(report).as_bytes()),
        Format::Json => writeln!(out, "{:#}", json::json(report)),
        Format::Markdown => out.write_all(markdown::markdown(report).as_bytes()),
        Format::Github => out.write_all(github::github(report).as_bytes()),
    }
}
