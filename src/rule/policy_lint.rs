//! The lints of policy text over the policies of an account.

use std::sync::OnceLock;

use super::{Verdict, fail, pass};
use crate::lint::{Level, LintFinding, LintSelection, SelectedLints, check};
use crate::policy::syntax::{Origin, parse};
use crate::policy::{PolicyDocument, PolicyKind};

/// Warnings about what can do nothing.
const DEAD: &[&str] =
    &["ACTION_MATCHES_NOTHING", "ACTION_NOT_USABLE_WITH_RESOURCES", "DEPRECATED_ACTION", "STATEMENT_NEVER_APPLIES"];

/// How many findings are named.
const MOST_NAMED: usize = 4;

/// What the lints say of a policy that does not work as it is written. What is allowed too widely has rules of its own,
/// which know the account; suggestions are for those who write policies.
///
/// # Errors
/// When the text is no policy.
pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, subject: &str) -> Verdict {
    static LINTS: OnceLock<Option<SelectedLints>> = OnceLock::new();
    let Some(lints) = LINTS.get_or_init(|| LintSelection::default().resolve().ok()) else { return pass() };
    document.model()?;
    let source = document.value().to_string();
    let mut found = check(&parse(&source, &Origin::file()), kind, lints);
    found.retain(|finding| finding.level == Level::Error || DEAD.contains(&finding.lint.code));
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
