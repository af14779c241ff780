//! Rules of packs that are about an account as a whole, or about the roles and buckets that something uses: each on its own
//! failing example, over HTTP.

use afterlab::pack::{About, registry};
use hyper::Method;
use serde_json::{Map, Value, json};

use crate::families::{Failing, failing, services};
use crate::support::proxy::unsigned;
use crate::support::{Emulator, Run};

const REGION: &str = "us-east-1";

/// A role of an example as `GetAccountAuthorizationDetails` tells of it.
fn role(example: &Value) -> Value {
    let mut role = example.clone();
    let name = example["RoleName"].as_str().expect("a name").to_owned();
    role["RoleId"] = json!(format!("AROA{}", name.to_uppercase()));
    role["Path"] = json!("/");
    role["CreateDate"] = json!("2026-01-01T00:00:00Z");
    role["AssumeRolePolicyDocument"] = json!(example["AssumeRolePolicyDocument"].to_string());
    for inline in role["RolePolicyList"].as_array_mut().into_iter().flatten() {
        inline["PolicyDocument"] = json!(inline["PolicyDocument"].to_string());
    }
    role
}

/// Makes a bucket of an example.
async fn bucket(emulator: &Emulator, example: &Value) {
    let name = example["Name"].as_str().expect("a name");
    let url = |query: &str| format!("{}/{name}{query}", emulator.url);
    let done = unsigned(Method::PUT, &url(""), "").await;
    assert!(done.0.is_success(), "{done:?}");
    if example["PolicyStatus"]["IsPublic"] == true {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{name}/*")}]});
        unsigned(Method::DELETE, &url("?publicAccessBlock"), "").await;
        let done = unsigned(Method::PUT, &url("?policy"), &policy.to_string()).await;
        assert!(done.0.is_success(), "{done:?}");
    }
}

async fn tell(emulator: &Emulator, example: &Failing) {
    let mut replies = Map::new();
    example.tell(REGION, &mut replies);
    let mut made = json!(services());
    let roles: Vec<Value> = example.snapshot["iam"]["Roles"].as_array().into_iter().flatten().map(role).collect();
    if !roles.is_empty() {
        made["iam"] = json!(["iam"]);
        replies.insert("iam:GetAccountAuthorizationDetails".to_owned(), json!({"RoleDetailList": roles}));
    }
    emulator.post("/moto-api/reset", "text/plain", "").await;
    emulator.post("/afterlab-test/reset", "application/json", "{}").await;
    for example in example.snapshot["s3"]["Buckets"].as_array().into_iter().flatten() {
        bucket(emulator, example).await;
    }
    // The account has the region that is scanned and no other, so that what is not found does not exist.
    let others = ["eu-central-1", "eu-west-1", "us-west-2"].map(|region| (region.to_owned(), json!("DISABLED")));
    let regions = Map::from_iter(others);
    let state = json!({"made": made, "replies": replies, "regions": regions}).to_string();
    emulator.post("/afterlab-test/set", "application/json", &state).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fires_on_an_account_of_its_own() {
    let emulator = Emulator::start();
    let mut silent = Vec::new();
    for rule in registry::rules() {
        let examples = failing(rule);
        let Some(example) = examples.first().filter(|first| first.about() == About::Account || first.has_core()) else {
            continue;
        };
        tell(&emulator, example).await;
        let (_, report) = Run::scan(&emulator.url, &["--rule", rule.id, "--region", REGION]);
        let found = report["findings"].as_array().is_some_and(|findings| !findings.is_empty());
        if !found {
            silent.push(format!("{}: {} {} {}", rule.id, report["unknown"], report["errors"], report["gaps"]));
        }
    }
    assert!(silent.is_empty(), "{} found nothing:\n{}", silent.len(), silent.join("\n"));
}
