//! What every rule must be, checked over the list of rules.

use serde_json::Value;

use super::example::example_time;
use super::{Check, Context, Expected, OutcomeStatus, evaluate, registry};
use crate::cost::PriceBook;
use crate::inventory::snapshot;
use crate::pack::About;
use crate::rule::OutcomeResult;

const HEADINGS: [&str; 3] = ["## What it finds", "## Why it matters", "## How to fix it"];

#[test]
fn ids_are_sorted_unique_and_kebab_case() {
    let ids: Vec<_> = registry::all().map(|rule| rule.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
}

#[test]
fn every_file_under_rules_is_listed_and_named_after_its_rule() {
    let mut files = Vec::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    // The folder policy has lints of policy text, which have their own list and test.
    let of_accounts = |folder: &std::fs::DirEntry| folder.path().is_dir() && folder.file_name() != "policy";
    for folder in std::fs::read_dir(root).expect("the folder of the rules").flatten().filter(of_accounts) {
        for file in std::fs::read_dir(folder.path()).expect("a folder of rules").flatten() {
            let path = file.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").replace('_', "-");
                files.push(format!("{}-{stem}", folder.file_name().to_string_lossy()));
            }
        }
    }
    files.sort();
    let ids: Vec<_> = crate::rules::ALL.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(files, ids, "every file under rules/ stands in the list of rules/mod.rs and is named after its id");
}

#[test]
fn documentation_has_its_headings_in_order() {
    for rule in registry::all() {
        let headings: Vec<_> = rule.docs.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, HEADINGS, "{}", rule.id);
    }
}

#[test]
fn references_are_pages_of_aws() {
    for rule in registry::all() {
        assert!(!rule.references.is_empty(), "{}", rule.id);
        for page in rule.references {
            assert!(
                page.starts_with("https://docs.aws.amazon.com/") || page.starts_with("https://aws.amazon.com/"),
                "{}: {page}",
                rule.id
            );
        }
    }
}

#[test]
fn titles_say_what_is_wrong_in_one_line() {
    for rule in registry::all() {
        assert!(rule.title.len() <= 80 && !rule.title.ends_with('.'), "{}: {}", rule.id, rule.title);
        assert!(!rule.title.starts_with("Ensure"), "{}: a title says what is wrong", rule.id);
        assert!(!rule.needs.is_empty(), "{}", rule.id);
    }
}

#[test]
fn every_rule_has_an_example_that_passes_and_one_that_fails() {
    for rule in registry::all() {
        for expected in [Expected::Pass, Expected::Fail] {
            let found = rule.examples().iter().any(|example| example.expected == expected);
            assert!(found, "{} has no example that must {expected:?}", rule.id);
        }
    }
}

#[test]
fn every_example_holds() {
    let mut broken = Vec::new();
    for rule in registry::all() {
        for example in rule.examples() {
            let outcomes = match example.run(rule) {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    broken.push(format!("{} / {}: {error}", rule.id, example.name));
                    continue;
                }
            };
            if outcomes.is_empty() {
                broken.push(format!("{} / {}: the rule saw no resource", rule.id, example.name));
            }
            for outcome in outcomes.iter().filter(|outcome| outcome.status() != example.expected.status()) {
                broken.push(format!(
                    "{} / {}: expected {:?}, got {:?}",
                    rule.id, example.name, example.expected, outcome.result
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_failure_shows_its_evidence_and_a_clean_message() {
    for rule in registry::all() {
        for example in rule.examples().iter().filter(|example| example.expected == Expected::Fail) {
            for outcome in example.run(rule).unwrap_or_default() {
                if let OutcomeResult::Fail(problem) = &outcome.result {
                    assert!(!problem.evidence.is_empty(), "{}: no value that decided", rule.id);
                    assert!(!problem.message.ends_with('.'), "{}: {}", rule.id, problem.message);
                    assert!(!problem.message.contains('{'), "{}: {}", rule.id, problem.message);
                }
            }
        }
    }
}

/// Rules that only apply where the user's config says so.
const ASKED_FOR: &[&str] = &["account-resource-outside-allowed-regions"];

#[test]
fn a_rule_judges_nothing_that_was_never_read() {
    for rule in registry::all().filter(|rule| !ASKED_FOR.contains(&rule.id)) {
        let empty = super::Example { name: "nothing was read", expected: Expected::Unknown, snapshot: "{}" };
        for outcome in empty.run(rule).expect("an empty fragment") {
            assert!(matches!(outcome.result, OutcomeResult::Unknown(_)), "{}: {:?}", rule.id, outcome.result);
        }
    }
}

/// The rules whose part of the demo account is written: all of them once this list is gone.
const DEMONSTRATED: &[&str] = &["iam-", "s3-"];

/// Rules about the account of which one always hands over to the other, so that one account cannot break both: a
/// missing password policy is not weak, and a missing MFA is not virtual.
const ONE_OR_THE_OTHER: &[[&str; 2]] =
    &[["iam-password-policy-missing", "iam-password-policy-weak"], ["iam-root-no-mfa", "iam-root-no-hardware-mfa"]];

#[test]
fn the_demo_account_makes_every_rule_fail_once_and_pass_once() {
    let demo = snapshot::demo().expect("the demo account");
    let cx = Context::new(&demo, PriceBook::embedded());
    let mut broken = Vec::new();
    for rule in registry::all().filter(|rule| DEMONSTRATED.iter().any(|prefix| rule.id.starts_with(prefix))) {
        let outcomes = evaluate(&[rule], &cx);
        let yields = |status| outcomes.iter().any(|outcome| outcome.status() == status);
        let hands_over = ONE_OR_THE_OTHER.iter().filter(|pair| pair.contains(&rule.id)).flatten().any(|id| {
            let other = registry::find(id).into_iter().collect::<Vec<_>>();
            evaluate(&other, &cx).iter().any(|outcome| outcome.status() == OutcomeStatus::Fail)
        });
        if !yields(OutcomeStatus::Fail) && !hands_over {
            broken.push(format!("{} never fails", rule.id));
        }
        // The account is one thing: it cannot pass and fail the same rule.
        let is_about_whole = match &rule.check {
            Check::Account(_) => true,
            Check::Pack(logic) => logic.about != About::Resource,
            _ => false,
        };
        if !yields(OutcomeStatus::Pass) && !is_about_whole {
            broken.push(format!("{} never passes", rule.id));
        }
        for status in [OutcomeStatus::Unknown, OutcomeStatus::Error] {
            if yields(status) {
                broken.push(format!("{} yields {status:?}", rule.id));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Whatever is taken out of an account, no verdict turns: it stays, or becomes `unknown`. (Where no answer was needed,
/// pass and not-applicable may change places.)
#[test]
fn a_gap_never_turns_a_verdict() {
    let mut turned = Vec::new();
    for rule in registry::all() {
        for example in rule.examples() {
            let whole: Value = serde_json::from_str(example.snapshot).expect("a fragment");
            let before = example.run(rule).expect("an example");
            for (what, rest) in with_one_gap(&whole) {
                let text = rest.to_string();
                let inventory = snapshot::read_fragment(&text, example_time()).expect("a fragment with a gap");
                for after in evaluate(&[rule], &Context::new(&inventory, PriceBook::embedded())) {
                    let Some(before) = before.iter().find(|before| before.resource.id == after.resource.id) else {
                        continue;
                    };
                    let (was, is) = (before.status(), after.status());
                    let harmless = |status| matches!(status, OutcomeStatus::Pass | OutcomeStatus::NotApplicable);
                    if is != was && is != OutcomeStatus::Unknown && !(harmless(was) && harmless(is)) {
                        turned.push(format!("{} / {} without {what}: {was:?} turned {is:?}", rule.id, example.name));
                    }
                }
            }
        }
    }
    assert!(turned.is_empty(), "{}", turned.join("\n"));
}

/// The fragment without one of the members that a collector fills in, for each of them.
fn with_one_gap(whole: &Value) -> Vec<(String, Value)> {
    let mut fragments = Vec::new();
    let pointers = (0..whole["s3"]["Buckets"].as_array().map_or(0, Vec::len)).map(|at| format!("/s3/Buckets/{at}"));
    for pointer in pointers.chain(["/s3".to_owned(), "/iam".to_owned(), "/resources".to_owned()]) {
        let Some(object) = whole.pointer(&pointer).and_then(Value::as_object) else { continue };
        for member in object.keys().filter(|member| !matches!(member.as_str(), "Name" | "Buckets" | "CreationDate")) {
            let mut rest = whole.clone();
            if let Some(object) = rest.pointer_mut(&pointer).and_then(Value::as_object_mut) {
                object.remove(member);
            }
            fragments.push((format!("{pointer}/{member}"), rest));
        }
    }
    fragments
}
