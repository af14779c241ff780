//! Which lints run, and how bad their findings are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::finding::Selected;
use super::{Level, Lint, registry};
use crate::policy::matching::glob_ignore_case;

/// What the user asked for; empty lists ask for every lint that is on.
#[derive(Clone, Debug, Default)]
pub struct LintSelection {
    /// Globs over codes (`PASS_ROLE_*`), in any case.
    pub select: Vec<String>,
    /// Globs over codes that do not run, whatever else says they do.
    pub ignore: Vec<String>,
    /// Levels that replace those of the lints, by code.
    pub levels: BTreeMap<String, Level>,
}

/// The lints that run, looked up once.
#[derive(Clone, Debug)]
pub struct SelectedLints {
    codes: BTreeSet<&'static str>,
    levels: BTreeMap<&'static str, Level>,
}

/// Why a selection is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LintSelectionError {
    /// A glob or code matches no lint; with the closest code, if one is close.
    NoMatch {
        /// What was written.
        glob: String,
        /// The code that was perhaps meant.
        closest: Option<&'static str>,
    },
    /// Nothing is left.
    Empty,
}

impl std::error::Error for LintSelectionError {}

impl fmt::Display for LintSelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMatch { glob, closest } => {
                write!(f, "no lint matches {glob:?}")?;
                closest.map_or(Ok(()), |code| write!(f, "; did you mean {code}?"))
            }
            Self::Empty => f.write_str("no lint is left after select and ignore"),
        }
    }
}

impl LintSelection {
    /// Looks the lints up. A lint that is opt-in runs only when it is selected, by its code or by a glob other than `*`.
    ///
    /// # Errors
    /// [`LintSelectionError`] when something matches no lint or nothing is left.
    pub fn resolve(&self) -> Result<SelectedLints, LintSelectionError> {
        for pattern in self.select.iter().chain(&self.ignore).chain(self.levels.keys()) {
            if !registry::all().any(|(_, lint)| glob_ignore_case(pattern, lint.code)) {
                return Err(LintSelectionError::NoMatch { glob: pattern.clone(), closest: registry::closest(pattern) });
            }
        }
        let takes = |globs: &[String], code: &str| globs.iter().any(|glob| glob_ignore_case(glob, code));
        let named = |code: &str| self.select.iter().any(|glob| glob != "*" && glob_ignore_case(glob, code));
        let codes: BTreeSet<_> = registry::all()
            .map(|(_, lint)| lint)
            .filter(|lint| self.select.is_empty() || takes(&self.select, lint.code))
            .filter(|lint| lint.opt_in.is_none() || named(lint.code))
            .filter(|lint| !takes(&self.ignore, lint.code))
            .map(|lint| lint.code)
            .collect();
        if codes.is_empty() {
            return Err(LintSelectionError::Empty);
        }
        let levels = registry::all().filter_map(|(_, lint)| {
            let set = self.levels.iter().find(|(glob, _)| glob_ignore_case(glob, lint.code));
            set.map(|(_, level)| (lint.code, *level))
        });
        Ok(SelectedLints { codes, levels: levels.collect() })
    }
}

impl SelectedLints {
    /// The level that the user wants for a lint.
    #[must_use]
    pub fn level(&self, lint: &Lint) -> Option<Level> {
        self.levels.get(lint.code).copied()
    }
}

impl Selected for SelectedLints {
    fn takes(&self, lint: &Lint) -> bool {
        self.codes.contains(lint.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(select: &[&str], ignore: &[&str]) -> Result<BTreeSet<&'static str>, LintSelectionError> {
        let own = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        LintSelection { select: own(select), ignore: own(ignore), ..LintSelection::default() }
            .resolve()
            .map(|lints| lints.codes)
    }

    #[test]
    fn globs_take_and_leave_out_in_any_case() {
        let found = codes(&["pass_role_*"], &["PASS_ROLE_WITH_NOT_*"]).expect("lints");
        assert!(found.iter().all(|code| code.starts_with("PASS_ROLE_WITH_STAR")), "{found:?}");
        assert_eq!(found.len(), 4);
        assert!(codes(&[], &["json_*"]).expect("lints").contains("PASS_ROLE_WITH_NOT_RESOURCE"));
    }

    #[test]
    fn a_typo_is_refused_with_what_was_perhaps_meant() {
        let error = codes(&["pass_role_with_not_resurce"], &[]).expect_err("no such lint");
        assert!(error.to_string().contains("did you mean PASS_ROLE_WITH_NOT_RESOURCE?"), "{error}");
        assert_eq!(codes(&["json_*"], &["*"]).expect_err("nothing"), LintSelectionError::Empty);
    }
}
