//! One file of a config.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;
use super::place::{line_and_column, place};
use crate::text::closest;

/// One file of a config: that of the user, or that of the project.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says; paths are relative to the folder of the process.
    pub table: Table,
    /// Whether it is the user's and not a project's.
    pub of_user: bool,
}

/// Why a config is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML, or not in the form of a config, or says what makes no sense.
    #[error("{}{}: {message}", path.display(), place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line and column, from 1, where it is at one place.
        place: Option<(usize, usize)>,
        /// What is wrong and what to do.
        message: String,
    },
}

impl Layer {
    /// Reads a project's file.
    ///
    /// # Errors
    /// [`ConfigError`] with the place in the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut layer = Self { path: path.to_owned(), text, table: Table::new(), of_user: false };
        // Read in its form first, for the places of mistakes.
        toml::from_str::<Config>(&layer.text).map_err(|error| layer.refused(&error))?;
        layer.table = toml::from_str(&layer.text).map_err(|error| layer.refused(&error))?;
        layer.settle_paths();
        Ok(layer)
    }

    /// Reads the user's file, whose globs of files would be relative to nothing.
    ///
    /// # Errors
    /// [`ConfigError`] with the place in the file.
    pub fn read_of_user(path: &Path) -> Result<Self, ConfigError> {
        let layer = Self { of_user: true, ..Self::read(path)? };
        let suppressions =
            layer.table.get("policy").and_then(|policy| policy.get("suppress")).and_then(Value::as_array);
        let of_file = suppressions.into_iter().flatten().position(|suppression| suppression.get("file").is_some());
        match of_file {
            Some(number) => Err(layer.wrong_at(
                &["policy", "suppress", &number.to_string(), "file"],
                "a suppression with `file` belongs into the afterlab.toml of a project, whose files it is about",
            )),
            None => Ok(layer),
        }
    }

    /// Paths are relative to the file that they stand in.
    fn settle_paths(&mut self) {
        let folder = self.path.parent().unwrap_or(Path::new("")).to_owned();
        let Some(scan) = self.table.get_mut("scan").and_then(Value::as_table_mut) else { return };
        for name in ["packs", "baseline"] {
            if let Some(Value::String(path)) = scan.get_mut(name) {
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        }
    }

    fn refused(&self, error: &toml::de::Error) -> ConfigError {
        self.wrong(error.span().map(|span| line_and_column(&self.text, span.start)), &suggest(error.message()))
    }

    /// An error at a place.
    pub(super) fn wrong(&self, place: Option<(usize, usize)>, message: &str) -> ConfigError {
        ConfigError::Invalid { path: self.path.clone(), place, message: message.replace('\n', ", ") }
    }

    /// An error at a key: the names that lead to it, numbers for items of lists.
    pub(super) fn wrong_at(&self, keys: &[&str], message: &str) -> ConfigError {
        self.wrong(place(&self.text, keys), message)
    }
}

/// Lays a table over another: tables and lists of suppressions are joined, everything else is replaced.
pub(super) fn lay_over(below: &mut Table, above: &Table) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (Some(Value::Array(below)), Value::Array(above)) if key == "suppress" => {
                below.extend(above.iter().cloned());
            }
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The message of a wrong key with the one that was likely meant in place of the list of all.
fn suggest(message: &str) -> String {
    let Some((what, known)) = message.split_once(", expected ") else { return message.to_owned() };
    if !what.starts_with("unknown ") {
        return message.to_owned();
    }
    let wrong = what.split('`').nth(1).unwrap_or_default();
    match closest(wrong, known.split('`').skip(1).step_by(2)) {
        Some(near) => format!("{}; did you mean `{near}`?", what.replace("unknown field", "unknown key")),
        None => message.replace("unknown field", "unknown key"),
    }
}
