//! `afterlab policy shrink`: a narrower policy, by what a principal used.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::{no_such_principal, read};
use crate::access::AccountView;
use crate::access::shrink::{EventRecords, Proposal, Subject, Terms, shrink};
use crate::cli::output::{print, say, width};
use crate::cli::source::SourceArgs;
use crate::cli::{CliError, Exit};
use crate::report::access::{proposal_json, proposal_policy, proposal_table, unknown_json, unknown_table};
use crate::rule::age::ROLE_UNUSED;
use crate::rule::{Need, NeedSet};

/// Propose a narrower policy, by what a principal used
///
/// Services that were not used go; of services for which AWS tracks single actions, the unused actions go too; events of
/// CloudTrail narrow further, to the actions and the resources that they show. Every statement of the proposal is a part
/// of one that is there already, and every Deny stays. Nothing is changed in the account.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy shrink role/glue-feature-prep --demo
  afterlab snapshot --rule iam-role-permissions-unused -o lab.json
  afterlab policy shrink role/lab --snapshot lab.json --events events.json
  afterlab policy shrink role/lab --snapshot lab.json --format policy | afterlab policy check -

Exit codes: 0 a proposal was made, 2 something that it needs was not read, or nothing is left and --format is policy")]
pub(super) struct Args {
    /// Whose: role/lab, user/ann, group/students, or an ARN
    #[arg(value_name = "PRINCIPAL")]
    principal: String,

    /// Events of CloudTrail: output of `aws cloudtrail lookup-events`, or log files of a trail, also .gz
    #[arg(long, value_name = "FILE", num_args = 1..)]
    events: Vec<PathBuf>,

    /// What was not used for so many days counts as unused
    #[arg(long, value_name = "N", default_value_t = ROLE_UNUSED.default, value_parser = clap::value_parser!(i64).range(1..=400))]
    days: i64,

    #[command(flatten)]
    source: SourceArgs,

    /// Form of the proposal
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
    /// Only the policy
    Policy,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let records = args.records()?;
    let source = args.source.read_needs(args.needs())?;
    let account = AccountView::of(&source.inventory);
    let subject = Subject::find(&account, &args.principal).map_err(|unknown| no_such_principal(&account, unknown))?;
    if let Some(why) = subject.fixed {
        return Err(CliError::new(format!("the policies of {} are not yours to narrow: {why}", subject.name)));
    }
    let terms = Terms { days: args.days, now: source.inventory.collected_at };
    match shrink(&subject, records.as_ref(), terms) {
        Ok(proposal) => args.show(&proposal, terms).map(|()| Exit::Clean),
        Err(missing) => args.refuse(&subject.name, &missing),
    }
}

impl Args {
    fn records(&self) -> Result<Option<EventRecords>, CliError> {
        let mut records = EventRecords::default();
        for path in &self.events {
            records.add(&read(path)?).map_err(|error| {
                CliError::new(format!("{} {error}", path.display())).help(
                    "`aws cloudtrail lookup-events > events.json` writes such a file, and a trail's log files are such",
                )
            })?;
        }
        Ok((!self.events.is_empty()).then_some(records))
    }

    /// What must be read; for a bare name either list may have it.
    fn needs(&self) -> NeedSet {
        let is_of = |kind: &str| self.principal.starts_with(kind) || self.principal.contains(&format!(":{kind}"));
        let of_role = (!is_of("user/") && !is_of("group/")).then_some(Need::IamRoleServicesLastAccessed);
        let of_user = (!is_of("role/")).then_some(Need::IamUserServicesLastAccessed);
        [Need::IamPrincipals, Need::IamAwsPolicies].into_iter().chain(of_role).chain(of_user).collect()
    }

    fn show(&self, proposal: &Proposal, terms: Terms) -> Result<(), CliError> {
        match self.format {
            Format::Table => print(&proposal_table(proposal, terms, width())),
            Format::Json => print_json(&proposal_json(proposal, terms)),
            Format::Policy if proposal.document.statements.is_empty() => Err(CliError::new(format!(
                "{} used nothing of what it may, so that no policy is left",
                proposal.principal
            ))
            .help("detach its policies, or delete it when nobody needs it; --format table shows the details")),
            Format::Policy => print(&proposal_policy(proposal)),
        }
    }

    /// Says what is missing, and how to read it.
    fn refuse(&self, name: &str, missing: &[String]) -> Result<Exit, CliError> {
        let rule = if name.starts_with("role/") {
            "iam-role-permissions-unused"
        } else {
            "iam-access-key-used-from-many-services"
        };
        let help =
            format!("`afterlab snapshot --rule {rule} -o lab.json` reads when services were used, and all policies");
        match self.format {
            Format::Table => {
                print(&unknown_table(name, missing))?;
                say(&format!("help: {help}"));
            }
            Format::Json => print_json(&unknown_json(name, missing))?,
            Format::Policy => {
                return Err(CliError::new(format!("no proposal for {name}: {}", missing.join("; "))).help(help));
            }
        }
        Ok(Exit::Failed)
    }
}

fn print_json(json: &serde_json::Value) -> Result<(), CliError> {
    print(&(serde_json::to_string_pretty(json).map_err(|error| CliError::new(error.to_string()))? + "\n"))
}
