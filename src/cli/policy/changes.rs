//! What changed since a revision, by the git command: so that a pull request answers only for itself.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::CliError;

/// The changes of a work tree since a revision.
#[derive(Debug)]
pub(super) struct Changes {
    base: String,
    root: PathBuf,
    /// Paths below the root that differ from the base or are new.
    files: BTreeSet<PathBuf>,
    /// Paths below the root that only the base has.
    gone: BTreeSet<PathBuf>,
}

impl Changes {
    /// Asks git what differs from a revision: in commits, in the index, in the work tree, and new files.
    pub(super) fn since(base: &str) -> Result<Self, CliError> {
        let root = PathBuf::from(git(Path::new("."), &["rev-parse", "--show-toplevel"])?.trim_end());
        // A revision that begins with a dash would be an option.
        let revision = git(&root, &["rev-parse", "--verify", "--end-of-options", &format!("{base}^{{commit}}")])
            .map_err(|_| {
                CliError::new(format!("git knows no revision {base:?}"))
                    .help("fetch the revision first: `git fetch origin BRANCH`, or a deeper checkout")
            })?;
        let base = revision.trim_end().to_owned();
        let diff = |filter: &str| git(&root, &["diff", "--name-only", "-z", "--no-renames", filter, &base, "--"]);
        let new = git(&root, &["ls-files", "--others", "--exclude-standard", "-z"])?;
        let paths = |listed: &str| -> Vec<PathBuf> {
            listed.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect()
        };
        let files = paths(&diff("--diff-filter=d")?).into_iter().chain(paths(&new)).collect();
        let gone = paths(&diff("--diff-filter=D")?).into_iter().collect();
        Ok(Self { base, root, files, gone })
    }

    /// The files below some paths that only the base has, by their paths below the root.
    pub(super) fn gone(&self, paths: &[String]) -> Vec<PathBuf> {
        let whole = |path: &String| std::path::absolute(path).ok();
        let Ok(root) = self.root.canonicalize() else { return Vec::new() };
        let within: Vec<PathBuf> =
            paths.iter().filter_map(|path| Path::new(path).canonicalize().ok().or_else(|| whole(path))).collect();
        let is_within = |below: &&PathBuf| within.iter().any(|path| root.join(below).starts_with(path));
        self.gone.iter().filter(is_within).cloned().collect()
    }

    /// A file's name for people: its path from the current folder if it is below it, otherwise from the root.
    pub(super) fn name(&self, below: &Path) -> String {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        let whole = self.root.canonicalize().ok().map(|root| root.join(below));
        let name = here.zip(whole).and_then(|(here, whole)| whole.strip_prefix(here).ok().map(Path::to_owned));
        slashes(&name.unwrap_or_else(|| below.to_owned()))
    }

    /// A file's path below the root of the work tree, if it has changed.
    pub(super) fn changed(&self, path: &Path) -> Option<PathBuf> {
        let root = self.root.canonicalize().ok()?;
        let below = path.canonicalize().ok()?.strip_prefix(root).ok()?.to_owned();
        self.files.contains(&below).then_some(below)
    }

    /// What the file was at the base; `None` when it was not there.
    pub(super) fn before(&self, below: &Path) -> Option<Vec<u8>> {
        let object = format!("{}:{}", self.base, slashes(below));
        let output = Command::new("git").current_dir(&self.root).args(["cat-file", "blob", &object]).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// The lines of a file, from 1, that differ from the base; `None` when all of them are new.
    pub(super) fn lines(&self, below: &Path) -> Result<Option<Vec<RangeInclusive<usize>>>, CliError> {
        if self.before(below).is_none() {
            return Ok(None);
        }
        let path = slashes(below);
        let diff =
            git(&self.root, &["diff", "-U0", "--no-color", "--no-ext-diff", "--no-renames", &self.base, "--", &path])?;
        Ok(Some(diff.lines().filter_map(hunk).collect()))
    }
}

/// The lines that a hunk adds: `@@ -3,0 +4,2 @@` adds 4 and 5.
fn hunk(line: &str) -> Option<RangeInclusive<usize>> {
    let added = line.strip_prefix("@@ ")?.split(' ').find_map(|part| part.strip_prefix('+'))?;
    let (start, count) = added.split_once(',').unwrap_or((added, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    (count > 0).then(|| start..=start + count - 1)
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, CliError> {
    let output = Command::new("git").current_dir(folder).args(["-c", "core.quotepath=off"]).args(arguments).output();
    let output = output.map_err(|error| {
        CliError::new(format!("git cannot be run: {error}"))
            .help("what changed is asked of the git command; install it")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(CliError::new(format!("git {}: {}", arguments.first().unwrap_or(&""), said.trim())))
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
