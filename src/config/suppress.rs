//! `[[suppress]]`: findings of accounts that are known and accepted.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::date::date;
use super::file::Layer;
use super::{Config, ConfigError};
use crate::finding::{Suppression, is_fingerprint};
use crate::policy::matching::glob;
use crate::rule::registry;

/// Findings that are known and accepted: one by its fingerprint, or those of rules about resources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionConfig {
    /// The finding, as reports name it; then neither `rule` nor `resource` is needed.
    pub fingerprint: Option<String>,
    /// The rule, by id or glob.
    pub rule: Option<String>,
    /// The resource, by glob over its ARN and its name.
    pub resource: Option<String>,
    /// Only in this account, by glob over its number.
    pub account: Option<String>,
    /// Only in this region, by glob.
    pub region: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds, in UTC: `2027-03-31`.
    #[serde(default, deserialize_with = "date")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
}

impl Config {
    /// The suppressions of all files. Packs of the user's own must have been added before.
    ///
    /// # Errors
    /// [`ConfigError`] for one that says too little, or names what is not there, with its place.
    pub fn suppressions(&self) -> Result<Vec<Suppression>, ConfigError> {
        let mut all = Vec::new();
        for layer in &self.layers {
            let count = layer.table.get("suppress").and_then(toml::Value::as_array).map_or(0, Vec::len);
            let own = self.suppress.iter().skip(all.len()).take(count).enumerate();
            let own = own.map(|(number, wanted)| wanted.checked(layer, number)).collect::<Result<Vec<_>, _>>()?;
            all.extend(own);
        }
        Ok(all)
    }
}

impl SuppressionConfig {
    fn checked(&self, layer: &Layer, number: usize) -> Result<Suppression, ConfigError> {
        let number = number.to_string();
        let wrong = |key: &str, why: &str| Err(layer.wrong_at(&["suppress", &number, key], why));
        let Self { fingerprint, rule, resource, account, region, reason, until } = self.clone();
        if reason.trim().is_empty() {
            return wrong("reason", "say why it is accepted: the reason is empty");
        }
        if fingerprint.as_deref().is_some_and(|print| !is_fingerprint(print)) {
            return wrong("fingerprint", "a fingerprint has 32 hexadecimal digits, as `scan --explain` shows it");
        }
        if fingerprint.is_none() && (rule.is_none() || resource.is_none()) {
            return wrong("reason", "give its fingerprint, or both rule and resource (\"*\" for every resource)");
        }
        // Another name of a rule is that rule.
        let rule = rule.map(|name| registry::find(&name).map_or(name, |rule| rule.id.to_owned()));
        if let Some(pattern) = rule.as_deref()
            && !registry::all().any(|rule| glob(pattern, rule.id))
        {
            let near = registry::closest(pattern).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            return wrong("rule", &format!("no rule matches {pattern:?}{near}"));
        }
        let (line, _) = super::place(&layer.text, &["suppress", &number]).unwrap_or_default();
        let place = format!("{}:{line}", layer.path.display());
        Ok(Suppression { fingerprint, rule, resource, account, region, reason, until, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suppressions(text: &str) -> Result<Vec<Suppression>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("afterlab.toml");
        std::fs::write(&path, text).expect("a file");
        let config = Config::read(None, Some(&path)).map_err(|error| error.to_string())?;
        config.suppressions().map_err(|error| error.to_string())
    }

    #[test]
    fn a_suppression_says_what_and_why() {
        let print = "0123456789abcdef0123456789abcdef";
        let good = format!("[[suppress]]\nfingerprint = \"{print}\"\nreason = \"known\"\nuntil = 2027-01-31\n");
        let read = suppressions(&good).expect("a suppression");
        assert!(read[0].place.ends_with("afterlab.toml:1") && read[0].until.is_some(), "{read:?}");
        for (text, place, words) in [
            ("[[suppress]]\nrule = \"iam-*\"\n", ":1:1: ", "reason"),
            ("[[suppress]]\nrule = \"iam-*\"\nreason = \"x\"\n", ":3:1: ", "both rule and resource"),
            (
                "[[suppress]]\nrule = \"iam-acess-key-old\"\nresource = \"*\"\nreason = \"x\"\n",
                ":2:1: ",
                "did you mean",
            ),
            ("[[suppress]]\nfingerprint = \"12\"\nreason = \"x\"\n", ":2:1: ", "32 hexadecimal"),
            ("[[suppress]]\nrule = \"iam-*\"\nresource = \"*\"\nreason = \" \"\n", ":4:1: ", "empty"),
            ("[[suppress]]\nrule = \"*\"\nresource = \"*\"\nreason = \"x\"\nuntil = \"soon\"\n", ":5:9: ", "no day"),
        ] {
            let error = suppressions(text).expect_err(text);
            assert!(error.contains(place) && error.contains(words), "{error}");
        }
    }
}
