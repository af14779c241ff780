//! The forms of a report: their names, what their files are called, and who writes them. A new form is a line in each.

use std::io::{self, Write};
use std::path::Path;

use anstream::adapter::strip_str;
use clap::ValueEnum;
use jiff::civil::Date;

use super::{Report, asff, csv, html, json, junit, markdown, ocsf, sarif, table};
use crate::rule::Severity;

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For a browser: one page with charts, filters, commands and the notes, which loads nothing
    Html,
    /// For programs; described by schemas/report-v1.json
    Json,
    /// For programs, one finding, unknown, error or gap a line; described by schemas/report-lines-v1.json
    Ndjson,
    /// For spreadsheets
    Csv,
    /// For a pull request, a ticket, or the summary page of a CI job
    Markdown,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// `JUnit` XML, which most CI systems show
    Junit,
    /// OCSF 1.5 Compliance Finding, for data lakes and SIEMs
    Ocsf,
    /// AWS Security Finding Format, for Security Hub: one `BatchImportFindings` request a line
    Asff,
}

/// How a report is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns, for forms that have them.
    pub width: u16,
    /// Whether colours may be in it, as they may on the way to a terminal.
    pub colours: bool,
    /// Whether the table has the commands that mend each finding.
    pub fix: bool,
    /// Whether the table has where the numbers of each finding come from.
    pub explain: bool,
    /// The day on which prices are old or not.
    pub today: Date,
    /// From which severity on a finding fails a test.
    pub fail_on: Severity,
}

impl Format {
    /// The endings of files that can have no other form.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Table => &[".txt"],
            Self::Html => &[".html", ".htm"],
            Self::Json => &[".json"],
            Self::Ndjson => &[".ndjson", ".jsonl"],
            Self::Csv => &[".csv"],
            Self::Markdown => &[".md", ".markdown"],
            Self::Sarif => &[".sarif", ".sarif.json"],
            Self::Junit => &[".xml"],
            Self::Ocsf => &[".ocsf", ".ocsf.json"],
            Self::Asff => &[".asff", ".asff.json"],
        }
    }

    /// The form that a file's name tells; the longest ending decides.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let longest = |format: &Self| {
            format.endings().iter().filter(|ending| name.ends_with(**ending)).map(|ending| ending.len()).max()
        };
        let known = Self::value_variants().iter().filter_map(|format| Some((longest(format)?, *format)));
        known.max_by_key(|(length, _)| *length).map(|(_, format)| format)
    }

    /// As it stands on the command line.
    #[must_use]
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Writes a report.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, format: Format, options: Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => write_table(report, options, out),
        Format::Html => html::write(report, options.today, out),
        Format::Json => json::write(report, out),
        Format::Ndjson => json::lines::write(report, out),
        Format::Csv => csv::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => junit::write(report, options.fail_on, out),
        Format::Ocsf => ocsf::write(report, out),
        Format::Asff => asff::write(report, out),
    }
}

fn write_table(report: &Report<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let Options { width, fix, explain, today, .. } = options;
    let text = table::write(report, table::Options { width, fix, explain, today });
    if options.colours { out.write_all(text.as_bytes()) } else { write!(out, "{}", strip_str(&text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_form_where_it_is_certain() {
        let of = |name: &str| Format::of_path(Path::new(name)).map(Format::name);
        assert_eq!(of("a/Report.JSON").as_deref(), Some("json"));
        assert_eq!(of("report.sarif.json").as_deref(), Some("sarif"));
        assert_eq!(of("x.asff.json").as_deref(), Some("asff"));
        assert_eq!(of("x.jsonl").as_deref(), Some("ndjson"));
        assert_eq!((of("report"), of("report.pdf"), of("json")), (None, None, None));
    }

    #[test]
    fn no_ending_is_of_two_forms() {
        let all: Vec<&str> = Format::value_variants().iter().flat_map(|format| format.endings()).copied().collect();
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    }
}
