//! How long the graph of escalations takes: `cargo bench --bench escalations [ROLES]` (default 1,000, and half as many
//! users).
//!
//! Roles trust services, the account or each other, and have policies as accounts have them; a tenth may pass any role, a
//! tenth takes any role, some have a boundary or a denial, and one in two hundred is an administrator.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a measurement for people")]

use std::time::Instant;

use afterlab::access::graph::{End, Graph};
use afterlab::inventory::snapshot;
use serde_json::{Value, json};

const SERVICES: [&str; 6] = ["lambda", "ec2", "sagemaker", "glue", "ecs-tasks", "codebuild"];

fn main() {
    let roles = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1000);
    let inventory = snapshot::read(account(roles).to_string().as_bytes()).expect("a snapshot");
    let begin = Instant::now();
    let graph = Graph::of(&inventory);
    let built = begin.elapsed();
    let routes = graph.routes();
    let steps: usize = graph.nodes().iter().map(|node| node.edges.len()).sum();
    let found = routes.iter().filter(|route| matches!(route.end, End::Reaches | End::MayReach(_))).count();
    println!("{} principals, {steps} steps: {built:.2?}", graph.nodes().len());
    println!("{found} ways to an administrator: {:.2?} in all", begin.elapsed());
}

fn account(roles: usize) -> Value {
    let functions: Vec<Value> = (0..roles / 5).map(function).collect();
    json!({"afterlab_snapshot": 1, "account": {"Id": "111122223333"}, "collected_at": "2026-11-22T12:00:00Z",
        "resources": {"*": [], "AWS::Lambda::Function": functions},
        "iam": {
            "Users": (0..roles / 2).map(user).collect::<Vec<_>>(),
            "Groups": [{"GroupName": "all", "Arn": "arn:aws:iam::111122223333:group/all",
                "GroupPolicyList": inline(&json!([allow(&["s3:GetObject", "sts:GetCallerIdentity"], "*")]))}],
            "Roles": (0..roles).map(role).collect::<Vec<_>>(),
            "Policies": [{"PolicyName": "limit", "Arn": "arn:aws:iam::111122223333:policy/limit", "DefaultVersionId": "v1",
                "PolicyVersionList": [{"VersionId": "v1",
                    "Document": document(&json!([allow(&["s3:*", "lambda:*", "sts:*"], "*")]))}]}]}})
}

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn inline(statements: &Value) -> Value {
    json!([{"PolicyName": "own", "PolicyDocument": document(statements)}])
}

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

/// What a principal may do, by its number.
fn statements(number: usize) -> Value {
    let usual = allow(&["s3:GetObject", "s3:PutObject", "logs:*", "dynamodb:*Item"], "*");
    let own = format!("arn:aws:lambda:*:111122223333:function:team-{}-*", number % 40);
    match number % 20 {
        0 => json!([usual, allow(&["iam:PassRole"], "*"), allow(&["lambda:*", "ec2:*", "sagemaker:*"], "*")]),
        1 => json!([
            usual,
            allow(&["iam:PassRole", "iam:GetRole"], "arn:aws:iam::*:role/role-1*"),
            allow(&["lambda:CreateFunction", "lambda:InvokeFunction"], &own)
        ]),
        2 => json!([usual, allow(&["sts:AssumeRole"], "*")]),
        3 => json!([usual, allow(&["sts:AssumeRole"], "arn:aws:iam::111122223333:role/role-2*")]),
        4 => json!([usual, allow(&["lambda:UpdateFunctionCode"], &own)]),
        5 => json!([usual, allow(&["iam:CreateAccessKey"], "arn:aws:iam::*:user/user-1*")]),
        6 => json!([usual, allow(&["iam:*"], "*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]),
        _ => json!([usual, allow(&["ec2:Describe*", "cloudwatch:*"], "*")]),
    }
}

fn user(number: usize) -> Value {
    let name = format!("user-{number}");
    let boundary = number.is_multiple_of(7).then_some("arn:aws:iam::111122223333:policy/limit");
    json!({"UserName": name, "Arn": format!("arn:aws:iam::111122223333:user/{name}"), "GroupList": ["all"],
        "UserPolicyList": inline(&statements(number)), "PermissionsBoundary": boundary,
        "credentials": {"password_enabled": true, "mfa_active": true, "access_keys": []}})
}

fn role(number: usize) -> Value {
    let name = format!("role-{number}");
    let principal = match number % 4 {
        0 => json!({"AWS": "arn:aws:iam::111122223333:root"}),
        1 => json!({"AWS": format!("arn:aws:iam::111122223333:role/role-{}", number / 2)}),
        _ => json!({"Service": format!("{}.amazonaws.com", SERVICES[number % SERVICES.len()])}),
    };
    let trust = json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]);
    let statements = if number.is_multiple_of(200) { json!([allow(&["*"], "*")]) } else { statements(number / 3) };
    json!({"RoleName": name, "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
        "AssumeRolePolicyDocument": document(&trust), "RolePolicyList": inline(&statements),
        "InstanceProfileList": [format!("arn:aws:iam::111122223333:instance-profile/{name}")]})
}

fn function(number: usize) -> Value {
    let name = format!("team-{}-{number}", number % 40);
    json!({"id": name, "name": name, "arn": format!("arn:aws:lambda:us-east-1:111122223333:function:{name}"),
        "region": "us-east-1",
        "properties": {"FunctionName": name, "Role": format!("arn:aws:iam::111122223333:role/role-{}", number * 5)}})
}
