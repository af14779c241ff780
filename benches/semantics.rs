//! How long deciding takes what policies mean.
//!
//! `cargo bench --bench semantics` measures the cases of the tests, and with `AFTERLAB_ORACLE` those that AWS labelled.
//! `cargo bench --bench semantics -- FOLDER` compares each policy of `FOLDER/new` with itself and with the one of the same
//! name in `FOLDER/old`, which `benches/managed_policies.py FOLDER` writes.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a measurement for people")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use afterlab::policy::Document;
use afterlab::policy::semantics::{Answer, Question, new_access};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(rename = "type")]
    kind: String,
    existing: String,
    new: String,
}

#[derive(Deserialize)]
struct Labelled {
    policy_type: String,
    reference: Value,
    candidate: Value,
    label_note: Option<String>,
}

/// A name, what was, what is, and whether it belongs to a principal.
type Pair = (String, Document, Document, bool);

fn main() {
    if let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        let pairs = changed(Path::new(&folder));
        let own = pairs.iter().map(|(name, _, new, kind)| (name.clone(), new.clone(), new.clone(), *kind));
        measure("managed policies with themselves", &own.collect::<Vec<_>>(), new_access);
        measure("versions of managed policies", &pairs, new_access);
        measure("the same, told in words", &pairs, |existing, new, is_identity| {
            match Question::new_access(existing, new).tell(is_identity) {
                Answer::Pass => Answer::Pass,
                Answer::Fail(_) => Answer::Fail(Vec::new()),
                Answer::Unknown(reasons) => Answer::Unknown(reasons),
            }
        });
        return;
    }
    measure("cases of the tests", &own_cases(), new_access);
    if let Some(folder) = std::env::var_os("AFTERLAB_ORACLE") {
        let pairs = labelled(&PathBuf::from(folder));
        measure("cases that AWS labelled", &pairs, new_access);
    }
}

fn own_cases() -> Vec<Pair> {
    let Cases { case: cases } =
        toml::from_str(include_str!("../tests/fixtures/semantics/new-access.toml")).expect("cases");
    let read = |text: &str| document(&serde_json::from_str(text).expect("JSON"));
    cases.iter().map(|case| (String::new(), read(&case.existing), read(&case.new), case.kind == "identity")).collect()
}

fn labelled(folder: &Path) -> Vec<Pair> {
    let text = std::fs::read(folder.join("no-new-access-cases.json")).expect("no-new-access-cases.json");
    let cases: Vec<Labelled> = serde_json::from_slice(&text).expect("cases");
    let usable = cases.iter().filter(|case| case.label_note.is_none());
    usable
        .map(|case| {
            (String::new(), document(&case.reference), document(&case.candidate), case.policy_type == "IDENTITY_POLICY")
        })
        .collect()
}

fn changed(folder: &Path) -> Vec<Pair> {
    let read = |path: &Path| document(&serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON"));
    let files = std::fs::read_dir(folder.join("new")).expect("FOLDER/new");
    let mut names: Vec<_> = files.map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    let pair = |name: &std::ffi::OsString| {
        let [old, new] = ["old", "new"].map(|side| read(&folder.join(side).join(name)));
        (name.to_string_lossy().into_owned(), old, new, true)
    };
    names.iter().map(pair).collect()
}

fn document(value: &Value) -> Document {
    Document::from_value(value).expect("a policy")
}

fn measure(title: &str, pairs: &[Pair], decide: impl Fn(&Document, &Document, bool) -> Answer) {
    let (mut passed, mut failed, mut open) = (0, 0, 0);
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for (name, existing, new, is_identity) in pairs {
        let begin = Instant::now();
        let answer = decide(existing, new, *is_identity);
        times.push((begin.elapsed(), name));
        match answer {
            Answer::Pass => passed += 1,
            Answer::Fail(_) => failed += 1,
            Answer::Unknown(_) => open += 1,
        }
    }
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2].0, times[times.len() - 1]);
    println!("{title}: {} pairs, {passed} pass, {failed} fail, {open} unknown", pairs.len());
    println!("  median {median:.2?}, worst {:.2?} {}", worst.0, worst.1);
}
