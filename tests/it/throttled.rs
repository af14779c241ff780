//! AWS asks for patience: no finding is lost, and `--max-rps` keeps the account's own automation alive.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::support::proxy::s3_error;
use crate::support::{Emulator, Proxy, Run, Turn};

/// Lets twenty requests a second through and answers the others as a throttled S3 or IAM would.
fn twenty_a_second() -> impl Fn(&crate::support::proxy::Seen<'_>) -> Turn + Send + Sync {
    let bucket = Mutex::new((20.0_f64, Instant::now()));
    move |seen| {
        let mut bucket = bucket.lock().expect("the bucket");
        let (tokens, last) = *bucket;
        let tokens = (tokens + last.elapsed().as_secs_f64() * 20.0).min(20.0);
        *bucket = (tokens, Instant::now());
        if tokens >= 1.0 {
            bucket.0 -= 1.0;
            return Turn::Forward;
        }
        if seen.operation.starts_with("s3") {
            return s3_error(503, "SlowDown");
        }
        let body = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message>\
                    </Error><RequestId>1</RequestId></ErrorResponse>";
        Turn::Reply(400, "text/xml", body.to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_at_twenty_requests_a_second_loses_no_finding() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "30", "--users", "5", "--roles", "5", "--policies", "5"]);
    let rules =
        ["--rule", "iam-*,!iam-identity-center-*,s3-bucket-public-*,s3-bucket-policy-public,s3-bucket-acl-public"];
    let calm = Run::scan(&emulator.url, &rules).1;
    let proxy = Proxy::start(&emulator.url, twenty_a_second()).await;
    let url = proxy.url.clone();
    let throttled = tokio::task::spawn_blocking(move || Run::scan(&url, &rules)).await.expect("the scan").1;
    assert_eq!(throttled["gaps"].as_array().map(Vec::len), Some(0), "{:#}", throttled["gaps"]);
    let fingerprints = |report: &serde_json::Value| -> Vec<String> {
        let findings = report["findings"].as_array().expect("findings");
        findings.iter().map(|finding| finding["fingerprint"].to_string()).collect()
    };
    assert_eq!(fingerprints(&throttled), fingerprints(&calm));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_on_the_rate_holds_for_the_whole_scan() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "10", "--users", "1", "--roles", "1", "--policies", "1"]);
    let proxy = Proxy::start(&emulator.url, |_| Turn::Forward).await;
    let (url, begin) = (proxy.url.clone(), Instant::now());
    let scan = move || Run::scan(&url, &["--rule", "s3-bucket-versioning-off", "--max-rps", "10"]);
    let (_, report) = tokio::task::spawn_blocking(scan).await.expect("the scan");
    let requests = proxy.operations().len();
    assert_eq!(report["summary"]["requests"], requests);
    let least = Duration::from_millis(100) * u32::try_from(requests - 1).expect("a few");
    assert!(begin.elapsed() >= least, "{requests} requests in {:?}", begin.elapsed());
}
