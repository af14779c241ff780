//! What every pack that ships with afterlab must be.

use std::path::Path;

use super::load::load;
use super::{check, registry};
use crate::cost::PriceBook;
use crate::inventory::snapshot::read_fragment;
use crate::policy::catalogue::Catalogue;
use crate::rule::{Context, OutcomeStatus, evaluate};

#[test]
fn every_embedded_file_loads_and_fits_its_model() {
    let mut wrong = Vec::new();
    let types: Vec<_> = registry::types().collect();
    let find = |name: &str| types.iter().copied().find(|kind| kind.name == name);
    for (pack, file, text) in registry::embedded_files() {
        match load(pack, &file, text).and_then(|loaded| {
            let kind = loaded.kind;
            Ok((kind, loaded.rules(&find)?))
        }) {
            Err(error) => wrong.push(error.to_string()),
            Ok((kind, rules)) => {
                let fits = registry::model(kind).and_then(|api| check::against_model(kind, &rules, &api));
                wrong.extend(
                    rules
                        .iter()
                        .filter(|rule| rule.examples().is_empty())
                        .map(|rule| format!("{}: no example", rule.id)),
                );
                wrong.extend(fits.err().map(|why| format!("{file}: {why}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_holds_and_costs_what_it_says() {
    let wrong: Vec<String> = registry::rules().flat_map(registry::broken_examples).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_action_that_a_pack_needs_exists() {
    let catalogue = Catalogue::embedded();
    let mut unknown: Vec<&str> = registry::types()
        .flat_map(|kind| kind.operations)
        .filter_map(|operation| operation.iam_action)
        .filter(|action| catalogue.action(action).is_none())
        .collect();
    unknown.dedup();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn a_pack_is_a_folder_with_a_model_and_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    for pack in std::fs::read_dir(folder).expect("packs").flatten() {
        let of_type = registry::types().filter(|kind| pack.file_name() == *kind.pack);
        assert!(of_type.count() > 0 && pack.path().join("api.json").is_file(), "{:?}", pack.path());
    }
}

/// What a rule says of an account, by status.
fn said(rule: &str, snapshot: &str) -> Vec<OutcomeStatus> {
    let rule = crate::rule::registry::find(rule).expect("a rule");
    let inventory = read_fragment(snapshot, jiff::Timestamp::UNIX_EPOCH).expect("a fragment");
    let outcomes = evaluate(&[rule], &Context::new(&inventory, PriceBook::embedded()));
    outcomes.iter().map(crate::rule::Outcome::status).collect()
}

const GAP_IN_OREGON: &str = r#""gaps": [{"id": 1, "kind": "denied", "operation": "guardduty:ListDetectors", "region": "us-west-2",
    "message": "no"}]"#;

#[test]
fn a_region_that_could_not_be_read_hides_no_other_region() {
    let account = r#""account": {"Id": "111122223333", "Regions": ["us-east-1", "us-west-2"]}"#;
    let detectors = |here: &str| {
        format!(
            r#"{{{account}, {GAP_IN_OREGON}, "resources": {{"AWS::GuardDuty::Detector": {{"$gap": 1, "$items": [{here}]}}}}}}"#
        )
    };
    assert_eq!(said("guardduty-not-enabled", &detectors("")), [OutcomeStatus::Fail], "Virginia has none");
    let on = r#"{"id": "d", "name": "d", "region": "us-east-1", "properties": {"Status": "ENABLED"}}"#;
    assert_eq!(said("guardduty-not-enabled", &detectors(on)), [OutcomeStatus::Unknown], "and Oregon?");
}

#[test]
fn what_a_rule_relates_to_makes_it_unknown_when_it_was_not_read() {
    let vpc = r#""AWS::EC2::VPC": [{"id": "vpc-1", "name": "vpc-1", "region": "us-east-1", "properties": {"VpcId": "vpc-1"}}]"#;
    let flows = |logs: &str| format!(r#"{{"resources": {{"*": [], {vpc} {logs}}}}}"#);
    assert_eq!(said("vpc-flow-logs-off", &flows("")), [OutcomeStatus::Fail]);
    assert_eq!(said("vpc-flow-logs-off", &flows(r#", "AWS::EC2::FlowLog": {"$gap": 7}"#)), [OutcomeStatus::Unknown]);
}

#[test]
fn use_that_was_not_measured_is_no_idleness() {
    let function = |usage: &str| {
        format!(
            r#"{{"resources": {{"AWS::Lambda::Function": [{{"id": "f", "name": "f", "region": "us-east-1",
            "properties": {{"FunctionName": "f", "LastModified": "1960-01-01T00:00:00Z"}}, "usage": [{usage}]}}]}}}}"#
        )
    };
    let usage = |value: &str| {
        format!(r#"{{"metric": "AWS/Lambda Invocations", "statistic": "Sum", "days": 14, "value": {value}}}"#)
    };
    assert_eq!(said("lambda-never-invoked", &function("")), [OutcomeStatus::Unknown]);
    assert_eq!(said("lambda-never-invoked", &function(&usage("3.0"))), [OutcomeStatus::Pass]);
    assert_eq!(said("lambda-never-invoked", &function(&usage("null"))), [OutcomeStatus::Fail]);
}
