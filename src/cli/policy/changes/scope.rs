//! Which paths of a repository a user means.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::policy::input::walk::slashes;

/// One path that the user named.
pub(super) struct Scope {
    /// As it was typed.
    pub(super) typed: String,
    takes: Takes,
}

enum Takes {
    /// What is at and below a path; the empty one is the root.
    Below(PathBuf),
    /// What a glob matches.
    Glob(GlobMatcher),
}

impl Scope {
    /// What was typed, by paths below the root. `is_there` tells whether the repository has something at a path, so that
    /// it is no glob.
    ///
    /// # Errors
    /// Why it is none, to follow its name.
    pub(super) fn of(typed: &str, root: &Path, is_there: impl Fn(&Path) -> bool) -> Result<Self, String> {
        if typed == "-" {
            return Err("is standard input, which no revision has".to_owned());
        }
        let whole = std::path::absolute(typed).map_err(|error| format!("is no path: {error}"))?;
        let outside = || format!("is outside of the repository, which is {}", root.display());
        let below = below(&whole, root).ok_or_else(outside)?;
        let is_glob = typed.contains(['*', '?', '[', '{']) && !is_there(&below) && !whole.exists();
        let takes = if is_glob {
            let glob = GlobBuilder::new(&below.to_string_lossy()).literal_separator(true).build();
            Takes::Glob(glob.map_err(|error| format!("is no glob: {error}"))?.compile_matcher())
        } else {
            Takes::Below(below)
        };
        Ok(Self { typed: typed.to_owned(), takes })
    }

    /// Whether it is about a path.
    pub(super) fn takes(&self, path: &Path) -> bool {
        match &self.takes {
            Takes::Below(own) => path.starts_with(own),
            Takes::Glob(glob) => glob.is_match(path),
        }
    }

    /// Whether it is the very path of a file.
    pub(super) fn names(&self, path: &Path) -> bool {
        matches!(&self.takes, Takes::Below(own) if own == path)
    }

    /// The path, if it is no glob.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.takes {
            Takes::Below(own) => Some(own),
            Takes::Glob(_) => None,
        }
    }
}

/// A whole path as one below the root. Links within the repository stay what they are, since they lead elsewhere in
/// another revision; those on the way to the root are followed.
fn below(whole: &Path, root: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    let is_root = |own: &&Path| *own == root || own.canonicalize().is_ok_and(|own| own == root);
    // The shortest one that is the root, since a link below may lead back to it.
    let above = plain.ancestors().filter(is_root).last()?;
    plain.strip_prefix(above).ok().map(Path::to_owned)
}

/// Paths from the current folder if they are below it, otherwise from the root.
#[derive(Debug)]
pub(super) struct Names {
    /// The current folder below the root.
    here: PathBuf,
}

impl Names {
    pub(super) fn new(root: &Path) -> Self {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
        let here = here.and_then(|here| here.strip_prefix(root).ok().map(Path::to_owned));
        Self { here: here.unwrap_or_default() }
    }

    pub(super) fn name(&self, path: &Path) -> String {
        slashes(path.strip_prefix(&self.here).ok().filter(|own| *own != OsStr::new("")).unwrap_or(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_globs() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path().canonicalize().expect("a path");
        let of =
            |typed: &str| Scope::of(&root.join(typed).to_string_lossy(), &root, |path| path == Path::new("a[1].json"));
        let is = |typed: &str, path: &str| of(typed).is_ok_and(|scope| scope.takes(Path::new(path)));
        assert!(is(".", "a/b") && is("a", "a/b") && is("a/x/../b", "a/b") && !is("a", "ab"));
        assert!(is("a/*.json", "a/b.json") && !is("a/*.json", "a/b/c.json") && is("**/*.json", "a/b.json"));
        assert!(is("a[1].json", "a[1].json") && !is("a[1].json", "a1.json"));
        assert!(of("a.json").is_ok_and(|scope| scope.names(Path::new("a.json"))));
        for (typed, expected) in [("../else", "outside of the repository"), ("[", "is no glob")] {
            assert!(of(typed).is_err_and(|error| error.contains(expected)), "{typed}");
        }
        assert!(Scope::of("-", &root, |_| false).is_err_and(|error| error.contains("standard input")));
    }
}
