//! `afterlab explain`: everything about one rule.

use clap::Parser;

use super::output::{print, width};
use super::{CliError, Exit};
use crate::notes::terminal;
use crate::rule::{docs, registry};

/// Explain a rule: what it finds, why it matters, how to fix it
#[derive(Parser, Debug)]
pub(super) struct Args {
    /// The rule's id, as findings name it
    rule: String,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let rule = registry::find(&args.rule).ok_or_else(|| {
        let error = CliError::new(format!("there is no rule {:?}", args.rule));
        match registry::closest(&args.rule) {
            Some(id) => error.help(format!("did you mean {id}?")),
            None => error.help("`afterlab rules list` shows all rules"),
        }
    })?;
    print(&terminal::render(&docs::markdown(rule), width()))?;
    Ok(Exit::Clean)
}
