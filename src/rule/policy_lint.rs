//! The lints of policy text over the policies of an account.

use std::sync::OnceLock;

use super::{Verdict, fail, pass};
use crate::lint::{Level, LintFinding, LintSelection, SelectedLints, check};
use crate::policy::syntax::{Origin, parse};
use crate::policy::{PolicyDocument, PolicyKind};

/// How many findings are named.
const MOST_NAMED: usize = 4;

/// What the lints say of a policy. Suggestions are for those who write policies, not for those who audit an account.
pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, subject: &str) -> Verdict {
    static LINTS: OnceLock<Option<SelectedLints>> = OnceLock::new();
    let Some(lints) = LINTS.get_or_init(|| LintSelection::default().resolve().ok()) else { return pass() };
    let source = document.value().to_string();
    let mut found = check(&parse(&source, &Origin::file()), kind, lints);
    found.retain(|finding| finding.level >= Level::Warning);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    if found.is_empty() {
        return pass();
    }
    let named: Vec<_> = found.iter().take(MOST_NAMED).map(words).collect();
    let more = found.len() - named.len();
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let evidence = |finding: &LintFinding| format!("{} {}", finding.lint.code, finding.message);
    found
        .iter()
        .fold(fail(format!("{subject} has mistakes: {}{more}", named.join("; "))), |problem, finding| {
            problem.evidence(finding.path.clone(), evidence(finding))
        })
        .verdict()
}

fn words(finding: &LintFinding) -> String {
    format!("{} ({})", finding.message, finding.lint.code)
}
