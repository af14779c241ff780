//! `afterlab snapshot`: collect now, judge later.

use std::path::PathBuf;

use clap::Parser;

use super::live::LiveArgs;
use super::output::{Target, mention, say};
use super::select::SelectArgs;
use super::{CliError, Exit};
use crate::inventory::{Inventory, snapshot};
use crate::rule::NeedSet;
use crate::text::count;

/// Save what can be read of an account, to judge it later without credentials
///
/// Reads what all rules need (those that are opt-in only when they are named with --rule). The file holds no secret: no
/// key, no password, no object's name or content.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab snapshot -o lab.json
  afterlab snapshot --profile lab -o lab.json.zst ; afterlab scan --snapshot lab.json.zst")]
pub(super) struct Args {
    /// The file to write; compressed if it ends in .zst
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,

    #[command(flatten)]
    live: LiveArgs,

    #[command(flatten)]
    select: SelectArgs,

    /// Do not exit with 2 because something could not be read
    #[arg(long)]
    allow_gaps: bool,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let needs = NeedSet::of_rules(&args.select.rules()?);
    // Opened only to find out early whether it could be.
    drop(Target::open(Some(&args.output))?);
    let live = args.live.read(needs)?;
    snapshot::write_file(&args.output, &live.inventory).map_err(|error| {
        CliError::new(format!("{} could not be written: {error}", args.output.display()))
            .help("choose a file in a folder that exists and that you may write to")
    })?;
    mention(&summary(&live.inventory, args, live.requests));
    for gap in &live.inventory.gaps {
        let about = gap.resource.as_deref().map(|resource| format!(" of {resource}")).unwrap_or_default();
        say(&format!("not read: {}{about} {}: {}", gap.operation, gap.kind.describe(), gap.message));
    }
    if let Some(reason) = live.stopped {
        say(&format!("incomplete: {reason}; what was read until then was saved"));
    }
    let whole = live.stopped.is_none() && (args.allow_gaps || live.inventory.gaps.is_empty());
    Ok(if whole { Exit::Clean } else { Exit::Failed })
}

fn summary(inventory: &Inventory, args: &Args, requests: u64) -> String {
    format!(
        "saved {} of account {} to {} ({requests} requests, {})",
        count(inventory.resource_count(), "resource"),
        inventory.account.id,
        args.output.display(),
        count(inventory.gaps.len(), "gap"),
    )
}
