//! The checks of what policies mean, against answers that IAM Access Analyzer gave.

use std::net::IpAddr;
use std::path::PathBuf;

use afterlab::policy::Document;
use afterlab::policy::eval::statement::Setting;
use afterlab::policy::eval::{Request, evaluate};
use afterlab::policy::matching;
use afterlab::policy::semantics::{Answer, Is, Question, Told, new_access};
use fastrand::Rng;
use serde::Deserialize;
use serde_json::Value;

use crate::random_policies as random;

/// A question that AWS answered: whether a candidate allows what a reference does not.
#[derive(Deserialize)]
struct Case {
    name: String,
    policy_type: String,
    reference: Value,
    candidate: Value,
    expected: String,
    /// Why the answer is not to be trusted.
    label_note: Option<String>,
}

/// The same in this project's words.
#[derive(Deserialize)]
struct OwnCase {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    existing: String,
    new: String,
    expected: String,
}

#[derive(Deserialize)]
struct OwnCases {
    case: Vec<OwnCase>,
}

fn say(answer: &Answer) -> &'static str {
    match answer {
        Answer::Pass => "pass",
        Answer::Fail(_) => "fail",
        Answer::Unknown(_) => "unknown",
    }
}

/// What is said that was not expected.
fn difference(name: &str, is_identity: bool, existing: &Value, new: &Value, expected: &str) -> Option<String> {
    let [existing, new] = [existing, new].map(|value| Document::from_value(value).expect(name));
    let answer = new_access(&existing, &new, is_identity);
    let right = say(&answer).eq_ignore_ascii_case(expected);
    (!right).then(|| format!("{name}: {expected} expected, not {answer:?}"))
}

#[test]
#[ignore = "needs AFTERLAB_ORACLE, a folder with no-new-access-cases.json"]
fn says_what_access_analyzer_says_of_new_access() {
    let folder = PathBuf::from(std::env::var_os("AFTERLAB_ORACLE").expect("AFTERLAB_ORACLE names a folder"));
    let text = std::fs::read(folder.join("no-new-access-cases.json")).expect("no-new-access-cases.json");
    let cases: Vec<Case> = serde_json::from_slice(&text).expect("cases");
    let usable: Vec<_> = cases.iter().filter(|case| case.label_note.is_none()).collect();
    let wrong = usable.iter().filter_map(|case| {
        let is_identity = case.policy_type == "IDENTITY_POLICY";
        difference(&case.name, is_identity, &case.reference, &case.candidate, &case.expected)
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(!usable.is_empty() && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn new_access_is_found_and_only_that() {
    let text = include_str!("../fixtures/semantics/new-access.toml");
    let OwnCases { case: cases } = toml::from_str(text).expect("cases");
    let wrong = cases.iter().filter_map(|case| {
        let read = |text: &str| serde_json::from_str(text).expect(&case.name);
        difference(&case.name, case.kind == "identity", &read(&case.existing), &read(&case.new), &case.expected)
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Random pairs of policies: what passes must hold for every request, what fails must be shown by its request, and little
/// may stay open. `AFTERLAB_PAIRS` sets how many, `AFTERLAB_SEED` which.
#[test]
fn agrees_with_trying_every_request() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let pairs = number("AFTERLAB_PAIRS").unwrap_or(10_000);
    let seed = number("AFTERLAB_SEED").unwrap_or(7);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let counts: Vec<Counts> = std::thread::scope(|scope| {
        let trial = |thread| scope.spawn(move || compare(pairs.div_ceil(threads), seed.wrapping_mul(1_000) + thread));
        let trials: Vec<_> = (0..threads).map(trial).collect();
        trials.into_iter().map(|trial| trial.join().expect("no difference")).collect()
    });
    let sum = |count: fn(&Counts) -> u64| counts.iter().map(count).sum::<u64>();
    let (passed, failed, open) = (sum(|c| c.passed), sum(|c| c.failed), sum(|c| c.open));
    assert!(passed > pairs / 10 && failed > pairs / 10, "{passed} passed, {failed} failed, {open} open");
    assert!(open <= pairs / 50, "{passed} passed, {failed} failed, {open} open");
}

#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    open: u64,
}

/// Compares what is said of random pairs with what every request says.
fn compare(pairs: u64, seed: u64) -> Counts {
    let mut rng = Rng::with_seed(seed);
    let mut counts = Counts::default();
    for pair in 0..pairs {
        let words = random::Words::random(&mut rng);
        let old = words.policy(&mut rng);
        let new = if rng.u8(..4) == 0 { words.policy(&mut rng) } else { words.variant(&mut rng, &old) };
        let [old_document, new_document] = [&old, &new].map(|policy| Document::from_value(policy).expect("a policy"));
        let is_new = |request: &_| {
            evaluate(&new_document, request).grants().is_yes() && evaluate(&old_document, request).grants().is_no()
        };
        match new_access(&old_document, &new_document, words.is_identity) {
            Answer::Fail(grants) => {
                counts.failed += 1;
                assert!(grants.iter().all(|grant| is_new(&grant.request)), "{seed}/{pair}: {grants:#?}\n{old}\n{new}");
                if pair % 32 == 0 {
                    let untrue = untrue(&Question::new_access(&old_document, &new_document), words.is_identity);
                    assert!(untrue.is_empty(), "{seed}/{pair}: {untrue:#?}\n{old}\n{new}");
                }
            }
            Answer::Unknown(_) => counts.open += 1,
            Answer::Pass => {
                counts.passed += 1;
                let space = words.space([&old, &new]);
                let shown = space.new_access(&old_document, &new_document);
                assert!(shown.is_none(), "{seed}/{pair}: passes, but {shown:#?}\n{old}\n{new}");
                // The requests as a whole, in case that the parts of them are put together wrongly.
                for _ in 0..4 {
                    let request = space.random(&mut rng);
                    assert!(!is_new(&request), "{seed}/{pair}: passes, but {request:#?}\n{old}\n{new}");
                }
            }
        }
    }
    counts
}

/// What is told of a question and is not so.
fn untrue(question: &Question<'_>, is_identity: bool) -> Vec<String> {
    let Answer::Fail(told) = question.tell(is_identity) else { return Vec::new() };
    assert!(!told.is_empty(), "a failure that says nothing");
    let is_not = |request: &Request| !question.is_so(request, Setting::default()).is_yes();
    let wrong = |told: &Told| requests(told).into_iter().find(is_not).map(|request| format!("{request:?} of {told:?}"));
    told.iter().filter_map(wrong).collect()
}

/// Requests that a sentence is about: its own, and of each target some that it must be so of as well.
fn requests(told: &Told) -> Vec<Request> {
    let mut requests = vec![told.request.clone()];
    let mut other = told.request.context.clone();
    for circumstance in &told.when {
        if let Is::Not(values) = &circumstance.is {
            let address = |value: &String| value.split('/').next().is_some_and(|text| text.parse::<IpAddr>().is_ok());
            let is_address = values.iter().any(address);
            let others: &[&str] = if is_address { &["198.51.100.9"] } else { &["false", "true", "somebody-else"] };
            let another = others.iter().find(|other| !values.iter().any(|value| value == *other));
            other.set_one(&circumstance.key, *another.expect("another value"));
        }
    }
    for target in &told.targets {
        // A resource of the request is one, also with an asterisk in it.
        let is_one = target.resource == told.request.resource;
        for filling in ["example", "", "a/b"].into_iter().filter(|_| !is_one) {
            let resource = target.resource.replace('*', filling).replace('?', "y");
            if !matching::arn(&target.resource, &resource) {
                continue;
            }
            for (action, context) in target.actions.iter().flat_map(|own| [(own, &told.request.context), (own, &other)])
            {
                let (action, resource, context) = (action.clone(), resource.clone(), context.clone());
                requests.push(Request { action, resource, context, ..told.request.clone() });
            }
        }
    }
    requests
}

#[test]
#[ignore = "needs AFTERLAB_HISTORIES, a folder that benches/managed_policies.py writes"]
fn what_is_told_of_real_histories_is_so() {
    let folder = PathBuf::from(std::env::var_os("AFTERLAB_HISTORIES").expect("AFTERLAB_HISTORIES names a folder"));
    let mut changes = 0;
    for entry in std::fs::read_dir(folder.join("new")).expect("a folder new") {
        let name = entry.expect("an entry").file_name();
        let read = |side: &str| {
            let text = std::fs::read(folder.join(side).join(&name)).expect("a file");
            Document::from_value(&serde_json::from_slice(&text).expect("JSON")).expect("a policy")
        };
        let (old, new) = (read("old"), read("new"));
        changes += 1;
        for question in
            [Question::new_access(&old, &new), Question::no_longer_denied(&old, &new), Question::new_access(&new, &old)]
        {
            let untrue = untrue(&question, true);
            assert!(untrue.is_empty(), "{}: {untrue:#?}", name.display());
        }
    }
    assert!(changes > 0);
}
