//! What every pack that ships with afterlab must be.

use std::path::Path;

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use rust_decimal::prelude::FromPrimitive;

use super::load::load;
use super::{check, registry};
use crate::cost::PriceBook;
use crate::inventory::snapshot;
use crate::policy::catalogue::Catalogue;
use crate::rule::{Check, Context, Expected, OutcomeResult, evaluate};

#[test]
fn every_embedded_file_loads_and_fits_its_model() {
    let mut wrong = Vec::new();
    for (pack, file, text) in registry::embedded_files() {
        match load(pack, &file, text) {
            Err(error) => wrong.push(error.to_string()),
            Ok((kind, rules)) => {
                let fits = registry::model(kind).and_then(|api| check::against_model(kind, &rules, &api));
                wrong.extend(fits.err().map(|why| format!("{file}: {why}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_costs_what_it_says() {
    let mut wrong = Vec::new();
    for rule in registry::rules() {
        let Check::Pack(logic) = &rule.check else { continue };
        for (example, expected) in rule.examples.iter().zip(&logic.monthly_usd) {
            let inventory = snapshot::read_fragment(example.snapshot, crate::rule::example_time()).expect("a fragment");
            let cx = Context::new(&inventory, PriceBook::embedded());
            for outcome in evaluate(&[rule], &cx) {
                let OutcomeResult::Fail(problem) = outcome.result else { continue };
                let cost = problem.cost.map(|cost| cost.usd_per_month.round_dp_with_strategy(2, MidpointAwayFromZero));
                if cost != expected.and_then(Decimal::from_f64).map(|usd| usd.round_dp(2)) {
                    wrong.push(format!("{} / {}: {cost:?} is not {expected:?}", rule.id, example.name));
                }
            }
            if example.expected == Expected::Fail && expected.is_none() && logic.cost.is_some() {
                wrong.push(format!("{} / {}: says no monthly_usd", rule.id, example.name));
            }
        }
    }
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
