//! What changed since a revision, by the git command: so that a pull request answers only for itself.

mod git;
mod links;
mod module;
mod pairs;
mod scope;
mod tree;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub(super) use module::When;
pub(super) use pairs::Version;

use crate::cli::{CliError, output};
use crate::policy::input::ModuleFile;
use git::Git;
use scope::Names;
use tree::{Mode, Tree};

/// The changes of a work tree since a revision.
#[derive(Debug)]
pub(super) struct Changes {
    git: Git,
    /// The revision, as the user called it.
    revision: String,
    /// Its commit.
    base: String,
    names: Names,
    /// What the revision has.
    before: Tree,
    /// What the work tree has, of what git knows or would add.
    now: Tree,
    /// What differs, by the path that it has, or had.
    changed: BTreeMap<PathBuf, Change>,
    /// The files of Terraform modules that were read, by their folder.
    modules: Mutex<Modules>,
}

/// The files of modules, by time and folder.
type Modules = BTreeMap<(When, PathBuf), Arc<[ModuleFile]>>;

/// How a path differs.
#[derive(Clone, Debug, Default)]
struct Change {
    /// What it was, and the object that holds it.
    before: Option<(Mode, String)>,
    /// What it is, and the object that holds it unless that is only in the work tree.
    after: Option<(Mode, Option<String>)>,
    /// The path that it had.
    was: Option<PathBuf>,
}

impl Changes {
    /// Asks git what differs from a revision: in commits, in the index, in the work tree, and new files.
    pub(super) fn since(revision: &str) -> Result<Self, CliError> {
        let git = Git::here()?;
        let base = git.commit(revision)?;
        let mut changed = differences(&git, &base)?;
        let (new, repositories) = tree::untracked(&git)?;
        let mut now = Tree::of_index(&git)?;
        for path in new {
            let is_link = git.root.join(&path).is_symlink();
            let mode = if is_link { Mode::Link } else { Mode::File };
            changed.entry(path.clone()).or_default().after = Some((mode, None));
            now.entries.insert(path, (mode, String::new()));
        }
        for (path, change) in &changed {
            match &change.after {
                Some((mode, object)) => {
                    drop(now.entries.insert(path.clone(), (*mode, object.clone().unwrap_or_default())));
                }
                None => drop(now.entries.remove(path)),
            }
        }
        let names = Names::new(&git.root);
        for folder in repositories {
            output::mention(&format!("{} is a repository of its own: not looked into", names.name(&folder)));
        }
        let before = Tree::at(&git, &base)?;
        Ok(Self { revision: revision.to_owned(), names, before, now, changed, base, git, modules: Mutex::default() })
    }

    /// A file's path below the root of the work tree, if it has changed.
    pub(super) fn changed(&self, path: &Path) -> Option<PathBuf> {
        let below = path.canonicalize().ok()?.strip_prefix(&self.git.root).ok()?.to_owned();
        self.changed.get(&below).is_some_and(|change| change.after.is_some()).then_some(below)
    }

    /// What the file was at the base; `None` when it was not there.
    pub(super) fn before(&self, below: &Path) -> Option<Vec<u8>> {
        let (_, object) = self.before.entries.get(below)?;
        self.git.blob(object).ok()
    }

    /// The lines of a file, from 1, that differ from the base; `None` when all of them are new.
    pub(super) fn lines(&self, below: &Path) -> Result<Option<Vec<RangeInclusive<usize>>>, CliError> {
        if self.before.mode(below).is_none() {
            return Ok(None);
        }
        let options = ["diff", "-U0", "--no-color", "--no-ext-diff", "--no-renames", "--no-relative", &self.base];
        let diff = self.git.run_on(&options, below)?;
        Ok(Some(String::from_utf8_lossy(&diff).lines().filter_map(hunk).collect()))
    }
}

/// What git tells apart between a commit and the work tree, of what it knows.
fn differences(git: &Git, base: &str) -> Result<BTreeMap<PathBuf, Change>, CliError> {
    let options = [
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--find-renames",
        "--no-ext-diff",
        "--no-relative",
        "--ignore-submodules=none",
        base,
        "--",
    ];
    let listed = git.run(&options)?;
    let mut parts = git::parts(&listed);
    let mut changed = BTreeMap::new();
    while let Some(head) = parts.next() {
        // `:100644 100755 3a11… 0000… M`, then the path, of a rename also the new one.
        let head = String::from_utf8_lossy(head).into_owned();
        let columns: Vec<&str> = head.split(' ').collect();
        let (Some(path), [old_mode, new_mode, old, new, status]) = (parts.next(), columns.as_slice()) else {
            return Err(CliError::new("git's list of changes has an unknown form")
                .help("tell the maintainers, with the version of git"));
        };
        let path = git::path(path);
        let in_object = |object: &str| object.bytes().any(|digit| digit != b'0').then(|| object.to_owned());
        let before = Mode::parse(old_mode).map(|mode| (mode, (*old).to_owned()));
        let after = Mode::parse(new_mode).map(|mode| (mode, in_object(new)));
        if !status.starts_with(['R', 'C']) {
            // What is not merged is listed twice, and first without a mode.
            let own: &mut Change = changed.entry(path).or_default();
            (own.before, own.after) = (before.or(own.before.take()), after.or(own.after.take()));
            continue;
        }
        let now = parts.next().map(git::path).unwrap_or_default();
        if matches!(before, Some((Mode::File, _))) {
            changed.insert(now, Change { before, after, was: Some(path) });
        } else {
            // A link that got another name may lead elsewhere from there.
            changed.entry(path).or_default().before = before;
            changed.entry(now).or_default().after = after;
        }
    }
    Ok(changed)
}

/// The lines that a hunk adds: `@@ -3,0 +4,2 @@` adds 4 and 5.
fn hunk(line: &str) -> Option<RangeInclusive<usize>> {
    let added = line.strip_prefix("@@ ")?.split(' ').find_map(|part| part.strip_prefix('+'))?;
    let (start, count) = added.split_once(',').unwrap_or((added, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    (count > 0).then(|| start..=start + count - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_say_which_lines_are_new() {
        assert_eq!(hunk("@@ -3,0 +4,2 @@ fn x"), Some(4..=5));
        assert_eq!(hunk("@@ -3 +3 @@"), Some(3..=3));
        assert_eq!(hunk("@@ -3,2 +2,0 @@"), None);
        assert_eq!(hunk("+++ b/x"), None);
    }
}
