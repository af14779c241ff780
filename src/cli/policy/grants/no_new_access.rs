//! `afterlab policy check-no-new-access`.

use std::path::PathBuf;

use clap::Parser;

use super::pairs::{Pair, pair, read_one};
use super::{GrantArgs, standard_input_once};
use crate::cli::{CliError, Exit};
use crate::report::grants::{Check, GrantReport};

/// Say whether a policy allows anything that another one does not
///
/// As IAM Access Analyzer's `CheckNoNewAccess`, offline. The existing policy may also be a reference: what policies may
/// allow at most.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy check-no-new-access --existing lab.json --new lab-next.json
  afterlab policy check-no-new-access --existing most.json --new bucket.json --type resource

Exit codes: 0 no new access, 1 new access, 2 it cannot be told, or something could not be read")]
pub(in super::super) struct Args {
    /// The policy that is allowed; - for standard input
    #[arg(long, value_name = "FILE")]
    existing: PathBuf,

    /// The policy that is judged; - for standard input
    #[arg(long, value_name = "FILE")]
    new: PathBuf,

    #[command(flatten)]
    grants: GrantArgs,
}

pub(in super::super) fn run(args: &Args) -> Result<Exit, CliError> {
    standard_input_once(&args.existing, &args.new)?;
    let existing = read_one(&args.existing, args.grants.kind)?;
    let new = read_one(&args.new, args.grants.kind)?;
    if let ([own], [other]) = (existing.policies.as_slice(), new.policies.as_slice())
        && !own.is_of_same_sort(other)
    {
        let error = CliError::new(format!(
            "{} ({}) and {} ({}) are of two sorts: what one allows is no measure for the other",
            own.file, own.kind, other.file, other.kind
        ));
        return Err(error.help("compare policies of one sort; --type says what both are"));
    }
    let (mut pairs, problems) = pair(existing, new);
    // What is not there any more allows nothing new.
    pairs.retain(Pair::is_there);
    let report = GrantReport {
        check: Check::NoNewAccess,
        policies: pairs.iter().filter_map(Pair::no_new_access).collect(),
        problems,
    };
    args.grants.report.finish(report)
}
