//! What each setting's variable, flag and default are: one list for the command line, `config show` and the guide.

/// Variables of the environment, each for the flag of the same name.
pub mod variable {
    /// The config file in place of the nearest one.
    pub const CONFIG: &str = "AFTERLAB_CONFIG";
    /// For `--fail-on`.
    pub const FAIL_ON: &str = "AFTERLAB_FAIL_ON";
    /// For `--severity`.
    pub const SEVERITY: &str = "AFTERLAB_SEVERITY";
    /// For `--kind`.
    pub const KIND: &str = "AFTERLAB_KIND";
    /// For `--rule`.
    pub const RULE: &str = "AFTERLAB_RULE";
    /// For `--framework`.
    pub const FRAMEWORK: &str = "AFTERLAB_FRAMEWORK";
    /// For `--rules`.
    pub const PACKS: &str = "AFTERLAB_PACKS";
    /// For `--region`.
    pub const REGION: &str = "AFTERLAB_REGION";
    /// For `--grace`.
    pub const GRACE: &str = "AFTERLAB_GRACE";
    /// For `--keep-tag`.
    pub const KEEP_TAG: &str = "AFTERLAB_KEEP_TAG";
    /// For `--allow-gaps`.
    pub const ALLOW_GAPS: &str = "AFTERLAB_ALLOW_GAPS";
    /// For `--baseline`.
    pub const BASELINE: &str = "AFTERLAB_BASELINE";
    /// For `notes_url`, which has no flag.
    pub const NOTES_URL: &str = "AFTERLAB_NOTES_URL";
}

/// What is known of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Where it stands in the file: `scan.fail_on`.
    pub key: &'static str,
    /// The variable of the environment that comes before the files.
    pub variable: Option<&'static str>,
    /// The flag that comes before the variable.
    pub flag: Option<&'static str>,
    /// What holds where nobody says anything, as TOML; nothing where there is no limit.
    pub default: Option<&'static str>,
}

const fn of_scan(
    key: &'static str,
    variable: &'static str,
    flag: &'static str,
    default: Option<&'static str>,
) -> Known {
    Known { key, variable: Some(variable), flag: Some(flag), default }
}

const fn of_file(key: &'static str, default: Option<&'static str>) -> Known {
    Known { key, variable: None, flag: None, default }
}

/// All settings but those of single rules, and suppressions.
pub const KNOWN: &[Known] = &[
    of_scan("scan.fail_on", variable::FAIL_ON, "--fail-on", Some("\"medium\"")),
    of_scan("scan.severity", variable::SEVERITY, "--severity", None),
    of_scan("scan.kind", variable::KIND, "--kind", None),
    of_scan("scan.rules", variable::RULE, "--rule", None),
    of_file("scan.except", None),
    of_scan("scan.framework", variable::FRAMEWORK, "--framework", None),
    of_scan("scan.packs", variable::PACKS, "--rules", None),
    of_scan("scan.regions", variable::REGION, "--region", None),
    of_scan("scan.grace", variable::GRACE, "--grace", Some("\"0m\"")),
    of_scan("scan.keep_tags", variable::KEEP_TAG, "--keep-tag", Some("[\"afterlab:keep\"]")),
    of_scan("scan.allow_gaps", variable::ALLOW_GAPS, "--allow-gaps", Some("false")),
    of_scan("scan.baseline", variable::BASELINE, "--baseline", None),
    Known { key: "scan.notes_url", variable: Some(variable::NOTES_URL), flag: None, default: None },
    of_file("account.allowed_regions", Some("[]")),
    Known { key: "policy.select", variable: None, flag: Some("--select"), default: Some("[]") },
    Known { key: "policy.ignore", variable: None, flag: Some("--ignore"), default: Some("[]") },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, DEFAULT_FAIL_ON, DEFAULT_KEEP_TAG};

    #[test]
    fn every_setting_is_known_and_every_known_one_is_a_setting() {
        let schema = schemars::schema_for!(Config).to_value();
        let mut keys = Vec::new();
        for (section, kind) in [("scan", "ScanConfig"), ("account", "AccountConfig"), ("policy", "PolicyConfig")] {
            let members = schema["$defs"][kind]["properties"].as_object().expect("members");
            keys.extend(members.keys().map(|name| format!("{section}.{name}")));
        }
        keys.retain(|key| !["policy.severity", "policy.suppress"].contains(&key.as_str()));
        assert_eq!(keys, KNOWN.iter().map(|known| known.key).collect::<Vec<_>>());
    }

    #[test]
    fn defaults_are_those_that_hold() {
        let default = |key: &str| KNOWN.iter().find(|known| known.key == key).and_then(|known| known.default);
        assert_eq!(default("scan.fail_on"), Some(format!("\"{DEFAULT_FAIL_ON}\"").as_str()));
        assert_eq!(default("scan.keep_tags"), Some(format!("[\"{DEFAULT_KEEP_TAG}\"]").as_str()));
        for known in KNOWN.iter().filter(|known| known.default.is_some()) {
            let (table, key) = known.key.split_once('.').expect("a section");
            let text = format!("[{table}]\n{key} = {}\n", known.default.unwrap_or_default());
            assert!(toml::from_str::<Config>(&text).is_ok(), "{text}");
        }
    }
}
