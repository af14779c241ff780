//! `afterlab policy check-no-public-access`.

use clap::Parser;

use super::ReportArgs;
use super::subject::{Subject, Subjects, tell};
use crate::cli::{CliError, Exit};
use crate::policy::PolicyKind;
use crate::policy::semantics::Question;
use crate::report::grants::{About, Check, GrantReport, History};

/// Say whether policies of resources let the public in
///
/// As IAM Access Analyzer's `CheckNoPublicAccess`, offline. Public is who is neither named nor bound by a condition to an
/// account, an organization, a network or a resource that is named without a wildcard. Policies that name no principals
/// (those of principals) let nobody in and are left out.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy check-no-public-access bucket.json --resource-type AWS::S3::Bucket
  afterlab policy check-no-public-access policies/

Exit codes: 0 none does, 1 one does, 2 it cannot be told, or something could not be read")]
pub(in super::super) struct Args {
    /// Files, folders, globs; - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,

    /// What the policies belong to: `AWS::S3::Bucket`, `AWS::KMS::Key`, `AWS::IAM::AssumeRolePolicyDocument` … Without it,
    /// the text and the file around it tell
    #[arg(long = "resource-type", value_name = "TYPE", value_parser = super::super::check::parse_kind)]
    kind: Option<PolicyKind>,

    #[command(flatten)]
    report: ReportArgs,
}

pub(in super::super) fn run(args: &Args) -> Result<Exit, CliError> {
    if let Some(kind) = args.kind.filter(|kind| !kind.is_resource()) {
        let error = CliError::new(format!("a {kind} belongs to no resource, so that it cannot let the public in"));
        return Err(
            error.help("name a resource type: AWS::S3::Bucket, AWS::KMS::Key, AWS::IAM::AssumeRolePolicyDocument …")
        );
    }
    let mut read = Subjects::read(&args.paths, args.kind);
    let all = read.policies.len();
    read.policies.retain(|subject| subject.kind.is_resource());
    if read.policies.is_empty() && all > 0 && read.problems.is_empty() {
        read.problems.push(format!(
            "no policy of a resource is here: what was left out ({}) names no principals and lets nobody in by itself; \
             --resource-type says what a policy belongs to",
            if all == 1 { "1 policy".to_owned() } else { format!("{all} policies") }
        ));
    }
    let judge = |subject: &Subject| {
        let part = subject.part(About::Public, |document| tell(&Question::public(document), subject.kind));
        subject.judged(History::None, vec![part])
    };
    let report = GrantReport {
        check: Check::NoPublicAccess,
        policies: read.policies.iter().map(judge).collect(),
        problems: read.problems,
    };
    args.report.finish(report)
}
