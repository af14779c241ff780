//! Endpoints that hang, break off, cut, repeat themselves or are not AWS at all.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::proxy::Seen;
use crate::support::{Emulator, Proxy, Run, Turn, afterlab};

/// A small account, and a scan of it through a proxy with this rule.
async fn scan_with(rule: impl Fn(&Seen<'_>) -> Turn + Send + Sync + 'static, args: &[&str]) -> (Run, Value, Proxy) {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "6", "--users", "3", "--roles", "3", "--policies", "3"]);
    let proxy = Proxy::start(&emulator.url, rule).await;
    let url = proxy.url.clone();
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let scan = move || Run::scan(&url, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let (run, report) = tokio::task::spawn_blocking(scan).await.expect("the scan");
    (run, report, proxy)
}

/// The only gap, and that it left no verdict behind.
fn only_gap<'a>(run: &Run, report: &'a Value) -> &'a Value {
    let gaps = report["gaps"].as_array().expect("gaps");
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    &gaps[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_a_gap_and_is_not_retried() {
    let rule = |seen: &Seen<'_>| match seen.operation {
        "s3:GetBucketVersioning" => Turn::Reply(500, "text/html", "<!doctype html><html>no</html>".to_owned()),
        _ => Turn::Forward,
    };
    let (run, report, proxy) = scan_with(rule, &["--rule", "s3-bucket-versioning-off"]).await;
    let gap = only_gap(&run, &report);
    assert_eq!((&gap["kind"], &gap["calls"]), (&"unsupported".into(), &6.into()), "{gap:#}");
    assert_eq!(proxy.count("s3:GetBucketVersioning"), 6, "it was retried");
    assert_eq!((&report["summary"]["pass"], &report["summary"]["unknown"]), (&0.into(), &6.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_xml_reply_that_is_cut_in_the_middle_is_a_gap() {
    let rule = |seen: &Seen<'_>| match seen.operation {
        "s3:ListBuckets" => Turn::Change(|body| body[..body.len() / 2].to_owned()),
        _ => Turn::Forward,
    };
    let (run, report, proxy) = scan_with(rule, &["--rule", "s3-bucket-versioning-off", "--timeout", "60s"]).await;
    let gap = only_gap(&run, &report);
    assert_eq!((&gap["kind"], &gap["operation"]), (&"malformed".into(), &"s3:ListBuckets".into()), "{gap:#}");
    assert!(gap["message"].as_str().expect("a message").contains("cut"), "{gap:#}");
    assert!(proxy.count("s3:ListBuckets") > 1, "a cut reply may be whole the next time");
}

const PAGE_THAT_NAMES_ITSELF: &str = r#"<?xml version="1.0"?>
<GetAccountAuthorizationDetailsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <GetAccountAuthorizationDetailsResult>
    <IsTruncated>true</IsTruncated>
    <Marker>again</Marker>
    <UserDetailList>
      <member>
        <Path>/</Path><UserName>eve</UserName><UserId>AIDAEXAMPLE</UserId>
        <Arn>arn:aws:iam::123456789012:user/eve</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
      </member>
    </UserDetailList>
  </GetAccountAuthorizationDetailsResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</GetAccountAuthorizationDetailsResponse>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_that_comes_again_is_a_gap_and_what_was_read_is_judged() {
    let rule = |seen: &Seen<'_>| match seen.operation {
        "iam:GetAccountAuthorizationDetails" => Turn::Reply(200, "text/xml", PAGE_THAT_NAMES_ITSELF.to_owned()),
        _ => Turn::Forward,
    };
    let (run, report, proxy) = scan_with(rule, &["--rule", "iam-user-in-no-group"]).await;
    let gap = only_gap(&run, &report);
    assert_eq!(gap["kind"], "malformed", "{gap:#}");
    assert!(gap["message"].as_str().expect("a message").contains("page token"), "{gap:#}");
    assert_eq!(proxy.count("iam:GetAccountAuthorizationDetails"), 2);
    let judged = report["summary"]["pass"].as_u64().unwrap_or(0) + report["summary"]["fail"].as_u64().unwrap_or(0);
    assert!(judged > 0, "the users that were read are judged: {:#}", report["summary"]);
    assert_eq!(report["summary"]["unknown"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_breaks_off_is_a_gap() {
    let rule = |seen: &Seen<'_>| match seen.operation {
        "s3:ListBuckets" => Turn::CloseMidBody,
        _ => Turn::Forward,
    };
    let (run, report, _) = scan_with(rule, &["--rule", "s3-bucket-versioning-off", "--timeout", "60s"]).await;
    assert_eq!(only_gap(&run, &report)["kind"], "unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scans_deadline_ends_calls_that_hang_and_keeps_the_rest() {
    let rule = |seen: &Seen<'_>| match seen.operation {
        "s3:GetBucketVersioning" => Turn::Hang,
        _ => Turn::Forward,
    };
    let begin = Instant::now();
    let rules = ["--rule", "s3-bucket-versioning-off,s3-bucket-public-access-not-blocked", "--timeout", "4s"];
    let (run, report, _) = scan_with(rule, &rules).await;
    let gap = only_gap(&run, &report);
    assert_eq!(gap["kind"], "stopped", "{gap:#}");
    assert!(report["stopped"].as_str().is_some_and(|why| why.contains("time limit")), "{:#}", report["stopped"]);
    assert_eq!(report["summary"]["unknown"], 6, "{:#}", report["summary"]);
    assert!(report["summary"]["pass"].as_u64() > Some(0), "what was read is judged: {:#}", report["summary"]);
    // The seeding takes some seconds of these.
    assert!(begin.elapsed() < Duration::from_secs(40), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_is_only_slow() {
    let (run, report, _) =
        scan_with(|_| Turn::Delay(Duration::from_millis(200)), &["--rule", "s3-bucket-versioning-off"]).await;
    assert_eq!(report["summary"]["unknown"], 0, "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_broken_is_a_gap() {
    let rule = |seen: &Seen<'_>| match seen.operation {
        "account:ListRegions" => Turn::Reply(200, "application/json", "{\"Regions\": [{\"Reg".to_owned()),
        _ => Turn::Forward,
    };
    let (_, report, _) = scan_with(rule, &["--rule", "s3-account-*"]).await;
    let gaps = report["gaps"].as_array().expect("gaps");
    assert_eq!(gaps[0]["kind"], "malformed", "{gaps:#?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_prints_what_was_gathered_and_exits_2() {
    let emulator = Emulator::start();
    emulator.seed(&["peers", "--buckets", "4", "--users", "2", "--roles", "2", "--policies", "2"]);
    let rule = |seen: &Seen<'_>| match seen.operation {
        "s3:GetBucketVersioning" => Turn::Hang,
        _ => Turn::Forward,
    };
    let proxy = Proxy::start(&emulator.url, rule).await;
    let url = proxy.url.clone();
    let mut command = afterlab(&["scan", "--endpoint-url", &url, "--format", "json"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("the binary starts");
    while proxy.count("s3:GetBucketVersioning") < 4 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("a task").expect("an end");
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a whole report");
    assert!(report["stopped"].as_str().is_some_and(|why| why.contains("interrupted")), "{:#}", report["stopped"]);
    assert!(report["summary"]["pass"].as_u64() > Some(0), "{:#}", report["summary"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_aws_at_all_is_said_so() {
    let page = |_: &Seen<'_>| Turn::Reply(200, "text/html", "<html>Welcome to nginx</html>".to_owned());
    let json = |_: &Seen<'_>| Turn::Reply(200, "application/json", "{}".to_owned());
    let silence = |_: &Seen<'_>| Turn::Hang;
    let proxies = [
        (Proxy::start("http://127.0.0.1:9", page).await, "web page"),
        (Proxy::start("http://127.0.0.1:9", json).await, "GetCallerIdentity"),
        (Proxy::start("http://127.0.0.1:9", silence).await, "GetCallerIdentity"),
    ];
    for (proxy, what) in proxies {
        let url = proxy.url.clone();
        let scan = move || Run::with(&["scan", "--endpoint-url", &url, "--call-timeout", "500ms"]);
        tokio::task::spawn_blocking(scan).await.expect("the scan").assert_refused(what);
    }
}

#[test]
fn nobody_listening_is_said_so() {
    let run = Run::with(&["scan", "--endpoint-url", "http://127.0.0.1:9"]);
    run.assert_refused("GetCallerIdentity");
    assert!(run.stderr.contains("http://127.0.0.1:9"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_aws_does_not_take_are_explained() {
    for (code, help) in [
        ("ExpiredToken", "aws sso login"),
        ("InvalidClientTokenId", "does not know this access key"),
        ("SignatureDoesNotMatch", "secret key"),
    ] {
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>{code}</Code><Message>said by the test</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        );
        let rule = move |_: &Seen<'_>| Turn::Reply(403, "text/xml", body.clone());
        let proxy = Proxy::start("http://127.0.0.1:9", rule).await;
        let url = proxy.url.clone();
        let scan = move || Run::with(&["scan", "--endpoint-url", &url]);
        let run = tokio::task::spawn_blocking(scan).await.expect("the scan");
        run.assert_refused(code);
        assert!(run.stderr.contains(help), "{}", run.stderr);
    }
}

#[test]
fn without_credentials_the_demo_is_offered() {
    let mut command = afterlab(&["scan"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let run = Run::of(command);
    run.assert_refused("no AWS credentials");
    assert!(run.stderr.contains("afterlab scan --demo"), "{}", run.stderr);
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let mut command = afterlab(&["scan", "--profile", "nobody"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    Run::of(command).assert_refused("nobody");
}

#[test]
fn a_sign_in_that_has_ended_names_the_command_that_renews_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    let text = "[profile lab]\nsso_session = my\nsso_account_id = 111122223333\nsso_role_name = Reader\n\
                region = us-east-1\n[sso-session my]\nsso_region = us-east-1\n\
                sso_start_url = https://example.awsapps.com/start\n";
    std::fs::write(&config, text).expect("a config");
    let mut command = afterlab(&["scan", "--profile", "lab"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env("AWS_CONFIG_FILE", &config);
    let run = Run::of(command);
    run.assert_refused("credentials could not be had");
    assert!(run.stderr.contains("aws sso login --profile lab"), "{}", run.stderr);
}

/// A role that asks for MFA refuses a caller without it; afterlab asks for no code, so it says how to get a session.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_lets_nobody_in_is_explained() {
    let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                <Code>AccessDenied</Code><Message>is not authorized to perform: sts:AssumeRole</Message></Error>\
                <RequestId>1</RequestId></ErrorResponse>";
    let proxy = Proxy::start("http://127.0.0.1:9", move |_| Turn::Reply(403, "text/xml", body.to_owned())).await;
    let url = proxy.url.clone();
    let role = "arn:aws:iam::111122223333:role/x";
    let scan = move || Run::with(&["scan", "--endpoint-url", &url, "--role-arn", role]);
    let run = tokio::task::spawn_blocking(scan).await.expect("the scan");
    run.assert_refused("AssumeRole");
    assert!(run.stderr.contains("--external-id") && run.stderr.contains("MFA"), "{}", run.stderr);
}
