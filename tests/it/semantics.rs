//! The checks of what policies mean, against answers that IAM Access Analyzer gave.

use std::path::PathBuf;

use afterlab::policy::Document;
use afterlab::policy::eval::evaluate;
use afterlab::policy::semantics::{Answer, new_access};
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

fn say(answer: &Answer) -> String {
    match answer {
        Answer::Pass => "PASS".to_owned(),
        Answer::Fail(_) => "FAIL".to_owned(),
        Answer::Unknown(reasons) => format!("unknown: {}", reasons.join("; ")),
    }
}

fn differences(cases: &[Case]) -> Vec<String> {
    let document = |value: &Value| Document::from_value(value).expect("a policy");
    let judged = cases.iter().filter(|case| case.label_note.is_none()).map(|case| {
        let is_identity = case.policy_type == "IDENTITY_POLICY";
        (case, say(&new_access(&document(&case.reference), &document(&case.candidate), is_identity)))
    });
    judged
        .filter(|(case, said)| *said != case.expected)
        .map(|(case, said)| format!("{}: {} expected, {said}", case.name, case.expected))
        .collect()
}

#[test]
#[ignore = "needs AFTERLAB_ORACLE, a folder with no-new-access-cases.json"]
fn says_what_access_analyzer_says_of_new_access() {
    let folder = PathBuf::from(std::env::var_os("AFTERLAB_ORACLE").expect("AFTERLAB_ORACLE names a folder"));
    let text = std::fs::read(folder.join("no-new-access-cases.json")).expect("no-new-access-cases.json");
    let cases: Vec<Case> = serde_json::from_slice(&text).expect("cases");
    let wrong = differences(&cases);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Random pairs of policies: what passes must hold for every request, what fails must be shown by its request, and little
/// may stay open. `AFTERLAB_PAIRS` sets how many.
#[test]
fn agrees_with_trying_every_request() {
    let pairs = std::env::var("AFTERLAB_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let seed = std::env::var("AFTERLAB_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7);
    let mut rng = Rng::with_seed(seed);
    let (mut passed, mut failed, mut open) = (0_u32, 0_u32, 0_u32);
    for pair in 0..pairs {
        let is_identity = rng.bool();
        let old = random::policy(&mut rng, is_identity);
        let new = if rng.u8(..4) == 0 {
            random::policy(&mut rng, is_identity)
        } else {
            random::variant(&mut rng, &old, is_identity)
        };
        let [old_document, new_document] = [&old, &new].map(|policy| Document::from_value(policy).expect("a policy"));
        let says = new_access(&old_document, &new_document, is_identity);
        let is_new = |request: &_| {
            evaluate(&new_document, request).grants().is_yes() && evaluate(&old_document, request).grants().is_no()
        };
        match &says {
            Answer::Fail(grants) => {
                failed += 1;
                assert!(grants.iter().all(|grant| is_new(&grant.request)), "pair {pair}: {grants:#?}\n{old}\n{new}");
            }
            Answer::Pass | Answer::Unknown(_) => {
                let requests = random::requests([&old_document, &new_document], is_identity);
                let shown = requests.iter().find(|request| is_new(request));
                assert!(shown.is_none(), "pair {pair}: {says:?}, but {shown:#?}\n{old}\n{new}");
                if says.is_pass() { passed += 1 } else { open += 1 }
            }
        }
    }
    assert!(passed > pairs / 10 && failed > pairs / 10, "{passed} passed, {failed} failed, {open} open");
    assert!(open <= pairs / 50, "{passed} passed, {failed} failed, {open} open");
}
