//! What a proposal allows was allowed before: on many requests against many policies, by the evaluator.

use fastrand::Rng;
use serde_json::{Value, json};

use super::tests::{ROLE, event, propose};
use crate::policy::catalogue::Catalogue;
use crate::policy::eval::{Caller, Circumstances, Context, Named, Policies, Request, Verdict, decide};
use crate::policy::model::Document;

const SERVICES: [&str; 6] = ["s3", "sqs", "iam", "kms", "dynamodb", "lambda"];

const PATTERNS: [&str; 7] = [
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/x/${aws:username}",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:sqs:us-east-1:111122223333:q*",
    "arn:aws:*:*:111122223333:*",
];

const RESOURCES: [&str; 6] = [
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/x/ann",
    "arn:aws:s3:::b/x/${aws:username}",
    "arn:aws:s3:::ann/y",
    "arn:aws:sqs:us-east-1:111122223333:q1",
    "arn:aws:kms:us-east-1:111122223333:key/1",
];

#[test]
fn a_proposal_allows_nothing_new() {
    let mut random = Rng::with_seed(7);
    let names = names();
    let (mut stay, mut go) = (0, 0);
    for _ in 0..40 {
        let policies: Vec<Value> = (0..random.usize(1..3)).map(|_| policy(&mut random, &names)).collect();
        let events = json!({"Records": (0..6).map(|_| some_event(&mut random, &names)).collect::<Vec<_>>()});
        let proposal = propose(&policies, services(&mut random, &names), random.bool().then_some(&events));
        let before: Vec<Document> = policies.iter().map(|own| Document::from_value(own).expect("a policy")).collect();
        for _ in 0..100 {
            let request = request(&mut random, &names);
            let was = is_allowed(&before, &request);
            let is = is_allowed(std::slice::from_ref(&proposal.document), &request);
            assert!(!is || was, "{request:?}\n{policies:#?}\n{:#?}", proposal.document);
            stay += usize::from(is);
            go += usize::from(was && !is);
        }
    }
    assert!(stay > 100 && go > 100, "{stay} stay, {go} go: the test tries too little");
}

fn is_allowed(documents: &[Document], request: &Request) -> bool {
    let identity = documents.iter().map(|own| Named::read("policy", own)).collect();
    let policies = Policies { identity, ..Policies::default() };
    decide(request, &policies, &Circumstances::default()).verdict == Verdict::Allowed
}

fn names() -> Vec<String> {
    let services = SERVICES.iter().filter_map(|prefix| Catalogue::embedded().service(prefix));
    services.flat_map(|own| own.actions().iter().map(|action| format!("{}:{}", own.prefix, action.name))).collect()
}

fn one_of<'l, T>(random: &mut Rng, list: &'l [T]) -> &'l T {
    &list[random.usize(..list.len())]
}

fn policy(random: &mut Rng, names: &[String]) -> Value {
    let version = if random.u8(..4) == 0 { "2008-10-17" } else { "2012-10-17" };
    let statements: Vec<Value> = (0..random.usize(1..4)).map(|_| statement(random, names)).collect();
    json!({"Version": version, "Statement": statements})
}

fn statement(random: &mut Rng, names: &[String]) -> Value {
    let actions: Vec<String> = (0..random.usize(1..4)).map(|_| action(random, names)).collect();
    let resources: Vec<&str> = (0..random.usize(1..3)).map(|_| *one_of(random, &PATTERNS)).collect();
    let mut statement = json!({"Effect": if random.u8(..5) == 0 { "Deny" } else { "Allow" }});
    statement[if random.u8(..4) == 0 { "NotAction" } else { "Action" }] = json!(actions);
    statement[if random.u8(..5) == 0 { "NotResource" } else { "Resource" }] = json!(resources);
    if random.u8(..3) == 0 {
        statement["Condition"] = json!({"StringLike": {"aws:username": ["ann", "${aws:userid}"]}});
    }
    statement
}

fn action(random: &mut Rng, names: &[String]) -> String {
    match random.u8(..5) {
        0 => "*".to_owned(),
        1 => format!("{}:*", one_of(random, &SERVICES)),
        2 => format!("{}:Get*", one_of(random, &SERVICES)),
        3 => "s*:*e*".to_owned(),
        _ => one_of(random, names).clone(),
    }
}

fn time(random: &mut Rng) -> Value {
    match random.u8(..3) {
        0 => json!("2026-11-20T00:00:00Z"),
        1 => json!("2026-01-20T00:00:00Z"),
        _ => Value::Null,
    }
}

fn services(random: &mut Rng, names: &[String]) -> Value {
    let mut services = Vec::new();
    for prefix in SERVICES {
        if random.u8(..6) == 0 {
            continue;
        }
        let mut tracked = Vec::new();
        for name in names.iter().filter_map(|name| name.strip_prefix(&format!("{prefix}:"))) {
            if random.u8(..3) == 0 {
                tracked.push(json!({"ActionName": name, "LastAccessedTime": time(random)}));
            }
        }
        let last = time(random);
        services.push(
            json!({"ServiceNamespace": prefix, "LastAuthenticated": last, "TrackedActionsLastAccessed": tracked}),
        );
    }
    json!(services)
}

fn some_event(random: &mut Rng, names: &[String]) -> Value {
    let name = one_of(random, names);
    let (prefix, action) = name.split_once(':').expect("a prefix");
    event(
        prefix,
        action,
        json!({"managementEvent": random.bool(), "resources": [
            {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::b/x/ann"},
            {"type": "AWS::SQS::Queue", "ARN": "arn:aws:sqs:us-east-1:111122223333:q1"}]}),
    )
}

fn request(random: &mut Rng, names: &[String]) -> Request {
    let mut context = Context::complete();
    if random.bool() {
        context.set_one("aws:username", if random.bool() { "ann" } else { "${aws:userid}" });
    }
    context.set_one("aws:userid", "ann");
    Request {
        principal: Caller::Role(ROLE.to_owned()),
        action: one_of(random, names).clone(),
        resource: (*one_of(random, &RESOURCES)).to_owned(),
        context,
    }
}
