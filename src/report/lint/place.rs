//! Findings with their lines and columns.

use crate::lint::{FileReport, LintReport, PolicyReport, Reported};
use crate::policy::syntax::node::show_holes;
use crate::policy::syntax::{Lines, Position, Span};

/// A finding in its file.
pub(super) struct Placed<'r> {
    pub(super) file: &'r FileReport,
    pub(super) policy: &'r PolicyReport,
    pub(super) reported: &'r Reported,
    pub(super) start: Position,
    pub(super) end: Position,
    /// The reason, when it is suppressed.
    pub(super) suppressed: Option<&'r str>,
}

/// Calls something for every file, with its lines found once.
pub(super) fn files(report: &LintReport) -> impl Iterator<Item = (&FileReport, Lines<'_>)> {
    report.files.iter().map(|file| (file, Lines::of(&file.source)))
}

/// The findings of a file in the order of its text, then those that are suppressed.
pub(super) fn findings<'r>(file: &'r FileReport, lines: &Lines<'_>) -> Vec<Placed<'r>> {
    let place = |policy: &'r PolicyReport, reported: &'r Reported, suppressed: Option<&'r str>| {
        let span = reported.finding.spans.first().copied().unwrap_or_default();
        let (start, end) = (lines.position(span.start), lines.position(span.end));
        Placed { file, policy, reported, start, end, suppressed }
    };
    let open = file.policies.iter().flat_map(|policy| policy.findings.iter().map(move |found| (policy, found, None)));
    let suppressed = file
        .policies
        .iter()
        .flat_map(|policy| policy.suppressed.iter().map(move |(found, reason)| (policy, found, Some(reason.as_str()))));
    open.chain(suppressed).map(|(policy, found, reason)| place(policy, found, reason)).collect()
}

/// A message with its holes shown.
pub(super) fn words(text: &str) -> String {
    show_holes(text)
}

/// The rest of a span's text on its first line.
pub(super) fn first_line(span: Span, source: &str) -> &str {
    span.slice(source).lines().next().unwrap_or_default()
}
