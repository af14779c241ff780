//! CLI sessions as data (tests/cmd), and the demo account.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Run, afterlab};

#[test]
fn sessions() {
    trycmd::TestCases::new().case("tests/cmd/*.toml").case("tests/cmd/*.trycmd").env("NO_COLOR", "1");
}

fn demo() -> Value {
    let run = Run::with(&["scan", "--demo", "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("a report")
}

#[test]
fn the_demo_needs_nothing_and_is_the_same_twice() {
    let mut command = afterlab(&["scan", "--demo", "--format", "json"]);
    for (key, value) in [
        ("AWS_ACCESS_KEY_ID", "nonsense"),
        ("AWS_REGION", "not a region"),
        ("AWS_PROFILE", "nobody"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ] {
        command.env(key, value);
    }
    let run = Run::of(command);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).expect("a report"), demo());
}

#[test]
fn the_demo_is_a_whole_account() {
    let report = demo();
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
    assert!(report["summary"]["resources"].as_u64() >= Some(40), "{:#}", report["summary"]);
    // No account has a resource of every type that packs know.
    let is_of_pack = |rule: &Value| afterlab::pack::registry::rules().any(|known| rule["id"] == known.id);
    let rules = report["rules"].as_array().expect("rules").iter();
    let idle: Vec<_> = rules.filter(|rule| rule["saw_resources"] == false && !is_of_pack(rule)).collect();
    assert!(idle.is_empty(), "{idle:#?}");
}

#[test]
fn the_json_report_is_as_its_schema_says() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report-v1.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(&demo()).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn fingerprints_are_unique() {
    let report = demo();
    let findings = report["findings"].as_array().expect("findings");
    let unique: BTreeSet<String> = findings.iter().map(|finding| finding["fingerprint"].to_string()).collect();
    assert_eq!(unique.len(), findings.len());
}

#[test]
fn the_exit_code_follows_fail_on() {
    let code = |args: &[&str]| Run::with(args).code;
    assert_eq!(code(&["scan", "--demo"]), Some(1));
    assert_eq!(code(&["scan", "--demo", "--rule", "s3-bucket-untagged"]), Some(0), "info is below medium");
    assert_eq!(code(&["scan", "--demo", "--rule", "s3-bucket-untagged", "--fail-on", "info"]), Some(1));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = afterlab(&["scan", "--demo"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
