//! Terraform modules: a file may mean something else although only another file of its folder has changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::Changes;
use super::pairs::{FilePair, Version};
use super::tree::{Mode, Tree};
use crate::cli::CliError;
use crate::policy::input::{ModuleFile, is_configuration, is_of_module};

/// At what time a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum When {
    /// At the revision.
    Then,
    /// In the work tree.
    Now,
}

impl Changes {
    /// The files of the module that a version of a file is of; nothing of what is no configuration.
    ///
    /// # Errors
    /// Why one of them cannot be read.
    pub(in super::super) fn module_of(&self, version: &Version, when: When) -> Result<Arc<[ModuleFile]>, CliError> {
        let folder = version.path.parent().filter(|_| is_configuration(&version.path));
        let Some(folder) = folder else { return Ok(Arc::from([])) };
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = modules.get(&(when, folder.to_owned())) {
            return Ok(Arc::clone(known));
        }
        let files = self.tree(when).below(folder);
        let own = |(path, mode): &(&PathBuf, Mode)| {
            *mode == Mode::File && path.parent() == Some(folder) && is_of_module(path)
        };
        let read = |(path, _): (&PathBuf, Mode)| {
            let bytes = self
                .read(&self.version(path, when))
                .map_err(|error| CliError::new(format!("{} {}", self.names.name(path), error.what)))?;
            Ok(ModuleFile::of(path, &bytes))
        };
        let module: Arc<[ModuleFile]> = files.filter(own).map(read).collect::<Result<_, CliError>>()?;
        modules.insert((when, folder.to_owned()), Arc::clone(&module));
        Ok(module)
    }

    /// Configurations that have not changed themselves, of modules in which something has.
    pub(super) fn in_changed_modules(&self) -> impl Iterator<Item = (&Path, FilePair)> {
        let names = self.changed.iter().flat_map(|(path, change)| std::iter::once(path).chain(&change.was));
        let folders: BTreeSet<&Path> =
            names.filter(|path| is_of_module(path)).filter_map(|path| path.parent()).collect();
        let files = self.before.entries.iter().filter(move |(path, (mode, _))| {
            *mode == Mode::File
                && is_configuration(path)
                && path.parent().is_some_and(|folder| folders.contains(folder))
                && !self.changed.contains_key(*path)
                && self.now.mode(path) == Some(Mode::File)
        });
        files.map(|(path, _)| {
            let (before, after) = (self.version(path, When::Then), self.version(path, When::Now));
            (
                path.as_path(),
                FilePair { name: self.names.name(path), was: None, before: Some(before), after: Some(after) },
            )
        })
    }

    /// What a path has at a time when it is there.
    pub(super) fn version(&self, path: &Path, when: When) -> Version {
        let object = self.tree(when).entries.get(path).map(|(_, object)| object).filter(|object| !object.is_empty());
        match object {
            // A sparse checkout does not have every file.
            Some(object) if when == When::Then || !self.git.root.join(path).exists() => {
                Version::of_object(path, object.clone())
            }
            _ => Version::on_disk(path, path),
        }
    }

    fn tree(&self, when: When) -> &Tree {
        match when {
            When::Then => &self.before,
            When::Now => &self.now,
        }
    }
}
