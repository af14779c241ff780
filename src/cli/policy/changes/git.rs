//! The git command: run, and its words made ours.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::CliError;

/// The git command, in one work tree.
#[derive(Debug)]
pub(super) struct Git {
    /// The root of the work tree, without links in it.
    pub(super) root: PathBuf,
}

impl Git {
    /// The work tree that the current folder is in.
    pub(super) fn here() -> Result<Self, CliError> {
        let root = run(Path::new("."), ["rev-parse", "--show-toplevel"].map(OsStr::new))?;
        // Only the line's end is git's; a folder's name may end with a space.
        let root = path(root.strip_suffix(b"\n").unwrap_or(&root));
        Ok(Self { root: root.canonicalize().unwrap_or(root) })
    }

    /// What git says.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, CliError> {
        run(&self.root, arguments.iter().map(OsStr::new))
    }

    /// The same about one file.
    pub(super) fn run_on(&self, arguments: &[&str], file: &Path) -> Result<Vec<u8>, CliError> {
        run(&self.root, arguments.iter().map(OsStr::new).chain([OsStr::new("--"), file.as_os_str()]))
    }

    /// The commit that a revision names.
    pub(super) fn commit(&self, revision: &str) -> Result<String, CliError> {
        // A revision that begins with a dash would be an option.
        let wanted = format!("{revision}^{{commit}}");
        if !revision.is_empty()
            && let Ok(commit) = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])
        {
            return Ok(String::from_utf8_lossy(&commit).trim_end().to_owned());
        }
        let has_commits = self.run(&["rev-list", "--all", "--max-count=1"]).is_ok_and(|first| !first.is_empty());
        let error = CliError::new(format!("git knows no revision {revision:?}"));
        Err(error.help(match revision.split_once(':') {
            _ if !has_commits => {
                "the repository has no commit yet, so that there is nothing to compare with".to_owned()
            }
            _ if revision.is_empty() => "name one: a branch, a tag, a commit, HEAD".to_owned(),
            Some((revision, path)) if !revision.is_empty() => {
                format!("a path is an argument of its own: `--git {revision} {path}`")
            }
            _ if revision.contains("..") => {
                "the work tree is compared with one revision; of a range, name its beginning".to_owned()
            }
            _ => "fetch the revision first: `git fetch origin BRANCH`, or a deeper checkout".to_owned(),
        }))
    }

    /// What is in small objects, each where it can be read; many at a time, as a process takes longer than an object.
    pub(super) fn small_blobs(&self, ids: &[&str]) -> Vec<Option<Vec<u8>>> {
        ids.chunks(MOST_AT_ONCE).flat_map(|ids| self.batch(ids).unwrap_or_else(|| vec![None; ids.len()])).collect()
    }

    fn batch(&self, ids: &[&str]) -> Option<Vec<Option<Vec<u8>>>> {
        let mut command = Command::new("git");
        command.current_dir(&self.root).args(["cat-file", "--batch"]).stderr(Stdio::null());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        // The names fit into the pipe, so that neither side waits for the other.
        let sent = child.stdin.take()?.write_all((ids.join("\n") + "\n").as_bytes());
        let output = child.wait_with_output().ok()?;
        sent.ok()?;
        batched(&output.stdout, ids.len())
    }

    /// What is in an object.
    pub(super) fn blob(&self, id: &str) -> Result<Vec<u8>, CliError> {
        self.run(&["cat-file", "blob", id])
    }
}

/// Objects that one process is asked for; their names stay below what a pipe holds.
const MOST_AT_ONCE: usize = 400;

/// The objects that `git cat-file --batch` gives: each behind a line `ID blob SIZE`, or `ID missing`.
fn batched(mut listed: &[u8], number: usize) -> Option<Vec<Option<Vec<u8>>>> {
    let mut objects = Vec::with_capacity(number);
    for _ in 0..number {
        let end = listed.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&listed[..end]).ok()?;
        listed = &listed[end + 1..];
        let size = head.split_once(" blob ").and_then(|(_, size)| size.parse::<usize>().ok());
        objects.push(match size {
            Some(size) => {
                let object = listed.get(..size)?.to_vec();
                listed = listed.get(size + 1..)?;
                Some(object)
            }
            None => None,
        });
    }
    Some(objects)
}

fn run<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<Vec<u8>, CliError> {
    let mut command = Command::new("git");
    // What git says of an error is looked into, and paths are paths: not patterns.
    command.current_dir(folder).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").arg("--literal-pathspecs");
    let arguments: Vec<OsString> = arguments.into_iter().map(OsStr::to_owned).collect();
    let output = command.args(&arguments).output().map_err(|error| {
        CliError::new(format!("git cannot be run: {error}"))
            .help("what changed is asked of the git command; install it")
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(in_words(&arguments, &String::from_utf8_lossy(&output.stderr)))
}

/// Why git failed, and what to do.
fn in_words(arguments: &[OsString], said: &str) -> CliError {
    if said.contains("not a git repository") {
        return CliError::new("this folder is in no git repository, so that no revision is known")
            .help("run it in a checkout, or compare two files or folders: `afterlab policy diff OLD NEW`");
    }
    if said.contains("must be run in a work tree") {
        return CliError::new("this git repository is bare: it has no work tree to compare with a revision")
            .help("run it in a checkout: `git worktree add FOLDER BRANCH` makes one");
    }
    if said.contains("dubious ownership") {
        return CliError::new("git does not trust this repository, because somebody else owns it")
            .help("if you do: `git config --global --add safe.directory FOLDER`");
    }
    let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it failed without a word").trim();
    let first = ["fatal: ", "error: "].iter().find_map(|start| first.strip_prefix(start)).unwrap_or(first);
    let command = arguments.first().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    CliError::new(format!("git {command} failed: {first}"))
}

/// The parts of a list that ends each with NUL.
pub(super) fn parts(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|byte| *byte == 0).filter(|part| !part.is_empty())
}

/// A path as git writes it.
#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_cut_apart() {
        let listed = b"0a blob 3\na\nb\n0b missing\n0c blob 0\n\n";
        assert_eq!(batched(listed, 3), Some(vec![Some(b"a\nb".to_vec()), None, Some(Vec::new())]));
        assert_eq!(batched(&listed[..12], 1), None);
    }

    #[test]
    fn what_git_says_is_told_in_our_words() {
        for (said, expected) in [
            ("fatal: not a git repository (or any of the parent directories): .git\n", "in no git repository"),
            ("fatal: this operation must be run in a work tree\n", "is bare"),
            ("fatal: detected dubious ownership in repository at '/x'\nTo add", "somebody else owns it"),
            ("fatal: bad object 00\n", "git diff failed: bad object 00"),
            ("", "git diff failed: it failed without a word"),
        ] {
            let error = in_words(&["diff".into()], said);
            assert!(error.what.contains(expected), "{}", error.what);
        }
    }
}
