//! What services do when they are unwell, to every family at once: nothing is lost without a gap that says so.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::families::{self, Account};
use crate::support::proxy::Seen;
use crate::support::{Emulator, Proxy, Run, Turn};

const REGION: [&str; 1] = ["us-east-1"];

/// Answers every n-th request so; those that say who asks and where are left alone.
fn every(nth: usize, turn: fn(usize) -> Turn) -> impl Fn(&Seen<'_>) -> Turn + Send + Sync {
    let count = AtomicUsize::new(0);
    move |seen| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let is_first = ["sts:GetCallerIdentity", "account:ListRegions", "ec2:DescribeRegions"].contains(&seen.operation)
            // Its bodies are binary, and no text to be changed.
            || seen.operation.ends_with("GetMetricData");
        // Not in step with pages or retries.
        let is_hit = number.wrapping_mul(2_654_435_761).is_multiple_of(nth);
        if is_hit && !is_first { turn(number) } else { Turn::Forward }
    }
}

async fn started() -> (Emulator, Account) {
    let emulator = Emulator::start();
    let account = families::account(&REGION);
    emulator.post("/afterlab-test/set", "application/json", &account.state.to_string()).await;
    (emulator, account)
}

async fn scan(url: &str, account: &Account) -> Value {
    let (url, rules) = (url.to_owned(), account.rules.join(","));
    let run = move || Run::scan(&url, &["--rule", &rules, "--region", REGION[0]]);
    let (run, report) = tokio::task::spawn_blocking(run).await.expect("the scan");
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    report
}

/// The rules that have findings, and those that a gap blinds.
fn rules(report: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let texts =
        |values: Vec<&Value>| values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
    let list = |name: &str| report[name].as_array().expect("a list");
    let found = texts(list("findings").iter().map(|finding| &finding["rule"]).collect());
    let blind = texts(list("gaps").iter().flat_map(|gap| gap["blinds"].as_array().expect("rules")).collect());
    (found, blind)
}

async fn nothing_is_lost(what: &str, url: &str, nth: usize, turn: fn(usize) -> Turn, account: &Account, calm: &Value) {
    let proxy = Proxy::start(url, every(nth, turn)).await;
    let report = scan(&proxy.url, account).await;
    let (found, blind) = rules(&report);
    let lost: Vec<String> =
        rules(calm).0.into_iter().filter(|rule| !found.contains(rule) && !blind.contains(rule)).collect();
    assert!(lost.is_empty(), "{what}: {lost:?} are neither found nor blinded by a gap: {:#}", report["gaps"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_finding_is_lost_without_a_gap_whatever_a_service_does() {
    let (emulator, account) = started().await;
    let calm = scan(&emulator.url, &account).await;
    assert_eq!(calm["gaps"], json!([]), "{:#}", calm["gaps"]);
    let throttled = |number: usize| {
        let json = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
        let xml =
            "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
        if number.is_multiple_of(2) {
            Turn::Reply(400, "application/x-amz-json-1.1", json.to_owned())
        } else {
            Turn::Reply(400, "text/xml", xml.to_owned())
        }
    };
    let url = &emulator.url;
    nothing_is_lost("30 % throttled", url, 3, throttled, &account, &calm).await;
    let broken = |_| Turn::Reply(503, "text/html", "<html>busy</html>".to_owned());
    nothing_is_lost("5xx", url, 3, broken, &account, &calm).await;
    nothing_is_lost("closed within the body", url, 4, |_| Turn::CloseMidBody, &account, &calm).await;
    let cut = |_| Turn::Change(|body| body.chars().take(body.chars().count() / 2).collect());
    nothing_is_lost("half a body", url, 3, cut, &account, &calm).await;
    let garbled = |_| Turn::Change(|body| body.replace(':', ";").replace("</", "<"));
    nothing_is_lost("malformed bodies", url, 3, garbled, &account, &calm).await;
    let nulls = |_| Turn::Change(|body| body.replace("[{", "[null, {"));
    nothing_is_lost("nulls in lists", url, 1, nulls, &account, &calm).await;
}

/// States that the models do not know yet, and members that are missing: judged or left, never a crash.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_does_not_know_breaks_no_rule_silently() {
    let (emulator, account) = started().await;
    let unknown = |_| {
        Turn::Change(|body| {
            let states = ["ACTIVE", "AVAILABLE", "available", "InService", "RUNNING", "READY", "active"];
            states.iter().fold(body, |body, state| {
                body.replace(&format!("\"{state}\""), "\"BRAND_NEW\"").replace(&format!(">{state}<"), ">BRAND_NEW<")
            })
        })
    };
    let proxy = Proxy::start(&emulator.url, every(1, unknown)).await;
    let report = scan(&proxy.url, &account).await;
    assert_eq!(report["gaps"], json!([]), "{:#}", report["gaps"]);
    assert_eq!(report["errors"].as_array().map_or(0, Vec::len), 0, "{:#}", report["errors"]);
    let empty = |_| Turn::Change(|body| if body.starts_with('{') { "{}".to_owned() } else { body });
    let proxy = Proxy::start(&emulator.url, every(1, empty)).await;
    let report = scan(&proxy.url, &account).await;
    assert_eq!(report["errors"].as_array().map_or(0, Vec::len), 0, "{:#}", report["errors"]);
}
