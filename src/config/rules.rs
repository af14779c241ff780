//! `[rules.ID]`: what is different about single rules.

use std::collections::BTreeMap;

use clap::ValueEnum;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Value, json};

use super::file::Layer;
use super::{Config, ConfigError};
use crate::policy::matching::glob;
use crate::rule::{Rule, Setting, Settings, Severity, framework, registry};
use crate::text::closest;

/// What is different about single rules, by id: `enabled`, `severity`, and the rule's parameters.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct RulesConfig(pub BTreeMap<String, toml::Table>);

impl Config {
    /// What the files say of rules together. Packs of the user's own must have been added before.
    ///
    /// # Errors
    /// [`ConfigError`] for a rule, a key or a value that is not there, with its place.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let mut settings = Settings::default();
        for layer in &self.layers {
            check_selection(layer)?;
            let tables = layer.table.get("rules").and_then(toml::Value::as_table);
            for (id, table) in tables.into_iter().flatten() {
                let rule = rule(layer, id)?;
                let setting = settings.0.entry(rule.id).or_default();
                for (key, value) in table.as_table().into_iter().flatten() {
                    set(rule, setting, key, value)
                        .map_err(|why| layer.wrong_at(&["rules", id, key], &format!("{}: {why}", rule.id)))?;
                }
            }
        }
        Ok(settings)
    }
}

/// What a file says about which rules run has rules that are there.
fn check_selection(layer: &Layer) -> Result<(), ConfigError> {
    let scan = layer.table.get("scan").and_then(toml::Value::as_table);
    let scan = |key: &str| scan.and_then(|scan| scan.get(key));
    for key in ["rules", "except"] {
        let globs = scan(key).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str);
        for (number, pattern) in globs.enumerate() {
            let bare = if key == "rules" { pattern.strip_prefix('!').unwrap_or(pattern) } else { pattern };
            if !registry::all().any(|rule| glob(bare, rule.id)) {
                let near = registry::closest(bare).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                let keys = ["scan", key, &number.to_string()];
                return Err(layer.wrong_at(&keys, &format!("no rule matches {pattern:?}{near}")));
            }
        }
    }
    match scan("framework").and_then(toml::Value::as_str) {
        Some(id) if framework::find(id).is_none() => {
            let known: Vec<&str> = framework::all().iter().map(|framework| framework.id.as_str()).collect();
            let message = format!("there is no framework {id:?}; there are {}", known.join(", "));
            Err(layer.wrong_at(&["scan", "framework"], &message))
        }
        _ => Ok(()),
    }
}

fn rule(layer: &Layer, id: &str) -> Result<&'static Rule, ConfigError> {
    registry::find(id).ok_or_else(|| {
        let near = registry::closest(id).map_or_else(
            || "; `afterlab rules list` shows all rules".to_owned(),
            |near| format!("; did you mean {near}?"),
        );
        layer.wrong_at(&["rules", id], &format!("there is no rule {id:?}{near}"))
    })
}

/// Takes one key of a rule's table over.
fn set(rule: &Rule, setting: &mut Setting, key: &str, value: &toml::Value) -> Result<(), String> {
    match key {
        "enabled" => setting.enabled = Some(value.as_bool().ok_or("enabled is true or false")?),
        "severity" => {
            let known = value.as_str().and_then(|name| Severity::from_str(name, false).ok());
            setting.severity = Some(known.ok_or("a severity is one of info, low, medium, high, critical")?);
        }
        name => {
            let param = rule.params.iter().find(|param| param.name == name).ok_or_else(|| no_such_key(rule, name))?;
            let number = value.as_integer().ok_or_else(|| format!("{name} is a whole number of {}", param.unit))?;
            setting.params.insert(param.name, param.set(number)?.value);
        }
    }
    Ok(())
}

fn no_such_key(rule: &Rule, key: &str) -> String {
    let known: Vec<&str> = rule.params.iter().map(|param| param.name).chain(["severity", "enabled"]).collect();
    match closest(key, known.iter().copied()) {
        Some(near) => format!("there is no {key}; did you mean {near}?"),
        None => format!("there is no {key}; there is {}", known.join(", ")),
    }
}

impl JsonSchema for RulesConfig {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RulesConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let severity = generator.subschema_for::<Severity>().to_value();
        let enabled = json!({"description": "Whether it runs without being named.", "type": "boolean"});
        let common = json!({"enabled": enabled, "severity": severity});
        let with_params = |rule: &&Rule| !rule.params.is_empty();
        let own: serde_json::Map<String, Value> = registry::all()
            .filter(with_params)
            .map(|rule| {
                let mut members = common.clone();
                for param in rule.params {
                    members[param.name] = json!({
                        "description": format!("{} In {}.", param.about, param.unit), "type": "integer",
                        "minimum": param.least, "maximum": param.most, "default": param.default,
                    });
                }
                let table = json!({"type": "object", "properties": members, "additionalProperties": false});
                (rule.id.to_owned(), table)
            })
            .collect();
        json_schema!({
            "description": "What is different about single rules, by id: `enabled`, `severity`, and the rule's parameters.",
            "type": "object",
            "properties": own,
            // Rules without parameters, and those of packs of the user's own.
            "additionalProperties": {
                "type": "object", "properties": common, "additionalProperties": {"type": "integer"}
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("afterlab.toml");
        std::fs::write(&path, text).expect("a file");
        let config = Config::read(None, Some(&path)).map_err(|error| error.to_string())?;
        config.settings().map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_wrong_about_a_rule_has_its_place() {
        for (text, place, words) in [
            ("[rules.iam-acces-key-old]\n", ":1:8: ", "did you mean iam-access-key-old?"),
            ("[rules.iam-access-key-old]\nmax_age_day = 4\n", ":2:1: ", "did you mean max_age_days?"),
            ("[rules.iam-access-key-old]\nmax_age_days = 0\n", ":2:1: ", "from 1 to 3650 (days), not 0"),
            ("[rules.iam-access-key-old]\nmax_age_days = \"4\"\n", ":2:1: ", "a whole number of days"),
            ("[rules.iam-access-key-old]\nseverity = \"bad\"\n", ":2:1: ", "one of info, low"),
            ("[scan]\nrules = [\"s3-*\",\n\"!s4-*\"]\n", ":3:1: ", "no rule matches \"!s4-*\""),
            ("[scan]\nexcept = [\"iam-acces-key-old\"]\n", ":2:11: ", "did you mean iam-access-key-old?"),
            ("[scan]\nframework = \"cis\"\n", ":2:1: ", "there are cis-1.5"),
            ("[rules.iam-root-no-mfa]\nmax = 1\n", ":2:1: ", "there is no max; there is severity, enabled"),
        ] {
            let error = settings(text).expect_err(text);
            assert!(error.contains(place) && error.contains(words), "{error}");
        }
        assert!(settings("rules = 1\n").is_err() && settings("[rules]\nx = 1\n").is_err());
    }

    #[test]
    fn another_name_of_a_rule_is_that_rule() {
        let alias = &registry::aliases()[0];
        let settings = settings(&format!("[rules.{}]\nenabled = false\n", alias.name)).expect("settings");
        assert_eq!(settings.0[alias.id].enabled, Some(false));
    }
}
