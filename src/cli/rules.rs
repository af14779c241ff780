//! `afterlab rules`: the list of rules, and one of them.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use super::output::{print, width};
use super::select::SelectArgs;
use super::{CliError, Exit, explain};
use crate::grid;
use crate::pack;
use crate::rule::{Rule, Selection, registry};
use crate::text::count;

/// List the rules, or show one
#[derive(Parser, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand, Debug)]
enum RulesCommand {
    /// List the rules
    List {
        #[command(flatten)]
        select: SelectArgs,
    },
    /// Show a rule: its documentation, examples, needs and note
    Show(explain::Args),
    /// Begin a type in a pack of your own, which has the API model in it
    New {
        /// The folder of the pack
        #[arg(long, value_name = "FOLDER")]
        pack: PathBuf,

        /// The type: `AWS::SQS::Queue`
        #[arg(long = "type", value_name = "TYPE")]
        kind: String,
    },
    /// Test packs of your own: their form, their fit with the API model, and their examples
    Check {
        /// The folder of the packs, or one pack
        folder: PathBuf,
    },
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        RulesCommand::List { select } => {
            // Without a selection the list shows every rule, those that are opt-in too.
            let rules = if select.is_empty() { registry::all().collect() } else { select.rules()? };
            print(&list(&rules, width()))?;
            Ok(Exit::Clean)
        }
        RulesCommand::Show(args) => explain::run(args),
        RulesCommand::New { pack, kind } => {
            let path = pack::registry::scaffold(pack, kind).map_err(|error| CliError::new(error.to_string()))?;
            print(&format!("{}: write on, then `afterlab rules check {}`\n", path.display(), pack.display()))?;
            Ok(Exit::Clean)
        }
        RulesCommand::Check { folder } => check(folder),
    }
}

/// Loads packs and runs their examples.
fn check(folder: &Path) -> Result<Exit, CliError> {
    pack::registry::add(folder).map_err(|error| CliError::new(error.to_string()))?;
    let rules: Vec<&'static Rule> = pack::registry::own_rules().collect();
    let wrong: Vec<String> = rules.iter().flat_map(|rule| pack::registry::broken_examples(rule)).collect();
    if let Some(first) = wrong.first() {
        let more = if wrong.len() > 1 { format!("; and {} more", wrong.len() - 1) } else { String::new() };
        return Err(CliError::new(format!("an example does not hold: {first}{more}")));
    }
    let examples: usize = rules.iter().map(|rule| rule.examples().len()).sum();
    print(&format!("{}, {} hold\n", count(rules.len(), "rule"), count(examples, "example")))?;
    Ok(Exit::Clean)
}

fn list(rules: &[&'static Rule], width: u16) -> String {
    let mut table = grid::table(width);
    table.set_header(["Rule", "Severity", "Kind", "What is wrong"]);
    for rule in rules {
        let title = match rule.opt_in {
            Some(_) => format!("{} (opt-in)", rule.title),
            None => rule.title.to_owned(),
        };
        table.add_row([rule.id.to_owned(), rule.severity.to_string(), rule.kind.to_string(), title]);
    }
    format!("{table}\n{}; `afterlab explain RULE` tells more\n", count(rules.len(), "rule"))
}

impl SelectArgs {
    fn is_empty(&self) -> bool {
        let Selection { globs, kinds, min_severity, framework } = self.selection();
        globs.is_empty() && kinds.is_empty() && min_severity.is_none() && framework.is_none()
    }
}
