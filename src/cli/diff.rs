//! `afterlab diff`: what a lab created, changed and left behind.

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

use super::config::ConfigArgs;
use super::leftovers::LeftoverArgs;
use super::output::print;
use super::select::leftover_rules;
use super::{CliError, Exit};
use crate::inventory::{Inventory, snapshot};
use crate::report::Report;
use crate::report::diff::{self, Diff};
use crate::rule::{Context, RuleResult, evaluate_each};

/// Say what changed between two snapshots, what it left behind, and what that costs
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab snapshot -o before.json                 before the lab
  afterlab snapshot -o after.json                  after it
  afterlab diff before.json after.json

Exit codes: 0 nothing was left behind, 1 leftovers were added, 2 a snapshot cannot be read")]
pub(super) struct Args {
    /// The snapshot that was taken first
    before: PathBuf,

    /// The snapshot that was taken later
    after: PathBuf,

    #[command(flatten)]
    leftovers: LeftoverArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    if before.account.id != after.account.id {
        let (one, other) = (&before.account.id, &after.account.id);
        return Err(CliError::new(format!("the snapshots are of two accounts, {one} and {other}"))
            .help("take both of one account"));
    }
    let config = args.config.read()?;
    let rules = leftover_rules(&[], None, &config)?;
    let prices = super::prices::book()?;
    let report = |inventory| {
        let mut cx = Context::new(inventory, &prices);
        cx.leftovers = args.leftovers.options(&config);
        Report::new(inventory, String::new(), evaluate_each(&rules, &cx, RuleResult::of))
    };
    let diff = Diff::of(&report(&before), &report(&after));
    let text = match args.format {
        Format::Table => diff::table(&diff),
        Format::Json => serde_json::to_string_pretty(&diff).map_err(|error| CliError::new(error.to_string()))? + "\n",
    };
    print(&text)?;
    Ok(if diff.adds_leftovers() { Exit::Findings } else { Exit::Clean })
}

fn read(path: &Path) -> Result<Inventory, CliError> {
    snapshot::read_file(path).map_err(|error| {
        CliError::new(format!("{} cannot be read: {error}", path.display()))
            .help("`afterlab snapshot -o FILE` writes a snapshot that can be")
    })
}
