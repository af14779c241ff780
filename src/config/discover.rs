//! Finds the config files: the nearest one of a project, and that of the user.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

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

/// Where the user's own config is, if there is one: `$XDG_CONFIG_HOME/afterlab/config.toml`, on Windows in `%APPDATA%`.
/// None where the system does not say where a user's files are.
#[must_use]
pub fn user_file() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("afterlab").join("config.toml"))
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
