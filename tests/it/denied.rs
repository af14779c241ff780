//! The reader is not allowed to read: `unknown` with the missing permission, never a pass and never a false fail.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::proxy::{Seen, s3_error};
use crate::support::{Emulator, Proxy, Run, Turn};

const HIDDEN: [&str; 3] = ["s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetPublicAccessBlock"];

/// The (rule, resource) pairs of a list of a report.
fn pairs(report: &Value, list: &str) -> BTreeSet<(String, String)> {
    let items = report[list].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    items.iter().map(|item| (text(&item["rule"]), text(&item["resource"]["id"]))).collect()
}

async fn scan_through(emulator: &Emulator, status: u16, code: &'static str, args: &'static [&'static str]) -> Run {
    let rule = move |seen: &Seen<'_>| {
        if HIDDEN.contains(&seen.operation) { s3_error(status, code) } else { Turn::Forward }
    };
    let proxy = Proxy::start(&emulator.url, rule).await;
    let url = proxy.url.clone();
    let scan = move || {
        let mut all = vec!["scan", "--endpoint-url", &url];
        all.extend(args);
        Run::with(&all)
    };
    tokio::task::spawn_blocking(scan).await.expect("the scan")
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

/// Half of the buckets are public, and others are open in every other way. Whatever was found when all could be read is
/// found or unknown now; nothing that was found has passed, and nothing is found that was not there.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_unknown_and_never_a_pass_or_a_false_finding() {
    let emulator = Emulator::start();
    emulator.seed(&["lab"]);
    emulator.seed(&["peers", "--buckets", "40", "--users", "1", "--roles", "1", "--policies", "1"]);
    let (_, calm) = Run::scan(&emulator.url, &["--rule", "s3-*"]);
    let run = scan_through(&emulator, 403, "AccessDenied", &["--format", "json", "--rule", "s3-*"]).await;
    let denied = report(&run);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    let (found, unknown) = (pairs(&denied, "findings"), pairs(&denied, "unknown"));
    let real = pairs(&calm, "findings");
    assert!(found.is_subset(&real), "false findings: {:#?}", found.difference(&real));
    let lost: Vec<_> = real.difference(&found).filter(|pair| !unknown.contains(pair)).collect();
    assert!(lost.is_empty(), "passed unread: {lost:#?}");
    let public = real.iter().filter(|(rule, _)| rule == "s3-bucket-public-access-not-blocked").count();
    assert!(public >= 20, "half of the buckets are open: {public}");
    let gaps = denied["gaps"].as_array().expect("gaps");
    for operation in HIDDEN {
        let gap = gaps.iter().find(|gap| gap["operation"] == operation).unwrap_or_else(|| panic!("{operation}"));
        assert_eq!(gap["kind"], "denied", "{gap:#}");
        assert!(gap["iam_action"].as_str().is_some_and(|action| action.starts_with("s3:GetBucket")), "{gap:#}");
        assert!(!gap["blinds"].as_array().expect("blinds").is_empty(), "{gap:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_may_be_allowed_and_still_never_pass() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "10", "--users", "1", "--roles", "1", "--policies", "1"]);
    let args = &["--format", "json", "--allow-gaps", "--rule", "s3-bucket-public-access-not-blocked"];
    let run = scan_through(&emulator, 403, "AccessDenied", args).await;
    let report = report(&run);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!((&report["summary"]["pass"], &report["summary"]["fail"]), (&0.into(), &0.into()));
    assert_eq!(report["summary"]["unknown"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stays_unavailable_is_a_gap_that_a_retry_may_close() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "1", "--users", "1", "--roles", "1", "--policies", "1"]);
    let args = &["--format", "json", "--rule", "s3-bucket-public-access-not-blocked", "--timeout", "20s"];
    let run = scan_through(&emulator, 503, "ServiceUnavailable", args).await;
    let report = report(&run);
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert_eq!((&report["summary"]["pass"], &report["summary"]["fail"]), (&0.into(), &0.into()));
    assert!(!report["gaps"].as_array().expect("gaps").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_says_which_permission_to_grant() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "4", "--users", "1", "--roles", "1", "--policies", "1"]);
    let run = scan_through(&emulator, 403, "AccessDenied", &["--rule", "s3-bucket-*"]).await;
    assert!(run.stdout.contains("NOT JUDGED"), "{}", run.stdout);
    assert!(run.stdout.contains("allow s3:GetBucketPublicAccessBlock"), "{}", run.stdout);
}
