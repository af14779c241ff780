//! `afterlab doctor`: whether a scan would work here.

use clap::{Parser, ValueEnum};
use jiff::Timestamp;

use super::config::ConfigArgs;
use super::output::{print, width};
use super::select::SelectArgs;
use super::source::SourceArgs;
use super::{CliError, Exit, links, pager, terminal};
use crate::config::discover;
use crate::cost::price_list::SavedPrices;
use crate::doctor::{self, Check, Diagnosis, Health};

/// Say whether a scan would work here, and what to do where it would not
///
/// Looks at this machine (version, age of the built-in facts, config, folders, terminal, proxies) and at the way to the
/// account (credentials and their end, endpoint, clock, caller, regions), and asks IAM's own simulator whether the caller
/// may do what the selected rules need. It tells no secret and changes nothing.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab doctor --profile lab                    why does a scan not work, or see so little?
  afterlab doctor --rule 's3-*'                    may I do what these rules need?
  afterlab doctor --demo                           look at this machine only
  afterlab doctor --format json

Exit codes: 0 all is well, 1 a scan works and would be better after what is advised, 2 a scan does not work")]
pub(super) struct Args {
    #[command(flatten)]
    source: SourceArgs,

    #[command(flatten)]
    select: SelectArgs,

    #[command(flatten)]
    config: ConfigArgs,

    /// Form of the diagnosis
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "The report")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: each check with name, health (ok, warn, fail), what was found and what to do
    Json,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let rules = args.select.rules()?;
    let now = Timestamp::now();
    let saved = SavedPrices::path();
    let mut checks = doctor::facts(now).to_vec();
    checks.push(doctor::prices(saved.as_deref(), now));
    checks.push(config(args));
    checks.push(doctor::caches(saved.as_deref()));
    checks.push(this_terminal());
    checks.extend(args.source.examine(&rules)?);
    let diagnosis = Diagnosis::of(checks);
    let text = match args.format {
        Format::Text => doctor::write(&diagnosis, width()),
        Format::Json => {
            serde_json::to_string_pretty(&diagnosis).map_err(|error| CliError::new(error.to_string()))? + "\n"
        }
    };
    print(&text)?;
    Ok(match diagnosis.health {
        Health::Ok => Exit::Clean,
        Health::Warn => Exit::Findings,
        Health::Fail => Exit::Failed,
    })
}

fn config(args: &Args) -> Check {
    match args.config.read() {
        Ok(config) => {
            let path = config.path.as_deref().map(|path| path.display().to_string());
            Check::ok("config", path.unwrap_or_else(|| "none; the defaults hold".to_owned()))
        }
        Err(error) => {
            let nearest = std::env::current_dir().ok().and_then(|folder| discover(&folder));
            let advice = "correct it, or leave it out with --no-config";
            let place =
                nearest.map(|path| format!("{}: ", path.display())).filter(|path| !error.what.starts_with(path));
            Check::fail(
                "config",
                format!("{}{}", place.unwrap_or_default(), error.what),
                error.help.as_deref().unwrap_or(advice),
            )
        }
    }
}

fn this_terminal() -> Check {
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    let pager = match pager::command() {
        Some(command) if terminal::may_page() => command.to_string_lossy().into_owned(),
        _ => "no".to_owned(),
    };
    let (colors, links) = (yes(terminal::has_colors()), yes(links::are_wanted()));
    Check::ok("terminal", format!("{} columns; colours: {colors}; links: {links}; pager: {pager}", width()))
}
