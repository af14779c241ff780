//! The flags that say which leftovers are no findings yet.

use clap::Args;
use jiff::SignedDuration;

use crate::config::{Config, DEFAULT_KEEP_TAG, grace, variable};
use crate::rule::LeftoverOptions;

/// Which leftovers to spare
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Leftovers")]
pub(super) struct LeftoverArgs {
    /// Spare what is younger than this (30m, 4h, 2d)
    #[arg(long, value_name = "TIME", value_parser = grace, env = variable::GRACE, hide_env_values = true)]
    grace: Option<SignedDuration>,

    /// Spare what has this tag; a date as its value (2026-12-31) is the last day. Repeat it or separate by commas [default:
    /// afterlab:keep]
    #[arg(long = "keep-tag", value_name = "KEY", value_delimiter = ',', env = variable::KEEP_TAG, hide_env_values = true)]
    keep_tags: Vec<String>,
}

impl LeftoverArgs {
    /// What the flags ask for, and where they say nothing, the config.
    pub(super) fn options(&self, config: &Config) -> LeftoverOptions {
        let own = (!self.keep_tags.is_empty()).then(|| self.keep_tags.clone());
        let keep_tags = own.or_else(|| config.scan.keep_tags.clone());
        LeftoverOptions {
            grace: self.grace.or(config.scan.grace).unwrap_or_default(),
            keep_tags: keep_tags.unwrap_or_else(|| vec![DEFAULT_KEEP_TAG.to_owned()]),
        }
    }
}
