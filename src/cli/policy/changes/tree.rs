//! The files of a repository as git lists them, and where its links lead.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::git::{self, Git};
use crate::cli::CliError;

/// What sort of entry a path is for git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A file.
    File,
    /// A link; its content is where it leads.
    Link,
    /// Another repository within this one.
    Submodule,
}

impl Mode {
    /// The mode that git writes in octal; `None` for what is not there.
    pub(super) fn parse(octal: &str) -> Option<Self> {
        match octal.trim_start_matches(':') {
            "120000" => Some(Self::Link),
            "160000" => Some(Self::Submodule),
            none if none.bytes().all(|digit| digit == b'0') => None,
            _ => Some(Self::File),
        }
    }
}

/// The entries of a revision, or those of the work tree that git knows or would add.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Each path with what it is; and, of a revision, the object that holds it.
    pub(super) entries: BTreeMap<PathBuf, (Mode, String)>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Nowhere: there is no such path.
    Nothing,
    /// Where git keeps nothing: outside of the repository, in a submodule, or what is ignored.
    Outside,
    /// A file of the repository.
    File(PathBuf),
    /// A folder of the repository.
    Folder(PathBuf),
}

/// How many links may lead to one another.
const MOST_LINKS: usize = 40;

impl Tree {
    /// The entries of a commit.
    pub(super) fn at(git: &Git, commit: &str) -> Result<Self, CliError> {
        // `100644 blob 3a11…\tpath`
        let listed = git.run(&["ls-tree", "-r", "-z", "--full-tree", commit])?;
        Ok(Self { entries: git::parts(&listed).filter_map(|line| entry(line, 2)).collect() })
    }

    /// The entries of the index.
    pub(super) fn of_index(git: &Git) -> Result<Self, CliError> {
        // `100644 3a11… 0\tpath`
        let listed = git.run(&["ls-files", "--stage", "-z", "--full-name"])?;
        Ok(Self { entries: git::parts(&listed).filter_map(|line| entry(line, 1)).collect() })
    }

    /// What a path is.
    pub(super) fn mode(&self, path: &Path) -> Option<Mode> {
        self.entries.get(path).map(|(mode, _)| *mode)
    }

    /// Whether there is something at or below a path.
    pub(super) fn has(&self, path: &Path) -> bool {
        path.as_os_str().is_empty() || self.below(path).next().is_some()
    }

    /// The paths at and below a path.
    pub(super) fn below<'t>(&'t self, path: &'t Path) -> impl Iterator<Item = (&'t PathBuf, Mode)> {
        // Paths are sorted by their parts, so that those below follow at once.
        let from = self.entries.range(path.to_owned()..);
        from.take_while(move |(own, _)| own.starts_with(path)).map(|(own, (mode, _))| (own, *mode))
    }

    /// The paths of links.
    pub(super) fn links(&self) -> impl Iterator<Item = &PathBuf> {
        self.entries.iter().filter(|(_, (mode, _))| *mode == Mode::Link).map(|(path, _)| path)
    }

    /// The submodule that a path is in, or is.
    pub(super) fn submodule_of(&self, path: &Path) -> Option<PathBuf> {
        path.ancestors().find(|own| self.mode(own) == Some(Mode::Submodule)).map(Path::to_owned)
    }

    /// Where a path of a revision leads when its links are followed; `read` tells what is in one.
    pub(super) fn resolve(&self, path: &Path, read: &impl Fn(&Path) -> Option<PathBuf>) -> Target {
        let parts = |path: &Path| path.components().map(|part| part.as_os_str().to_owned()).collect::<Vec<OsString>>();
        let (mut rest, mut whole, mut followed) = (VecDeque::from(parts(path)), PathBuf::new(), 0);
        while let Some(part) = rest.pop_front() {
            match Path::new(&part).components().next() {
                Some(Component::ParentDir) if !whole.pop() => return Target::Outside,
                Some(Component::Normal(name)) => whole.push(name),
                Some(Component::RootDir | Component::Prefix(_)) => return Target::Outside,
                _ => {}
            }
            match self.mode(&whole) {
                Some(Mode::Submodule) => return Target::Outside,
                Some(Mode::Link) => {
                    followed += 1;
                    let Some(target) = read(&whole).filter(|_| followed <= MOST_LINKS) else { return Target::Nothing };
                    whole.pop();
                    parts(&target).into_iter().rev().for_each(|part| rest.push_front(part));
                }
                _ => {}
            }
        }
        match self.mode(&whole) {
            Some(_) => Target::File(whole),
            None if self.has(&whole) => Target::Folder(whole),
            None => Target::Nothing,
        }
    }

    /// Where a path of the work tree leads.
    pub(super) fn resolve_on_disk(&self, root: &Path, path: &Path) -> Target {
        let Ok(whole) = root.join(path).canonicalize() else { return Target::Nothing };
        match whole.strip_prefix(root) {
            Ok(below) if whole.is_dir() && self.has(below) && self.submodule_of(below).is_none() => {
                Target::Folder(below.to_owned())
            }
            Ok(below) if self.mode(below) == Some(Mode::File) => Target::File(below.to_owned()),
            _ => Target::Outside,
        }
    }

    /// The files that a link stands for, each by its path below the link; that of a file is empty.
    pub(super) fn files_of(&self, target: &Target) -> BTreeMap<PathBuf, PathBuf> {
        let below = |folder: &Path| {
            let files = self.below(folder).filter(|(_, mode)| *mode == Mode::File);
            files.filter_map(|(own, _)| Some((own.strip_prefix(folder).ok()?.to_owned(), own.clone()))).collect()
        };
        match target {
            Target::Nothing | Target::Outside => BTreeMap::new(),
            Target::File(path) => BTreeMap::from([(PathBuf::new(), path.clone())]),
            Target::Folder(folder) => below(folder),
        }
    }
}

/// Files that git does not know and would add, with the repositories among them, which it would not look into.
pub(super) fn untracked(git: &Git) -> Result<(BTreeSet<PathBuf>, Vec<PathBuf>), CliError> {
    let listed = git.run(&["ls-files", "--others", "--exclude-standard", "-z", "--full-name"])?;
    let (folders, files): (Vec<_>, Vec<_>) = git::parts(&listed).partition(|path| path.ends_with(b"/"));
    Ok((files.into_iter().map(git::path).collect(), folders.into_iter().map(git::path).collect()))
}

/// A line of a list: the mode, the object in the column that is given, and behind a tab the path.
fn entry(line: &[u8], object: usize) -> Option<(PathBuf, (Mode, String))> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let columns: Vec<&str> = std::str::from_utf8(&line[..tab]).ok()?.split(' ').collect();
    let mode = Mode::parse(columns.first()?)?;
    Some((git::path(&line[tab + 1..]), (mode, (*columns.get(object)?).to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_within_a_revision() {
        let entries = [
            ("a/b.json", Mode::File),
            ("a/sub", Mode::Submodule),
            ("folder", Mode::Link),
            ("x/up", Mode::Link),
            ("x/loop", Mode::Link),
            ("x/out", Mode::Link),
            ("x/root", Mode::Link),
            ("x/sub", Mode::Link),
        ];
        let entries = entries.map(|(path, mode)| (PathBuf::from(path), (mode, String::new())));
        let tree = Tree { entries: BTreeMap::from(entries) };
        let read = |path: &Path| {
            Some(PathBuf::from(match path.to_str()? {
                "folder" => "./a",
                "x/up" => "../folder/b.json",
                "x/loop" => "loop",
                "x/out" => "../../elsewhere",
                "x/root" => "/etc/passwd",
                _ => "../a/sub/c.json",
            }))
        };
        let to = |path: &str| tree.resolve(Path::new(path), &read);
        assert_eq!(to("folder"), Target::Folder("a".into()));
        assert_eq!(to("x/up"), Target::File("a/b.json".into()));
        assert_eq!(to("folder/none"), Target::Nothing);
        assert_eq!(to("x/loop"), Target::Nothing);
        assert_eq!([to("x/out"), to("x/root"), to("x/sub")], [Target::Outside, Target::Outside, Target::Outside]);
        let files = tree.files_of(&to("folder"));
        assert_eq!(files.into_iter().collect::<Vec<_>>(), [("b.json".into(), "a/b.json".into())]);
    }
}
