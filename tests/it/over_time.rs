//! What is accepted, what was there before, and where it goes: scans of the demo, one after the other.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, afterlab};

/// A folder to run in, with a report of the demo.
struct Lab {
    folder: TempDir,
}

impl Lab {
    fn new() -> Self {
        let lab = Self { folder: tempfile::tempdir().expect("a folder") };
        let run = lab.run(&["scan", "--demo", "--format", "json", "-o", "report.json"]);
        assert_eq!(run.code, Some(1), "{run:#?}");
        lab
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Run {
        let mut command = afterlab(args);
        command.current_dir(self.folder.path());
        Run::of(command)
    }

    fn scan(&self, args: &[&str]) -> (Run, Value) {
        let run = self.run(&[&["scan", "--demo", "--format", "json"], args].concat());
        let report = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
        (run, report)
    }

    fn report(&self) -> Value {
        read(&self.path("report.json"))
    }

    /// The report as it was on a day, without its first findings.
    fn earlier(&self, name: &str, day: &str, without: usize) {
        let mut report = self.report();
        report["collected_at"] = format!("{day}T08:00:00Z").into();
        report["findings"].as_array_mut().expect("findings").drain(..without);
        std::fs::write(self.path(name), report.to_string()).expect("a report");
    }

    fn append(&self, text: &str) {
        let path = self.path("afterlab.toml");
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, format!("{there}{text}")).expect("a config");
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn fingerprints(findings: &Value) -> Vec<&str> {
    findings.as_array().into_iter().flatten().filter_map(|finding| finding["fingerprint"].as_str()).collect()
}

fn valid(report: &Value) -> bool {
    let schema = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report-v1.json"));
    jsonschema::validator_for(&schema).expect("a schema").is_valid(report)
}

#[test]
fn an_accepted_finding_is_told_and_does_not_count() {
    let lab = Lab::new();
    let before = lab.report();
    let print = before["findings"][0]["fingerprint"].as_str().expect("a fingerprint").to_owned();
    lab.append("# ours\n[scan]\nfail_on = \"critical\" # strict\n");
    let reason = "known <b>\"here\"</b>";
    let run =
        lab.run(&["suppress", &print[..12], "--report", "report.json", "--reason", reason, "--until", "2999-01-31"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let text = std::fs::read_to_string(lab.path("afterlab.toml")).expect("the config");
    assert!(text.starts_with("# ours\n[scan]\nfail_on = \"critical\" # strict\n\n# "), "{text}");

    let (_, after) = lab.scan(&[]);
    assert!(valid(&after));
    let held = &after["suppressed"][0];
    assert_eq!((&held["fingerprint"], &held["suppression"]["reason"]), (&print.as_str().into(), &reason.into()));
    assert_eq!((&held["suppression"]["until"], &after["summary"]["suppressed"]), (&"2999-01-31".into(), &1.into()));
    assert_eq!(held["suppression"]["place"], "afterlab.toml:6");
    assert!(!fingerprints(&after["findings"]).contains(&print.as_str()));
    assert_eq!(fingerprints(&after["findings"]).len() + 1, fingerprints(&before["findings"]).len());

    let shown = lab.run(&["scan", "--demo", "--show-suppressed"]).stdout;
    assert!(shown.contains("SUPPRESSED") && shown.contains("1 suppressed finding\n"), "{shown}");
    for (format, words) in [
        ("table", "1 suppressed finding: scan --show-suppressed lists them"),
        ("markdown", "Not counted: 1 suppressed finding."),
        ("html", "Not counted: 1 suppressed finding<"),
        ("ndjson", "\n{\"suppressed\":{"),
    ] {
        assert!(lab.run(&["scan", "--demo", "--format", format]).stdout.contains(words), "{format}");
    }

    let rule = held["rule"].as_str().expect("a rule");
    assert_eq!(lab.run(&["scan", "--demo", "--rule", rule, "--severity", "critical"]).code, Some(0));
    let again = lab.run(&["suppress", &print, "--reason", "longer"]);
    assert!(again.stdout.starts_with("changed the suppression of "), "{again:#?}");
    assert_eq!(lab.scan(&[]).1["suppressed"][0]["suppression"]["until"], Value::Null);
}

#[test]
fn what_has_ended_counts_again_and_what_matches_nothing_is_said() {
    let lab = Lab::new();
    lab.append("[[suppress]]\nrule = \"iam-root-*\"\nresource = \"*\"\nreason = \"a\"\nuntil = 2026-01-01\n");
    lab.append("[[suppress]]\nrule = \"iam-root-no-mfa\"\nresource = \"nobody\"\nreason = \"b\"\n");
    let (run, report) = lab.scan(&[]);
    assert_eq!((run.code, report["summary"]["suppressed"].as_u64()), (Some(1), Some(0)));
    assert!(run.stderr.contains("afterlab.toml:1: ") && run.stderr.contains("ended on 2026-01-01: "), "{run:?}");
    assert!(run.stderr.contains("afterlab.toml:6: ") && run.stderr.contains("(b) matches nothing"), "{run:?}");
    let (run, _) = lab.scan(&["--rule", "s3-*"]);
    assert!(!run.stderr.contains("matches nothing"), "its rule did not run: {run:?}");
}

#[test]
fn an_accepted_leftover_is_not_cleaned_up() {
    let lab = Lab::new();
    let before = lab.run(&["cleanup", "--demo"]).stdout;
    lab.append("[[suppress]]\nrule = \"kendra-*\"\nresource = \"*\"\nreason = \"the lab goes on\"\n");
    let after = lab.run(&["cleanup", "--demo"]).stdout;
    assert!(before.contains("aws kendra delete-index") && !after.contains("aws kendra delete-index"));
}

#[test]
fn with_a_baseline_only_what_is_new_counts() {
    let lab = Lab::new();
    lab.earlier("earlier.json", "2026-11-01", 2);
    let run = lab.run(&["baseline", "update", "baseline.json", "earlier.json"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    for file in ["baseline.json", "earlier.json"] {
        let (run, report) = lab.scan(&["--baseline", file]);
        let all = lab.report();
        assert!(valid(&report));
        assert_eq!(fingerprints(&report["findings"]), fingerprints(&all["findings"])[..2], "{file}");
        assert_eq!(report["summary"]["known"], all["findings"].as_array().expect("findings").len() - 2);
        assert_eq!((run.code, &report["baseline"]["file"]), (Some(1), &file.into()));
    }
    assert_eq!(lab.run(&["scan", "--demo", "--baseline", "report.json"]).code, Some(0), "all is known");
    let page = lab.run(&["scan", "--demo", "--baseline", "report.json", "--format", "html"]).stdout;
    assert!(page.contains("known findings") && page.contains("in the baseline report.json"));

    lab.run(&["baseline", "update", "baseline.json", "report.json"]);
    let run = lab.run(&["baseline", "prune", "baseline.json", "earlier.json"]);
    assert!(run.stdout.contains("2 removed") && run.stdout.matches("gone: ").count() == 2, "{run:#?}");
    let left = |file: &str| read(&lab.path(file))["findings"].as_array().map(Vec::len);
    assert_eq!(left("baseline.json"), left("earlier.json"));
    lab.run(&["baseline", "update", "report.json", "earlier.json"]).assert_refused("is a report, and stays as it is");
    lab.run(&["scan", "--demo", "--baseline", "none.json"]).assert_refused("the baseline none.json: ");
}

#[test]
fn a_trend_has_a_series_of_each_account_and_names_bad_files() {
    let lab = Lab::new();
    std::fs::create_dir(lab.path("reports")).expect("a folder");
    lab.earlier("reports/b.json", "2026-11-08", 3);
    lab.earlier("reports/a.json", "2026-11-01", 9);
    let good = lab.run(&["trend", "reports/*.json"]);
    assert_eq!(good.code, Some(0), "{good:#?}");
    assert!(good.stdout.starts_with("Account 111122223333"), "{}", good.stdout);
    assert!(good.stdout.contains("2 reports, 2026-11-01 to 2026-11-08"), "{}", good.stdout);
    assert!(good.stdout.contains("(+6)"), "{}", good.stdout);

    std::fs::write(lab.path("reports/bad.json"), "[]").expect("a file");
    let run = lab.run(&["trend", "reports", "--format", "json"]);
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert!(run.stderr.starts_with("passed over: reports/bad.json: is no JSON report"), "{}", run.stderr);
    let trend: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(trend["series"][0]["points"].as_array().map(Vec::len), Some(2));
    let none = lab.run(&["trend", "none.json"]);
    assert!(none.code == Some(2) && none.stderr.contains("error: there is no report"), "{none:#?}");

    let page = lab.run(&["scan", "--demo", "--format", "html", "--trend", "reports"]);
    assert!(page.stderr.starts_with("passed over: reports/bad.json"), "{}", page.stderr);
    for words in ["Findings over time", "Dollars a month over time", "2026-11-08 08:00", "2026-11-22 12:00"] {
        assert!(page.stdout.contains(words), "{words}");
    }
    let without = lab.run(&["scan", "--demo", "--format", "html"]).stdout;
    assert!(!without.contains("Findings over time"));
}
