//! Files that are reached by links: what one leads to may differ although the file does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Changes;
use super::tree::{Mode, Target};

/// What is reached by links, of a revision and of the work tree.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Paths through a link with the files that they lead to, then and now, where these are not the same.
    pub(super) moved: Vec<Moved>,
    /// Paths through a link, with the file that they lead to.
    pub(super) same: Vec<(PathBuf, PathBuf)>,
    /// Links that cannot be compared, and why.
    pub(super) unknown: Vec<(PathBuf, &'static str)>,
}

/// A path that leads to another file than it did.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) path: PathBuf,
    pub(super) before: Option<PathBuf>,
    /// Below the root of the work tree.
    pub(super) after: Option<PathBuf>,
}

impl Reached {
    /// Follows all links.
    pub(super) fn of(changes: &Changes) -> Self {
        let links: BTreeSet<&PathBuf> = changes.before.links().chain(changes.now.links()).collect();
        let old: Vec<&PathBuf> = changes.before.links().collect();
        let objects: Vec<&str> = old.iter().map(|link| changes.before.entries[*link].1.as_str()).collect();
        let texts = changes.git.small_blobs(&objects);
        let targets: BTreeMap<&Path, Option<Vec<u8>>> = old.iter().map(|link| link.as_path()).zip(texts).collect();
        let read = |link: &Path| targets.get(link)?.as_deref().map(super::git::path);
        let mut reached = Self::default();
        for link in links {
            let before = changes.before.resolve(link, &read);
            let after = match changes.now.mode(link) {
                Some(Mode::Link) => changes.now.resolve_on_disk(&changes.git.root, link),
                Some(_) => Target::File(link.clone()),
                None if changes.now.has(link) => Target::Folder(link.clone()),
                None => Target::Nothing,
            };
            reached.add(changes, link, &before, &after);
        }
        reached
    }

    fn add(&mut self, changes: &Changes, link: &Path, before: &Target, after: &Target) {
        let is_changed = changes.changed.contains_key(link);
        match (before, after) {
            // What lies outside is no change of this repository, unless the link itself is.
            _ if !is_changed && (*before == Target::Outside || *after == Target::Outside) => return,
            (Target::Outside, _) => {
                self.unknown
                    .push((link.to_owned(), "led to what git does not keep, so that it is not known what it was"));
                return;
            }
            (_, Target::Outside) if changes.git.root.join(link).is_dir() => {
                self.unknown.push((link.to_owned(), "leads to a folder that git does not keep: not looked into"));
                return;
            }
            (_, Target::Nothing) if is_changed && changes.now.mode(link) == Some(Mode::Link) => {
                self.unknown.push((link.to_owned(), "is a link to what is not there"));
            }
            _ => {}
        }
        let (mut old, mut new) = (changes.before.files_of(before), changes.now.files_of(after));
        if *after == Target::Outside {
            new.insert(PathBuf::new(), link.to_owned());
        }
        let below: BTreeSet<PathBuf> = old.keys().chain(new.keys()).cloned().collect();
        for below in below {
            let path = if below.as_os_str().is_empty() { link.to_owned() } else { link.join(&below) };
            match (old.remove(&below), new.remove(&below)) {
                (Some(before), Some(after)) if before == after => self.same.push((path, after)),
                // A file that came or went where an old link leads is a change of the file.
                (Some(file), None) | (None, Some(file)) if !is_changed => self.same.push((path, file)),
                (before, after) => self.moved.push(Moved { path, before, after }),
            }
        }
    }
}
