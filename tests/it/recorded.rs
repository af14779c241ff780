//! `scan --from-config`: one query of AWS Config's record in the place of lists, and lists wherever it cannot be relied on.

use serde_json::{Value, json};

use crate::support::{Emulator, Proxy, Run, Turn};

const ARGS: [&str; 5] =
    ["--from-config", "--region", "us-east-1", "--rule", "ec2-nat-gateway-left-running,dynamodb-table-left"];

fn recorders() -> Value {
    json!({"ConfigurationRecorders": [{"name": "default", "recordingGroup": {"allSupported": true},
        "roleARN": "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"}]})
}

fn statuses() -> Value {
    json!({"ConfigurationRecordersStatus": [{"name": "default", "recording": true, "lastStatus": "SUCCESS",
        "lastStartTime": 1_700_000_000}]})
}

fn results(state: &Value) -> Value {
    let gateway = json!({"resourceType": "AWS::EC2::NatGateway", "resourceId": "nat-1", "tags": [{"key": "lab", "value": "7"}],
        "configuration": {"natGatewayId": "nat-1", "state": state, "vpcId": "vpc-1", "connectivityType": "public",
            "createTime": "2026-11-20T08:00:00.000Z", "natGatewayAddresses": [{"publicIp": "198.51.100.7"}]}});
    json!({"Results": [gateway.to_string()]})
}

/// A proxy that answers for AWS Config.
async fn config(emulator: &Emulator, recorders: Value, results: Value) -> Proxy {
    let answer = |body: &Value| Turn::Reply(200, "application/x-amz-json-1.1", body.to_string());
    Proxy::start(&emulator.url, move |seen| match seen.operation {
        "config:DescribeConfigurationRecorders" => answer(&recorders),
        "config:DescribeConfigurationRecorderStatus" => answer(&statuses()),
        "config:SelectResourceConfig" if results["denied"] == true => {
            let body = json!({"__type": "AccessDeniedException", "Message": "no"});
            Turn::Reply(400, "application/x-amz-json-1.1", body.to_string())
        }
        "config:SelectResourceConfig" => answer(&results),
        _ => Turn::Forward,
    })
    .await
}

async fn scan(proxy: &Proxy) -> Value {
    let url = proxy.url.clone();
    tokio::task::spawn_blocking(move || Run::scan(&url, &ARGS).1).await.expect("the scan")
}

fn names(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().filter_map(|finding| finding["resource"]["name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_stands_in_for_lists() {
    let emulator = Emulator::start();
    let proxy = config(&emulator, recorders(), results(&json!({"value": "available"}))).await;
    let report = scan(&proxy).await;
    assert_eq!(names(&report), ["nat-1"], "{report:#}");
    assert_eq!(report["findings"][0]["cost"]["usd_per_month"], "36.50", "{report:#}");
    assert!(report["source"].as_str().is_some_and(|source| source.contains("2 resource types as AWS Config recorded")));
    let asked = proxy.operations();
    assert!(
        !asked.iter().any(|operation| operation.contains("DescribeNat") || operation.contains("Table")),
        "{asked:?}"
    );
    assert_eq!(proxy.count("config:SelectResourceConfig"), 1);
    assert_eq!(report["gaps"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_relied_on_is_listed_and_leaves_no_gap() {
    let emulator = Emulator::start();
    let mut own_role = recorders();
    own_role["ConfigurationRecorders"][0]["roleARN"] = json!("arn:aws:iam::123456789012:role/mine");
    let unclear = results(&json!(["available"]));
    let cases =
        [(own_role, results(&json!("available"))), (recorders(), unclear), (recorders(), json!({"denied": true}))];
    for (recorders, results) in cases {
        let proxy = config(&emulator, recorders, results).await;
        let report = scan(&proxy).await;
        assert_eq!(proxy.count("ec2:DescribeNatGateways"), 1, "{:?}", proxy.operations());
        assert_eq!((names(&report), &report["gaps"]), (vec![], &json!([])), "{report:#}");
    }
}
