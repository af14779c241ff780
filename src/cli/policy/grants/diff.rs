//! `afterlab policy diff`: what a change of policies means.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::pairs::{Pair, pair, read_one, without_moved};
use super::subject::Subjects;
use super::{GrantArgs, standard_input_once};
use crate::cli::policy::changes::{Changes, Version, When};
use crate::cli::{CliError, Exit};
use crate::policy::PolicyKind;
use crate::policy::input::{ModuleFile, is_configuration, is_of_module, read_in_module, walk};
use crate::report::grants::{Check, GrantReport, title};

/// Say what a change of policies newly allows, and what it no longer allows
///
/// Each sentence comes with a request that shows it. Between two files, two folders, or a git revision and the work tree.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy diff old.json new.json
  afterlab policy diff --git origin/main                 every policy that this branch changes
  afterlab policy diff --git main policies/ --format markdown

Exit codes: 0 nothing new is allowed, 1 something is, 2 it cannot be told, or something could not be read")]
pub(in super::super) struct Args {
    /// The policy before and the policy after; with --git, files, folders and globs (without any: this folder)
    #[arg(value_name = "PATH", required_unless_present = "git")]
    paths: Vec<String>,

    /// Compare with what the files were at a git revision
    #[arg(long, value_name = "REVISION")]
    git: Option<String>,

    #[command(flatten)]
    grants: GrantArgs,
}

/// What is compared.
#[derive(Default)]
struct Compared {
    pairs: Vec<Pair>,
    problems: Vec<String>,
    /// The names that files had, by those that they have.
    renamed: BTreeMap<String, String>,
}

pub(in super::super) fn run(args: &Args) -> Result<Exit, CliError> {
    let kind = args.grants.kind;
    let mut compared = match (&args.git, args.paths.as_slice()) {
        (Some(revision), paths) => Compared::since(revision, paths, kind)?,
        (None, [old, new]) => Compared::between(Path::new(old), Path::new(new), kind)?,
        (None, _) => {
            return Err(CliError::new("two files or folders are compared, the old and the new one")
                .help("`afterlab policy diff old.json new.json`, or `--git REVISION` for what changed since then"));
        }
    };
    without_moved(&mut compared.pairs);
    compared.pairs.retain(|pair| !pair.is_same());
    let mut policies: Vec<_> = compared.pairs.iter().filter_map(Pair::diff).collect();
    for policy in &mut policies {
        if let Some(file) = compared.renamed.get(&policy.file) {
            policy.was = Some(title(file, policy.was.as_ref().unwrap_or(&policy.name)));
        }
    }
    let report = GrantReport { check: Check::Changes, policies, problems: compared.problems };
    args.grants.report.finish(report)
}

impl Compared {
    fn add(&mut self, before: Subjects, after: Subjects) {
        let (pairs, problems) = pair(before, after);
        self.problems.extend(problems);
        self.pairs.extend(pairs);
    }

    /// Two files, or the files of two folders that have the same path below them.
    fn between(old: &Path, new: &Path, kind: Option<PolicyKind>) -> Result<Self, CliError> {
        let mut compared = Self::default();
        if !old.is_dir() && !new.is_dir() {
            standard_input_once(old, new)?;
            compared.add(read_one(old, kind)?, read_one(new, kind)?);
            return Ok(compared);
        }
        for (one, other) in [(old, new), (new, old)] {
            if one.is_dir() && (other.is_file() || other == Path::new("-")) {
                let error = CliError::new(format!("{} is a folder, and {} is not", one.display(), other.display()));
                return Err(error.help("compare two files, or two folders"));
            }
        }
        let (mut before, after) = (files_below(old, &mut compared.problems), files_below(new, &mut compared.problems));
        let mut modules = BTreeMap::new();
        let mut read = |path: Option<PathBuf>| {
            let mut subjects = Subjects::default();
            if let Some(path) = path {
                match module_on_disk(&path, &mut modules) {
                    Ok(module) => subjects.add_found(&path, kind, module),
                    Err(error) => subjects.miss(error.what),
                }
            }
            subjects
        };
        for (below, path) in after {
            compared.add(read(before.remove(&below)), read(Some(path)));
        }
        for path in before.into_values() {
            compared.add(read(Some(path)), Subjects::default());
        }
        if compared.pairs.is_empty() && compared.problems.is_empty() {
            compared.problems.push(format!("neither {} nor {} holds a policy", old.display(), new.display()));
        }
        Ok(compared)
    }

    /// The files of the work tree that differ from a revision, with those that it has and the work tree has not.
    fn since(revision: &str, paths: &[String], kind: Option<PolicyKind>) -> Result<Self, CliError> {
        let changes = Changes::since(revision)?;
        let here = [".".to_owned()];
        let found = changes.pairs(if paths.is_empty() { &here } else { paths });
        let mut compared = Self { problems: found.problems, ..Self::default() };
        for file in found.files {
            let old = file.was.as_deref().unwrap_or(&file.name);
            let before = subjects(&changes, file.before.as_ref(), When::Then, &format!("{old} at {revision}"), kind);
            let after = subjects(&changes, file.after.as_ref(), When::Now, &file.name, kind);
            compared.add(before, after);
            compared.renamed.extend(file.was.map(|was| (file.name, was)));
        }
        Ok(compared)
    }
}

/// The policies of a version of a file.
fn subjects(
    changes: &Changes,
    version: Option<&Version>,
    when: When,
    name: &str,
    kind: Option<PolicyKind>,
) -> Subjects {
    let mut subjects = Subjects::default();
    let Some(version) = version else { return subjects };
    match (changes.read(version), changes.module_of(version, when)) {
        (Ok(bytes), Ok(module)) => {
            subjects.add_read(name, &read_in_module(&version.path, &bytes, kind, &module), false);
        }
        (Err(error), _) => subjects.miss(format!("{name} {}", error.what)),
        (_, Err(error)) => subjects.miss(error.what),
    }
    subjects
}

/// The files of the Terraform module that a file is of, each module read once; nothing of what is no configuration.
fn module_on_disk<'m>(
    path: &Path,
    modules: &'m mut BTreeMap<PathBuf, Vec<ModuleFile>>,
) -> Result<&'m [ModuleFile], CliError> {
    let Some(folder) = path.parent().filter(|_| is_configuration(path)) else { return Ok(&[]) };
    if !modules.contains_key(folder) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
        let mut paths: Vec<PathBuf> = entries.filter(|path| is_of_module(path) && path.is_file()).collect();
        paths.sort();
        let read = |path: &PathBuf| Ok(ModuleFile::of(path, &crate::cli::policy::read(path)?));
        modules.insert(folder.to_owned(), paths.iter().map(read).collect::<Result<_, CliError>>()?);
    }
    Ok(modules.get(folder).map(Vec::as_slice).unwrap_or_default())
}

/// The files of a folder by their path below it.
fn files_below(folder: &Path, problems: &mut Vec<String>) -> BTreeMap<PathBuf, PathBuf> {
    let walked = walk::whole_folder(folder);
    problems.extend(walked.problems.into_iter().map(|(path, why)| format!("{path} {why}")));
    let below = |path: PathBuf| Some((path.strip_prefix(folder).ok()?.to_owned(), path));
    walked.files.into_iter().filter_map(|file| below(file.path)).collect()
}
