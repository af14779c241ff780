//! Annotations of GitHub Actions: one workflow command a finding.

use std::io::{self, Write};

use super::place::{files, findings, words};
use crate::lint::{Level, LintReport};

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    for (file, lines) in files(report) {
        for placed in findings(file, &lines).iter().filter(|placed| placed.suppressed.is_none()) {
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
            writeln!(
                out,
                "::{command} file={},line={},endLine={}{columns},title={}::{}",
                property(&file.path),
                placed.start.line,
                placed.end.line,
                property(found.lint.code),
                data(&words(&format!("{}{help}", found.message)))
            )?;
        }
        for problem in &file.problems {
            let line = problem.span.map_or(1, |span| lines.position(span.start).line);
            let (path, message) = (property(&file.path), data(&problem.message));
            writeln!(out, "::error file={path},line={line},title=not read::{message}")?;
        }
    }
    for stale in &report.stale_suppressions {
        writeln!(out, "::warning title=suppression::{}", data(stale))?;
    }
    Ok(())
}

/// A message as GitHub's runner decodes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, in which two more characters have a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
