//! `afterlab doctor`: whether a scan would work here.

use clap::{Parser, ValueEnum};
use jiff::Timestamp;

use super::config::{ConfigArgs, settings, suppressions};
use super::output::{print, width};
use super::select::{SelectArgs, add_packs};
use super::source::SourceArgs;
use super::{CliError, Exit, links, pager, terminal};
use crate::config::Config;
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
    let config = args.config.read().and_then(sound);
    // What is wrong with a config is said among the checks; the account is looked at all the same.
    let wanted = config.as_ref().cloned().unwrap_or_default();
    let rules = args.select.rules(&wanted)?;
    let now = Timestamp::now();
    let saved = SavedPrices::path();
    let mut checks = doctor::facts(now).to_vec();
    checks.push(doctor::prices(saved.as_deref(), now));
    checks.push(of_config(config));
    checks.push(doctor::caches(saved.as_deref()));
    checks.push(this_terminal());
    checks.extend(args.source.clone().under(&wanted).examine(&rules)?);
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

/// A config whose rules, parameters and suppressions are there.
fn sound(config: Config) -> Result<Config, CliError> {
    add_packs(config.scan.packs.as_deref())?;
    settings(&config)?;
    suppressions(&config)?;
    Ok(config)
}

fn of_config(config: Result<Config, CliError>) -> Check {
    let refused = |error: CliError| {
        let advice = error.help.unwrap_or_else(|| "correct it, or leave it out with --no-config".to_owned());
        Check::fail("config", error.what, advice)
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => return refused(error),
    };
    let files: Vec<String> = config.layers.iter().map(|layer| layer.path.display().to_string()).collect();
    Check::ok("config", if files.is_empty() { "none; the defaults hold".to_owned() } else { files.join(", ") })
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
