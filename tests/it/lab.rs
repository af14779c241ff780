//! A seeded account with every fault and its good twin: the findings are exactly those that were sown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::proxy::Seen;
use crate::support::{Emulator, Proxy, Run, Turn};

type ByRule = BTreeMap<String, BTreeSet<String>>;

/// The findings by rule, as resource names.
fn findings(report: &Value) -> ByRule {
    let mut found = ByRule::new();
    for finding in report["findings"].as_array().expect("findings") {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        found.entry(text(&finding["rule"])).or_default().insert(text(&finding["resource"]["name"]));
    }
    found
}

/// What the lab is about: the principals and the buckets of an account.
const OF_LAB: &str = "iam-*,s3-*,!iam-identity-center-*";

/// Every seeded fault is found, and nothing that was not seeded.
fn compare(report: &Value, expected: &Value) {
    let mut found = findings(report);
    let mut wrong = Vec::new();
    let ran: BTreeSet<&str> =
        report["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["id"].as_str()).collect();
    for (rule, sown) in expected["rules"].as_object().expect("rules") {
        if !ran.contains(rule.as_str()) {
            continue;
        }
        let sown = sown["fail"].as_array().expect("a list");
        let must: BTreeSet<String> = sown.iter().map(|name| name.as_str().expect("a name").to_owned()).collect();
        let got = found.remove(rule).unwrap_or_default().into_iter().map(bare).collect::<BTreeSet<_>>();
        for name in must.difference(&got) {
            wrong.push(format!("{rule}: {name} was not found"));
        }
        for name in got.difference(&must) {
            wrong.push(format!("{rule}: {name} was found and is sound"));
        }
    }
    for (rule, names) in found {
        wrong.push(format!("{rule}: nothing was sown for it, and it found {names:?}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `eve access key 1` and `eve inline policy p` are the user's in the list of what was sown.
fn bare(name: String) -> String {
    for part in [" access key ", " inline policy "] {
        if let Some((owner, _)) = name.split_once(part) {
            return owner.to_owned();
        }
    }
    name
}

#[test]
fn every_sown_fault_is_found_and_nothing_else() {
    let emulator = Emulator::start();
    let expected = emulator.seed_expecting(&["lab"]);
    let opt_in = format!("{OF_LAB},iam-role-permissions-unused,iam-access-key-used-from-many-services");
    let (run, report) = Run::scan(&emulator.url, &["--rule", &opt_in]);
    compare(&report, &expected);
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
    assert_eq!(report["gaps"].as_array().map(Vec::len), Some(0), "{:#}", report["gaps"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
}

#[test]
fn the_other_states_of_an_account_are_judged_too() {
    let emulator = Emulator::start();
    let scenario =
        ["lab", "--root", "virtual-mfa", "--password-policy", "missing", "--account-block", "on", "--no-alias"];
    let expected = emulator.seed_expecting(&scenario);
    let (_, report) = Run::scan(&emulator.url, &["--rule", OF_LAB]);
    compare(&report, &expected);
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
}

#[test]
fn a_region_limits_buckets_and_leaves_iam() {
    let emulator = Emulator::start();
    emulator.seed(&["lab"]);
    let (_, report) = Run::scan(&emulator.url, &["--region", "eu-west-1"]);
    let regions: BTreeSet<&str> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["resource"]["region"].as_str())
        .collect();
    assert!(regions.iter().all(|region| *region == "eu-west-1"), "{regions:?}");
    let iam = findings(&report).keys().any(|rule| rule.starts_with("iam-"));
    assert!(iam, "IAM has no region and is always read");
}

#[test]
fn a_snapshot_judges_like_the_account_it_was_taken_of() {
    let emulator = Emulator::start();
    emulator.seed(&["lab"]);
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["lab.json", "lab.json.zst"] {
        let path = folder.path().join(name);
        let path = path.to_str().expect("a path");
        let region = ["--region", "us-east-1"];
        let run = Run::with(&[&["snapshot", "--endpoint-url", &emulator.url, "-o", path][..], &region].concat());
        assert_eq!(run.code, Some(0), "{run:#?}");
        let saved = Run::with(&["scan", "--snapshot", path, "--format", "json"]);
        let saved: Value = serde_json::from_str(&saved.stdout).expect("a report");
        let (_, live) = Run::scan(&emulator.url, &region);
        assert_eq!(findings(&saved), findings(&live), "{name}");
        assert_eq!(saved["summary"]["unknown"], 0, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_snapshot_is_only_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;

    let emulator = Emulator::start();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lab.json");
    let path_text = path.to_str().expect("a path");
    let run = Run::with(&["snapshot", "--endpoint-url", &emulator.url, "--region", "us-east-1", "-o", path_text]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let mode = std::fs::metadata(&path).expect("the snapshot").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_region_that_does_not_exist_is_refused_with_a_guess() {
    let emulator = Emulator::start();
    let run = Run::with(&["scan", "--endpoint-url", &emulator.url, "--region", "us-east-9"]);
    run.assert_refused("there is no region us-east-9");
    assert!(run.stderr.contains("did you mean us-east-"), "{}", run.stderr);
}

#[test]
fn a_role_of_another_account_is_assumed_first() {
    let emulator = Emulator::start();
    let role = "arn:aws:iam::222222222222:role/scan";
    let args = ["--role-arn", role, "--external-id", "x-1", "--rule", "iam-no-account-alias"];
    let (run, report) = Run::scan(&emulator.url, &args);
    assert_eq!(report["account"]["id"], "222222222222", "{run:#?}");
    let caller = report["account"]["caller_arn"].as_str().expect("a caller");
    assert!(caller.contains("assumed-role/scan/afterlab"), "{caller}");
}

#[test]
fn the_endpoint_and_the_region_may_come_from_the_environment() {
    let emulator = Emulator::start();
    let mut command = crate::support::afterlab(&["scan", "--rule", "iam-no-account-alias", "--format", "json"]);
    command.env("AWS_ENDPOINT_URL", &emulator.url).env("AWS_REGION", "eu-west-1");
    let run = Run::of(command);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    assert_eq!(report["findings"][0]["rule"], "iam-no-account-alias");
}

/// A credential report of nobody but the root user, in base64: as AWS keeps it for up to four hours.
const REPORT_OF_THIS_MORNING: &str = "dXNlcixhcm4sdXNlcl9jcmVhdGlvbl90aW1lLHBhc3N3b3JkX2VuYWJsZWQscGFzc3dvcmRfbGFzdF91c2VkLHBhc3N3b3JkX2xh\
    c3RfY2hhbmdlZCxwYXNzd29yZF9uZXh0X3JvdGF0aW9uLG1mYV9hY3RpdmUsYWNjZXNzX2tleV8xX2FjdGl2ZSxhY2Nlc3Nfa2V5\
    XzFfbGFzdF9yb3RhdGVkLGFjY2Vzc19rZXlfMV9sYXN0X3VzZWRfZGF0ZSxhY2Nlc3Nfa2V5XzFfbGFzdF91c2VkX3JlZ2lvbixh\
    Y2Nlc3Nfa2V5XzFfbGFzdF91c2VkX3NlcnZpY2UsYWNjZXNzX2tleV8yX2FjdGl2ZSxhY2Nlc3Nfa2V5XzJfbGFzdF9yb3RhdGVk\
    LGFjY2Vzc19rZXlfMl9sYXN0X3VzZWRfZGF0ZSxhY2Nlc3Nfa2V5XzJfbGFzdF91c2VkX3JlZ2lvbixhY2Nlc3Nfa2V5XzJfbGFz\
    dF91c2VkX3NlcnZpY2UsY2VydF8xX2FjdGl2ZSxjZXJ0XzFfbGFzdF9yb3RhdGVkLGNlcnRfMl9hY3RpdmUsY2VydF8yX2xhc3Rf\
    cm90YXRlZAo8cm9vdF9hY2NvdW50Pixhcm46YXdzOmlhbTo6MTIzNDU2Nzg5MDEyOnJvb3QsMjAyNC0wMS0wMVQwMDowMDowMCsw\
    MDowMCxub3Rfc3VwcG9ydGVkLG5vX2luZm9ybWF0aW9uLG5vdF9zdXBwb3J0ZWQsbm90X3N1cHBvcnRlZCx0cnVlLGZhbHNlLE4v\
    QSxOL0EsTi9BLE4vQSxmYWxzZSxOL0EsTi9BLE4vQSxOL0EsZmFsc2UsTi9BLGZhbHNlLE4vQQo=";

/// Users of this afternoon's lab are not in a report of this morning: IAM is asked about them directly.
#[tokio::test(flavor = "multi_thread")]
async fn users_that_are_newer_than_the_credential_report_are_judged_too() {
    const RULES: [&str; 2] = ["--rule", "iam-access-key-old,iam-user-two-active-keys,iam-user-console-no-mfa"];
    let emulator = Emulator::start();
    let expected = emulator.seed_expecting(&["lab"]);
    let rule = |seen: &Seen<'_>| match seen.operation {
        "iam:GetCredentialReport" => Turn::Reply(
            200,
            "text/xml",
            format!(
                "<GetCredentialReportResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                 <GetCredentialReportResult><Content>{REPORT_OF_THIS_MORNING}</Content>\
                 <ReportFormat>text/csv</ReportFormat></GetCredentialReportResult></GetCredentialReportResponse>"
            ),
        ),
        _ => Turn::Forward,
    };
    let proxy = Proxy::start(&emulator.url, rule).await;
    let url = proxy.url.clone();
    let (_, report) = tokio::task::spawn_blocking(move || Run::scan(&url, &RULES)).await.expect("the scan");
    compare(&report, &expected);
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
    assert!(proxy.count("iam:ListAccessKeys") > 0, "{:?}", proxy.operations());
}
