//! `afterlab policy check-guardrails`: promises about what policies may grant.

use std::path::{Path, PathBuf};

use clap::Parser;
use globset::Glob;

use super::GrantArgs;
use super::subject::{Subject, Subjects, tell};
use crate::cli::output::print;
use crate::cli::{CliError, Exit};
use crate::policy::guardrail::{Guardrail, built_in};
use crate::report::grants::{About, Check, GrantReport, History};
use crate::text::closest;

/// Say whether policies keep promises, such as that none lets anyone change IAM
///
/// A guardrail is a file of TOML: `never` lists access that no policy may grant, `only` what policies may grant at most of
/// some actions.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy check-guardrails --list                          those that come with afterlab
  afterlab policy check-guardrails policies/ --guardrail no-iam-write,no-log-tampering
  afterlab policy check-guardrails policies/ --guardrails ours/    every one of a folder

Exit codes: 0 all are kept, 1 one is not, 2 it cannot be told, or something could not be read")]
pub(in super::super) struct Args {
    /// Files, folders, globs; - for standard input
    #[arg(required_unless_present = "list", value_name = "PATH")]
    paths: Vec<String>,

    /// Guardrails by name or glob; of those that come with afterlab, or of the folder
    #[arg(long = "guardrail", value_name = "NAME", value_delimiter = ',', required_unless_present_any = ["folder", "list"])]
    names: Vec<String>,

    /// A folder of guardrails (`*.toml`) in the place of those that come with afterlab
    #[arg(long = "guardrails", value_name = "FOLDER")]
    folder: Option<PathBuf>,

    /// List the guardrails
    #[arg(long)]
    list: bool,

    #[command(flatten)]
    grants: GrantArgs,
}

pub(in super::super) fn run(args: &Args) -> Result<Exit, CliError> {
    let all = match &args.folder {
        Some(folder) => read_folder(folder)?,
        None => built_in().to_vec(),
    };
    let chosen = choose(&all, &args.names)?;
    if args.list {
        return list(&chosen).map(|()| Exit::Clean);
    }
    let read = Subjects::read(&args.paths, args.grants.kind);
    let judge = |subject: &Subject| {
        let part = |guardrail: &&Guardrail| {
            let about = About::Guardrail { id: guardrail.id.clone(), title: guardrail.title.clone() };
            subject
                .part(about, |document| guardrail.tell(document, subject.kind, |question| tell(question, subject.kind)))
        };
        subject.judged(History::None, chosen.iter().map(part).collect())
    };
    let report = GrantReport {
        check: Check::Guardrails,
        policies: read.policies.iter().map(judge).collect(),
        problems: read.problems,
    };
    args.grants.report.finish(report)
}

/// The guardrails of a folder, sorted by name.
fn read_folder(folder: &Path) -> Result<Vec<Guardrail>, CliError> {
    let unreadable = |error: std::io::Error| CliError::new(format!("{} cannot be read: {error}", folder.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(CliError::new(format!("{} holds no guardrail", folder.display())).help(
            "a guardrail is a file NAME.toml; `afterlab policy check-guardrails --list` shows those of afterlab",
        ));
    }
    let read = |path: &PathBuf| {
        let text = super::super::read_text(path)?;
        let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Guardrail::parse(&id, &text)
            .map_err(|error| CliError::new(format!("{} is no guardrail: {error}", path.display())))
    };
    paths.iter().map(read).collect()
}

/// Those that are asked for; all when none is.
fn choose<'g>(all: &'g [Guardrail], names: &[String]) -> Result<Vec<&'g Guardrail>, CliError> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let mut chosen: Vec<&Guardrail> = Vec::new();
    for name in names {
        let glob = Glob::new(name).map_err(|error| CliError::new(format!("{name:?} is no glob: {error}")))?;
        let glob = glob.compile_matcher();
        let found: Vec<_> = all.iter().filter(|own| glob.is_match(&own.id)).collect();
        if found.is_empty() {
            let error = CliError::new(format!("there is no guardrail {name:?}"));
            return Err(error.help(match closest(name, all.iter().map(|own| own.id.as_str())) {
                Some(closest) => format!("did you mean {closest}?"),
                None => "`afterlab policy check-guardrails --list` shows all of them".to_owned(),
            }));
        }
        chosen.extend(found);
    }
    chosen.sort_by(|a, b| a.id.cmp(&b.id));
    chosen.dedup_by(|a, b| a.id == b.id);
    Ok(chosen)
}

fn list(guardrails: &[&Guardrail]) -> Result<(), CliError> {
    let width = guardrails.iter().map(|own| own.id.chars().count()).max().unwrap_or_default();
    let line = |own: &&Guardrail| format!("{:width$}  {}\n", own.id, own.title);
    print(&guardrails.iter().map(line).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::semantics::Answer;

    #[test]
    fn guardrails_are_chosen_by_name_and_glob() {
        let ids = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            choose(built_in(), &names).map(|chosen| chosen.iter().map(|own| own.id.clone()).collect::<Vec<_>>())
        };
        assert_eq!(ids(&["no-iam-write", "no-iam-*"]).expect("one"), ["no-iam-write"]);
        assert_eq!(ids(&[]).expect("all").len(), built_in().len());
        assert!(ids(&["no-iam-wrote"]).is_err());
        assert!(ids(&["["]).is_err());
    }

    #[test]
    fn an_answer_of_several_questions_is_the_worst() {
        let guardrail = built_in().iter().find(|own| own.id == "no-iam-write").expect("it");
        let policy = serde_json::json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
        let policy = crate::policy::Document::from_value(&policy).expect("a policy");
        let kind = crate::policy::PolicyKind::Identity;
        let answer = guardrail.tell(&policy, kind, |question| tell(question, kind));
        assert!(matches!(answer, Answer::Fail(told) if !told.is_empty()));
    }
}
