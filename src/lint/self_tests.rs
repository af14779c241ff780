//! What holds for every lint.

use std::collections::BTreeSet;
use std::path::Path;

use super::finding::Selected;
use super::{CheckOrigin, Lint, check, registry};
use crate::notes;
use crate::policy::PolicyKind;
use crate::policy::syntax::{Origin, parse};

#[derive(Debug)]
struct Only(&'static Lint);

impl Selected for Only {
    fn takes(&self, lint: &Lint) -> bool {
        std::ptr::eq(self.0, lint)
    }
}

#[test]
fn every_example_holds() {
    let mut wrong = Vec::new();
    for (family, lint) in registry::all() {
        for example in lint.examples {
            let text = example.document();
            let found = check(&parse(&text, &Origin::file()), example.kind, &Only(lint));
            let slices: Vec<_> = found.iter().map(|finding| finding.spans[0].slice(&text)).collect();
            if slices != example.finds {
                wrong.push(format!(
                    "{} {}, {:?}: {slices:?}, not {:?}",
                    family.name, lint.code, example.name, example.finds
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_lint_has_what_a_lint_needs() {
    let mut codes = BTreeSet::new();
    for (family, lint) in registry::all() {
        let code = lint.code;
        assert!(codes.insert(code), "{code} is there twice");
        assert!(code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'), "{code}");
        assert!(lint.examples.iter().any(|example| !example.finds.is_empty()), "{code} has no example that it reports");
        assert!(lint.examples.iter().any(|example| example.finds.is_empty()), "{code} has no example that it passes");
        assert!(!lint.title.is_empty() && !lint.title.ends_with('.'), "{code}");
        assert!(lint.origin == CheckOrigin::Afterlab || lint.opt_in.is_none(), "{code} is AWS's and off");
        assert!(family.references.iter().all(|page| page.starts_with("https://docs.aws.amazon.com/")), "{code}");
    }
}

#[test]
fn every_family_is_documented_and_has_its_note() {
    let mut before = "";
    for family in registry::families() {
        let name = family.name;
        assert!(before < name, "{before} and {name} are not sorted");
        before = name;
        for heading in ["## What it finds", "## Why it matters", "## How to fix it"] {
            assert!(family.docs.contains(heading), "{name} lacks {heading}");
        }
        assert!(!family.lints.is_empty(), "{name} has no lint");
        assert!(notes::section(family.note).is_some(), "{name}: no note {}", family.note);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/policy/{name}.rs"));
        assert!(file.exists(), "{} is not there", file.display());
    }
}

#[test]
fn every_file_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/policy");
    let files = std::fs::read_dir(folder).expect("rules/policy");
    let names: BTreeSet<String> =
        files.filter_map(|file| file.ok()?.path().file_stem()?.to_str().map(str::to_owned)).collect();
    let shared = ["mod".to_owned(), "shared".to_owned()];
    let listed: BTreeSet<String> = registry::families().map(|family| family.name.to_owned()).collect();
    let unlisted: Vec<_> = names.difference(&listed).filter(|name| !shared.contains(name)).collect();
    assert!(unlisted.is_empty(), "{unlisted:?} are not in rules/mod.rs");
}

#[test]
fn odd_documents_make_no_lint_panic() {
    #[derive(Debug)]
    struct Every;
    impl Selected for Every {
        fn takes(&self, _: &Lint) -> bool {
            true
        }
    }
    let odd = [
        "null",
        "1",
        "\"\"",
        "\"*\"",
        "\"é${\"",
        "\"${a:b\"",
        "\"arn:::\"",
        "\":\"",
        "[]",
        "[[]]",
        "[null, \"\"]",
        "{}",
        "{\"\": {\"\": [null]}}",
        "{\"AWS\": []}",
        "{\"ForAllValues:\": {\":\": \"\"}}",
    ];
    let names =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let kinds = [PolicyKind::Identity, PolicyKind::Resource(None), PolicyKind::Trust, PolicyKind::Scp, PolicyKind::Rcp];
    for kind in kinds {
        for a in odd {
            for b in odd {
                for name in names {
                    let text = format!(
                        "{{\"Version\": {b}, \"Id\": {a}, \"Statement\": [{{\"Effect\": \"Allow\", \"Action\": {b}, {name:?}: {a}, \"Condition\": {{\"StringLike\": {{\"aws:x\": {b}}}, {b:?}: {a}}}}}, {b}]}}"
                    );
                    let _ = check(&parse(&text, &Origin::file()), kind, &Every);
                }
            }
            let _ = check(&parse(a, &Origin::file()), kind, &Every);
            let _ = check(&parse(&format!("{{\"Statement\": {a}}}"), &Origin::file()), kind, &Every);
        }
    }
}
