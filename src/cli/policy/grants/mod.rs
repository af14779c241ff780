//! The commands that decide what policies grant: alone, and against what they were.

pub(super) mod diff;
mod fits;
pub(super) mod guardrails;
pub(super) mod no_new_access;
pub(super) mod no_public;
pub(super) mod not_granted;
mod pairs;
mod subject;

use std::path::Path;

use clap::Args;

use crate::cli::output::print_with;
use crate::cli::{CliError, Exit};
use crate::policy::PolicyKind;
use crate::report::grants::{self, Check, Format, GrantReport, Outcome};

/// What all of them have
#[derive(Args, Clone, Debug)]
pub(super) struct GrantArgs {
    /// What sort of policy the documents are: identity, boundary, trust, scp, rcp, resource, or a resource type such as
    /// `AWS::S3::Bucket`. Without it, the text and the file around it tell
    #[arg(long = "type", value_name = "TYPE", value_parser = super::check::parse_kind)]
    kind: Option<PolicyKind>,

    #[command(flatten)]
    report: ReportArgs,
}

/// The form of the report
#[derive(Args, Clone, Debug)]
pub(super) struct ReportArgs {
    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl ReportArgs {
    /// Prints a report and says how to exit. Where nothing was judged, that is a gap.
    fn finish(&self, mut report: GrantReport) -> Result<Exit, CliError> {
        if report.check != Check::Changes && report.policies.is_empty() && report.problems.is_empty() {
            report
                .problems
                .push("no file holds a policy to judge; what git ignores in a folder is left out".to_owned());
        }
        print_with(|out| grants::write(&report, self.format, out))?;
        Ok(match report.outcome() {
            Outcome::Pass => Exit::Clean,
            Outcome::Fail => Exit::Findings,
            Outcome::Unknown => Exit::Failed,
        })
    }
}

/// Two files of which one at most is standard input, which can be read once.
fn standard_input_once(one: &Path, other: &Path) -> Result<(), CliError> {
    if one == other && one == Path::new("-") {
        return Err(
            CliError::new("standard input is named twice, and holds one text").help("write one of both into a file")
        );
    }
    Ok(())
}
