//! `afterlab doctor`: each reason why a scan would not work, or would see less, is found and comes with what to do.

use std::process::Command;

use afterlab::rule::{NeedSet, registry};
use serde_json::Value;

use crate::support::{Emulator, Proxy, Run, Turn, afterlab};

/// The secret that must never be shown.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A command with a folder for caches, away from any config.
fn doctor(args: &[&str], folder: &tempfile::TempDir) -> Command {
    let mut command = afterlab(&["doctor", "--format", "json"]);
    command.args(args).current_dir(folder.path());
    command.env("XDG_CACHE_HOME", folder.path()).env("AWS_SECRET_ACCESS_KEY", SECRET);
    command
}

fn diagnosis(command: Command) -> (Run, Value) {
    let run = Run::of(command);
    let diagnosis: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    let code = match diagnosis["health"].as_str() {
        Some("ok") => 0,
        Some("warn") => 1,
        _ => 2,
    };
    assert_eq!(run.code, Some(code), "{run:#?}");
    assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET), "{run:#?}");
    for check in diagnosis["checks"].as_array().expect("checks") {
        let is_well = check["health"] == "ok";
        assert_eq!(check["advice"].is_null(), is_well, "what to do belongs to what is not well: {check:#}");
    }
    (run, diagnosis)
}

/// The check of a name.
fn check<'d>(diagnosis: &'d Value, name: &str) -> &'d Value {
    let mut checks = diagnosis["checks"].as_array().expect("checks").iter();
    checks.find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name}: {diagnosis:#}"))
}

fn assert_found(diagnosis: &Value, name: &str, health: &str, part: &str) {
    let check = check(diagnosis, name);
    assert_eq!(check["health"], health, "{check:#}");
    assert!(check["found"].as_str().is_some_and(|found| found.contains(part)), "{part:?} is missing: {check:#}");
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn this_machine_is_looked_at_without_an_account() {
    let folder = folder();
    let (_, found) = diagnosis(doctor(&["--demo"], &folder));
    assert_eq!(found["afterlab_doctor"], 1);
    assert_found(&found, "version", "ok", env!("CARGO_PKG_VERSION"));
    assert_found(&found, "config", "ok", "none");
    assert_found(&found, "cache", "ok", "afterlab");
    assert_found(&found, "terminal", "ok", "links: no; pager: no");
    assert_found(&found, "source", "ok", "demo account");
}

#[test]
fn for_people_each_check_is_a_line_with_a_word() {
    let folder = folder();
    let mut command = afterlab(&["doctor", "--demo"]);
    command.current_dir(folder.path()).env("XDG_CACHE_HOME", folder.path());
    let run = Run::of(command);
    assert!(run.stdout.lines().any(|line| line.starts_with("✓ ok    version ")), "{}", run.stdout);
    assert!(run.stdout.trim_end().lines().last().is_some_and(|line| line.starts_with("A scan works here")));
}

#[test]
fn a_config_that_is_wrong_is_told_with_its_place() {
    let folder = folder();
    std::fs::write(folder.path().join("afterlab.toml"), "[account]\nallowed_regoins = []\n").expect("a file");
    let (run, found) = diagnosis(doctor(&["--demo"], &folder));
    assert_found(&found, "config", "fail", "afterlab.toml");
    assert_found(&found, "config", "fail", "allowed_regoins");
    assert_eq!(run.code, Some(2));
    let (_, found) = diagnosis(doctor(&["--demo", "--no-config"], &folder));
    assert_found(&found, "config", "ok", "");
}

#[test]
fn a_snapshot_that_cannot_be_read_is_told() {
    let folder = folder();
    std::fs::write(folder.path().join("lab.json"), "{").expect("a file");
    let (_, found) = diagnosis(doctor(&["--snapshot", "lab.json"], &folder));
    assert_found(&found, "source", "fail", "lab.json");
}

#[test]
fn without_credentials_no_scan_works() {
    let folder = folder();
    let mut command = doctor(&["--region", "us-east-1"], &folder);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let (run, found) = diagnosis(command);
    assert_eq!(check(&found, "credentials")["health"], "fail");
    assert_eq!(run.code, Some(2));
}

#[test]
fn an_endpoint_that_nobody_serves_is_told_and_the_key_is_cut_short() {
    let folder = folder();
    let arguments = ["--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1", "--call-timeout", "2s"];
    let (run, found) = diagnosis(doctor(&arguments, &folder));
    assert_found(&found, "credentials", "ok", "from the environment");
    assert_found(&found, "endpoint", "fail", "127.0.0.1:1");
    assert!(!run.stdout.contains("AKIAIOSFODNN7EXAMPLE"), "{}", run.stdout);
    assert_eq!(run.code, Some(2));
}

#[test]
fn proxies_are_told_without_their_passwords() {
    let folder = folder();
    let mut command = doctor(&["--endpoint-url", "http://127.0.0.1:1", "--call-timeout", "1s"], &folder);
    command.env("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:2").env("AWS_REGION", "us-east-1");
    let (run, found) = diagnosis(command);
    assert_found(&found, "proxy", "ok", "HTTPS_PROXY=http://127.0.0.1:2");
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
}

#[test]
fn an_emulator_is_seen_as_far_as_it_can_be() {
    let emulator = Emulator::start();
    let folder = folder();
    let (run, found) = diagnosis(doctor(&["--endpoint-url", &emulator.url, "--region", "us-east-1"], &folder));
    assert_found(&found, "region", "ok", "us-east-1");
    assert_found(&found, "endpoint", "ok", &emulator.url);
    assert_found(&found, "clock", "ok", " of the clock of sts");
    assert_found(&found, "caller", "ok", "arn:aws:");
    assert_found(&found, "account", "ok", "123456789012");
    assert_eq!(check(&found, "permissions")["health"], "warn", "moto cannot simulate: {found:#}");
    assert_eq!(run.code, Some(1), "{found:#}");
}

/// What the simulator answers of the actions that a rule needs, all allowed but one.
fn simulated(rule: &str, but: Option<&str>) -> String {
    let rule = registry::find(rule).expect("a rule");
    let result = |action: &str| {
        let decision = if but == Some(action) { "implicitDeny" } else { "allowed" };
        format!(
            "<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>\
             <EvalResourceName>*</EvalResourceName></member>"
        )
    };
    let results: String = NeedSet::of_rules(&[rule]).iam_actions().into_iter().map(result).collect();
    format!(
        "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><SimulatePrincipalPolicyResult>\
         <IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>\
         <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"
    )
}

/// What is found of the permissions of one rule, if the simulator says this.
async fn permissions(emulator: &Emulator, answer: Option<String>) -> Value {
    const RULE: &str = "s3-bucket-versioning-off";
    let proxy = Proxy::start(&emulator.url, move |seen| match (seen.operation, &answer) {
        ("iam:SimulatePrincipalPolicy", Some(answer)) => Turn::Reply(200, "text/xml", answer.clone()),
        ("iam:SimulatePrincipalPolicy", None) => {
            let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not for you</Message>\
                        </Error><RequestId>1</RequestId></ErrorResponse>";
            Turn::Reply(403, "text/xml", body.to_owned())
        }
        ("sts:GetCallerIdentity", _) => {
            let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                        <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/lab</Arn><UserId>AIDA</UserId>\
                        <Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata>\
                        <RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
            Turn::Reply(200, "text/xml", body.to_owned())
        }
        _ => Turn::Forward,
    })
    .await;
    let url = proxy.url.clone();
    let look = move || {
        let folder = folder();
        diagnosis(doctor(&["--endpoint-url", &url, "--region", "us-east-1", "--rule", RULE], &folder)).1
    };
    let found = tokio::task::spawn_blocking(look).await.expect("a diagnosis");
    assert_found(&found, "caller", "ok", "user/lab");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_may_not_do_is_named() {
    const RULE: &str = "s3-bucket-versioning-off";
    const DENIED: &str = "s3:GetBucketVersioning";
    let emulator = Emulator::start();
    let found = permissions(&emulator, Some(simulated(RULE, None))).await;
    assert_found(&found, "permissions", "ok", "says IAM's simulator");
    let found = permissions(&emulator, Some(simulated(RULE, Some(DENIED)))).await;
    assert_found(&found, "permissions", "warn", "1 of 1 rule need");
    assert_eq!(check(&found, "permissions")["all"], serde_json::json!([DENIED]));
    // An answer that leaves an action out, or a refusal, is no permission.
    let silent = simulated(RULE, None).replacen(DENIED, "s3:SomethingElse", 1);
    let found = permissions(&emulator, Some(silent)).await;
    assert_found(&found, "permissions", "warn", DENIED);
    let found = permissions(&emulator, None).await;
    assert_found(&found, "permissions", "warn", "AccessDenied");
}
