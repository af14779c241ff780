//! `afterlab baseline`: keeps the findings that are known, so that only new ones count.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use super::output::print;
use super::{CliError, Exit};
use crate::finding::{Baseline, EarlierError, EarlierReport};
use crate::text::{count, printable};

/// Keep the findings that are known, so that only new ones count
///
/// A baseline is a small file of fingerprints to keep beside your code; it can hold several accounts.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab scan --format json -o report.json
  afterlab baseline update baseline.json report.json    know what the report has
  afterlab scan --baseline baseline.json                only what is new makes the exit code 1
  afterlab baseline prune baseline.json report.json     forget what a later report no longer has")]
pub(super) struct Args {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Subcommand, Debug)]
enum BaselineCommand {
    /// Add what a JSON report has and the baseline has not; begins a baseline where there is none
    #[command(after_help = "Examples:\n  afterlab baseline update baseline.json report.json")]
    Update(Files),
    /// Remove what a JSON report would have found and did not; what it could not see stays
    #[command(after_help = "Examples:\n  afterlab baseline prune baseline.json report.json")]
    Prune(Files),
}

#[derive(clap::Args, Debug)]
struct Files {
    /// The baseline
    baseline: PathBuf,

    /// A report that `afterlab scan --format json` wrote
    report: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        BaselineCommand::Update(files) => update(files),
        BaselineCommand::Prune(files) => prune(files),
    }
}

fn update(files: &Files) -> Result<Exit, CliError> {
    let report = report(&files.report)?;
    let is_there = files.baseline.try_exists().unwrap_or(true);
    let mut baseline = if is_there { own(&files.baseline)? } else { Baseline::default() };
    let added = baseline.update(&report);
    // A baseline of nothing is a baseline, too: everything is new then.
    if added > 0 || !is_there {
        baseline.write(&files.baseline).map_err(|error| unusable(&error))?;
    }
    say_what(&files.baseline, &baseline, &format!("{added} added"))
}

fn prune(files: &Files) -> Result<Exit, CliError> {
    let (report, mut baseline) = (report(&files.report)?, own(&files.baseline)?);
    let gone = baseline.prune(&report);
    if !gone.is_empty() {
        baseline.write(&files.baseline).map_err(|error| unusable(&error))?;
    }
    for entry in &gone {
        print(&printable(&format!("gone: {} on {}", entry.rule, entry.resource)))?;
        print("\n")?;
    }
    say_what(&files.baseline, &baseline, &format!("{} removed", gone.len()))
}

fn say_what(path: &Path, baseline: &Baseline, what: &str) -> Result<Exit, CliError> {
    let path = printable(&path.display().to_string());
    print(&format!("{path}: {what}, {} in it\n", count(baseline.len(), "known finding")))?;
    Ok(Exit::Clean)
}

/// A baseline that can be written: a report must stay what it is.
fn own(path: &Path) -> Result<Baseline, CliError> {
    let begin = "`afterlab baseline update baseline.json report.json` begins one";
    let baseline = Baseline::read(path).map_err(|error| CliError::new(error.to_string()).help(begin))?;
    if baseline.is_report() {
        let what = format!("{} is a report, and stays as it is", path.display());
        return Err(CliError::new(what)
            .help(format!("`afterlab baseline update baseline.json {}` makes a baseline of it", path.display())));
    }
    Ok(baseline)
}

fn report(path: &Path) -> Result<EarlierReport, CliError> {
    EarlierReport::read(path).map_err(|error| unusable(&error))
}

fn unusable(error: &EarlierError) -> CliError {
    CliError::new(error.to_string()).help("`afterlab scan --format json -o FILE` writes a report")
}
