//! `afterlab config`: begins a config, shows what holds and why, and prints the form.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::json;

use super::{ConfigArgs, settings, suppressions};
use crate::cli::output::{print, width};
use crate::cli::select::add_packs;
use crate::cli::{CliError, Exit};
use crate::config::{self, Config, FILE_NAME, InitError, Shown, user_file};
use crate::grid;
use crate::text::printable;

/// Begin a config, show what holds and where each value comes from, or print the form
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab config init                   writes afterlab.toml: all that can be set, as comments
  afterlab config init --user            the same for all your projects
  afterlab config show                   what holds here, and why
  afterlab config schema > schema.json   for your editor

What comes first:
  a flag, AFTERLAB_... of the environment, the project's afterlab.toml, your own config, the default")]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Write a config to begin with; what is there is never written over
    #[command(after_help = "Examples:\n  afterlab config init\n  afterlab config init --user")]
    Init {
        /// The file to write
        #[arg(default_value = FILE_NAME)]
        path: PathBuf,

        /// Write your own config, which holds for all projects
        #[arg(long, conflicts_with = "path")]
        user: bool,
    },
    /// Show what holds here and where each value comes from
    #[command(after_help = "Examples:\n  afterlab config show --set   only what somebody set")]
    Show {
        #[command(flatten)]
        config: ConfigArgs,

        /// Form of the list
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,

        /// Leave out what nobody set
        #[arg(long)]
        set: bool,
    },
    /// Print the JSON Schema of a config
    #[command(after_help = "Examples:\n  afterlab config schema > afterlab.schema.json")]
    Schema,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

pub(in crate::cli) fn run(args: &Args) -> Result<Exit, CliError> {
    match &args.command {
        ConfigCommand::Init { path, user } => init(path.clone(), *user),
        ConfigCommand::Show { config, format, set } => show(config, *format, *set),
        ConfigCommand::Schema => {
            print(&config::schema())?;
            Ok(Exit::Clean)
        }
    }
}

fn init(path: PathBuf, user: bool) -> Result<Exit, CliError> {
    let path = if user {
        user_file().ok_or_else(|| {
            CliError::new("there is no folder for your config").help("set XDG_CONFIG_HOME or HOME to a folder")
        })?
    } else {
        path
    };
    config::init(&path).map_err(|error| {
        let help = match &error {
            InitError::There(_) => "name another file, or edit that one; `afterlab config show` tells what holds",
            InitError::Unwritable { .. } => "choose a file in a folder that you may write to",
        };
        CliError::new(error.to_string()).help(help)
    })?;
    print(&format!("wrote {}: take the # away from what you want to set\n", path.display()))?;
    Ok(Exit::Clean)
}

fn show(args: &ConfigArgs, format: Format, only_set: bool) -> Result<Exit, CliError> {
    let config = args.read()?;
    add_packs(config.scan.packs.as_deref())?;
    // What is wrong about rules and suppressions is said here, too.
    settings(&config)?;
    suppressions(&config)?;
    let mut all = config::show(&config, |name| std::env::var(name).ok());
    all.retain(|shown| !only_set || shown.from != config::Origin::Default);
    match format {
        Format::Table => print(&table(&config, &all))?,
        Format::Json => print(&json(&config, &all)?)?,
    }
    Ok(Exit::Clean)
}

fn table(config: &Config, all: &[Shown]) -> String {
    let mut text = String::new();
    for layer in &config.layers {
        let whose = if layer.of_user { "your own config" } else { "the project's config" };
        text.extend([whose, ": ", &printable(&layer.path.display().to_string()), "\n"]);
    }
    if config.layers.is_empty() {
        text.push_str("no config: `afterlab config init` begins one\n");
    }
    if all.is_empty() {
        return text + "nothing is set: the defaults hold, and `afterlab config show` lists them\n";
    }
    let mut table = grid::table(width());
    table.set_header(["Setting", "Value", "From"]);
    for shown in all {
        let value = shown.value.as_deref().map_or_else(|| "(no limit)".to_owned(), printable);
        table.add_row([printable(&shown.key), value, printable(&shown.from.to_string())]);
    }
    format!("{text}{table}\n")
}

fn json(config: &Config, all: &[Shown]) -> Result<String, CliError> {
    let file = |of_user: bool| config.layers.iter().find(|layer| layer.of_user == of_user).map(|layer| &layer.path);
    let text = json!({"afterlab_config": 1, "user": file(true), "project": file(false), "settings": all});
    serde_json::to_string_pretty(&text).map(|text| text + "\n").map_err(|error| CliError::new(error.to_string()))
}
