//! What came of checking files: files, their policies, and what was found in each.

use std::collections::BTreeMap;

use super::{Level, LintFinding};
use crate::finding::fingerprint;
use crate::policy::PolicyKind;
use crate::policy::syntax::Span;

/// What came of one run of `afterlab policy check`.
#[derive(Clone, Debug, Default)]
pub struct LintReport {
    /// The files, in the order in which they were asked for.
    pub files: Vec<FileReport>,
    /// Suppressions that matched nothing, or have expired, in words.
    pub stale_suppressions: Vec<String>,
    /// Files of folders that hold no policy.
    pub files_without_policy: usize,
}

/// One file.
#[derive(Clone, Debug, Default)]
pub struct FileReport {
    /// As the user named it, with `/` between folders; `-` for standard input.
    pub path: String,
    /// Its text, which spans refer to.
    pub source: String,
    /// The policies in it.
    pub policies: Vec<PolicyReport>,
    /// Why it could not be read, wholly or in part.
    pub problems: Vec<FileProblem>,
}

/// One policy.
#[derive(Clone, Debug)]
pub struct PolicyReport {
    /// Where in the file: `aws_iam_policy.lab`; empty for a file that is the policy.
    pub name: String,
    /// What sort of policy it was checked as.
    pub kind: PolicyKind,
    /// What was found, in the order of the text.
    pub findings: Vec<Reported>,
    /// What was found and is suppressed, with the reason.
    pub suppressed: Vec<(Reported, String)>,
    /// Values that only a deployment knows, so that nothing is said about them.
    pub unknowns: Vec<UnknownPart>,
}

/// A finding with the name it keeps.
#[derive(Clone, Debug)]
pub struct Reported {
    /// What was found.
    pub finding: LintFinding,
    /// The same for the same lint, file, policy, statement and value, wherever in the file it stands.
    pub fingerprint: String,
}

/// A value that only a deployment knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPart {
    /// Where.
    pub span: Span,
    /// `Statement[0].Resource`.
    pub path: String,
    /// What stands there: `aws_s3_bucket.lab.arn`.
    pub expression: String,
}

/// Why a file could not be read, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// Where, if it is at one place.
    pub span: Option<Span>,
    /// What is wrong and what to do.
    pub message: String,
}

impl LintReport {
    /// Every finding with its file and policy.
    pub fn findings(&self) -> impl Iterator<Item = (&FileReport, &PolicyReport, &Reported)> {
        let policies = self.files.iter().flat_map(|file| file.policies.iter().map(move |policy| (file, policy)));
        policies.flat_map(|(file, policy)| policy.findings.iter().map(move |finding| (file, policy, finding)))
    }

    /// How many findings there are of each level.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Level, usize> {
        let mut counts = BTreeMap::new();
        for (_, _, reported) in self.findings() {
            *counts.entry(reported.finding.level).or_insert(0) += 1;
        }
        counts
    }

    /// How many policies were checked.
    #[must_use]
    pub fn policies(&self) -> usize {
        self.files.iter().map(|file| file.policies.len()).sum()
    }

    /// Whether something could not be read.
    #[must_use]
    pub fn has_problems(&self) -> bool {
        self.files.iter().any(|file| !file.problems.is_empty())
    }
}

impl Reported {
    /// Gives a finding its name. `sid` is the statement's, if it has one.
    #[must_use]
    pub fn new(finding: LintFinding, path: &str, policy: &str, sid: Option<&str>, source: &str) -> Self {
        let value = finding.spans.first().map_or("", |span| span.slice(source));
        // A Sid outlives moving a statement; without one, its number has to do.
        let statement = match (sid, finding.statement) {
            (Some(sid), _) if !sid.is_empty() => sid.to_owned(),
            (_, Some(number)) => number.to_string(),
            _ => String::new(),
        };
        let fingerprint = fingerprint(&[finding.lint.code, path, policy, &statement, value]);
        Self { finding, fingerprint }
    }
}
