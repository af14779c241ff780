//! `afterlab permissions`: the exact read-only IAM policy for the selected rules.

use clap::Parser;

use super::output::print;
use super::select::SelectArgs;
use super::{CliError, Exit};
use crate::policy::scan_policy;
use crate::rule::{Need, NeedSet};

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

    /// With what `scan --from-config` asks AWS Config
    #[arg(long)]
    from_config: bool,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let needs = NeedSet::of_rules(&args.select.rules()?);
    let needs = if args.from_config { needs.with(Need::RecordedResources) } else { needs };
    print(&scan_policy::write(&needs))?;
    Ok(Exit::Clean)
}
