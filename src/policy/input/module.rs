//! The other files of a Terraform module: a folder's variables, locals and resources are defined in any of its files.

use std::path::{Path, PathBuf};

use super::terraform::defined::Defined;

/// A file of a module, with what it defines.
#[derive(Clone, Debug)]
pub struct ModuleFile {
    /// Its path, which tells it from the file that is read.
    pub(super) path: PathBuf,
    pub(super) defined: Defined,
}

impl ModuleFile {
    /// A file with what it holds.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        Self { path: path.to_owned(), defined: Defined::of_file(path, bytes) }
    }
}

/// Names of files that hold configuration.
const CONFIGURATION: &[&str] = &[".tf", ".tofu", ".tf.json", ".tofu.json"];
/// Names of files that hold values of variables.
const VALUES: &[&str] = &[".tfvars", ".tfvars.json"];

/// Whether a file can define what the other files of its folder refer to.
#[must_use]
pub fn is_of_module(path: &Path) -> bool {
    is_configuration(path) || holds_values(path)
}

/// Whether a file holds configuration of Terraform or `OpenTofu`.
#[must_use]
pub fn is_configuration(path: &Path) -> bool {
    ends_with(path, CONFIGURATION)
}

/// Whether a file only gives variables their values.
pub(super) fn holds_values(path: &Path) -> bool {
    ends_with(path, VALUES)
}

fn ends_with(path: &Path, ends: &[&str]) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    ends.iter().any(|end| name.ends_with(end))
}
