//! The flags that say which config is read, and `afterlab config`.

mod command;

use std::path::{Path, PathBuf};

use clap::Args;

pub(super) use command::{Args as CommandArgs, run};

use super::{CliError, links};
use crate::config::{Config, ConfigError, discover, user_file, variable};
use crate::finding::Suppression;
use crate::rule::Settings;

/// Which config
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which config")]
pub(super) struct ConfigArgs {
    /// Read this config instead of the nearest afterlab.toml
    #[arg(long, value_name = "FILE", env = variable::CONFIG, hide_env_values = true)]
    config: Option<PathBuf>,

    /// Read no config: neither a project's nor your own
    #[arg(long)]
    no_config: bool,
}

impl ConfigArgs {
    /// What the files say together; the defaults where there is none.
    pub(super) fn read(&self) -> Result<Config, CliError> {
        if self.no_config {
            return Ok(Config::default());
        }
        let user = user_file().filter(|path| path.is_file());
        let config = Config::read(user.as_deref(), self.project().as_deref()).map_err(refused)?;
        links::lead_notes_to(config.scan.notes_url.as_deref());
        Ok(config)
    }

    /// The project's file: the one that is asked for, or the nearest.
    pub(super) fn project(&self) -> Option<PathBuf> {
        let nearest = || {
            let folder = std::env::current_dir().ok()?;
            let path = discover(&folder)?;
            // Short for people, and reports do not tell whose folder it is.
            Some(path.strip_prefix(&folder).map(Path::to_path_buf).unwrap_or(path))
        };
        self.config.clone().or_else(nearest)
    }
}

/// What the files say of rules; packs must have been added before.
pub(super) fn settings(config: &Config) -> Result<Settings, CliError> {
    config.settings().map_err(refused)
}

/// What the files accept; packs must have been added before.
pub(super) fn suppressions(config: &Config) -> Result<Vec<Suppression>, CliError> {
    config.suppressions().map_err(refused)
}

#[allow(clippy::needless_pass_by_value, reason = "it ends an error's way")]
fn refused(error: ConfigError) -> CliError {
    CliError::new(error.to_string()).help("`afterlab config schema` has the form; --no-config does without")
}
