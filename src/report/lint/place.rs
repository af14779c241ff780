//! Findings with their lines and columns.

use crate::lint::{FileReport, LintReport, PolicyReport, Reported, UnknownPart};
use crate::policy::syntax::node::show_holes;
use crate::policy::syntax::{Lines, Position, Span};
use crate::text::count;

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

/// What a report comes to: `2 files, 3 policies: 1 error; 2 values known only at deployment, not judged`.
pub(super) fn summary(report: &LintReport) -> (String, String) {
    let policies = report.policies();
    let noun = if policies == 1 { "policy" } else { "policies" };
    let read = format!("{}, {policies} {noun}", count(report.files.len(), "file"));
    let levels = report.counts();
    let each = levels.iter().rev().map(|(level, number)| count(*number, &level.to_string().replace('-', " ")));
    let found = if levels.is_empty() { "nothing found".to_owned() } else { each.collect::<Vec<_>>().join(", ") };
    let all = || report.files.iter().flat_map(|file| &file.policies);
    let suppressed: usize = all().map(|policy| policy.suppressed.len()).sum();
    let unknown: usize = all().map(|policy| policy.unknowns.len()).sum();
    let unread: usize = report.files.iter().map(|file| file.problems.len()).sum();
    let beside = [
        (suppressed, format!("{suppressed} suppressed")),
        (unknown, format!("{} known only at deployment, not judged", count(unknown, "value"))),
        (unread, format!("{unread} not read")),
        (report.files_without_policy, format!("{} without a policy", count(report.files_without_policy, "file"))),
    ];
    let beside = beside.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| format!("; {text}"));
    (read, beside.fold(found, |all, text| all + &text))
}

/// What is not known of a policy, in words.
pub(super) fn unknown(part: &UnknownPart) -> String {
    let path = if part.path.is_empty() { "the policy" } else { &part.path };
    words(&format!("{path} is {}, known only at deployment", part.expression))
}

/// A message with its holes shown.
pub(super) fn words(text: &str) -> String {
    show_holes(text)
}

/// The rest of a span's text on its first line.
pub(super) fn first_line(span: Span, source: &str) -> &str {
    span.slice(source).lines().next().unwrap_or_default()
}
