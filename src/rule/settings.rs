//! What a user's config says of rules: whether they run, how bad they are, and their parameters.

use std::collections::BTreeMap;

use super::{Rule, Severity};

/// What a user's config says of rules, by id.
#[derive(Clone, Debug, Default)]
pub struct Settings(pub BTreeMap<&'static str, Setting>);

/// What a user's config says of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Whether it runs without being named.
    pub enabled: Option<bool>,
    /// How bad a finding is.
    pub severity: Option<Severity>,
    /// Values of parameters, by name; they were found to make sense.
    pub params: BTreeMap<&'static str, i64>,
}

impl Settings {
    /// Whether a rule runs without being named, if the config says so.
    #[must_use]
    pub fn enabled(&self, rule: &Rule) -> Option<bool> {
        self.0.get(rule.id)?.enabled
    }

    /// A rule as the config wants it; it lives as long as the program, as all rules do.
    #[must_use]
    pub fn apply(&self, rule: &'static Rule) -> &'static Rule {
        let Some(setting) = self.0.get(rule.id) else { return rule };
        if setting.severity.is_none() && setting.params.is_empty() {
            return rule;
        }
        let mut wanted = *rule;
        wanted.severity = setting.severity.unwrap_or(rule.severity);
        let mut params = rule.params.to_vec();
        for param in &mut params {
            param.value = setting.params.get(param.name).copied().unwrap_or(param.value);
            if param.value != param.default {
                wanted.title = Box::leak(param.put_right(wanted.title).into_boxed_str());
            }
        }
        wanted.params = Box::leak(params.into_boxed_slice());
        Box::leak(Box::new(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Expected, OutcomeResult, OutcomeStatus, Param, registry};

    fn with(rule: &'static Rule, param: &Param, value: i64) -> &'static Rule {
        let setting = Setting { params: [(param.name, value)].into(), ..Setting::default() };
        Settings([(rule.id, setting)].into()).apply(rule)
    }

    fn outcomes(rule: &'static Rule) -> Vec<OutcomeStatus> {
        let outcomes = rule.examples().iter().filter_map(|example| example.run(rule).ok()).flatten();
        outcomes.map(|outcome| outcome.status()).collect()
    }

    #[test]
    fn every_parameter_decides_something() {
        let mut idle = Vec::new();
        for rule in registry::all() {
            let before = outcomes(rule);
            for param in rule.params {
                let turns = [param.least, param.most].iter().any(|end| outcomes(with(rule, param, *end)) != before);
                if !turns {
                    idle.push(format!("{}: {}", rule.id, param.name));
                }
            }
        }
        assert!(idle.is_empty(), "no example turns with them: {idle:?}");
    }

    #[test]
    fn parameters_are_named_and_described_alike() {
        for rule in registry::all() {
            for (at, param) in rule.params.iter().enumerate() {
                let place = format!("{}: {param:?}", rule.id);
                assert!(param.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{place}");
                assert!(!["enabled", "severity"].contains(&param.name), "{place}: taken");
                assert!(param.least <= param.default && param.default <= param.most, "{place}");
                assert!(param.about.ends_with('.') && !param.about.contains(['|', '\n']), "{place}");
                assert!(rule.params[..at].iter().all(|other| other.name != param.name), "{place}: twice");
            }
            let digits = rule.title.split(' ').any(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()));
            let told = rule.params.iter().any(|param| param.put_right(rule.title) == rule.title);
            assert!(!digits || rule.params.is_empty() || told, "{}: {}", rule.id, rule.title);
        }
    }

    #[test]
    fn what_is_set_shows_in_the_title_and_the_evidence() {
        let rule = registry::find("iam-access-key-old").expect("a rule");
        let strict = with(rule, &rule.params[0], 45);
        assert_eq!(strict.title, "Access key is older than 45 days");
        let example = rule.examples().iter().find(|example| example.expected == Expected::Fail).expect("an example");
        let outcomes = example.run(strict).expect("outcomes");
        let OutcomeResult::Fail(problem) = &outcomes[0].result else { panic!("it fails") };
        let told = problem.evidence.iter().find(|evidence| evidence.property == "params.max_age_days");
        assert_eq!(told.map(|evidence| evidence.value.clone()), Some(45.into()));
    }

    #[test]
    fn a_severity_of_ones_own_replaces_that_of_the_rule() {
        let rule = registry::find("iam-access-key-old").expect("a rule");
        let setting = Setting { severity: Some(Severity::Critical), ..Setting::default() };
        let settings = Settings([(rule.id, setting)].into());
        assert_eq!(settings.apply(rule).severity, Severity::Critical);
        assert_eq!(rule.severity, Severity::Medium, "that of others stays");
    }
}
