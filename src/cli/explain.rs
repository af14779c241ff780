//! `afterlab explain`: everything about one rule or lint.

use clap::Parser;

use super::config::{ConfigArgs, settings};
use super::output::{print, width};
use super::select::add_packs;
use super::{CliError, Exit};
use crate::lint;
use crate::notes::terminal;
use crate::rule::{docs, registry};

/// Explain a rule or a lint: what it finds, why it matters, how to fix it
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab explain s3-bucket-policy-public
  afterlab explain PASS_ROLE_WITH_STAR_IN_RESOURCE")]
pub(super) struct Args {
    /// The rule's id, or the lint's code, as findings name it
    rule: String,

    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let config = args.config.read()?;
    add_packs(config.scan.packs.as_deref())?;
    let settings = settings(&config)?;
    let page = if let Some(rule) = registry::find(&args.rule) {
        docs::markdown(settings.apply(rule))
    } else if let Some((family, lint)) = lint::registry::find(&args.rule) {
        lint::docs::of_lint(family, lint)
    } else {
        let error = CliError::new(format!("there is no rule or lint {:?}", args.rule));
        return Err(match registry::closest(&args.rule).or_else(|| lint::registry::closest(&args.rule)) {
            Some(id) => error.help(format!("did you mean {id}?")),
            None => error.help("`afterlab rules list` and `afterlab policy lints` show all of them"),
        });
    };
    print(&terminal::render(&page, width()))?;
    Ok(Exit::Clean)
}
