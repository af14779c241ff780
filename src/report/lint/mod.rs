//! What came of checking policies, one file a format.

mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod place;
mod sarif;
mod table;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use clap::ValueEnum;

use crate::lint::LintReport;

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, with the text around each finding
    Table,
    /// For programs; described by schemas/policy-report-v1.json
    Json,
    /// SARIF 2.1.0, which code hosts show beside the code
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's code quality
    Gitlab,
    /// `JUnit` XML, which most CI systems show
    Junit,
    /// For a comment on a pull request
    Markdown,
}

/// How a report is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns of the terminal.
    pub width: u16,
}

/// Writes a report.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &LintReport, format: Format, options: Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, options, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
    }
}
