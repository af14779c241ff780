//! The flags that select rules.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{CliError, config};
use crate::config::{Config, variable};
use crate::pack;
use crate::rule::framework::{self, Framework};
use crate::rule::{self, Kind, Rule, Selection, Severity};
use crate::text::closest;

/// Which rules to run
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which rules")]
pub(super) struct SelectArgs {
    /// Rules by glob ('s3-*'); with a leading ! to leave out. Repeat it or separate by commas. Rules that are opt-in run
    /// only by their exact name
    #[arg(long = "rule", value_name = "GLOB", value_delimiter = ',', env = variable::RULE, hide_env_values = true)]
    rules: Vec<String>,

    /// Only rules of this kind
    #[arg(long, value_name = "KIND", value_delimiter = ',', env = variable::KIND, hide_env_values = true)]
    kind: Vec<Kind>,

    /// Folder of packs of your own, whose rules run, too; `afterlab rules check FOLDER` tests them
    #[arg(long = "rules", value_name = "FOLDER", env = variable::PACKS, hide_env_values = true)]
    packs: Option<PathBuf>,

    /// Only rules of this severity and above
    #[arg(long, value_name = "SEVERITY", env = variable::SEVERITY, hide_env_values = true)]
    severity: Option<Severity>,

    /// Only rules of a framework's controls (cis-5.0, fsbp, course …); a scan tells what holds of each control
    #[arg(
        long,
        value_name = "FRAMEWORK",
        value_parser = framework,
        env = variable::FRAMEWORK,
        hide_env_values = true
    )]
    framework: Option<&'static Framework>,
}

fn framework(id: &str) -> Result<&'static Framework, String> {
    let known: Vec<&str> = framework::all().iter().map(|framework| framework.id.as_str()).collect();
    let meant = || closest(id, known.iter().copied()).map(|id| format!("did you mean {id}? ")).unwrap_or_default();
    framework::find(id).ok_or_else(|| format!("{}There are {}", meant(), known.join(", ")))
}

impl SelectArgs {
    /// The framework whose controls are to be told.
    pub(super) fn framework(&self, config: &Config) -> Option<&'static Framework> {
        // That the config's is there was seen when its settings were read.
        self.framework.or_else(|| framework::find(config.scan.framework.as_deref()?))
    }

    /// Whether the flags ask for something; a config may ask for more.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.kind.is_empty() && self.severity.is_none() && self.framework.is_none()
    }

    /// What the flags ask for, and where they say nothing, the config.
    fn selection(&self, config: &Config) -> Result<Selection, CliError> {
        let scan = &config.scan;
        Ok(Selection {
            globs: if self.rules.is_empty() { globs_of(config) } else { self.rules.clone() },
            kinds: if self.kind.is_empty() { scan.kind.clone().unwrap_or_default() } else { self.kind.clone() },
            min_severity: self.severity.or(scan.severity),
            framework: self.framework(config),
            settings: config::settings(config)?,
        })
    }

    /// The selected rules, as the config wants them.
    pub(super) fn rules(&self, config: &Config) -> Result<Vec<&'static Rule>, CliError> {
        add_packs(self.packs.as_deref().or(config.scan.packs.as_deref()))?;
        select(&self.selection(config)?)
    }

    /// All rules as the config wants them, also those that do not run.
    pub(super) fn all_rules(&self, config: &Config) -> Result<Vec<&'static Rule>, CliError> {
        add_packs(self.packs.as_deref().or(config.scan.packs.as_deref()))?;
        let settings = config::settings(config)?;
        Ok(rule::registry::all().map(|rule| settings.apply(rule)).collect())
    }
}

/// The rules about leftovers, by glob, as the config wants them. What else it limits scans to does not count: a script
/// that ends leftovers has the cheap ones, too.
pub(super) fn leftover_rules(
    globs: &[String],
    packs: Option<&Path>,
    config: &Config,
) -> Result<Vec<&'static Rule>, CliError> {
    add_packs(packs.or(config.scan.packs.as_deref()))?;
    select(&Selection {
        globs: if globs.is_empty() { globs_of(config) } else { globs.to_vec() },
        kinds: vec![Kind::Leftover],
        settings: config::settings(config)?,
        ..Selection::default()
    })
}

fn select(selection: &Selection) -> Result<Vec<&'static Rule>, CliError> {
    rule::select(selection)
        .map_err(|error| CliError::new(error.to_string()).help("`afterlab rules list` shows all rules"))
}

/// The globs over rules that a config has.
fn globs_of(config: &Config) -> Vec<String> {
    let left_out = config.scan.except.iter().flatten().map(|glob| format!("!{glob}"));
    config.scan.rules.iter().flatten().cloned().chain(left_out).collect()
}

/// Adds the user's packs to the rules.
pub(super) fn add_packs(folder: Option<&Path>) -> Result<(), CliError> {
    let Some(folder) = folder else { return Ok(()) };
    pack::registry::add(folder).map(|_| ()).map_err(|error| {
        CliError::new(format!("the packs cannot be used: {error}")).help("`afterlab rules check FOLDER` tests packs")
    })
}
