//! The command line: one file a subcommand. Only here are flags read and lines printed.

mod baseline;
mod cleanup;
mod completions;
mod config;
mod diff;
mod doctor;
#[cfg(test)]
mod documents;
mod escalations;
mod explain;
mod help;
mod leftovers;
mod links;
mod live;
mod man;
mod notes;
mod output;
mod outputs;
mod pager;
mod permissions;
mod policy;
mod prices;
mod quiz;
mod rules;
mod s3_name;
mod scan;
mod select;
mod snapshot;
mod source;
mod suppress;
mod terminal;
mod trace;
mod trend;

use std::process::ExitCode;

use clap::{FromArgMatches as _, Parser, Subcommand};

/// What the exit code says: 0 nothing to mend, 1 findings, 2 the job could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// Arguments, credentials, unreadable input, rules that broke, or gaps without `--allow-gaps`.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Failed => Self::from(2),
        }
    }
}

/// Why a command could not do its job: what is wrong, and what to do.
#[derive(Debug)]
pub(crate) struct CliError {
    what: String,
    help: Option<String>,
}

impl CliError {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Audits an AWS account after a lab. It reads and never changes anything.
///
/// Finds what is open to the world, what breaks the best practices of the course, and what still bills; each finding
/// leads to the note that explains it. Start with `afterlab scan --demo`, which needs no account.
#[derive(Parser, Debug)]
#[command(name = "afterlab", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    terminal: terminal::TerminalArgs,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Judge an account: a live one, an emulator, a snapshot, or the demo
    Scan(scan::Args),
    /// Print a script that ends what is left over; afterlab never runs it
    Cleanup(cleanup::Args),
    /// Say what changed between two snapshots, what it left behind, and what that costs
    Diff(diff::Args),
    /// Save what can be read of an account, to judge it later without credentials
    Snapshot(snapshot::Args),
    /// Accept a finding, with a reason and an end
    Suppress(suppress::Args),
    /// Keep the findings that are known, so that only new ones count
    Baseline(baseline::Args),
    /// Draw findings and dollars over time, of JSON reports
    Trend(trend::Args),
    /// Begin a config, show what holds and where each value comes from, or print the form
    Config(config::CommandArgs),
    /// List the rules, or show one
    Rules(rules::Args),
    /// Explain a rule or a lint: what it finds, why it matters, how to fix it
    Explain(explain::Args),
    /// Read the notes of the course
    Notes(notes::Args),
    /// Ask the check-yourself questions of the course
    Quiz(quiz::Args),
    /// Check, format and look into IAM policies, offline
    Policy(policy::Args),
    /// Show who can become an administrator, step by step
    Escalations(Box<escalations::Args>),
    /// Show the unit prices behind every cost
    Prices(prices::Args),
    /// Check bucket names before creating the buckets
    S3Name(s3_name::Args),
    /// Print the read-only IAM policy that a scan needs
    Permissions(permissions::Args),
    /// Say whether a scan would work here, and what to do where it would not
    Doctor(doctor::Args),
    /// Print completions for a shell
    Completions(completions::Args),
    /// Print a manual page, or write all of them to a folder
    Man(man::Args),
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    terminal::color_early(std::env::args_os());
    let parsed = help::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    terminal::set(cli.terminal);
    let result = match cli.command {
        Command::Scan(args) => scan::run(&args),
        Command::Cleanup(args) => cleanup::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Snapshot(args) => snapshot::run(&args),
        Command::Suppress(args) => suppress::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Trend(args) => trend::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Notes(args) => notes::run(&args),
        Command::Quiz(args) => quiz::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Escalations(args) => escalations::run(&args),
        Command::Prices(args) => prices::run(&args),
        Command::S3Name(args) => s3_name::run(&args),
        Command::Permissions(args) => permissions::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    };
    result
        .unwrap_or_else(|error| {
            output::complain(&error);
            Exit::Failed
        })
        .into()
}

/// `--help` and `--version` are no errors; everything else that clap refuses is exit 2.
fn usage(error: &clap::Error) -> Exit {
    // Nothing can be done when even the help cannot be printed.
    let _ = error.print();
    if error.use_stderr() { Exit::Failed } else { Exit::Clean }
}
