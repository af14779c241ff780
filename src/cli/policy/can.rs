//! `afterlab policy can` and `afterlab policy who`: who may do what in an account, and why.

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

use super::access::{PolicyFile, QuestionArgs};
use crate::access::{self, AccountView, Answer, Question};
use crate::cli::output::print;
use crate::cli::source::SourceArgs;
use crate::cli::{CliError, Exit};
use crate::pack::registry;
use crate::policy::eval::{Caller, Verdict};
use crate::report::access::{answer_table, answers_json, answers_table};
use crate::rule::{Need, NeedSet};

/// Say whether a principal may do something, and by which statements
///
/// Follows IAM's evaluation logic over the principal's policies, those of its groups, its permissions boundary, the
/// resource's policy where it was read, and what else is given. What a condition asks for and is not given with --context
/// leaves the answer open.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy can --demo --principal user/ben --action s3:ListAllMyBuckets --resource '*'
  afterlab policy can --snapshot lab.json --principal user/ann --action iam:PassRole --resource '*'
  afterlab policy can --demo --principal ben --action sqs:ListQueues --resource '*' --scp scp.json
  afterlab policy can --policy p.json --action s3:GetObject --resource arn:aws:s3:::lab/a

Exit codes: 0 allowed, 1 denied, 2 unknown")]
pub(super) struct CanArgs {
    /// Who: role/lab, user/ann, an ARN, a service (lambda.amazonaws.com), or * for requests without a signature
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "policy")]
    principal: Option<String>,

    /// Ask this policy alone, of no account
    #[arg(long, value_name = "FILE", conflicts_with_all = ALL_BUT_ONE)]
    policy: Option<PathBuf>,

    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    #[command(flatten)]
    question: QuestionArgs,

    #[command(flatten)]
    source: SourceArgs,
}

/// Say which users and roles may do something
///
/// As `policy can`, for every user and role of the account.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy who --demo --action iam:PassRole --resource '*'
  afterlab policy who --snapshot lab.json --action s3:DeleteObject --resource 'arn:aws:s3:::prod-*'

Exit codes: 0 everybody was judged, 2 about somebody nothing can be said (unless --allow-gaps)")]
pub(super) struct WhoArgs {
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Do not exit with 2 because something is not known
    #[arg(long)]
    allow_gaps: bool,

    #[command(flatten)]
    question: QuestionArgs,

    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Flags that only an account gives a meaning.
const ALL_BUT_ONE: [&str; 10] = [
    "resource_policy",
    "resource_account",
    "session",
    "scps",
    "rcps",
    "demo",
    "snapshot",
    "profile",
    "endpoint_url",
    "role_arn",
];
/// Whose a policy is taken to be that names nobody.
const MADE_UP: &str = "arn:aws:iam::111122223333:role/example";

pub(super) fn can(args: &CanArgs) -> Result<Exit, CliError> {
    args.question.warn_of_unknown_action();
    let answer = match &args.policy {
        Some(path) => ask_policy(path, args.principal.as_deref(), &args.question.question())?,
        None => ask_account(args)?,
    };
    let question = args.question.question();
    show(std::slice::from_ref(&answer), &args.question, args.format, |_| answer_table(&answer, &question))?;
    Ok(match answer.decision.verdict {
        Verdict::Allowed => Exit::Clean,
        Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => Exit::Findings,
        Verdict::Unknown(_) => Exit::Failed,
    })
}

fn ask_account(args: &CanArgs) -> Result<Answer, CliError> {
    let files = args.question.files()?;
    let source = args.source.read_needs(needs(&args.question))?;
    let account = AccountView::of(&source.inventory);
    let (question, given) = (args.question.question(), files.given());
    let name = args.principal.as_deref().unwrap_or_default();
    match account.find(name) {
        Ok(holder) => Ok(access::ask(&account, holder, &question, &given)),
        Err(unknown) => Caller::parse(name)
            .ok()
            .and_then(|caller| access::ask_outsider(&account, &caller, &question, &given))
            .ok_or_else(|| super::access::no_such_principal(&account, unknown)),
    }
}

fn ask_policy(path: &Path, principal: Option<&str>, question: &Question) -> Result<Answer, CliError> {
    let policy = PolicyFile::read(path)?;
    let principal = match principal {
        Some(name) => name,
        None if policy.names_principals() => {
            return Err(CliError::new(format!("{} says who may, so --principal must say who asks", path.display()))
                .help("an ARN, an account, a service, or * for requests without a signature"));
        }
        None => MADE_UP,
    };
    let caller = Caller::parse(principal).map_err(|error| {
        CliError::new(error.to_string()).help("no account is read, so that a user or a role is named by its ARN")
    })?;
    Ok(access::ask_policy(&policy.named(), &caller, question))
}

pub(super) fn who(args: &WhoArgs) -> Result<Exit, CliError> {
    args.question.warn_of_unknown_action();
    let files = args.question.files()?;
    let source = args.source.read_needs(needs(&args.question))?;
    let account = AccountView::of(&source.inventory);
    let (question, given) = (args.question.question(), files.given());
    let answers = access::who(&account, &question, &given);
    let unread = account.unread_lists();
    show(&answers, &args.question, args.format, |answers| answers_table(answers, &question, &unread))?;
    let is_open = !unread.is_empty() || answers.iter().any(|own| matches!(own.decision.verdict, Verdict::Unknown(_)));
    Ok(if is_open && !args.allow_gaps { Exit::Failed } else { Exit::Clean })
}

/// What must be read for a question.
fn needs(question: &QuestionArgs) -> NeedSet {
    let functions =
        registry::types().filter(|kind| kind.name == "AWS::Lambda::Function" && question.is_about_functions());
    let bucket = question.is_about_s3().then_some(Need::BucketPolicy);
    [Need::IamPrincipals, Need::IamAwsPolicies]
        .into_iter()
        .chain(bucket)
        .chain(functions.map(Need::Resources))
        .collect()
}

fn show(
    answers: &[Answer],
    question: &QuestionArgs,
    format: Format,
    table: impl Fn(&[Answer]) -> String,
) -> Result<(), CliError> {
    match format {
        Format::Table => print(&table(answers)),
        Format::Json => {
            let json = answers_json(answers, &question.question());
            print(&(serde_json::to_string_pretty(&json).map_err(|error| CliError::new(error.to_string()))? + "\n"))
        }
    }
}
