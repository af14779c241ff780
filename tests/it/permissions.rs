//! What a scan is allowed to do, and what it does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Emulator, Proxy, Run, Turn};

const SCAN_POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/scan.json");

fn actions(policy: &str) -> BTreeSet<String> {
    let policy: Value = serde_json::from_str(policy).expect("a policy");
    let list = policy["Statement"][0]["Action"].as_array().expect("actions");
    list.iter().map(|action| action.as_str().expect("an action").to_owned()).collect()
}

#[test]
fn the_command_prints_the_committed_policy() {
    let run = Run::with(&["permissions"]);
    let committed = std::fs::read_to_string(SCAN_POLICY).expect("policies/scan.json");
    assert_eq!(run.stdout, committed, "run `cargo run -- permissions > policies/scan.json`");
}

#[test]
fn fewer_rules_need_fewer_permissions() {
    let all = actions(&Run::with(&["permissions"]).stdout);
    let few = actions(&Run::with(&["permissions", "--rule", "s3-account-*"]).stdout);
    assert!(few.is_subset(&all) && few.len() < all.len());
    assert!(few.contains("s3:GetAccountPublicAccessBlock") && !few.contains("s3:ListAllMyBuckets"), "{few:?}");
}

/// Every operation on the wire is one that the policy pays for.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_policys_operations_goes_over_the_wire() {
    let emulator = Emulator::start();
    emulator.seed(&["lab"]);
    let proxy = Proxy::start(&emulator.url, |_| Turn::Forward).await;
    let url = proxy.url.clone();
    let (_, report) = tokio::task::spawn_blocking(move || Run::scan(&url, &[])).await.expect("the scan");
    let seen: BTreeSet<String> = proxy.operations().into_iter().collect();
    let allowed: BTreeSet<String> = afterlab::rule::operation::ALLOWED.iter().map(ToString::to_string).collect();
    // What packs ask: by its name, or, of services that have no names on the wire, by a method that cannot change.
    let of_packs: BTreeSet<&str> =
        afterlab::pack::registry::types().flat_map(|kind| kind.operations).map(|operation| operation.name).collect();
    let posted: BTreeSet<String> = afterlab::pack::registry::types()
        .flat_map(|kind| {
            let api = afterlab::pack::registry::model(kind).expect("a model");
            let names: Vec<String> = kind.operation_names().map(str::to_owned).collect();
            names.into_iter().filter_map(move |name| api.operation(&name).map(|known| known.http.request_uri.clone()))
        })
        .map(|uri| format!("POST {uri}?"))
        .collect();
    let is_of_pack = |seen: &str| {
        seen.starts_with("GET ")
            || posted.contains(seen)
            || seen.split_once(':').is_some_and(|(_, name)| of_packs.contains(name))
    };
    let strangers: Vec<_> = seen.difference(&allowed).filter(|seen| !is_of_pack(seen)).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    let paid = actions(&std::fs::read_to_string(SCAN_POLICY).expect("policies/scan.json"));
    for operation in afterlab::rule::operation::ALLOWED.iter().filter(|op| seen.contains(&op.to_string())) {
        assert!(operation.iam_action.is_none_or(|action| paid.contains(action)), "{operation}");
    }
    assert_eq!(report["summary"]["requests"], proxy.operations().len());
}

/// moto checks signatures and permissions here: a user with exactly the committed policy reads everything.
#[tokio::test(flavor = "multi_thread")]
async fn the_policy_suffices_and_nothing_less_does() {
    let emulator = Emulator::start();
    emulator.seed(&["lab"]);
    let policy = std::fs::read_to_string(SCAN_POLICY).expect("policies/scan.json");
    iam(&emulator, "Action=CreateUser&UserName=scanner&Version=2010-05-08").await;
    let key = new_key(&emulator).await;
    put_policy(&emulator, &policy).await;
    emulator.post("/moto-api/reset-auth", "text/plain", "0").await;
    let scan = |url: String, (id, secret): (String, String)| {
        let mut command =
            crate::support::afterlab(&["scan", "--endpoint-url", &url, "--format", "json", "--rule", "iam-*,s3-*"]);
        command.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
        let run = Run::of(command);
        serde_json::from_str::<Value>(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
    };
    let report = scan(emulator.url.clone(), key);
    let denied: Vec<_> =
        report["gaps"].as_array().expect("gaps").iter().filter(|gap| gap["kind"] == "denied").collect();
    assert!(denied.is_empty(), "{denied:#?}");
}

async fn iam(emulator: &Emulator, body: &str) -> String {
    let (status, answer) = crate::support::proxy::post_to(&emulator.url, "iam", body).await;
    assert!(status.is_success(), "{status} {answer}");
    answer
}

async fn new_key(emulator: &Emulator) -> (String, String) {
    let answer = iam(emulator, "Action=CreateAccessKey&UserName=scanner&Version=2010-05-08").await;
    let between = |tag: &str| {
        let start = answer.find(&format!("<{tag}>")).expect(tag) + tag.len() + 2;
        answer[start..].split('<').next().expect("a value").to_owned()
    };
    (between("AccessKeyId"), between("SecretAccessKey"))
}

async fn put_policy(emulator: &Emulator, policy: &str) {
    let document = percent_encoding::utf8_percent_encode(policy, percent_encoding::NON_ALPHANUMERIC);
    let body =
        format!("Action=PutUserPolicy&UserName=scanner&PolicyName=scan&PolicyDocument={document}&Version=2010-05-08");
    iam(emulator, &body).await;
}
