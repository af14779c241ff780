//! The flags that select rules.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
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
    #[arg(long = "rule", value_name = "GLOB", value_delimiter = ',')]
    rules: Vec<String>,

    /// Only rules of this kind
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,

    /// Folder of packs of your own, whose rules run, too; `afterlab rules check FOLDER` tests them
    #[arg(long = "rules", value_name = "FOLDER")]
    packs: Option<PathBuf>,

    /// Only rules of this severity and above
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<Severity>,

    /// Only rules of a framework's controls (cis-5.0, fsbp, course …); a scan tells what holds of each control
    #[arg(long, value_name = "FRAMEWORK", value_parser = framework)]
    framework: Option<&'static Framework>,
}

fn framework(id: &str) -> Result<&'static Framework, String> {
    let known: Vec<&str> = framework::all().iter().map(|framework| framework.id.as_str()).collect();
    let meant = || closest(id, known.iter().copied()).map(|id| format!("did you mean {id}? ")).unwrap_or_default();
    framework::find(id).ok_or_else(|| format!("{}There are {}", meant(), known.join(", ")))
}

impl SelectArgs {
    /// What selects the rules of one kind.
    pub(super) fn of_kind(rules: Vec<String>, kind: Kind, packs: Option<PathBuf>) -> Self {
        Self { rules, kind: vec![kind], packs, severity: None, framework: None }
    }

    /// Adds the user's packs to the rules.
    pub(super) fn add_packs(&self) -> Result<(), CliError> {
        let Some(folder) = &self.packs else { return Ok(()) };
        pack::registry::add(folder).map(|_| ()).map_err(|error| {
            CliError::new(format!("the packs cannot be used: {error}"))
                .help("`afterlab rules check FOLDER` tests packs")
        })
    }

    /// The framework whose controls are to be told.
    pub(super) fn framework(&self) -> Option<&'static Framework> {
        self.framework
    }

    /// What the flags ask for.
    pub(super) fn selection(&self) -> Selection {
        Selection {
            globs: self.rules.clone(),
            kinds: self.kind.clone(),
            min_severity: self.severity,
            framework: self.framework,
        }
    }

    /// The selected rules.
    pub(super) fn rules(&self) -> Result<Vec<&'static Rule>, CliError> {
        self.add_packs()?;
        rule::select(&self.selection())
            .map_err(|error| CliError::new(error.to_string()).help("`afterlab rules list` shows all rules"))
    }
}
