//! `afterlab permissions`: the exact read-only IAM policy for the selected rules.

use clap::Parser;

use super::config::ConfigArgs;
use super::output::print;
use super::select::SelectArgs;
use super::{CliError, Exit};
use crate::policy::scan_policy;
use crate::rule::NeedSet;

/// Print the read-only IAM policy that a scan needs
///
/// The policy follows from the selected rules; for the default ones it is policies/scan.json of the repository.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab permissions > scan.json ; aws iam create-policy --policy-name afterlab --policy-document file://scan.json
  afterlab permissions --rule 's3-*'")]
pub(super) struct Args {
    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    print(&scan_policy::write(&NeedSet::of_rules(&args.select.rules(&args.config.read()?)?)))?;
    Ok(Exit::Clean)
}
