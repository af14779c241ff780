//! The flags that select rules.

use clap::Args;

use super::CliError;
use crate::rule::{self, Kind, Rule, Selection, Severity};

/// Which rules to run
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which rules")]
pub(super) struct SelectArgs {
    /// Rules by glob ('s3-*'); with a leading ! to leave out. Repeat it or separate by commas. Rules that are opt-in run
    /// only by their exact name
    #[arg(long = "rule", value_name = "GLOB", value_delimiter = ',')]
    rules: Vec<String>,

    /// Only rules of this kind
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,

    /// Only rules of this severity and above
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<Severity>,
}

impl SelectArgs {
    /// What the flags ask for.
    pub(super) fn selection(&self) -> Selection {
        Selection { globs: self.rules.clone(), kinds: self.kind.clone(), min_severity: self.severity }
    }

    /// The selected rules.
    pub(super) fn rules(&self) -> Result<Vec<&'static Rule>, CliError> {
        rule::select(&self.selection())
            .map_err(|error| CliError::new(error.to_string()).help("`afterlab rules list` shows all rules"))
    }
}
