//! The reader is not allowed to read: `unknown` with the missing permission, never a pass and never a false fail.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::proxy::s3_error;
use crate::support::{Emulator, Proxy, Run, Turn};

const HIDDEN: [&str; 3] = ["s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetPublicAccessBlock"];

/// Rules that decide whether strangers get in, from what is hidden.
const ABOUT_STRANGERS: &str = "s3-bucket-public-access-not-blocked,s3-bucket-acl-public,s3-bucket-tls-not-required";

async fn scan_through(
    emulator: &Emulator,
    status: u16,
    code: &'static str,
    args: &'static [&'static str],
) -> (Run, Value) {
    let rule = move |seen: &crate::support::proxy::Seen<'_>| {
        if HIDDEN.contains(&seen.operation) { s3_error(status, code) } else { Turn::Forward }
    };
    let proxy = Proxy::start(&emulator.url, rule).await;
    let url = proxy.url.clone();
    tokio::task::spawn_blocking(move || Run::scan(&url, args)).await.expect("the scan")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_unknown_and_names_the_permission() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "40", "--users", "2", "--roles", "2", "--policies", "2"]);
    let (run, report) = scan_through(&emulator, 403, "AccessDenied", &["--rule", ABOUT_STRANGERS]).await;
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert_eq!(report["summary"]["fail"], 0, "a false finding: {:#}", report["findings"]);
    assert_eq!(report["summary"]["pass"], 0, "something unread passed");
    let gaps = report["gaps"].as_array().expect("gaps");
    let actions: BTreeSet<&str> = gaps.iter().filter_map(|gap| gap["iam_action"].as_str()).collect();
    assert!(actions.contains("s3:GetBucketPolicy"), "{gaps:#?}");
    assert!(actions.contains("s3:GetBucketPublicAccessBlock"), "{gaps:#?}");
    for gap in gaps {
        assert_eq!(gap["kind"], "denied", "{gap:#}");
        assert!(!gap["blinds"].as_array().expect("blinds").is_empty(), "{gap:#}");
    }
    assert_eq!(report["summary"]["unknown"], report["unknown"].as_array().map(Vec::len).expect("unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_may_be_allowed_and_still_never_pass() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "10", "--users", "1", "--roles", "1", "--policies", "1"]);
    let args = &["--allow-gaps", "--rule", "s3-bucket-public-access-not-blocked"];
    let (run, report) = scan_through(&emulator, 403, "AccessDenied", args).await;
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!((&report["summary"]["pass"], &report["summary"]["fail"]), (&0.into(), &0.into()));
    assert_eq!(report["summary"]["unknown"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stays_unavailable_is_a_gap_that_a_retry_may_close() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "1", "--users", "1", "--roles", "1", "--policies", "1"]);
    let args = &["--rule", "s3-bucket-public-access-not-blocked", "--timeout", "20s"];
    let (run, report) = scan_through(&emulator, 503, "ServiceUnavailable", args).await;
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert_eq!((&report["summary"]["pass"], &report["summary"]["fail"]), (&0.into(), &0.into()));
    assert!(!report["gaps"].as_array().expect("gaps").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_says_which_permission_to_grant() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "4", "--users", "1", "--roles", "1", "--policies", "1"]);
    let rule = |seen: &crate::support::proxy::Seen<'_>| {
        if HIDDEN.contains(&seen.operation) { s3_error(403, "AccessDenied") } else { Turn::Forward }
    };
    let proxy = Proxy::start(&emulator.url, rule).await;
    let url = proxy.url.clone();
    let scan = move || Run::with(&["scan", "--endpoint-url", &url, "--rule", ABOUT_STRANGERS]);
    let run = tokio::task::spawn_blocking(scan).await.expect("the scan");
    assert!(run.stdout.contains("NOT JUDGED"), "{}", run.stdout);
    assert!(run.stdout.contains("allow s3:GetBucketPublicAccessBlock"), "{}", run.stdout);
}
