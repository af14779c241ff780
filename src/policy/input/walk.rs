//! From what a user names to files: files, folders, globs, standard input.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::WalkBuilder;

/// The files of a command line.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files, each once, in the order in which they were named, those of a folder sorted.
    pub files: Vec<WalkedFile>,
    /// What cannot be read, and why.
    pub problems: Vec<(String, String)>,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkedFile {
    /// Where it is; `-` for standard input.
    pub path: PathBuf,
    /// Whether the user named it, rather than a folder it is in: then it must hold a policy.
    pub is_named: bool,
}

impl WalkedFile {
    /// Its name for people, with `/` between folders.
    #[must_use]
    pub fn name(&self) -> String {
        let name = slashes(&self.path);
        name.strip_prefix("./").unwrap_or(&name).to_owned()
    }
}

/// A path with `/` between folders, for people.
#[must_use]
pub fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Endings of files that are looked at in folders.
const ENDINGS: &[&str] = &[".json", ".yaml", ".yml", ".template", ".tf", ".tofu"];

/// Folders of other people's files, and of git's own.
const SKIPPED: &[&str] = &["node_modules", "target", ".terraform", ".git", ".venv"];

/// Whether a file that is found in a folder is looked at, by its name.
#[must_use]
pub fn could_hold_policy(path: &Path) -> bool {
    let name = path.to_string_lossy().to_ascii_lowercase();
    ENDINGS.iter().any(|end| name.ends_with(end))
}

/// Finds the files of a folder, also those that git ignores, and each under every name that links give it.
#[must_use]
pub fn whole_folder(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    let files = walked.below(folder, Ignored::Taken);
    walked.files.extend(files.into_iter().map(|path| WalkedFile { path, is_named: false }));
    walked
}

/// Finds the files that the arguments of a command line name.
#[must_use]
pub fn expand(arguments: &[String]) -> Walked {
    let mut walked = Walked::default();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let path = Path::new(argument);
        // Also what another command writes: `<(terraform show -json plan)`.
        if argument == "-" || (path.exists() && !path.is_dir()) {
            walked.add(path.to_owned(), true, &mut seen);
        } else if path.is_dir() {
            for file in walked.below(path, Ignored::LeftOut) {
                walked.add(file, false, &mut seen);
            }
        } else if argument.contains(['*', '?', '[', '{']) {
            walked.glob(argument, &mut seen);
        } else {
            walked.problem(path, &why_unreadable(path));
        }
    }
    walked
}

/// Why there is no file to read at a path, to follow its name.
#[must_use]
pub fn why_unreadable(path: &Path) -> String {
    if path.is_dir() {
        return "is a folder; name a file".to_owned();
    }
    if let Ok(target) = std::fs::read_link(path) {
        return format!("cannot be read: it is a link to {}, which is not there", target.display());
    }
    let error = std::fs::metadata(path).err().map_or_else(String::new, |error| error.to_string());
    format!("cannot be read: {error}")
}

/// What happens to files that git ignores.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ignored {
    Taken,
    LeftOut,
}

impl Walked {
    fn add(&mut self, path: PathBuf, is_named: bool, seen: &mut BTreeSet<PathBuf>) {
        let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.insert(whole) {
            self.files.push(WalkedFile { path, is_named });
        }
    }

    fn problem(&mut self, path: &Path, message: &str) {
        self.problems.push((WalkedFile { path: path.to_owned(), is_named: true }.name(), message.to_owned()));
    }

    /// The files of a folder that a program of this sort could mean, those of hidden folders too.
    fn below(&mut self, folder: &Path, ignored: Ignored) -> Vec<PathBuf> {
        let walk = WalkBuilder::new(folder)
            .standard_filters(ignored == Ignored::LeftOut)
            .hidden(false)
            .follow_links(true)
            .require_git(false)
            .sort_by_file_path(Path::cmp)
            .filter_entry(|entry| !SKIPPED.iter().any(|name| entry.file_name() == *name))
            .build();
        let mut files = Vec::new();
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => files.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => self.problem(folder, &format!("is not read whole: {error}")),
            }
        }
        files.retain(|path| could_hold_policy(path));
        files
    }

    /// A glob that the shell left as it was, relative to the folder before its first wildcard.
    fn glob(&mut self, pattern: &str, seen: &mut BTreeSet<PathBuf>) {
        let matcher =
            match GlobBuilder::new(pattern.strip_prefix("./").unwrap_or(pattern)).literal_separator(true).build() {
                Ok(glob) => glob.compile_matcher(),
                Err(error) => return self.problem(Path::new(pattern), &format!("is no glob: {error}")),
            };
        let fixed = pattern.find(['*', '?', '[', '{']).map_or(pattern, |at| &pattern[..at]);
        let folder = fixed.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
        let mut files = self.below(Path::new(folder), Ignored::LeftOut);
        files.retain(|path| matcher.is_match(path.strip_prefix("./").unwrap_or(path)));
        if files.is_empty() {
            self.problem(Path::new(pattern), "matches no file that could hold a policy");
        }
        for path in files {
            self.add(path, false, seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn folders_globs_and_loops() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for name in
            ["b.json", "a.yaml", "readme.md", "node_modules/x.json", "deep/c.json", "ignored.json", ".hidden/d.json"]
        {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, "{}").expect("a file");
        }
        std::fs::write(root.join(".gitignore"), "ignored.json\n").expect("a file");
        std::os::unix::fs::symlink(root, root.join("deep/loop")).expect("a link");
        std::os::unix::fs::symlink("nowhere", root.join("broken")).expect("a link");
        let names = |walked: &Walked| -> Vec<String> {
            let below = |file: &WalkedFile| file.path.strip_prefix(root).ok()?.to_str().map(str::to_owned);
            walked.files.iter().filter_map(below).collect()
        };
        let argument = |name: &str| root.join(name).to_string_lossy().into_owned();
        let whole = expand(&[argument("")]);
        assert_eq!(names(&whole), [".hidden/d.json", "a.yaml", "b.json", "deep/c.json"]);
        assert!(whole.problems.iter().any(|(_, why)| why.contains("loop")), "{:?}", whole.problems);
        let named = expand(&[argument("b.json"), argument("readme.md"), argument("b.json")]);
        assert_eq!(names(&named), ["b.json", "readme.md"]);
        assert!(named.files.iter().all(|file| file.is_named));
        assert_eq!(names(&expand(&[argument("*.json")])), ["b.json"]);
        std::os::unix::fs::symlink("b.json", root.join("again.json")).expect("a link");
        let all = [".hidden/d.json", "a.yaml", "again.json", "b.json", "deep/c.json", "ignored.json"];
        assert_eq!(names(&whole_folder(root)), all);
        for (path, why) in [
            ("broken", "a link to nowhere, which is not there"),
            ("none", "cannot be read"),
            ("*.txt", "matches no file"),
            ("[", "is no glob"),
        ] {
            let walked = expand(&[argument(path)]);
            let said = walked.problems.iter().any(|(_, message)| message.contains(why));
            assert!(walked.files.is_empty() && said, "{:?}", walked.problems);
        }
    }
}
