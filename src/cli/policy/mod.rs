//! `afterlab policy`: everything about the text of IAM policies, offline.

mod access;
mod actions;
mod can;
mod catalogue;
mod changes;
mod check;
mod expand;
mod fmt;
mod grants;
mod lints;
mod mend;
mod shrink;

use std::io::Read;
use std::path::Path;

use clap::{Parser, Subcommand};

pub(super) use access::no_such_principal;

use super::{CliError, Exit};
use crate::policy::syntax::json::MOST_BYTES;

/// Check, format and look into IAM policies, offline
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy check policies/                  may these be merged?
  afterlab policy diff --git main                  what does this branch newly allow?
  afterlab policy actions 's3:Get*'                what does this pattern allow?
  afterlab policy fmt policy.json")]
pub(super) struct Args {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand, Debug)]
enum PolicyCommand {
    /// Say what IAM Access Analyzer would say of policies, and more
    Check(check::Args),
    /// Write policy JSON in its usual form
    Fmt(fmt::Args),
    /// List the actions that a pattern matches
    Actions(actions::Args),
    /// Show a policy with its wildcard actions written out
    Expand(expand::Args),
    /// Say what a change of policies newly allows, and what it no longer allows
    Diff(grants::diff::Args),
    /// Say whether a policy allows anything that another one does not
    CheckNoNewAccess(grants::no_new_access::Args),
    /// Say whether policies allow any of the actions on any of the resources
    CheckAccessNotGranted(grants::not_granted::Args),
    /// Say whether policies of resources let the public in
    CheckNoPublicAccess(grants::no_public::Args),
    /// Say whether policies keep promises, such as that none lets anyone change IAM
    CheckGuardrails(grants::guardrails::Args),
    /// Say whether a principal may do something, and by which statements
    Can(Box<can::CanArgs>),
    /// Say who may do something
    Who(Box<can::WhoArgs>),
    /// Propose a narrower policy, by what a principal used
    Shrink(Box<shrink::Args>),
    /// Say what the built-in facts about IAM are, and of when
    #[command(after_help = "\
Examples:
  afterlab policy catalogue")]
    Catalogue,
    /// List the lints
    #[command(after_help = "\
Examples:
  afterlab policy lints                            all of them; `afterlab explain CODE` tells more")]
    Lints,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::Fmt(args) => fmt::run(args),
        PolicyCommand::Actions(args) => actions::run(args),
        PolicyCommand::Expand(args) => expand::run(args),
        PolicyCommand::Diff(args) => grants::diff::run(args),
        PolicyCommand::CheckNoNewAccess(args) => grants::no_new_access::run(args),
        PolicyCommand::CheckAccessNotGranted(args) => grants::not_granted::run(args),
        PolicyCommand::CheckNoPublicAccess(args) => grants::no_public::run(args),
        PolicyCommand::CheckGuardrails(args) => grants::guardrails::run(args),
        PolicyCommand::Can(args) => can::can(args),
        PolicyCommand::Who(args) => can::who(args),
        PolicyCommand::Shrink(args) => shrink::run(args),
        PolicyCommand::Catalogue => catalogue::run(),
        PolicyCommand::Lints => lints::run(),
    }
}

/// The bytes of a file, or of standard input for `-`; of what is too large to be a policy, as many as show that.
fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = if path == Path::new("-") {
        read_bounded(std::io::stdin().lock())
    } else {
        std::fs::File::open(path).and_then(read_bounded)
    };
    bytes.map_err(|error| CliError::new(format!("{} cannot be read: {error}", path.display())))
}

fn read_bounded(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file as text.
fn read_text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(read(path)?).map_err(|error| {
        CliError::new(format!("{} is not UTF-8 text, at byte {}", path.display(), error.utf8_error().valid_up_to()))
            .help("convert it to UTF-8: `iconv -t UTF-8`")
    })
}
