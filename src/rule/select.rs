//! Which rules run: by glob, kind and severity.

use std::fmt;

use super::{Framework, Kind, Rule, Settings, Severity, registry};
use crate::policy::matching::glob;

/// What the user asked for; empty lists ask for everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Globs over rule ids (`s3-*`). A leading `!` leaves out.
    pub globs: Vec<String>,
    /// Kinds to run.
    pub kinds: Vec<Kind>,
    /// The lowest severity to run.
    pub min_severity: Option<Severity>,
    /// The framework whose controls are asked for.
    pub framework: Option<&'static Framework>,
    /// What a config says of single rules.
    pub settings: Settings,
}

/// Why a selection is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectionError {
    /// A glob matches no rule; with the closest rule, if one is close.
    NoMatch {
        /// The glob.
        glob: String,
        /// The id that was perhaps meant.
        closest: Option<&'static str>,
    },
    /// The globs, kinds and severity together leave nothing.
    Empty,
}

impl std::error::Error for SelectionError {}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMatch { glob, closest } => {
                write!(f, "no rule matches {glob:?}")?;
                if let Some(id) = closest {
                    write!(f, "; did you mean {id}?")?;
                }
                Ok(())
            }
            Self::Empty => f.write_str(
                "no rule is left after --rule, --kind, --severity, --framework and what the config says of rules",
            ),
        }
    }
}

/// The rules that a selection asks for, sorted by id.
///
/// A rule that is opt-in, or that the config switches off, runs only when a glob is exactly its id; unless the config
/// switches it on.
///
/// # Errors
/// [`SelectionError`] when a glob matches nothing or nothing is left.
pub fn select(selection: &Selection) -> Result<Vec<&'static Rule>, SelectionError> {
    for pattern in &selection.globs {
        let bare = pattern.strip_prefix('!').unwrap_or(pattern);
        if !registry::all().any(|rule| glob(bare, rule.id)) {
            return Err(SelectionError::NoMatch { glob: pattern.clone(), closest: registry::closest(bare) });
        }
    }
    let wanted = registry::all().map(|rule| selection.settings.apply(rule));
    let rules: Vec<_> = wanted.filter(|rule| selection.takes(rule)).collect();
    if rules.is_empty() { Err(SelectionError::Empty) } else { Ok(rules) }
}

impl Selection {
    fn takes(&self, rule: &Rule) -> bool {
        let (left_out, asked): (Vec<_>, Vec<_>) = self.globs.iter().partition(|pattern| pattern.starts_with('!'));
        let named = asked.iter().any(|pattern| pattern.as_str() == rule.id);
        let matched = asked.is_empty() || asked.iter().any(|pattern| glob(pattern, rule.id));
        matched
            && !left_out.iter().any(|pattern| glob(&pattern[1..], rule.id))
            && (named || self.settings.enabled(rule).unwrap_or(rule.opt_in.is_none()))
            && (self.kinds.is_empty() || self.kinds.contains(&rule.kind))
            && self.min_severity.is_none_or(|least| rule.severity >= least)
            && self.framework.is_none_or(|framework| framework.has(rule.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(selection: &Selection) -> Vec<&'static str> {
        select(selection).expect("rules").iter().map(|rule| rule.id).collect()
    }

    fn globs(globs: &[&str]) -> Selection {
        Selection { globs: globs.iter().map(|g| (*g).to_owned()).collect(), ..Selection::default() }
    }

    #[test]
    fn a_glob_takes_and_an_exclamation_mark_leaves_out() {
        assert!(ids(&globs(&["s3-*"])).iter().all(|id| id.starts_with("s3-")));
        let without = ids(&globs(&["s3-*", "!s3-bucket-*"]));
        assert!(!without.is_empty() && without.iter().all(|id| !id.starts_with("s3-bucket-")), "{without:?}");
    }

    #[test]
    fn a_typo_names_the_closest_rule() {
        let error = select(&globs(&["s3-bucket-policy-publik"])).expect_err("no such rule");
        assert!(error.to_string().contains("s3-bucket-policy-public"), "{error}");
    }

    #[test]
    fn a_config_switches_rules_off_and_on() {
        use crate::rule::Setting;
        let opt_in = registry::all().find(|rule| rule.opt_in.is_some()).expect("an opt-in rule");
        let set = |id, enabled| (id, Setting { enabled: Some(enabled), ..Setting::default() });
        let settings = Settings([set(opt_in.id, true), set("iam-access-key-old", false)].into());
        let with = |selection: Selection| ids(&Selection { settings: settings.clone(), ..selection });
        let all = with(globs(&["*"]));
        assert!(all.contains(&opt_in.id) && !all.contains(&"iam-access-key-old"));
        assert_eq!(with(globs(&["iam-access-key-old"])), ["iam-access-key-old"], "its name asks for it");
    }

    #[test]
    fn nothing_left_is_an_error() {
        let selection =
            Selection { kinds: vec![Kind::Hygiene], min_severity: Some(Severity::Critical), ..Selection::default() };
        assert_eq!(select(&selection).err(), Some(SelectionError::Empty));
    }

    #[test]
    fn an_opt_in_rule_runs_only_by_its_name() {
        let opt_in = registry::all().find(|rule| rule.opt_in.is_some()).expect("an opt-in rule");
        assert!(!ids(&globs(&["*"])).contains(&opt_in.id));
        assert_eq!(ids(&globs(&[opt_in.id])), [opt_in.id]);
    }
}
