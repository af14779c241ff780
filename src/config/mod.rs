//! `afterlab.toml`: what a user wants for a folder and everything below it.

mod account;
mod discover;
mod policy;

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

pub use account::AccountConfig;
pub use discover::discover;
pub use policy::{PolicyConfig, PolicySuppression};

/// The name that a config file has.
pub const FILE_NAME: &str = "afterlab.toml";

/// A config file. Keys that it does not have are errors.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "afterlab.toml")]
pub struct Config {
    /// What its owner means an account to be.
    pub account: AccountConfig,
    /// How `afterlab policy check` judges.
    pub policy: PolicyConfig,
    /// Where it was read from; its folder is what its globs of files are relative to.
    #[serde(skip)]
    pub path: Option<PathBuf>,
}

/// Why a config file is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML, or not in the form of a config.
    #[error("{}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        message: String,
    },
}

impl Config {
    /// Reads a config file.
    ///
    /// # Errors
    /// [`ConfigError`] with the place in the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let config: Self = toml::from_str(&text)
            .map_err(|error| ConfigError::Invalid { path: path.to_owned(), message: error.to_string() })?;
        Ok(Self { path: Some(path.to_owned()), ..config })
    }

    /// The folder that globs of files are relative to.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.path.as_deref().and_then(Path::parent)
    }

    /// The JSON Schema of the file.
    #[must_use]
    pub fn schema() -> String {
        let schema = schemars::schema_for!(Self);
        serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, text).expect("a file");
        Config::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let error = read("[policy]\nselekt = []\n").expect_err("no such key");
        assert!(error.contains("line 2") && error.contains("selekt") && error.contains("select"), "{error}");
        let error = read("[policy.severity]\nX = \"bad\"\n").expect_err("no such level");
        assert!(error.contains("security-warning"), "{error}");
        let error = read("[[policy.suppress]]\ncode = \"X\"\n").expect_err("no reason");
        assert!(error.contains("reason"), "{error}");
        assert!(read("").is_ok());
    }

    #[test]
    fn the_committed_schema_is_that_of_this_build() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/afterlab-toml.json");
        if std::env::var_os("AFTERLAB_UPDATE").is_some() {
            std::fs::write(&path, Config::schema()).expect("written");
        }
        let committed = std::fs::read_to_string(&path).expect("schemas/afterlab-toml.json");
        assert_eq!(committed, Config::schema(), "run with AFTERLAB_UPDATE=1 to renew it");
    }
}
