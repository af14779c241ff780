//! Annotations of GitHub Actions: one workflow command a finding.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::place::{Placed, files, findings, words};
use crate::lint::{Level, LintReport};
use crate::report::github::{data, property};

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    // The runner shows ten errors and ten warnings of a step, so that the worst come first.
    let mut commands: Vec<(Option<Level>, String)> = Vec::new();
    for (file, lines) in files(report) {
        for problem in &file.problems {
            let line = problem.span.map_or(1, |span| lines.position(span.start).line);
            let (path, message) = (property(&file.path), data(&problem.message));
            commands.push((None, format!("::error file={path},line={line},title=not read::{message}")));
        }
        for placed in findings(file, &lines).iter().filter(|placed| placed.suppressed.is_none()) {
            commands.push((Some(placed.reported.finding.level), command(placed)));
        }
    }
    commands.sort_by_key(|(level, _)| level.map_or((0, None), |level| (1, Some(Reverse(level)))));
    for (_, command) in commands {
        writeln!(out, "{command}")?;
    }
    for stale in &report.stale_suppressions {
        writeln!(out, "::warning title=suppression::{}", data(stale))?;
    }
    Ok(())
}

fn command(placed: &Placed<'_>) -> String {
    let found = &placed.reported.finding;
    let command = match found.level {
        Level::Error => "error",
        Level::SecurityWarning | Level::Warning => "warning",
        Level::Suggestion => "notice",
    };
    let help = found.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
    // The runner shows columns only where a finding is on one line.
    let columns = if placed.start.line == placed.end.line {
        format!(",col={},endColumn={}", placed.start.column, placed.end.column)
    } else {
        String::new()
    };
    let (path, code) = (property(&placed.file.path), property(found.lint.code));
    let (first, last) = (placed.start.line, placed.end.line);
    let message = data(&words(&format!("{}{help}", found.message)));
    format!("::{command} file={path},line={first},endLine={last}{columns},title={code}::{message}")
}
