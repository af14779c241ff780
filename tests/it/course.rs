//! A seeded account with a violation of each rule on the services around IAM and S3, and its twin put right.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Emulator, Run};

/// The lab is about the rest.
const OF_COURSE: [&str; 4] = ["--rule", "!iam-*,!s3-*", "--kind", "security,governance,hygiene,cost"];

/// Seeds the account and scans it; what is expected, the run and its report.
fn scan(scenario: &[&str]) -> (Value, Run, Value) {
    let emulator = Emulator::start();
    let expected = emulator.seed_expecting(scenario);
    let (run, report) = Run::scan(&emulator.url, &OF_COURSE);
    (expected, run, report)
}

/// The messages of the findings by rule.
fn findings(report: &Value) -> BTreeMap<&str, Vec<&str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let rule = finding["rule"].as_str().expect("a rule");
        found.entry(rule).or_default().push(finding["message"].as_str().expect("a message"));
    }
    found
}

/// Each rule has as many findings as were sown for it, and all that was asked was answered.
fn compare(report: &Value, expected: &Value) {
    let found = findings(report);
    let sown = expected["rules"].as_object().expect("rules");
    let rules: BTreeSet<&str> = found.keys().copied().chain(sown.keys().map(String::as_str)).collect();
    let mut wrong = Vec::new();
    for rule in rules {
        let must = sown.get(rule).and_then(Value::as_u64).unwrap_or(0);
        let got = found.get(rule).map_or(&[][..], Vec::as_slice);
        if got.len() as u64 != must {
            wrong.push(format!("{rule}: {must} sown, {} found: {got:#?}", got.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for list in ["gaps", "unknown", "errors"] {
        assert_eq!(report[list], json!([]), "{list}");
    }
}

#[test]
fn every_violation_is_found_and_nothing_else() {
    let (expected, run, report) = scan(&["course"]);
    compare(&report, &expected);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
}

#[test]
fn nothing_is_left_to_mend_when_all_of_it_is_put_right() {
    let (expected, run, report) = scan(&["course", "--put-right"]);
    let severities = &report["summary"]["by_severity"];
    for severity in ["medium", "high", "critical"] {
        assert_eq!(severities[severity], 0, "{severity}: {:#?}", findings(&report));
    }
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
    compare(&report, &expected);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}
