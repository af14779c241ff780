//! What holds, and where each setting comes from.

use std::path::PathBuf;

use serde::Serialize;
use toml::{Table, Value};

use super::{Config, KNOWN, Layer};

/// A setting that holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// Where it stands in a file: `scan.fail_on`, `suppress[0]`.
    pub key: String,
    /// Its value as TOML; none where there is no limit. Of a variable: its text.
    pub value: Option<String>,
    /// Where it comes from.
    pub from: Origin,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Origin {
    /// A variable of the environment.
    Environment {
        /// Its name.
        variable: &'static str,
    },
    /// A project's file.
    Project {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The user's file.
    User {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Nobody says anything.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment { variable } => f.write_str(variable),
            Self::Project { file, line } | Self::User { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// All settings that are known, and all that files say, with where each comes from. Flags are not known here.
#[must_use]
pub fn show(config: &Config, variable: impl Fn(&str) -> Option<String>) -> Vec<Shown> {
    let mut all: Vec<Shown> = KNOWN
        .iter()
        .map(|known| {
            let (section, name) = known.key.split_once('.').unwrap_or(("", known.key));
            let set = known.variable.and_then(|name| Some((name, variable(name)?)));
            let in_files = || in_files(config, &[section, name]);
            let (value, from) = match set {
                Some((variable, text)) => (Some(text), Origin::Environment { variable }),
                None => in_files().unwrap_or((known.default.map(str::to_owned), Origin::Default)),
            };
            Shown { key: known.key.to_owned(), value, from }
        })
        .collect();
    for section in ["rules", "policy"] {
        let mut keys: Vec<Vec<String>> = config.layers.iter().flat_map(|layer| leaves(&layer.table, section)).collect();
        keys.sort();
        keys.dedup();
        for keys in keys.iter().filter(|keys| !KNOWN.iter().any(|known| known.key == keys.join("."))) {
            let names: Vec<&str> = keys.iter().map(String::as_str).collect();
            if let Some((value, from)) = in_files(config, &names) {
                all.push(Shown { key: keys.join("."), value, from });
            }
        }
    }
    for (section, keys) in [("", vec!["suppress"]), ("policy.", vec!["policy", "suppress"])] {
        all.extend(suppressions(config, section, &keys));
    }
    all
}

/// The value of the file that counts most, and where it stands.
fn in_files(config: &Config, keys: &[&str]) -> Option<(Option<String>, Origin)> {
    config.layers.iter().rev().find_map(|layer| Some((Some(at(&layer.table, keys)?.to_string()), origin(layer, keys))))
}

fn origin(layer: &Layer, keys: &[&str]) -> Origin {
    let (line, _) = super::place(&layer.text, keys).unwrap_or((1, 1));
    let file = layer.path.clone();
    if layer.of_user { Origin::User { file, line } } else { Origin::Project { file, line } }
}

fn at<'t>(table: &'t Table, keys: &[&str]) -> Option<&'t Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

/// The keys of a section that hold no table, but for suppressions.
fn leaves(table: &Table, section: &str) -> Vec<Vec<String>> {
    fn walk(value: &Value, way: &[String], found: &mut Vec<Vec<String>>) {
        match value {
            Value::Table(members) => members.iter().for_each(|(key, value)| {
                walk(value, &[way, std::slice::from_ref(key)].concat(), found);
            }),
            _ if way.last().is_some_and(|key| key == "suppress") => {}
            _ => found.push(way.to_vec()),
        }
    }
    let mut found = Vec::new();
    if let Some(value) = table.get(section) {
        walk(value, &[section.to_owned()], &mut found);
    }
    found
}

fn suppressions(config: &Config, section: &str, keys: &[&str]) -> Vec<Shown> {
    let mut all = Vec::new();
    for layer in &config.layers {
        let items = at(&layer.table, keys).and_then(Value::as_array);
        for (number, item) in items.into_iter().flatten().enumerate() {
            let number = number.to_string();
            let place = [keys, &[number.as_str()]].concat();
            let key = format!("{section}suppress[{}]", all.len());
            all.push(Shown { key, value: Some(item.to_string()), from: origin(layer, &place) });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_comes_from_the_nearest() {
        let folder = tempfile::tempdir().expect("a folder");
        let (user, project) = (folder.path().join("config.toml"), folder.path().join("afterlab.toml"));
        std::fs::write(&user, "[scan]\nfail_on = \"low\"\ngrace = \"4h\"\nseverity = \"low\"\n").expect("a file");
        let text = "[scan]\nfail_on = \"high\"\n\n[rules.iam-access-key-old]\nmax_age_days = 45\n[[suppress]]\n\
                    rule = \"*\"\nresource = \"*\"\nreason = \"x\"\n";
        std::fs::write(&project, text).expect("a file");
        let config = Config::read(Some(&user), Some(&project)).expect("a config");
        let shown = show(&config, |name| (name == "AFTERLAB_SEVERITY").then(|| "critical".to_owned()));
        let of = |key: &str| shown.iter().find(|shown| shown.key == key).cloned().expect(key);
        let place = |key: &str| of(key).from.to_string().rsplit('/').next().map(str::to_owned).unwrap_or_default();
        assert_eq!(of("scan.fail_on").value.as_deref(), Some("\"high\""));
        assert_eq!(place("scan.fail_on"), "afterlab.toml:2");
        assert_eq!(place("scan.grace"), "config.toml:3");
        assert_eq!(of("scan.severity").from, Origin::Environment { variable: "AFTERLAB_SEVERITY" });
        assert_eq!((of("scan.kind").value, of("scan.kind").from), (None, Origin::Default));
        assert_eq!(place("rules.iam-access-key-old.max_age_days"), "afterlab.toml:5");
        assert_eq!(place("suppress[0]"), "afterlab.toml:6");
    }
}
