//! `afterlab.toml`: what a user wants for a folder and everything below it, over what they want everywhere.
//!
//! Flags come before variables of the environment, those before the project's file, that before the user's file, and
//! that before the defaults. [`KNOWN`] says of each setting what its variable, its flag and its default are.

mod account;
mod date;
mod discover;
mod edit;
mod file;
mod init;
mod known;
mod place;
mod policy;
mod reference;
mod rules;
mod scan;
mod shown;
mod suppress;

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

pub use account::AccountConfig;
pub use discover::{discover, user_file};
pub use edit::{Edited, with_suppression};
pub use file::{ConfigError, Layer};
pub use init::{InitError, TEMPLATE, init};
pub use known::{KNOWN, Known, variable};
pub use place::place;
pub use policy::{PolicyConfig, PolicySuppression};
pub use reference::{reference, schema};
pub use rules::RulesConfig;
pub use scan::{DEFAULT_FAIL_ON, DEFAULT_KEEP_TAG, ScanConfig, grace};
pub use shown::{Origin, Shown, show};
pub use suppress::SuppressionConfig;

/// The name that a project's file has.
pub const FILE_NAME: &str = "afterlab.toml";

/// A config: what its files say together. Keys that it does not have are errors.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "afterlab.toml")]
pub struct Config {
    /// How `afterlab scan` judges and what it says.
    pub scan: ScanConfig,
    /// What its owner means an account to be.
    pub account: AccountConfig,
    /// What is different about single rules, by id.
    pub rules: RulesConfig,
    /// Findings of accounts that are known and accepted.
    pub suppress: Vec<SuppressionConfig>,
    /// How `afterlab policy check` judges.
    pub policy: PolicyConfig,
    /// The files that it was read from, that of the user first.
    #[serde(skip)]
    pub layers: Vec<Layer>,
}

impl Config {
    /// Reads the files of a config, those that count less first.
    ///
    /// # Errors
    /// [`ConfigError`] with the place in the file.
    pub fn read(user: Option<&Path>, project: Option<&Path>) -> Result<Self, ConfigError> {
        let user = user.map(Layer::read_of_user).transpose()?;
        let project = project.map(Layer::read).transpose()?;
        Self::of(user.into_iter().chain(project).collect())
    }

    /// Lays files over each other: tables are joined, lists of suppressions too, everything else is replaced.
    fn of(layers: Vec<Layer>) -> Result<Self, ConfigError> {
        let mut merged = toml::Table::new();
        for layer in &layers {
            file::lay_over(&mut merged, &layer.table);
        }
        let Some(last) = layers.last() else { return Ok(Self::default()) };
        // Each file was found to be right by itself.
        let config: Self = toml::Value::Table(merged)
            .try_into()
            .map_err(|error: toml::de::Error| last.wrong(None, error.message()))?;
        Ok(Self { layers, ..config })
    }

    /// The project's file, or the one that was asked for.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.layers.iter().rev().find(|layer| !layer.of_user).map(|layer| layer.path.as_path())
    }

    /// The folder that globs of files are relative to.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        let folder = self.path()?.parent()?;
        Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, text).expect("a file");
        Config::read(None, Some(&path)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let error = read("[policy]\nselekt = []\n").expect_err("no such key");
        assert!(
            error.contains("afterlab.toml:2:1: ") && error.ends_with("`selekt`; did you mean `select`?"),
            "{error}"
        );
        let error = read("[policy.severity]\nX = \"bad\"\n").expect_err("no such level");
        assert!(error.contains(":2:5: ") && error.contains("security-warning"), "{error}");
        let error = read("[[policy.suppress]]\ncode = \"X\"\n").expect_err("no reason");
        assert!(error.contains("reason"), "{error}");
        let error = read("[scan]\nregions = [\"moon\"]\n").expect_err("no region");
        assert!(error.contains(":2:11: "), "{error}");
        assert!(read("").is_ok());
    }

    #[test]
    fn the_project_comes_before_the_user_and_lists_of_suppressions_join() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        let suppress = |id: &str| format!("[[suppress]]\nrule = \"{id}\"\nresource = \"*\"\nreason = \"known\"\n");
        let user = "[scan]\nfail_on = \"low\"\ngrace = \"4h\"\nkeep_tags = [\"mine\"]\n[rules.iam-access-key-old]\n\
                    max_age_days = 30\nseverity = \"high\"\n";
        let project =
            "[scan]\nfail_on = \"high\"\nkeep_tags = [\"ours\"]\n[rules.iam-access-key-old]\nmax_age_days = 60\n";
        let user = file("config.toml", &format!("{user}{}", suppress("s3-bucket-untagged")));
        let project = file("afterlab.toml", &format!("{project}{}", suppress("iam-access-key-old")));
        let config = Config::read(Some(&user), Some(&project)).expect("a config");
        assert_eq!(config.scan.fail_on, Some(crate::rule::Severity::High));
        assert_eq!(config.scan.keep_tags.as_deref(), Some(["ours".to_owned()].as_slice()));
        assert!(config.scan.grace.is_some(), "what the project does not say stays");
        assert_eq!(config.suppress.len(), 2);
        let settings = config.settings().expect("settings");
        let setting = &settings.0["iam-access-key-old"];
        assert_eq!((setting.params["max_age_days"], setting.severity), (60, Some(crate::rule::Severity::High)));
    }
}
