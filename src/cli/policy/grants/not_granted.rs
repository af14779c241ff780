//! `afterlab policy check-access-not-granted`.

use clap::Parser;

use super::GrantArgs;
use super::subject::{Subjects, tell};
use crate::cli::policy::access::closest_action;
use crate::cli::{CliError, Exit};
use crate::policy::catalogue::Catalogue;
use crate::policy::semantics::{Access, Question};
use crate::report::grants::{About, Check, GrantReport, History};

/// Say whether policies allow any of the actions on any of the resources
///
/// As IAM Access Analyzer's `CheckAccessNotGranted`, offline. Without --resource, it is about any resource; without
/// --action, about any action.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy check-access-not-granted p.json --action 's3:Delete*'
  afterlab policy check-access-not-granted p.json --resource 'arn:aws:s3:::prod-*'
  afterlab policy check-access-not-granted policies/ --action 'iam:*' --action sts:AssumeRole

Exit codes: 0 none does, 1 one does, 2 it cannot be told, or something could not be read")]
pub(in super::super) struct Args {
    /// Files, folders, globs; - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,

    /// An action, also with wildcards
    #[arg(long = "action", value_name = "ACTION", value_delimiter = ',', value_parser = action, required_unless_present = "resources")]
    actions: Vec<String>,

    /// A resource, also with wildcards
    #[arg(long = "resource", value_name = "ARN", value_parser = resource)]
    resources: Vec<String>,

    #[command(flatten)]
    grants: GrantArgs,
}

pub(in super::super) fn run(args: &Args) -> Result<Exit, CliError> {
    args.check_actions()?;
    let access = Access { actions: args.actions.clone(), resources: args.resources.clone() };
    let read = Subjects::read(&args.paths, args.grants.kind);
    let judge = |subject: &super::subject::Subject| {
        let part =
            subject.part(About::Listed, |document| tell(&Question::granted(document, access.clone()), subject.kind));
        subject.judged(History::None, vec![part])
    };
    let report = GrantReport {
        check: Check::AccessNotGranted,
        policies: read.policies.iter().map(judge).collect(),
        problems: read.problems,
    };
    args.grants.report.finish(report)
}

impl Args {
    /// A slip of the keys would let everything pass.
    fn check_actions(&self) -> Result<(), CliError> {
        let catalogue = Catalogue::embedded();
        let Some(unknown) = self.actions.iter().find(|action| catalogue.matching(action).next().is_none()) else {
            return Ok(());
        };
        let error = CliError::new(format!("{unknown} matches no action that IAM had on {}", catalogue.date()));
        Err(error.help(match closest_action(unknown) {
            Some(name) => format!("did you mean {name}?"),
            None => "`afterlab policy actions PATTERN` lists what a pattern matches".to_owned(),
        }))
    }
}

fn action(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() => Ok(text.to_owned()),
        _ if text == "*" => Ok(text.to_owned()),
        _ => Err("an action looks like s3:GetObject or s3:Delete*".to_owned()),
    }
}

fn resource(text: &str) -> Result<String, String> {
    if text == "*" || (text.starts_with("arn:") && text.split(':').count() >= 6) {
        return Ok(text.to_owned());
    }
    Err("a resource is an ARN such as arn:aws:s3:::prod-*, or *".to_owned())
}
