//! The command line: one file a subcommand. Only here are flags read and lines printed.

mod cleanup;
mod config;
mod diff;
mod doctor;
#[cfg(test)]
mod documents;
mod explain;
mod leftovers;
mod links;
mod live;
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
mod terminal;
mod trace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
#[command(name = "afterlab", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    terminal: terminal::TerminalArgs,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on (default: medium)
  1  findings
  2  the job could not be done: arguments, credentials, or something that could not be read";

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
    /// Show the unit prices behind every cost
    Prices(prices::Args),
    /// Check bucket names before creating the buckets
    S3Name(s3_name::Args),
    /// Print the read-only IAM policy that a scan needs
    Permissions(permissions::Args),
    /// Say whether a scan would work here, and what to do where it would not
    Doctor(doctor::Args),
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    terminal::color_early(std::env::args_os());
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    terminal::set(cli.terminal);
    let result = match cli.command {
        Command::Scan(args) => scan::run(&args),
        Command::Cleanup(args) => cleanup::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Snapshot(args) => snapshot::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Notes(args) => notes::run(&args),
        Command::Quiz(args) => quiz::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Prices(args) => prices::run(&args),
        Command::S3Name(args) => s3_name::run(&args),
        Command::Permissions(args) => permissions::run(&args),
        Command::Doctor(args) => doctor::run(&args),
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
