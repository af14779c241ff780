//! `afterlab permissions`: the exact read-only IAM policy for the selected rules, and a role that has it.

use clap::{Parser, ValueEnum};

use super::output::{print, say};
use super::select::SelectArgs;
use super::{CliError, Exit};
use crate::policy::scan_policy::{self, MANAGED_POLICY_LIMIT};
use crate::policy::scan_role;
use crate::rule::{Need, NeedSet};

/// Print the read-only IAM policy that a scan needs, or a role for it
///
/// The policy follows from the selected rules; for the default ones it is policies/scan.json of the repository. A role for
/// the scan, with what it takes to trust an account or a repository on GitHub, is written as a CloudFormation template
/// or as Terraform; for the default rules they are policies/scan-role.yaml and policies/scan-role.tf.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab permissions --rule 's3-*'
  afterlab permissions --format cloudformation > scan-role.yaml
  aws cloudformation deploy --stack-name afterlab --template-file scan-role.yaml --capabilities CAPABILITY_NAMED_IAM \\
      --parameter-overrides TrustedAccount=111122223333
  afterlab permissions --part 1 > scan-1.json")]
pub(super) struct Args {
    #[command(flatten)]
    select: SelectArgs,

    /// With what `scan --from-config` asks AWS Config
    #[arg(long)]
    from_config: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,

    /// Only this part of the policy, each as large as IAM lets a managed policy be (6,144 characters)
    #[arg(long, value_name = "NUMBER")]
    part: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The policy alone
    Json,
    /// A role with the policy, as a CloudFormation template in YAML
    #[value(name = "cloudformation")]
    CloudFormation,
    /// A role with the policy, as Terraform's configuration
    Terraform,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let needs = NeedSet::of_rules(&args.select.rules()?);
    let needs = if args.from_config { needs.with(Need::RecordedResources) } else { needs };
    let text = match (args.format, args.part) {
        (Format::Json, None) => whole(&needs),
        (Format::Json, Some(number)) => part(&needs, number)?,
        (Format::CloudFormation, None) => scan_role::cloudformation(&needs),
        (Format::Terraform, None) => scan_role::terraform(&needs),
        (_, Some(_)) => {
            return Err(CliError::new("--part is for --format json").help("the role has all parts in one file"));
        }
    };
    print(&text)?;
    Ok(Exit::Clean)
}

/// The policy in one piece, with a word about its size if a managed policy does not hold it.
fn whole(needs: &NeedSet) -> String {
    let parts = scan_policy::parts(needs).len();
    if parts > 1 {
        say(&format!(
            "note: a managed policy holds {MANAGED_POLICY_LIMIT} characters, this has more: make {parts} of it with --part 1 \
             to --part {parts}, or a role with --format cloudformation or terraform"
        ));
    }
    scan_policy::write(needs)
}

fn part(needs: &NeedSet, number: usize) -> Result<String, CliError> {
    let parts = scan_policy::parts(needs);
    let wanted = number.checked_sub(1).and_then(|at| parts.get(at));
    let actions = wanted.ok_or_else(|| {
        CliError::new(format!("there is no part {number}")).help(format!("give a number from 1 to {}", parts.len()))
    })?;
    Ok(scan_policy::text(actions.iter().copied()))
}
