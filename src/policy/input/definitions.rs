//! What expressions refer to, and what that refers to in turn.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::rc::Rc;

use sha2::{Digest, Sha256};

/// What a name stands for.
#[derive(Debug)]
pub(super) struct Definition<Name> {
    /// Its text.
    pub(super) text: String,
    /// What the text refers to.
    pub(super) references: BTreeSet<Name>,
}

/// A definition with the digest of its text.
#[derive(Debug)]
pub(super) struct Known<Name> {
    pub(super) own: Definition<Name>,
    digest: [u8; 32],
}

/// The definitions that were looked up, each read once however many expressions refer to it.
#[derive(Debug)]
pub(super) struct Lookup<Name> {
    known: RefCell<HashMap<Name, Option<Rc<Known<Name>>>>>,
}

impl<Name> Default for Lookup<Name> {
    fn default() -> Self {
        Self { known: RefCell::default() }
    }
}

impl<Name: Clone + Eq + Hash + Ord> Lookup<Name> {
    /// All that names stand for, also through others, in the order of the names; what is not defined is left out.
    pub(super) fn all(
        &self,
        mut waiting: BTreeSet<Name>,
        define: impl Fn(&Name) -> Option<Definition<Name>>,
    ) -> Vec<Rc<Known<Name>>> {
        let mut seen: BTreeSet<Name> = BTreeSet::new();
        let mut all = Vec::new();
        while let Some(name) = waiting.pop_first() {
            if !seen.insert(name.clone()) {
                continue;
            }
            if let Some(known) = self.known(&name, &define) {
                waiting.extend(known.own.references.difference(&seen).cloned());
                all.push(known);
            }
        }
        all
    }

    fn known(&self, name: &Name, define: impl Fn(&Name) -> Option<Definition<Name>>) -> Option<Rc<Known<Name>>> {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let known = define(name).map(|own| {
            let digest = Sha256::digest(own.text.as_bytes()).into();
            Rc::new(Known { own, digest })
        });
        self.known.borrow_mut().insert(name.clone(), known.clone());
        known
    }
}

/// A text that is the same for the same definitions; empty for none.
pub(super) fn identity<Name>(all: &[Rc<Known<Name>>]) -> String {
    use std::fmt::Write as _;
    all.iter().flat_map(|known| known.digest).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_end_and_what_is_nowhere_is_left_out() {
        let lookup = Lookup::default();
        let define = |name: &u8| {
            let references = BTreeSet::from([(name + 1) % 4, 9]);
            (*name < 4).then(|| Definition { text: name.to_string(), references })
        };
        let all = lookup.all(BTreeSet::from([1]), define);
        assert_eq!(all.iter().map(|known| known.own.text.as_str()).collect::<String>(), "1230");
        assert!(identity(&all) == identity(&lookup.all(BTreeSet::from([1]), define)) && !identity(&all).is_empty());
        assert_eq!(identity(&lookup.all(BTreeSet::from([9]), define)), "");
    }
}
