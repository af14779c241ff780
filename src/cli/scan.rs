//! `afterlab scan`: the main job.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anstream::adapter::strip_str;
use clap::{Parser, ValueEnum};

use super::config::ConfigArgs;
use super::leftovers::LeftoverArgs;
use super::output::{self, Target};
use super::select::SelectArgs;
use super::source::SourceArgs;
use super::{CliError, Exit};
use crate::report::{Report, html, json, table};
use crate::rule::{Context, OutcomeStatus, RuleResult, Severity, evaluate_each};

/// Judge an account: a live one, an emulator, a snapshot, or the demo
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab scan --demo                                  see what a scan says, without an account
  afterlab scan --profile lab                           the account of a profile
  afterlab scan --endpoint-url http://127.0.0.1:5000    an emulator
  afterlab scan --snapshot lab.json --rule 's3-*'       judge what was saved before
  afterlab scan --framework cis-5.0                     what holds of each control of a framework
  afterlab scan --demo --format html -o report.html     one page to look through in a browser
  afterlab scan --severity high --format json -o report.json")]
pub(super) struct Args {
    #[command(flatten)]
    source: SourceArgs,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    leftovers: LeftoverArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "The report")]
    format: Format,

    /// Write the report to a file
    #[arg(long, short, value_name = "FILE", help_heading = "The report")]
    output: Option<PathBuf>,

    /// Print the commands that mend each finding; afterlab never runs them
    #[arg(long, help_heading = "The report")]
    fix: bool,

    /// Print where the numbers of each finding come from: the values that decided, prices, sources and dates
    #[arg(long, help_heading = "The report")]
    explain: bool,

    /// Exit with 1 for findings of this severity and above
    #[arg(long, value_name = "SEVERITY", default_value = "medium", help_heading = "The report")]
    fail_on: Severity,

    /// Do not exit with 2 because something could not be read
    #[arg(long, help_heading = "The report")]
    allow_gaps: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs; described by schemas/report-v1.json
    Json,
    /// For a browser: one page with charts, filters, commands and the notes, which loads nothing
    Html,
}

/// Columns of a table that goes to a file.
const FILE_WIDTH: u16 = 120;

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    args.refuse_html_on_screen()?;
    let config = args.config.read()?;
    let rules = args.select.rules()?;
    let target = Target::open(args.output.as_deref())?;
    let prices = super::prices::book()?;
    let mut source = args.source.read(&rules)?;
    if !config.account.allowed_regions.is_empty() {
        source.inventory.account.allowed_regions = config.account.allowed_regions;
    }
    let mut cx = Context::new(&source.inventory, &prices);
    cx.leftovers = args.leftovers.options();
    let mut report = Report::new(&source.inventory, source.name.clone(), evaluate_each(&rules, &cx, RuleResult::of));
    report.requests = source.requests;
    report.framework = args.select.framework();
    report.stopped.clone_from(&source.stopped);
    let to_terminal = target.is_terminal();
    target.write(|out| match args.format {
        Format::Table if to_terminal => out.write_all(args.table(&report, output::width()).as_bytes()),
        // Colours are for terminals: a file gets none.
        Format::Table => write!(out, "{}", strip_str(&args.table(&report, FILE_WIDTH))),
        Format::Json => json::write(&report, out),
        Format::Html => html::write(&report, today(), out),
    })?;
    Ok(args.exit(&report))
}

fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

impl Args {
    fn table(&self, report: &Report<'_>, width: u16) -> String {
        table::write(report, table::Options { width, fix: self.fix, explain: self.explain, today: today() })
    }

    /// A page is for a browser: nobody reads a megabyte of it on a terminal. `-o -` prints it all the same.
    fn refuse_html_on_screen(&self) -> Result<(), CliError> {
        if self.format == Format::Html && self.output.is_none() && std::io::stdout().is_terminal() {
            return Err(CliError::new("an HTML report is for a browser, not for a terminal")
                .help("write it to a file (-o report.html), or print it all the same (-o -)"));
        }
        Ok(())
    }

    fn exit(&self, report: &Report<'_>) -> Exit {
        let unread = report.count(OutcomeStatus::Unknown) > 0 && !self.allow_gaps;
        if unread || report.stopped.is_some() || report.count(OutcomeStatus::Error) > 0 {
            return Exit::Failed;
        }
        let found = report.findings.iter().any(|finding| finding.rule.severity >= self.fail_on);
        if found { Exit::Findings } else { Exit::Clean }
    }
}
