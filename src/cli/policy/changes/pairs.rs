//! The files that differ between a revision and the work tree, as pairs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::links::Reached;
use super::module::When;
use super::scope::Scope;
use super::tree::Mode;
use super::{Change, Changes};
use crate::cli::CliError;
use crate::policy::input::walk;

/// A file as it was and as it is.
#[derive(Debug)]
pub(in super::super) struct FilePair {
    /// Its name for people.
    pub(in super::super) name: String,
    /// The name that it had, if that was another one.
    pub(in super::super) was: Option<String>,
    /// What it was; `None` when it was not there.
    pub(in super::super) before: Option<Version>,
    /// What it is; `None` when it is not there any more.
    pub(in super::super) after: Option<Version>,
}

/// What a file holds, or where that can be read.
#[derive(Debug)]
pub(in super::super) struct Version {
    /// The path that tells what sort of file it is.
    pub(in super::super) path: PathBuf,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// A file of the work tree, below its root.
    Disk(PathBuf),
    /// An object of git.
    Object(String),
}

/// What differs of the paths that a user named.
#[derive(Debug, Default)]
pub(in super::super) struct FilePairs {
    /// The files that could hold policies.
    pub(in super::super) files: Vec<FilePair>,
    /// What could not be compared.
    pub(in super::super) problems: Vec<String>,
}

impl Changes {
    /// The files at and below some paths that differ.
    pub(in super::super) fn pairs(&self, typed: &[String]) -> FilePairs {
        let mut pairs = FilePairs::default();
        let reached = Reached::of(self);
        let is_there = |path: &Path| self.now.has(path) || self.before.has(path);
        let mut scopes = Vec::new();
        for typed in typed {
            match Scope::of(typed, &self.git.root, is_there) {
                Ok(scope) => scopes.push(scope),
                Err(why) => pairs.problems.push(format!("{typed} {why}")),
            }
        }
        pairs.problems.extend(scopes.iter().filter_map(|scope| self.why_nothing(scope, &reached)));
        let scopes = Scopes(scopes);
        let could = |path: &Path| walk::could_hold_policy(path) || scopes.name(path);
        let by_link = reached.same.iter().filter(|(path, _)| scopes.take(path) && could(path));
        let by_link: BTreeSet<&Path> = by_link.map(|(_, file)| file.as_path()).collect();
        for (path, change) in &self.changed {
            let names = || std::iter::once(path).chain(&change.was);
            let is_named = names().any(|path| scopes.name(path) || by_link.contains(path.as_path()));
            if is_named || names().any(|path| scopes.take(path)) {
                self.add(path, change, is_named, &mut pairs);
            }
        }
        let modules = self.in_changed_modules().filter(|(path, _)| scopes.take(path));
        pairs.files.extend(modules.map(|(_, pair)| pair));
        for moved in reached.moved.into_iter().filter(|moved| scopes.take(&moved.path) && could(&moved.path)) {
            let old = |path: PathBuf| Some(Version::of_object(&path, self.before.entries.get(&path)?.1.clone()));
            let new = |file: PathBuf| Version::on_disk(&moved.path, &file);
            let (before, after) = (moved.before.and_then(old), moved.after.map(new));
            pairs.files.push(FilePair { name: self.names.name(&moved.path), was: None, before, after });
        }
        let unknown = reached.unknown.iter().filter(|(path, _)| scopes.take(path));
        pairs.problems.extend(unknown.map(|(path, why)| format!("{} {why}", self.names.name(path))));
        pairs
    }

    fn add(&self, path: &Path, change: &Change, is_named: bool, pairs: &mut FilePairs) {
        let modes = [change.before.as_ref().map(|(mode, _)| *mode), change.after.as_ref().map(|(mode, _)| *mode)];
        if modes.contains(&Some(Mode::Submodule)) {
            let commit = change.before.as_ref().map_or("", |(_, commit)| commit.get(..12).unwrap_or(commit));
            let commit = if commit.is_empty() { String::new() } else { format!(" with `--git {commit}`") };
            let name = self.names.name(path);
            pairs.problems.push(format!("{name} is a submodule that changed: not looked into; run this in it{commit}"));
        }
        let could = std::iter::once(path).chain(change.was.as_deref()).any(walk::could_hold_policy);
        // Where links lead is another matter.
        if modes.contains(&Some(Mode::Link)) || !(could || is_named) {
            return;
        }
        let was = change.was.as_deref().unwrap_or(path);
        let before = change.before.as_ref().filter(|(mode, _)| *mode == Mode::File);
        let is_there = modes[1] == Some(Mode::File);
        pairs.files.push(FilePair {
            name: self.names.name(path),
            was: change.was.as_deref().map(|was| self.names.name(was)),
            before: before.map(|(_, object)| Version::of_object(was, object.clone())),
            after: is_there.then(|| self.version(path, When::Now)),
        });
    }

    /// Why a path that was typed is about no file of the repository; `None` when it is about one.
    fn why_nothing(&self, scope: &Scope, reached: &Reached) -> Option<String> {
        let typed = &scope.typed;
        if let Some(module) = scope.path().and_then(|path| self.now.submodule_of(path).filter(|own| own != path)) {
            return Some(format!("{typed} is in the submodule {}: run this in it", self.names.name(&module)));
        }
        let known = self.now.entries.keys().chain(self.before.entries.keys());
        let by_link = reached.same.iter().map(|(path, _)| path).chain(reached.moved.iter().map(|moved| &moved.path));
        if scope.path() == Some(Path::new("")) || known.chain(by_link).any(|path| scope.takes(path)) {
            return None;
        }
        Some(match scope.path() {
            None => format!("{typed} matches no file, neither in the work tree nor at {}", self.revision),
            Some(path) if self.git.root.join(path).symlink_metadata().is_ok() => {
                format!(
                    "{typed} holds no file that git keeps, so that it is not known what it was at {}",
                    self.revision
                )
            }
            Some(_) => format!("{typed} is neither in the work tree nor at {}", self.revision),
        })
    }

    /// What a version holds.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(in super::super) fn read(&self, version: &Version) -> Result<Vec<u8>, CliError> {
        match &version.place {
            Place::Object(object) => self.git.blob(object),
            Place::Disk(path) => std::fs::File::open(self.git.root.join(path))
                .and_then(crate::cli::policy::read_bounded)
                .map_err(|error| CliError::new(format!("cannot be read: {error}"))),
        }
    }
}

impl Version {
    /// A file of the work tree, below its root.
    pub(super) fn on_disk(path: &Path, file: &Path) -> Self {
        Self { path: path.to_owned(), place: Place::Disk(file.to_owned()) }
    }

    pub(super) fn of_object(path: &Path, object: String) -> Self {
        Self { path: path.to_owned(), place: Place::Object(object) }
    }
}

/// The paths that a user named.
struct Scopes(Vec<Scope>);

impl Scopes {
    fn take(&self, path: &Path) -> bool {
        self.0.iter().any(|scope| scope.takes(path))
    }

    fn name(&self, path: &Path) -> bool {
        self.0.iter().any(|scope| scope.names(path))
    }
}
