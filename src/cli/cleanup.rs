//! `afterlab cleanup`: a script that ends what is left over. afterlab never runs it.

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

use super::config::{ConfigArgs, suppressions};
use super::leftovers::LeftoverArgs;
use super::output::{self, Target, say};
use super::select::leftover_rules;
use super::source::SourceArgs;
use super::{CliError, Exit};
use crate::report::verify::{EarlierPlan, Fate, Verification};
use crate::report::{Report, cleanup};
use crate::rule::{Context, OutcomeStatus, Rule, RuleResult, evaluate_each};

/// Print a script that ends what is left over; afterlab never runs it
///
/// Each command has its resource, what it saves a month, and the trap that comes with it as comments. Read it, take out
/// what you want to keep, then run it yourself.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab cleanup --demo                          see one, without an account
  afterlab cleanup --profile lab > cleanup.sh
  afterlab cleanup --snapshot lab.json --only 'ec2-*' --format json
  afterlab cleanup --format json -o plan.json      before you run it …
  afterlab cleanup --verify plan.json              … and after: gone, still there, still billing

Exit codes: 0 the script is written, 1 with --verify: something of the plan still bills, 2 something could not be read")]
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

    #[command(flatten)]
    config: ConfigArgs,

    /// Look at the resources of an earlier plan (JSON) again: gone, still there, still billing
    #[arg(long, value_name = "PLAN.json", help_heading = "The plan")]
    verify: Option<PathBuf>,

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
    let earlier = args.verify.as_deref().map(earlier_plan).transpose()?;
    let config = args.config.read()?;
    let rules = leftover_rules(&args.only, args.packs.as_deref(), &config)?;
    let suppressions = suppressions(&config)?;
    let target = Target::open(args.output.as_deref())?;
    let prices = super::prices::book()?;
    let source = args.source.clone().under(&config).read(&rules)?;
    let mut cx = Context::new(&source.inventory, &prices);
    cx.leftovers = args.leftovers.options(&config);
    if let Some(plan) = earlier {
        return verify(args, plan, &rules, &cx, source.stopped.is_some(), target);
    }
    let mut report = Report::new(&source.inventory, source.name.clone(), evaluate_each(&rules, &cx, RuleResult::of));
    report.stopped.clone_from(&source.stopped);
    // What is accepted is not to be ended.
    report.suppress(&suppressions, output::today());
    report.stale.iter().for_each(|words| say(words));
    let plan = cleanup::Plan::of(&report);
    let text = match args.format {
        Format::Script => plan.script(),
        Format::Json => serde_json::to_string_pretty(&plan).map_err(|error| CliError::new(error.to_string()))? + "\n",
    };
    target.write(|out| out.write_all(text.as_bytes()))?;
    let incomplete = report.count(OutcomeStatus::Unknown) > 0 || report.stopped.is_some();
    Ok(if incomplete { Exit::Failed } else { Exit::Clean })
}

/// Reads the plan that is to be verified, before anything is asked of an account.
fn earlier_plan(path: &Path) -> Result<EarlierPlan, CliError> {
    let help = "make one with `afterlab cleanup --format json -o plan.json`, before the cleanup";
    let bad = |why: String| CliError::new(format!("{}: {why}", path.display())).help(help);
    let text = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let plan: EarlierPlan =
        serde_json::from_slice(&text).map_err(|error| bad(format!("is no plan of afterlab cleanup: {error}")))?;
    if plan.afterlab_cleanup == 1 {
        Ok(plan)
    } else {
        Err(bad("is of a newer form than this afterlab reads".to_owned()))
    }
}

fn verify(
    args: &Args,
    plan: EarlierPlan,
    rules: &[&'static Rule],
    cx: &Context<'_>,
    stopped: bool,
    target: Target,
) -> Result<Exit, CliError> {
    let account = cx.inventory.account.id.as_str();
    if plan.account != account {
        let what = format!("the plan is for account {}, and this is {account}", plan.account);
        return Err(CliError::new(what).help("use the credentials of the account that was cleaned up"));
    }
    let judged = evaluate_each(rules, cx, |rule, outcomes| (RuleResult::of(rule, outcomes.clone()), outcomes));
    let (results, outcomes): (Vec<_>, Vec<_>) = judged.into_iter().unzip();
    let now = Report::new(cx.inventory, String::new(), results);
    let verification = Verification::of(plan, &outcomes.concat(), &now);
    let text = match args.format {
        Format::Script => verification.text(),
        Format::Json => {
            serde_json::to_string_pretty(&verification).map_err(|error| CliError::new(error.to_string()))? + "\n"
        }
    };
    target.write(|out| out.write_all(text.as_bytes()))?;
    Ok(if stopped || verification.count(Fate::Unknown) > 0 {
        Exit::Failed
    } else if verification.count(Fate::StillBilling) > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}
