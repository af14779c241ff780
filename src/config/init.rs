//! A config to begin with: everything that can be set, as comments.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file that `afterlab config init` writes.
pub const TEMPLATE: &str = include_str!("template.toml");

/// Why no config was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is a file, which stays.
    #[error("{} is there already, and stays as it is", .0.display())]
    There(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Writes a config to begin with where there is none, and the folders that lead to it.
///
/// # Errors
/// [`InitError`]; what was there before stays.
pub fn init(path: &Path) -> Result<(), InitError> {
    let wrong = |source: std::io::Error| match source.kind() {
        ErrorKind::AlreadyExists => InitError::There(path.to_owned()),
        _ => InitError::Unwritable { path: path.to_owned(), source },
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut file = File::create_new(path).map_err(wrong)?;
    file.write_all(TEMPLATE.as_bytes()).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, KNOWN};

    #[test]
    fn the_template_says_nothing_until_its_signs_are_taken_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/afterlab.toml");
        init(&path).expect("written");
        assert!(matches!(init(&path), Err(InitError::There(_))), "it is never written over");
        assert!(Config::read(None, Some(&path)).expect("a config").layers[0].table.is_empty());

        let bare = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
            _ => line.to_owned(),
        };
        let all: Vec<String> = TEMPLATE.lines().map(bare).collect();
        std::fs::write(&path, all.join("\n")).expect("written");
        let config = Config::read(None, Some(&path)).expect("every setting is right");
        config.settings().expect("the rules are there");
        assert_eq!(config.suppressions().expect("suppressions").len(), 1);
        let table = &config.layers[0].table;
        for known in KNOWN {
            let (section, name) = known.key.split_once('.').expect("a section");
            assert!(table[section].get(name).is_some(), "the template lacks {}", known.key);
        }
    }
}
