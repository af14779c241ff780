//! What every pack that ships with afterlab must be.

use std::path::Path;

use super::load::load;
use super::{check, registry};
use crate::policy::catalogue::Catalogue;

#[test]
fn every_embedded_file_loads_and_fits_its_model() {
    let mut wrong = Vec::new();
    let types: Vec<_> = registry::types().collect();
    let find = |name: &str| types.iter().copied().find(|kind| kind.name == name);
    for (pack, file, text) in registry::embedded_files() {
        match load(pack, &file, text).and_then(|loaded| Ok((loaded.kind, loaded.rules(&find)?))) {
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
