//! Findings that a user knows and accepts.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;

use super::LintFinding;
use crate::config::PolicySuppression;
use crate::policy::matching::{glob, glob_ignore_case};

/// The suppressions of a config file, and which of them were of use.
#[derive(Debug)]
pub struct Suppressions<'c> {
    entries: Vec<Entry<'c>>,
}

#[derive(Debug)]
struct Entry<'c> {
    wanted: &'c PolicySuppression,
    expired: bool,
    saw_file: AtomicBool,
    used: AtomicBool,
}

/// What a suppression is matched against besides the finding.
#[derive(Clone, Copy, Debug)]
pub struct SuppressionPlace<'p> {
    /// The file, relative to the config file's folder, with `/` between folders.
    pub file: &'p str,
    /// The policy's name within the file.
    pub policy: &'p str,
    /// The statement's Sid.
    pub sid: Option<&'p str>,
}

impl<'c> Suppressions<'c> {
    /// Takes them as they are on a day.
    #[must_use]
    pub fn of(wanted: &'c [PolicySuppression], today: Date) -> Self {
        let entries = wanted.iter().map(|wanted| Entry {
            wanted,
            expired: wanted.until.is_some_and(|until| until < today),
            saw_file: AtomicBool::new(wanted.file.is_none()),
            used: AtomicBool::new(false),
        });
        Self { entries: entries.collect() }
    }

    /// Notes that a file is checked, so that a suppression for it can be missed.
    pub fn saw(&self, file: &str) {
        for entry in &self.entries {
            if entry.wanted.file.as_deref().is_some_and(|pattern| glob(pattern, file)) {
                entry.saw_file.store(true, Ordering::Relaxed);
            }
        }
    }

    /// The reason why a finding is accepted, if it is.
    #[must_use]
    pub fn reason(&self, finding: &LintFinding, place: SuppressionPlace<'_>) -> Option<&'c str> {
        let entry = self.entries.iter().find(|entry| entry.matches(finding, place))?;
        entry.used.store(true, Ordering::Relaxed);
        Some(&entry.wanted.reason)
    }

    /// Those that have expired, or matched nothing in the files that were checked, in words.
    #[must_use]
    pub fn stale(&self) -> Vec<String> {
        let words = |entry: &Entry<'_>| {
            let PolicySuppression { code, reason, until, .. } = entry.wanted;
            match until {
                Some(until) if entry.expired => Some(format!(
                    "the suppression of {code} ({reason}) ended on {until}; remove it or give it a new end"
                )),
                _ if entry.saw_file.load(Ordering::Relaxed) && !entry.used.load(Ordering::Relaxed) => {
                    Some(format!("the suppression of {code} ({reason}) matches nothing; remove it"))
                }
                _ => None,
            }
        };
        self.entries.iter().filter_map(words).collect()
    }
}

impl Entry<'_> {
    fn matches(&self, finding: &LintFinding, place: SuppressionPlace<'_>) -> bool {
        let wanted = self.wanted;
        let fits = |pattern: &Option<String>, text: &str| pattern.as_deref().is_none_or(|pattern| glob(pattern, text));
        !self.expired
            && glob_ignore_case(&wanted.code, finding.lint.code)
            && fits(&wanted.file, place.file)
            && fits(&wanted.policy, place.policy)
            && (wanted.sid.is_none() || place.sid.is_some_and(|sid| fits(&wanted.sid, sid)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::{check, select::LintSelection};
    use super::*;
    use crate::policy::PolicyKind;
    use crate::policy::syntax::{Origin, parse};

    #[test]
    fn what_is_accepted_is_accepted_only_there_and_then() {
        let text = r#"{"Statement": {"Sid": "Lab", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}"#;
        let lints = LintSelection { select: vec!["PASS_ROLE*".into()], ..LintSelection::default() };
        let lints = lints.resolve().expect("lints");
        let found = check(&parse(text, &Origin::file()), PolicyKind::Identity, &lints);
        let wanted = |code: &str, file: Option<&str>, sid: Option<&str>, until: Option<Date>| PolicySuppression {
            code: code.into(),
            file: file.map(Into::into),
            sid: sid.map(Into::into),
            policy: None,
            reason: "known".into(),
            until,
        };
        let place = SuppressionPlace { file: "a/b.json", policy: "", sid: Some("Lab") };
        for (suppression, holds, stale) in [
            (wanted("pass_role*", Some("a/*"), Some("L*"), Some(date(2026, 11, 24))), true, None),
            (wanted("PASS_ROLE_WITH_STAR_IN_RESOURCE", Some("x/*"), None, None), false, None),
            (wanted("*", None, Some("Other"), None), false, Some("matches nothing")),
            (wanted("*", None, None, Some(date(2026, 11, 23))), false, Some("ended on 2026-11-23")),
        ] {
            let suppressions = [suppression];
            let all = Suppressions::of(&suppressions, date(2026, 11, 24));
            all.saw(place.file);
            assert_eq!(all.reason(&found[0], place).is_some(), holds, "{suppressions:?}");
            let said = all.stale();
            assert_eq!(said.len(), usize::from(stale.is_some()), "{said:?}");
            assert!(stale.is_none_or(|words| said[0].contains(words)), "{said:?}");
        }
    }
}
