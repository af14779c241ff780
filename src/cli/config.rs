//! The flags that say which config is read.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::config::{Config, discover};

/// Which config
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Which config")]
pub(super) struct ConfigArgs {
    /// Read this config instead of the nearest afterlab.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Read no config
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

impl ConfigArgs {
    /// The config that is asked for, or the nearest; the defaults where there is none.
    pub(super) fn read(&self) -> Result<Config, CliError> {
        let nearest = || std::env::current_dir().ok().and_then(|folder| discover(&folder));
        let path = if self.no_config { None } else { self.config.clone().or_else(nearest) };
        let Some(path) = path else { return Ok(Config::default()) };
        Config::read(&path).map_err(|error| CliError::new(error.to_string()))
    }
}
