//! `afterlab cleanup`: a script that ends what is left over. afterlab never runs it.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::leftovers::LeftoverArgs;
use super::output::Target;
use super::select::SelectArgs;
use super::source::SourceArgs;
use super::{CliError, Exit};
use crate::cost::PriceBook;
use crate::report::{Report, cleanup};
use crate::rule::{Context, Kind, OutcomeStatus, RuleResult, evaluate_each};

/// Print a script that ends what is left over; afterlab never runs it
///
/// Each command has its resource, what it saves a month, and the trap that comes with it as comments. Read it, take out
/// what you want to keep, then run it yourself.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab cleanup --demo                          see one, without an account
  afterlab cleanup --profile lab > cleanup.sh
  afterlab cleanup --snapshot lab.json --only 'ec2-*' --format json")]
pub(super) struct Args {
    #[command(flatten)]
    source: SourceArgs,

    /// Only leftovers of these rules, by glob
    #[arg(long, value_name = "GLOB", value_delimiter = ',', help_heading = "Which leftovers")]
    only: Vec<String>,

    /// Folder of packs of your own
    #[arg(long = "rules", value_name = "FOLDER", help_heading = "Which leftovers")]
    packs: Option<PathBuf>,

    #[command(flatten)]
    leftovers: LeftoverArgs,

    /// Form of the plan
    #[arg(long, value_enum, default_value_t = Format::Script, help_heading = "The plan")]
    format: Format,

    /// Write the plan to a file
    #[arg(long, short, value_name = "FILE", help_heading = "The plan")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A shell script
    Script,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let select = SelectArgs::of_kind(args.only.clone(), Kind::Leftover, args.packs.clone());
    let rules = select.rules()?;
    let target = Target::open(args.output.as_deref())?;
    let source = args.source.read(&rules)?;
    let mut cx = Context::new(&source.inventory, PriceBook::embedded());
    cx.leftovers = args.leftovers.options();
    let mut report = Report::new(&source.inventory, source.name.clone(), evaluate_each(&rules, &cx, RuleResult::of));
    report.stopped.clone_from(&source.stopped);
    let plan = cleanup::Plan::of(&report);
    let text = match args.format {
        Format::Script => plan.script(),
        Format::Json => serde_json::to_string_pretty(&plan).map_err(|error| CliError::new(error.to_string()))? + "\n",
    };
    target.write(|out| out.write_all(text.as_bytes()))?;
    let incomplete = report.count(OutcomeStatus::Unknown) > 0 || report.stopped.is_some();
    Ok(if incomplete { Exit::Failed } else { Exit::Clean })
}
