//! Runs lints over one policy.

use std::cell::OnceCell;

use super::finding::{Findings, Selected};
use super::{LintFinding, Subject, registry};
use crate::policy::PolicyKind;
use crate::policy::catalogue::Catalogue;
use crate::policy::outline::Outline;
use crate::policy::syntax::{Node, Parsed, Span, Value};

/// What the lints that are wanted say of one document, in the order of its text.
///
/// When it is not JSON in a way that leaves its meaning open, only that is said: the rest would be guessing.
#[must_use]
pub fn check(parsed: &Parsed, kind: PolicyKind, selected: &dyn Selected) -> Vec<LintFinding> {
    let nothing = Node { span: Span::default(), value: Value::Null };
    let outline = Outline::of(parsed.root.as_ref().unwrap_or(&nothing));
    let subject = Subject {
        policy: &outline,
        kind,
        syntax_errors: &parsed.errors,
        catalogue: Catalogue::embedded(),
        document: OnceCell::new(),
    };
    let mut findings = Findings::of(selected);
    let is_clear = parsed.is_clear();
    for family in registry::families() {
        let reads_text = family.lints.iter().any(|lint| lint.code == "JSON_SYNTAX_ERROR");
        let is_wanted = family.lints.iter().any(|lint| selected.takes(lint));
        if is_wanted && (is_clear || reads_text) {
            (family.check)(&subject, &mut findings);
        }
    }
    let mut found = findings.found;
    found.sort_by_key(|finding| (finding.spans.first().copied(), std::cmp::Reverse(finding.level), finding.lint.code));
    found
}
