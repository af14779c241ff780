//! `afterlab scan`: the main job.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::BoolishValueParser;

use super::config::{ConfigArgs, suppressions};
use super::leftovers::LeftoverArgs;
use super::output;
use super::outputs::{Drawing, OutputArgs};
use super::select::SelectArgs;
use super::source::SourceArgs;
use super::{CliError, Exit};
use crate::config::{Config, DEFAULT_FAIL_ON, variable};
use crate::finding::{Baseline, Suppression};
use crate::report::{Report, format, trend};
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
  afterlab scan -o report.html --trend reports          the same with what earlier reports say
  afterlab scan --severity high -o report.json          the form is told by the file's ending
  afterlab scan --format table -o json=report.json -o sarif=report.sarif -o csv=report.csv

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 something could not be read or done")]
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

    /// Exit with 1 for findings of this severity and above [default: medium]
    #[arg(long, value_name = "SEVERITY", env = variable::FAIL_ON, hide_env_values = true, help_heading = "The report")]
    fail_on: Option<Severity>,

    /// Do not exit with 2 because something could not be read
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
        value_parser = BoolishValueParser::new(), env = variable::ALLOW_GAPS, hide_env_values = true,
        help_heading = "The report")]
    allow_gaps: Option<bool>,

    /// Only what this earlier JSON report, or baseline, does not have counts
    #[arg(long, value_name = "FILE", env = variable::BASELINE, hide_env_values = true, help_heading = "Over time")]
    baseline: Option<PathBuf>,

    /// Earlier JSON reports, folders of them, or patterns in quotes: the HTML report draws the account over time
    #[arg(long, value_name = "REPORT.json", value_delimiter = ',', help_heading = "Over time")]
    trend: Vec<String>,

    /// List what the config accepts, with the reasons
    #[arg(long, help_heading = "Over time")]
    show_suppressed: bool,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let config = args.config.read()?;
    let rules = args.select.rules(&config)?;
    let over_time = OverTime::of(args, &config)?;
    let outputs = args.outputs.open()?;
    let prices = super::prices::book()?;
    let mut source = args.source.clone().under(&config).read(&rules)?;
    if !config.account.allowed_regions.is_empty() {
        source.inventory.account.allowed_regions.clone_from(&config.account.allowed_regions);
    }
    let mut cx = Context::new(&source.inventory, &prices);
    cx.leftovers = args.leftovers.options(&config);
    let mut report = Report::new(&source.inventory, source.name.clone(), evaluate_each(&rules, &cx, RuleResult::of));
    report.requests = source.requests;
    report.framework = args.select.framework(&config);
    report.stopped.clone_from(&source.stopped);
    over_time.apply(&mut report);
    report.history = args.history(&report);
    outputs.write(|format, drawing, out| format::write(&report, format, args.options(drawing, &config), out))?;
    Ok(args.exit(&report, &config))
}

/// What is accepted and what is known from earlier; read before an account is asked anything.
struct OverTime {
    suppressions: Vec<Suppression>,
    baseline: Option<(Baseline, PathBuf)>,
}

impl OverTime {
    fn of(args: &Args, config: &Config) -> Result<Self, CliError> {
        let path = args.baseline.clone().or_else(|| config.scan.baseline.clone());
        let read = |path: PathBuf| match Baseline::read(&path) {
            Ok(baseline) => Ok((baseline, path)),
            Err(error) => Err(CliError::new(format!("the baseline {error}"))
                .help("`afterlab baseline update FILE REPORT` makes one of a JSON report")),
        };
        Ok(Self { suppressions: suppressions(config)?, baseline: path.map(read).transpose()? })
    }

    fn apply(&self, report: &mut Report<'_>) {
        report.suppress(&self.suppressions, output::today());
        if let Some((baseline, path)) = &self.baseline {
            report.compare(baseline, path);
        }
        report.stale.iter().for_each(|words| output::say(words));
    }
}

impl Args {
    /// The account over time, where earlier reports are named. What is no report is said, and passed over.
    fn history(&self, report: &Report<'_>) -> Option<trend::Series> {
        if self.trend.is_empty() {
            return None;
        }
        let (paths, missing) = trend::files(&self.trend);
        let (series, bad) = trend::leading_to(report, &paths);
        for bad in missing.iter().chain(&bad) {
            output::say(&format!("passed over: {}: {}", bad.file.display(), bad.why));
        }
        Some(series)
    }

    fn options(&self, drawing: Drawing, config: &Config) -> format::Options {
        format::Options {
            width: drawing.width,
            colours: drawing.colours,
            fix: self.fix,
            explain: self.explain,
            show_suppressed: self.show_suppressed,
            today: output::today(),
            fail_on: self.fail_on(config),
        }
    }

    fn fail_on(&self, config: &Config) -> Severity {
        self.fail_on.or(config.scan.fail_on).unwrap_or(DEFAULT_FAIL_ON)
    }

    fn exit(&self, report: &Report<'_>, config: &Config) -> Exit {
        let allow_gaps = self.allow_gaps.or(config.scan.allow_gaps).unwrap_or(false);
        let unread = report.count(OutcomeStatus::Unknown) > 0 && !allow_gaps;
        if unread || report.stopped.is_some() || report.count(OutcomeStatus::Error) > 0 {
            return Exit::Failed;
        }
        let fail_on = self.fail_on(config);
        let found = report.findings.iter().any(|finding| finding.rule.severity >= fail_on);
        if found { Exit::Findings } else { Exit::Clean }
    }
}
