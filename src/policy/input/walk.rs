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
        let name = self.path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        name.strip_prefix("./").unwrap_or(&name).to_owned()
    }
}

/// Endings of files that are looked at in folders.
const ENDINGS: &[&str] = &[".json", ".yaml", ".yml", ".template", ".tf", ".tofu"];

/// Folders of other people's files.
const SKIPPED: &[&str] = &["node_modules", "target", ".terraform"];

/// Finds the files that the arguments of a command line name.
#[must_use]
pub fn expand(arguments: &[String]) -> Walked {
    let mut walked = Walked::default();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" || path.is_file() {
            walked.add(path.to_owned(), true, &mut seen);
        } else if path.is_dir() {
            walked.folder(path, |_| true, &mut seen);
        } else if argument.contains(['*', '?', '[', '{']) {
            walked.glob(argument, &mut seen);
        } else if std::fs::symlink_metadata(path).is_ok() && std::fs::metadata(path).is_ok() {
            walked.problem(path, "is neither a file nor a folder");
        } else {
            let error = std::fs::metadata(path).err().map_or_else(String::new, |error| error.to_string());
            walked.problem(path, &format!("cannot be read: {error}"));
        }
    }
    walked
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

    /// The files of a folder that a program of this sort could mean; what git ignores is left out.
    fn folder(&mut self, folder: &Path, takes: impl Fn(&Path) -> bool, seen: &mut BTreeSet<PathBuf>) {
        let walk = WalkBuilder::new(folder)
            .follow_links(true)
            .require_git(false)
            .sort_by_file_path(Path::cmp)
            .filter_entry(|entry| !SKIPPED.iter().any(|name| entry.file_name() == *name))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => {
                    let path = entry.path();
                    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                    let name = path.to_string_lossy().to_ascii_lowercase();
                    if is_file && ENDINGS.iter().any(|end| name.ends_with(end)) && takes(path) {
                        self.add(path.to_owned(), false, seen);
                    }
                }
                Err(error) => self.problem(folder, &format!("is not read whole: {error}")),
            }
        }
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
        let before = self.files.len();
        self.folder(Path::new(folder), |path| matcher.is_match(path.strip_prefix("./").unwrap_or(path)), seen);
        if self.files.len() == before {
            self.problem(Path::new(pattern), "matches no file that could hold a policy");
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
        assert_eq!(names(&whole), ["a.yaml", "b.json", "deep/c.json"]);
        assert!(whole.problems.iter().any(|(_, why)| why.contains("loop")), "{:?}", whole.problems);
        let named = expand(&[argument("b.json"), argument("readme.md"), argument("b.json")]);
        assert_eq!(names(&named), ["b.json", "readme.md"]);
        assert!(named.files.iter().all(|file| file.is_named));
        assert_eq!(names(&expand(&[argument("*.json")])), ["b.json"]);
        for (path, why) in [
            ("broken", "cannot be read"),
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
