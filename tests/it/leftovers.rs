//! Packs as a user runs them: on moto, on model-made replies, and with a pack of one's own.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Emulator, Run, botocore_sources};

/// Rule, region, name and dollars a month of every finding.
fn found(report: &Value) -> BTreeMap<String, String> {
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let name = format!(
                "{} {} {}",
                text(&finding["rule"]),
                text(&finding["resource"]["region"]),
                text(&finding["resource"]["name"])
            );
            (name, text(&finding["cost"]["usd_per_month"]))
        })
        .collect()
}

async fn reply(emulator: &Emulator, replies: Value) {
    emulator.post("/afterlab-test/set", "application/json", &json!({"replies": replies}).to_string()).await;
}

/// Services that moto lacks, over real HTTP with replies made after AWS's models: just made, and found the same day.
#[tokio::test(flavor = "multi_thread")]
async fn leftovers_are_found_by_their_state_with_their_dollars() {
    let emulator = Emulator::start();
    let app = "0a1b2c3d-0000-4000-8000-000000000001";
    reply(&emulator, json!({
        "kendra:ListIndices us-east-1": {"IndexConfigurationSummaryItems": [{"Id": "i-1", "CreatedAt": 1_795_000_000, "Status": "ACTIVE"}]},
        "kendra:DescribeIndex": {"Id": "i-1", "Name": "lab", "Edition": "ENTERPRISE_EDITION", "Status": "ACTIVE"},
        "kendra:ListTagsForResource": {"Tags": [{"Key": "project", "Value": "lab"}]},
        "qbusiness:ListApplications eu-west-1": {"applications": [{"applicationId": app, "displayName": "helper"}]},
        "qbusiness:ListIndices": {"indices": [{"indexId": "x", "displayName": "docs"}]},
        "qbusiness:GetIndex": {"indexId": "x", "displayName": "docs", "status": "ACTIVE", "type": "STARTER",
            "indexArn": "arn:aws:qbusiness:eu-west-1:123456789012:application/a/index/x", "capacityConfiguration": {"units": 2}},
        "rekognition:DescribeProjects us-east-1": {"ProjectDescriptions": [{"ProjectArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/1"}]},
        "rekognition:DescribeProjectVersions": {"ProjectVersionDescriptions": [{"Status": "RUNNING", "MinInferenceUnits": 1,
            "ProjectVersionArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1"}]},
        "sagemaker:ListApps us-east-1": {"Apps": [{"DomainId": "d-1", "UserProfileName": "ana", "AppType": "Canvas", "AppName": "default", "Status": "InService"}]},
        "bedrock:ListProvisionedModelThroughputs us-east-1": {"provisionedModelSummaries": [{"provisionedModelName": "lab", "modelUnits": 1,
            "provisionedModelArn": "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/x", "status": "InService", "creationTime": "2026-11-24T08:00:00Z"}]},
    })).await;
    let url = emulator.url.clone();
    let scan = |extra: &[&str]| {
        let all: Vec<&str> = ["--kind", "leftover", "--region", "us-east-1,eu-west-1"]
            .into_iter()
            .chain(extra.iter().copied())
            .collect();
        Run::scan(&url, &all).1
    };
    let report = scan(&[]);
    assert_eq!(report["gaps"], json!([]), "{report:#}");
    let expected = [
        ("bedrock-provisioned-throughput-left-running us-east-1 lab", "14965"),
        ("kendra-index-left-running us-east-1 lab", "1022"),
        ("qbusiness-index-left-running eu-west-1 docs", "204.4"),
        (
            "rekognition-custom-labels-left-running us-east-1 arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1",
            "2920",
        ),
        ("sagemaker-canvas-session-left-open us-east-1 d-1/ana/Canvas/default", "1387"),
    ];
    let expected: BTreeMap<String, String> = expected.map(|(name, usd)| (name.to_owned(), usd.to_owned())).into();
    let rounded = |found: BTreeMap<String, String>| -> BTreeMap<String, String> {
        found
            .into_iter()
            .map(|(name, usd)| (name, usd.trim_end_matches('0').trim_end_matches('.').to_owned()))
            .collect()
    };
    assert_eq!(rounded(found(&report)), rounded(expected));
    let kendra = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|finding| finding["rule"] == "kendra-index-left-running");
    let evidence = kendra.expect("the index")["evidence"].as_array().expect("evidence").clone();
    let used = evidence.iter().find(|evidence| evidence["property"] == "AWS/Kendra IndexQueryCount (Sum of 14 days)");
    assert_eq!(
        used.map(|used| &used["value"]),
        Some(&json!("no datapoint")),
        "a missing datapoint is not a zero: {evidence:#?}"
    );
    let kept = scan(&["--keep-tag", "project"]);
    assert!(!found(&kept).keys().any(|name| name.starts_with("kendra")), "a tag keeps the index");
    let spared = scan(&["--grace", "3650d"]);
    assert!(!found(&spared).keys().any(|name| name.starts_with("bedrock")), "it is younger than the grace period");
}

/// What moto has is found, in both regions, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_refused_hides_its_resources_and_says_so() {
    let emulator = Emulator::start();
    reply(
        &emulator,
        json!({"kendra:ListIndices us-east-1": {"_raw": {"IndexConfigurationSummaryItems": "not a list"}}}),
    )
    .await;
    let (run, report) = Run::scan(&emulator.url, &["--rule", "kendra-*", "--region", "us-east-1"]);
    assert_eq!(run.code, Some(2), "{report:#}");
    assert_eq!(report["gaps"][0]["kind"], "malformed", "{report:#}");
    assert!(
        report["gaps"][0]["message"]
            .as_str()
            .is_some_and(|text| text.contains("IndexConfigurationSummaryItems should be a list"))
    );
}

const OWN: &str = r#"
[resource]
type = "AWS::SQS::Queue"
list = { operation = "ListQueues", items = "QueueUrls" }
id = "resource.Value"
name = "basename(resource.Value)"

[[rule]]
id = "sqs-queue-of-a-lab"
kind = "hygiene"
title = "Queue of a lab is left"
severity = "low"
note = "account#knowing-what-you-spend"
fails = "glob('*/lab-*', resource.Value)"
message = "Queue {name} is left of a lab"
evidence = ["resource.Value"]
docs = """
## What it finds
A queue whose name begins with lab-.

## Why it matters
It shows how a pack is written.

## How to fix it
Delete it.
"""

[[rule.example]]
outcome = "fail"
resource = { Value = "https://sqs.us-east-1.amazonaws.com/1/lab-x" }

[[rule.example]]
outcome = "pass"
resource = { Value = "https://sqs.us-east-1.amazonaws.com/1/orders" }
"#;

/// A service that afterlab does not ship, with botocore's model as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_ones_own_works_from_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = folder.path().join("sqs");
    std::fs::create_dir(&pack).expect("the pack");
    let model = botocore_sources().join("botocore/data/sqs/2012-11-05");
    std::fs::copy(model.join("service-2.json"), pack.join("service-2.json")).expect("the model");
    let path = pack.to_str().expect("UTF-8");
    let began = Run::with(&["rules", "new", "--pack", path, "--type", "AWS::SQS::Queue"]);
    assert_eq!(began.code, Some(0), "{began:#?}");
    let holds = Run::with(&["rules", "check", path]);
    assert!(holds.stdout.contains("2 examples hold"), "what was begun holds: {holds:#?}");
    assert_eq!(Run::with(&["rules", "new", "--pack", path, "--type", "AWS::SQS::Queue"]).code, Some(2), "it is there");
    std::fs::write(pack.join("queue.toml"), OWN).expect("the type");
    let folder = folder.path().to_str().expect("UTF-8");
    let checked = Run::with(&["rules", "check", folder]);
    assert_eq!((checked.code, checked.stdout.contains("2 examples hold")), (Some(0), true), "{checked:#?}");
    let emulator = Emulator::start();
    let body = "Action=CreateQueue&QueueName=lab-x&Version=2012-11-05";
    crate::support::proxy::post_to(&emulator.url, "sqs", body).await;
    let (_, report) = Run::scan(&emulator.url, &["--rules", folder, "--rule", "sqs-*", "--region", "us-east-1"]);
    assert_eq!(found(&report).keys().collect::<Vec<_>>(), ["sqs-queue-of-a-lab us-east-1 lab-x"], "{report:#}");
    for (wrong, what) in [
        (OWN.replace("ListQueues", "ListQueuez"), "did you mean ListQueues?"),
        (OWN.replace("QueueUrls\"", "QueueUrlz\""), "did you mean QueueUrls?"),
        (OWN.replace("kind = \"hygiene\"", "kindd = \"hygiene\""), "kindd"),
        (OWN.replace("glob(", "globb("), "globb"),
        (OWN.replace("ListQueues", "DeleteQueue"), "does not read"),
        (OWN.replace("outcome = \"pass\"", "outcome = \"fail\""), "expected fail, got pass"),
    ] {
        std::fs::write(pack.join("queue.toml"), wrong).expect("the type");
        let refused = Run::with(&["rules", "check", folder]);
        assert_eq!(refused.code, Some(2), "{what}: {refused:#?}");
        assert!(refused.stderr.contains(what) && refused.stderr.contains("queue.toml"), "{what}: {}", refused.stderr);
    }
    assert!(Path::new(folder).exists());
}

/// What a lab created, changed and left behind, from two snapshots.
#[test]
fn two_snapshots_say_what_a_lab_left_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshot = |name: &str, volumes: Value| {
        let path = folder.path().join(name);
        let content = json!({
            "afterlab_snapshot": 1, "account": {"Id": "111122223333", "AccountAlias": null, "Regions": ["us-east-1"]},
            "collected_at": "2026-11-22T12:00:00Z", "resources": {"AWS::EC2::Volume": volumes},
        });
        std::fs::write(&path, content.to_string()).expect("a snapshot");
        path.to_str().expect("UTF-8").to_owned()
    };
    let volume = |id: &str, state: &str| {
        json!({"id": id, "name": id, "region": "us-east-1",
            "properties": {"VolumeId": id, "State": state, "Size": 100, "VolumeType": "gp3"}})
    };
    let before = snapshot("before.json", json!([volume("vol-1", "in-use"), volume("vol-2", "in-use")]));
    let after = snapshot("after.json", json!([volume("vol-1", "available"), volume("vol-3", "in-use")]));
    let run = Run::with(&["diff", &before, &after, "--format", "json"]);
    let diff: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    assert_eq!(run.code, Some(1), "{diff:#}");
    assert_eq!((&diff["created"][0]["id"], &diff["deleted"][0]["id"]), (&json!("vol-3"), &json!("vol-2")), "{diff:#}");
    assert_eq!(diff["changed"][0]["properties"], json!(["State"]), "{diff:#}");
    assert_eq!(diff["leftovers_added"][0]["usd_per_month"], json!("8"), "{diff:#}");
    let same = Run::with(&["diff", &after, &after]);
    assert_eq!(same.code, Some(0), "{same:#?}");
    assert!(same.stdout.contains("Created: 0") && same.stdout.contains("Not compared"), "{}", same.stdout);
    assert_eq!(Run::with(&["diff", &before, "missing.json"]).code, Some(2));
}

#[test]
fn the_cleanup_script_names_real_resources_and_is_a_shell_script() {
    let run = Run::with(&["cleanup", "--demo"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("aws kendra delete-index --region us-east-1 --id 6f0d5c1e-"), "{}", run.stdout);
    let script = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(script.path(), &run.stdout).expect("the script");
    let checked = std::process::Command::new("sh").arg("-n").arg(script.path()).status().expect("sh");
    assert!(checked.success());
    let plan = Run::with(&["cleanup", "--demo", "--format", "json", "--only", "kendra-*"]);
    let plan: Value = serde_json::from_str(&plan.stdout).expect("JSON");
    assert_eq!(plan["steps"].as_array().map(Vec::len), Some(1), "{plan:#}");
}

/// After a cleanup: what is gone, what stays without billing, what bills as before, and what came in between.
#[test]
fn a_plan_is_verified_against_what_is_there_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let snapshot = |name: &str, volumes: Value, gaps: Value| {
        let content = json!({
            "afterlab_snapshot": 1, "account": {"Id": "111122223333", "AccountAlias": null, "Regions": ["us-east-1"]},
            "collected_at": "2026-11-22T12:00:00Z", "resources": {"AWS::EC2::Volume": volumes}, "gaps": gaps,
        });
        std::fs::write(path(name), content.to_string()).expect("a snapshot");
        path(name)
    };
    let volume = |id: &str, state: &str| {
        json!({"id": id, "name": id, "region": "us-east-1",
            "properties": {"VolumeId": id, "State": state, "Size": 100, "VolumeType": "gp3"}})
    };
    let before = json!([volume("vol-1", "available"), volume("vol-2", "available"), volume("vol-3", "available")]);
    let before = snapshot("before.json", before, json!([]));
    let planned = Run::with(&["cleanup", "--snapshot", &before, "--only", "ec2-volume-*", "--format", "json"]);
    std::fs::write(path("plan.json"), &planned.stdout).expect("the plan");
    let verify = |snapshot: &str| {
        let plan = path("plan.json");
        Run::with(&["cleanup", "--verify", &plan, "--snapshot", snapshot, "--only", "ec2-volume-*", "--format", "json"])
    };
    let half = json!([volume("vol-1", "available"), volume("vol-2", "in-use"), volume("vol-4", "available")]);
    let run = verify(&snapshot("half.json", half, json!([])));
    let half: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    let fates: BTreeMap<&str, &str> = half["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .filter_map(|each| Some((each["resource"]["name"].as_str()?, each["fate"].as_str()?)))
        .collect();
    let expected = [("vol-1", "still-billing"), ("vol-2", "still-there"), ("vol-3", "gone")];
    assert_eq!((run.code, fates), (Some(1), expected.into()), "{half:#}");
    assert_eq!(half["not_in_the_plan"][0]["resource"]["name"], "vol-4", "{half:#}");
    let done = verify(&snapshot("done.json", json!([]), json!([])));
    assert_eq!(done.code, Some(0), "{done:#?}");
    std::fs::write(path("plan.json"), planned.stdout.replace("111122223333", "999999999999")).expect("the plan");
    let other = verify(&before);
    assert_eq!(other.code, Some(2));
    assert!(other.stderr.contains("999999999999"), "{}", other.stderr);
    std::fs::write(path("plan.json"), "{}").expect("no plan");
    assert_eq!(verify(&before).code, Some(2));
}

/// The price list as AWS tells it: kept for the user, shown with its source, and used by the next scan.
#[tokio::test(flavor = "multi_thread")]
async fn refreshed_prices_stand_in_for_the_built_in_ones() {
    let product = |sku: &str, volume: &str, usd: &str| {
        json!({
            "product": {"sku": sku, "productFamily": "Storage",
                "attributes": {"volumeApiName": volume, "regionCode": "eu-west-1", "usagetype": "EU-EBS:VolumeUsage.gp3"}},
            "serviceCode": "AmazonEC2", "version": "20261101000000", "publicationDate": "2026-11-01T00:00:00Z",
            "terms": {"OnDemand": {"T": {"effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": {"D": {
                "unit": "GB-Mo", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": usd}}}}}},
        })
        .to_string()
    };
    let emulator = Emulator::start();
    let list = [product("GP3", "gp3", "0.0880000000"), product("A", "st1", "0.05"), product("B", "st1", "0.06")];
    let state = json!({"made": {"pricing": ["pricing"]},
        "replies": {"pricing:GetProducts": {"FormatVersion": "aws_v1", "PriceList": list}}});
    emulator.post("/afterlab-test/set", "application/json", &state.to_string()).await;
    let caches = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| {
        let mut command = crate::support::afterlab(args);
        command.env("XDG_CACHE_HOME", caches.path());
        Run::of(command)
    };
    let refreshed = run(&["prices", "refresh", "--region", "eu-west-1", "--endpoint-url", &emulator.url]);
    assert_eq!(refreshed.code, Some(0), "{refreshed:#?}");
    assert!(refreshed.stdout.contains("1 price saved in"), "{refreshed:#?}");
    assert!(refreshed.stdout.contains("1 that are stated in two ways"), "{refreshed:#?}");
    let shown = run(&["prices", "show", "ebs/gp3", "--format", "json"]);
    assert!(shown.stdout.contains("AWS price list: AmazonEC2 SKU GP3"), "{}", shown.stdout);
    let file = caches.path().join("afterlab/prices.json");
    std::fs::write(&file, "{").expect("a broken file");
    run(&["prices", "show", "ebs/gp3"]).assert_refused("prices.json");
    std::fs::remove_file(&file).expect("it goes");
    let empty = json!({"made": {"pricing": ["pricing"]}, "replies": {"pricing:GetProducts": {"PriceList": []}}});
    emulator.post("/afterlab-test/set", "application/json", &empty.to_string()).await;
    run(&["prices", "refresh", "--region", "eu-west-1", "--endpoint-url", &emulator.url]).assert_refused("no price");
}
