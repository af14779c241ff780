//! `afterlab trend`: findings and dollars over time.

use std::path::PathBuf;

use anstream::adapter::strip_str;
use clap::{Parser, ValueEnum};

use super::output::{self, Target, say};
use super::{CliError, Exit};
use crate::report::trend::{self, Trend};

/// Draw findings and dollars over time, of JSON reports
///
/// Reports are what `afterlab scan --format json` writes. Those of several accounts are drawn apart. What a config
/// accepted does not count; what a baseline had does.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab scan -o reports/2026-11-25.json    once a day or a week
  afterlab trend reports/*.json               findings and dollars of each, and where they go
  afterlab trend --format csv 'reports/**/*.json' > trend.csv

Exit codes: 0 all files were reports, 2 some were not, or there is none")]
pub(super) struct Args {
    /// Reports, folders of reports, or patterns in quotes
    #[arg(required = true, value_name = "REPORT.json")]
    reports: Vec<String>,

    /// Form of the trend
    #[arg(long, value_enum, default_value_t = Format::Chart)]
    format: Format,

    /// Write the trend to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Chart,
    /// For programs
    Json,
    /// For spreadsheets: one line a report
    Csv,
}

/// Columns of a chart that goes to a file.
const FILE_WIDTH: u16 = 120;

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let target = Target::open(args.output.as_deref())?;
    let (paths, missing) = trend::files(&args.reports);
    let mut found = trend::read(&paths);
    found.bad.splice(0..0, missing);
    for bad in &found.bad {
        say(&format!("passed over: {}: {}", bad.file.display(), bad.why));
    }
    if found.series.is_empty() {
        return Err(CliError::new("there is no report").help("`afterlab scan --format json -o FILE` writes one"));
    }
    let text = text(&found, args.format, target.is_terminal())?;
    target.write(|out| out.write_all(text.as_bytes()))?;
    Ok(if found.bad.is_empty() { Exit::Clean } else { Exit::Failed })
}

fn text(found: &Trend, format: Format, to_terminal: bool) -> Result<String, CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::new(format!("the trend cannot be written: {error}"));
    match format {
        Format::Chart if to_terminal => Ok(trend::chart(found, output::width())),
        // Colours are for terminals: a file gets none.
        Format::Chart => Ok(strip_str(&trend::chart(found, FILE_WIDTH)).to_string()),
        Format::Json => trend::json(found).map_err(|error| failed(&error)),
        Format::Csv => trend::csv(found).map_err(|error| failed(&error)),
    }
}
