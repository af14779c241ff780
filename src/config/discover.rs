//! Finds the config file of a folder.

use std::path::{Path, PathBuf};

use super::FILE_NAME;

/// The nearest config file: in this folder or in one above it, but not above the root of a repository.
#[must_use]
pub fn discover(from: &Path) -> Option<PathBuf> {
    for folder in from.ancestors() {
        let path = folder.join(FILE_NAME);
        if path.is_file() {
            return Some(path);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_upward_to_the_root_of_the_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("repo/a/b");
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::create_dir(folder.path().join("repo/.git")).expect("a folder");
        std::fs::write(folder.path().join(FILE_NAME), "").expect("a file");
        assert_eq!(discover(&deep), None, "it stands above the repository");
        let own = folder.path().join("repo").join(FILE_NAME);
        std::fs::write(&own, "").expect("a file");
        assert_eq!(discover(&deep), Some(own));
    }
}
