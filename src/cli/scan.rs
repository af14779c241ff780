//! `afterlab scan`: the main job.

use clap::Parser;

use super::config::ConfigArgs;
use super::leftovers::LeftoverArgs;
use super::outputs::{Drawing, OutputArgs};
use super::select::SelectArgs;
use super::source::SourceArgs;
use super::{CliError, Exit};
use crate::report::{Report, format};
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
  afterlab scan --demo -o report.html                   one page to look through in a browser
  afterlab scan --severity high -o report.json          the form is told by the file's ending
  afterlab scan --format table -o json=report.json -o sarif=report.sarif -o csv=report.csv")]
pub(super) struct Args {
    #[command(flatten)]
    source: SourceArgs,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    leftovers: LeftoverArgs,

    #[command(flatten)]
    config: ConfigArgs,

    #[command(flatten)]
    outputs: OutputArgs,

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

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let config = args.config.read()?;
    let rules = args.select.rules()?;
    let outputs = args.outputs.open()?;
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
    outputs.write(|format, drawing, out| format::write(&report, format, args.options(drawing), out))?;
    Ok(args.exit(&report))
}

impl Args {
    fn options(&self, drawing: Drawing) -> format::Options {
        format::Options {
            width: drawing.width,
            colours: drawing.colours,
            fix: self.fix,
            explain: self.explain,
            today: jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
            fail_on: self.fail_on,
        }
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
