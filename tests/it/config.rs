//! What a config says, as a user sees it: where each value comes from, and what is wrong with it.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, afterlab};

/// A project's folder with another below it, and a user's own config.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new(user: &str, project: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["project/.git", "project/deep", "user/afterlab"] {
            std::fs::create_dir_all(folder.path().join(path)).expect("folders");
        }
        std::fs::write(folder.path().join("user/afterlab/config.toml"), user).expect("a config");
        std::fs::write(folder.path().join("project/afterlab.toml"), project).expect("a config");
        Self { folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = afterlab(args);
        command.current_dir(self.path("project/deep")).env("XDG_CONFIG_HOME", self.path("user"));
        command.envs(variables.iter().copied());
        Run::of(command)
    }

    fn show(&self, key: &str, variables: &[(&str, &str)]) -> (Value, String) {
        let run = self.run(&["config", "show", "--format", "json"], variables);
        let all: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
        let found = all["settings"].as_array().into_iter().flatten().find(|shown| shown["key"] == key);
        let found = found.unwrap_or_else(|| panic!("{key}: {all:#}"));
        (found["value"].clone(), found["from"]["kind"].as_str().unwrap_or_default().to_owned())
    }
}

/// That the guide's and the user's worlds agree: flag before variable before project before user before default.
#[test]
#[cfg_attr(windows, ignore = "a user's config is elsewhere there")]
fn flags_come_before_variables_before_the_project_before_the_user() {
    let of = |severity: &str| format!("[scan]\nfail_on = \"{severity}\"\n");
    let with = |user: &str, project: &str, variable: Option<&str>, flag: Option<&str>| {
        let place = Place::new(user, project);
        let mut args = vec!["scan", "--demo", "--rule", "cloudtrail-*"];
        args.extend(flag.iter().flat_map(|severity| ["--fail-on", severity]));
        let variables: Vec<(&str, &str)> = variable.iter().map(|value| ("AFTERLAB_FAIL_ON", *value)).collect();
        let scan = place.run(&args, &variables);
        assert!(scan.stderr.is_empty(), "{scan:#?}");
        (scan.code, place.show("scan.fail_on", &variables).1)
    };
    let (fails, passes) = (Some(1), Some(0));
    assert_eq!(with("", "", None, None), (fails, "default".to_owned()));
    assert_eq!(with(&of("critical"), "", None, None), (passes, "user".to_owned()));
    assert_eq!(with(&of("critical"), &of("info"), None, None), (fails, "project".to_owned()));
    assert_eq!(with(&of("info"), &of("info"), Some("critical"), None), (passes, "environment".to_owned()));
    assert_eq!(with("", "", Some("critical"), Some("info")).0, fails, "a flag comes first");
}

#[test]
fn rules_and_selection_of_a_config_hold_in_a_scan() {
    let text = "[scan]\nrules = [\"iam-access-key-*\"]\nexcept = [\"iam-access-key-unused\"]\n\n\
                [rules.iam-access-key-old]\nmax_age_days = 1\nseverity = \"critical\"\n";
    let place = Place::new("", text);
    let run = place.run(&["scan", "--demo", "--format", "json"], &[]);
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    let ids: Vec<&str> =
        report["rules"].as_array().into_iter().flatten().filter_map(|rule| rule["id"].as_str()).collect();
    assert!(ids.contains(&"iam-access-key-old") && !ids.contains(&"iam-access-key-unused"), "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("iam-access-key-")), "{ids:?}");
    let old =
        report["findings"].as_array().into_iter().flatten().find(|finding| finding["rule"] == "iam-access-key-old");
    let old = old.expect("an old key");
    assert_eq!((&old["severity"], &old["title"]), (&"critical".into(), &"Access key is older than 1 day".into()));
    let told = old["evidence"].as_array().into_iter().flatten().find(|told| told["property"] == "params.max_age_days");
    assert_eq!(told.map(|told| &told["value"]), Some(&1.into()));
    let plain = place.run(&["scan", "--demo", "--no-config", "--rule", "iam-access-key-unused"], &[]);
    assert!(plain.stdout.contains("by 1 rule"), "{}", plain.stdout);
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    for (text, place, words) in [
        ("[scan]\nseverty = \"high\"\n", "afterlab.toml:2:1: ", "did you mean `severity`?"),
        ("[skan]\n", "afterlab.toml:1:2: ", "did you mean `scan`?"),
        ("[scan]\nexcept = [\"s4-*\"]\n", "afterlab.toml:2:11: ", "no rule matches \"s4-*\""),
        ("[scan]\nframework = \"cis\"\n", "afterlab.toml:2:1: ", "there are cis-1.5"),
        ("[scan]\nnotes_url = \"notes\"\n", "afterlab.toml:2:13: ", "no address such as https://"),
        ("[rules.iam-acces-key-old]\n", "afterlab.toml:1:8: ", "did you mean iam-access-key-old?"),
        ("[rules.iam-access-key-old]\nmax_age_days = 0\n", "afterlab.toml:2:1: ", "from 1 to 3650 (days)"),
        ("[[suppress]]\nrule = \"s3-*\"\nresource = \"*\"\n", "afterlab.toml:1:1: ", "reason"),
        ("x =\n", "afterlab.toml:1:", ""),
    ] {
        let lab = Place::new("", text);
        for args in [&["scan", "--demo"] as &[&str], &["config", "show"]] {
            let run = lab.run(args, &[]);
            run.assert_refused(place);
            run.assert_refused(words);
        }
        let run = lab.run(&["doctor", "--demo"], &[]);
        assert!(run.code == Some(2) && run.stdout.contains("FAIL  config"), "{run:#?}");
    }
    let lab = Place::new("", "");
    lab.run(&["scan", "--demo", "--config", "none.toml"], &[]).assert_refused("none.toml: ");
    let run = lab.run(&["scan", "--demo"], &[("AFTERLAB_FAIL_ON", "sometimes")]);
    assert!(run.code == Some(2) && run.stderr.contains("'sometimes'"), "{run:#?}");
}

#[test]
fn a_config_is_begun_once() {
    let place = Place::new("", "");
    let run = place.run(&["config", "init"], &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let path = place.path("project/deep/afterlab.toml");
    let text = std::fs::read_to_string(&path).expect("a config");
    place.run(&["config", "init"], &[]).assert_refused("is there already");
    assert_eq!(std::fs::read_to_string(&path).expect("a config"), text);
    // What is written says nothing yet, and is found.
    assert_eq!(place.show("scan.fail_on", &[]), ("\"medium\"".into(), "default".to_owned()));
    let shown = place.run(&["config", "show"], &[]).stdout;
    assert!(shown.contains("the project's config: afterlab.toml"), "{shown}");
}

#[test]
fn the_schema_is_the_committed_one() {
    let run = Run::with(&["config", "schema"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/afterlab-toml.json");
    assert_eq!(run.stdout, std::fs::read_to_string(path).expect("the schema"));
}
