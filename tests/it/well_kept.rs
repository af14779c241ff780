//! A well-kept account, in the style of a landing zone: nothing above info is said of it.

use serde_json::Value;

use crate::support::Run;

/// What bills is meant to: it is no lab.
const KINDS: &str = "security,governance,hygiene,cost";

#[test]
fn nothing_above_info_is_said_of_a_well_kept_account() {
    let snapshot = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/well-kept.json");
    let run = Run::with(&["scan", "--snapshot", snapshot, "--kind", KINDS, "--format", "json", "--no-config"]);
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    let severities = &report["summary"]["by_severity"];
    for severity in ["low", "medium", "high", "critical"] {
        assert_eq!(severities[severity], 0, "{:#}", report["findings"]);
    }
    assert_eq!((&report["unknown"], &report["errors"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert!(report["summary"]["pass"].as_u64().is_some_and(|passed| passed > 600), "{}", report["summary"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}
