use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::access::AccountView;
use crate::inventory::{Inventory, snapshot};

const NOW: &str = "2026-11-22T12:00:00Z";
pub(super) const ROLE: &str = "arn:aws:iam::111122223333:role/lab";

fn terms() -> Terms {
    Terms { days: 90, now: NOW.parse().expect("a time") }
}

/// A role with these inline policies, and what AWS says of its use.
fn account(policies: &[Value], services: Value) -> Inventory {
    let inline: Vec<_> = policies
        .iter()
        .enumerate()
        .map(|(i, document)| json!({"PolicyName": format!("p{i}"), "PolicyDocument": document}))
        .collect();
    let mut role = json!({"RoleName": "lab", "Arn": ROLE, "CreateDate": "2025-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}, "RolePolicyList": inline});
    role["ServicesLastAccessed"] = services;
    inventory(json!({"Roles": [role]}))
}

fn inventory(iam: Value) -> Inventory {
    let mut whole = json!({"afterlab_snapshot": 1, "collected_at": NOW, "account": {"Id": "111122223333",
        "CallerArn": "arn:aws:iam::111122223333:user/ana"}});
    whole["iam"] = iam;
    snapshot::read(whole.to_string().as_bytes()).expect("a snapshot")
}

fn propose_for(inventory: &Inventory, called: &str, events: Option<&Value>) -> Result<Proposal, Vec<String>> {
    let account = AccountView::of(inventory);
    let subject = Subject::find(&account, called).expect("a principal");
    let records = events.map(|events| {
        let mut records = EventRecords::default();
        records.add(events.to_string().as_bytes()).expect("events");
        records
    });
    shrink(&subject, records.as_ref(), terms())
}

pub(super) fn propose(policies: &[Value], services: Value, events: Option<&Value>) -> Proposal {
    propose_for(&account(policies, services), "role/lab", events).expect("a proposal")
}

fn policy(statements: Value) -> Value {
    let mut policy = json!({"Version": "2012-10-17"});
    policy["Statement"] = statements;
    policy
}

fn used(services: &[&str]) -> Value {
    services.iter().map(|name| json!({"ServiceNamespace": name, "LastAuthenticated": "2026-11-20T00:00:00Z"})).collect()
}

fn statements(proposal: &Proposal) -> Value {
    crate::policy::write::to_value(&proposal.document)["Statement"].clone()
}

pub(super) fn event(source: &str, name: &str, more: Value) -> Value {
    let mut event = json!({"eventTime": "2026-11-19T10:00:00Z", "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name, "eventType": "AwsApiCall", "managementEvent": true, "userIdentity": {"type": "AssumedRole",
        "sessionContext": {"sessionIssuer": {"arn": ROLE}}}});
    if let (Value::Object(own), Value::Object(more)) = (&mut event, more) {
        own.extend(more);
    }
    event
}

#[test]
fn services_without_use_go_and_everything_else_stays() {
    let services = json!([{"ServiceNamespace": "s3", "LastAuthenticated": "2026-11-20T00:00:00Z"},
        {"ServiceNamespace": "ec2", "LastAuthenticated": "2026-08-24T12:00:00Z"}, {"ServiceNamespace": "kms"}]);
    let proposal = propose(
        &[policy(json!([{"Sid": "A", "Effect": "Allow", "Action": ["S3:Get*", "ec2:*", "kms:Decrypt", "new:Thing"],
            "Resource": "arn:aws:s3:::b/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Sid": "A", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]))],
        services,
        None,
    );
    assert_eq!(
        statements(&proposal),
        json!([{"Sid": "A", "Effect": "Allow", "Action": ["new:Thing", "s3:Get*"], "Resource": "arn:aws:s3:::b/*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Sid": "APart2", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}])
    );
    let of = |prefix: &str| proposal.services.iter().find(|own| own.prefix == prefix).map(|own| (own.usage, own.kept));
    assert_eq!(of("ec2"), Some((Use::Before("2026-08-24T12:00:00Z".parse().expect("a time")), false)));
    assert_eq!(of("kms"), Some((Use::Never, false)));
    assert_eq!(of("new"), Some((Use::Untold, true)));
    assert!(proposal.warnings.iter().any(|warning| warning.contains("AWS says nothing about new")));
}

#[test]
fn wildcards_become_the_services_in_use() {
    let services = json!([{"ServiceNamespace": "s3", "LastAuthenticated": "2026-11-20T00:00:00Z"},
        {"ServiceNamespace": "logs", "LastAuthenticated": "2026-11-20T00:00:00Z"}, {"ServiceNamespace": "iam"}]);
    let all = policy(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    let proposal = propose(&[all.clone(), all], services.clone(), None);
    assert_eq!(statements(&proposal), json!([{"Effect": "Allow", "Action": ["logs:*", "s3:*"], "Resource": "*"}]));
    assert!(proposal.warnings.iter().any(|warning| warning.contains("a wildcard allowed it")));
    let but = policy(json!({"Effect": "Allow", "NotAction": ["iam:*", "logs:[?]", "s3:*Object*"], "Resource": "*"}));
    let proposal = propose(&[but], services, None);
    let actions = statements(&proposal)[0]["Action"].clone();
    let names: Vec<&str> = actions.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(names.contains(&"s3:ListBucket") && !names.iter().any(|name| name.contains("Object")), "{names:?}");
}

#[test]
fn actions_that_aws_tracks_go_by_themselves() {
    let services = json!([{"ServiceNamespace": "sqs", "LastAuthenticated": "2026-11-20T00:00:00Z",
        "TrackedActionsLastAccessed": [{"ActionName": "CreateQueue", "LastAccessedTime": "2026-11-20T00:00:00Z"},
            {"ActionName": "DeleteQueue"}, {"ActionName": "PurgeQueue", "LastAccessedTime": "2026-01-01T00:00:00Z"}]}]);
    let whole = policy(
        json!([{"Effect": "Allow", "Action": ["sqs:CreateQueue", "sqs:Delete*Queue", "sqs:Purge*"], "Resource": "*"}]),
    );
    let proposal = propose(&[whole], services, None);
    assert_eq!(statements(&proposal), json!([{"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "*"}]));
    let dropped: Vec<_> = proposal.services[0].dropped.keys().map(String::as_str).collect();
    assert_eq!(dropped, ["DeleteQueue", "PurgeQueue"]);
}

#[test]
fn pass_role_stays_where_it_is_named() {
    let named = policy(json!([{"Effect": "Allow", "Action": ["iam:PassRole", "iam:GetRole"], "Resource": "*"}]));
    let proposal = propose(&[named], json!([{"ServiceNamespace": "iam"}]), None);
    assert_eq!(statements(&proposal), json!([{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]));
    let whole = policy(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]));
    let proposal = propose(&[whole], json!([{"ServiceNamespace": "iam"}]), None);
    assert!(proposal.document.statements.is_empty());
}

#[test]
fn events_narrow_to_what_they_show() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf";
    let events = json!({"Records": [
        event("secretsmanager", "GetSecretValue", json!({"resources": [{"type": "AWS::SecretsManager::Secret", "ARN": secret}]})),
        event("secretsmanager", "PutSecretValue", json!({"errorCode": "AccessDenied"})),
        event("secretsmanager", "DeleteSecret", json!({"userIdentity": {"type": "Root"}})),
        event("secretsmanager", "DeleteSecret", json!({"eventTime": "2026-01-01T00:00:00Z"})),
        event("s3", "GetBucketEncryption", json!({}))]});
    let policies = [policy(json!([{"Effect": "Allow", "Action": ["secretsmanager:*"],
        "Resource": ["arn:aws:secretsmanager:*:*:secret:db-*", "arn:aws:secretsmanager:*:*:secret:web-*"]},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetEncryptionConfiguration", "s3:DeleteBucket"], "Resource": "*"}]))];
    let proposal = propose(&policies, used(&["secretsmanager", "s3"]), Some(&events));
    assert_eq!(
        statements(&proposal),
        json!([{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret},
            {"Effect": "Allow", "Action": ["s3:GetEncryptionConfiguration", "s3:GetObject"], "Resource": "*"}])
    );
    assert!(
        proposal.warnings.iter().any(|warning| warning.contains("1 event that AWS refused")),
        "{:?}",
        proposal.warnings
    );
}

#[test]
fn a_resource_is_never_wider_than_before() {
    let object = |arn: &str| {
        json!({"managementEvent": false, "resources": [{"type": "AWS::S3::Object", "ARN": arn},
        {"type": "AWS::S3::Bucket", "ARN": arn.split('/').next()}]})
    };
    let events = json!({"Records": [event("s3", "GetObject", object("arn:aws:s3:::b/images/1")),
        event("s3", "ListObjects", object("arn:aws:s3:::b/*"))]});
    let policies = [policy(json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::b/images/*", "arn:aws:s3:::other/*", "arn:aws:s3:::b"]}]))];
    let proposal = propose(&policies, used(&["s3"]), Some(&events));
    assert_eq!(
        statements(&proposal),
        json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/images/*"},
            {"Effect": "Allow", "Action": "s3:ListBucket",
             "Resource": ["arn:aws:s3:::b/images/*", "arn:aws:s3:::other/*", "arn:aws:s3:::b"]}])
    );
}

#[test]
fn events_without_an_action_narrow_nothing() {
    let events = json!({"Records": [event("apigateway", "GetRestApis", json!({}))]});
    let policies = [policy(json!([{"Effect": "Allow", "Action": "apigateway:GET", "Resource": "*"}]))];
    let proposal = propose(&policies, used(&["apigateway"]), Some(&events));
    assert_eq!(statements(&proposal), json!([{"Effect": "Allow", "Action": "apigateway:GET", "Resource": "*"}]));
    assert!(proposal.warnings.iter().any(|warning| warning.contains("GetRestApis")));
}

#[test]
fn both_sorts_of_files_are_read_and_others_are_not() {
    use std::io::Write as _;
    let record = event("s3", "ListBuckets", json!({})).to_string();
    let history = json!({"Events": [{"EventName": "ListBuckets", "CloudTrailEvent": record}]}).to_string();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(format!("{{\"Records\": [{record}]}}").as_bytes()).expect("packed");
    let packed = packed.finish().expect("packed");
    let mut records = EventRecords::default();
    assert_eq!((records.add(history.as_bytes()), records.add(&packed)), (Ok(()), Ok(())));
    assert!(matches!(records.add(&packed[..20]), Err(NotEvents::Packed(_))));
    assert!(matches!(records.add(b""), Err(NotEvents::Json(_))));
    for other in ["[]", "3", "{\"Events\": 1}"] {
        assert_eq!(records.add(other.as_bytes()), Err(NotEvents::Other));
    }
    for broken in ["{\"Events\": [{}]}", "{\"Events\": [{\"CloudTrailEvent\": \"{\"}]}"] {
        assert_eq!(records.add(broken.as_bytes()), Err(NotEvents::Event(1)));
    }
    assert_eq!(records.add(br#"{"Records": [1, null, {"eventTime": 3, "userIdentity": []}]}"#), Ok(()));
    let inventory = account(&[], used(&["s3"]));
    let view = AccountView::of(&inventory);
    let subject = Subject::find(&view, "role/lab").expect("the role");
    assert_eq!(Events::of(&records, &subject, terms()).counted, 2);
}

#[test]
fn nothing_is_proposed_where_something_was_not_read() {
    let missing = |iam| propose_for(&inventory(iam), "role/lab", None).expect_err("nothing to propose").join("; ");
    let role =
        json!({"RoleName": "lab", "Arn": ROLE, "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}});
    assert!(missing(json!({"Roles": [role]})).contains("was not read"));
    let mut attached = role.clone();
    attached["AttachedManagedPolicies"] =
        json!([{"PolicyName": "P", "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}]);
    attached["ServicesLastAccessed"] = used(&["s3"]);
    assert!(missing(json!({"Roles": [attached]})).contains("AmazonS3FullAccess was not read"));
}

#[test]
fn a_group_needs_the_use_of_all_its_members() {
    let user = |name: &str, services: Option<Value>| {
        let mut user =
            json!({"UserName": name, "Arn": format!("arn:aws:iam::111122223333:user/{name}"), "GroupList": ["g"]});
        if let Some(services) = services {
            user["ServicesLastAccessed"] = services;
        }
        user
    };
    let iam = |users: Value| {
        json!({"Users": users, "Groups": [{"GroupName": "g", "Arn": "arn:aws:iam::111122223333:group/g",
            "GroupPolicyList": [{"PolicyName": "all", "PolicyDocument": policy(json!([{"Effect": "Allow",
            "Action": ["s3:*", "sqs:*", "sns:*"], "Resource": "*"}]))}]}]})
    };
    let whole = inventory(iam(json!([user("a", Some(used(&["s3"]))), user("b", Some(used(&["sqs"])))])));
    let proposal = propose_for(&whole, "group/g", None).expect("a proposal");
    assert_eq!(
        statements(&proposal)[0]["Action"],
        json!(["sns:*", "s3:*", "sqs:*"].into_iter().collect::<BTreeSet<_>>())
    );
    let part = inventory(iam(json!([user("a", Some(used(&["s3"]))), user("b", None)])));
    assert!(propose_for(&part, "group/g", None).is_err());
    assert!(propose_for(&inventory(iam(json!([]))), "group/g", None).is_err());
}
