//! For programs.

use serde_json::{Map, Value, json};

use super::words::{name, sentence};
use super::{GrantReport, History, JudgedPolicy, Outcome, Part};
use crate::policy::eval::{Caller, Values};
use crate::policy::semantics::{Answer, Is, Reason, Told};

pub(super) fn json(report: &GrantReport) -> Value {
    json!({
        "afterlab_policy_grants": 1,
        "check": report.check.name(),
        "outcome": outcome(report.outcome()),
        "policies": report.policies.iter().map(policy).collect::<Vec<_>>(),
        "problems": report.problems,
    })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
    }
}

fn policy(policy: &JudgedPolicy) -> Value {
    json!({
        "file": policy.file,
        "old_file": policy.old_file,
        "policy": policy.name,
        "kind": policy.kind.to_string(),
        "history": match policy.history {
            History::None => Value::Null,
            History::Changed => "changed".into(),
            History::Added => "added".into(),
            History::Removed => "removed".into(),
        },
        "outcome": outcome(policy.outcome()),
        "answers": policy.parts.iter().map(|part| answer(policy, part)).collect::<Vec<_>>(),
    })
}

fn answer(policy: &JudgedPolicy, part: &Part) -> Value {
    let (word, proofs, reasons): (_, &[Told], &[String]) = match &part.answer {
        Answer::Pass => ("pass", &[], &[]),
        Answer::Fail(proofs) => ("fail", proofs, &[]),
        Answer::Unknown(reasons) => ("unknown", &[], reasons),
    };
    json!({
        "question": name(&part.about),
        "answer": word,
        "statements": proofs.iter().map(|told| proof(policy, part, told)).collect::<Vec<_>>(),
        "not_known": reasons,
    })
}

fn proof(policy: &JudgedPolicy, part: &Part, told: &Told) -> Value {
    let place = part.statements.get(told.statement);
    let when: Map<String, Value> = told.when.iter().map(|own| (own.key.clone(), circumstance(&own.is))).collect();
    json!({
        "statement": told.statement + 1,
        "sid": place.and_then(|place| place.sid.clone()),
        "file": place.map(|place| place.file.clone()),
        "line": place.map(|place| place.line),
        "sentence": sentence(told, &part.about, policy.kind),
        "targets": told.targets.iter()
            .map(|own| json!({"resource": own.resource, "actions": own.actions})).collect::<Vec<_>>(),
        "when": when,
        "reason": match told.reason {
            Reason::NotAllowed => json!({"kind": "not_allowed"}),
            Reason::Denied(index) => json!({"kind": "denied", "statement": index + 1}),
            Reason::NotDenied => json!({"kind": "not_denied"}),
            Reason::Listed => json!({"kind": "listed"}),
        },
        "request": {
            "principal": match &told.request.principal {
                Caller::Anonymous => "*".to_owned(),
                Caller::Root(account) => account.clone(),
                caller => caller.to_string(),
            },
            "action": told.request.action,
            "resource": told.request.resource,
            "context": told.request.context.present()
                .map(|(key, own)| (key.to_owned(), values(own))).collect::<Map<_, _>>(),
        },
    })
}

fn circumstance(is: &Is) -> Value {
    match is {
        Is::Absent => Value::Null,
        Is::Not(texts) => json!({"not": texts}),
        Is::Values(own) => values(own),
    }
}

fn values(values: &Values) -> Value {
    match values {
        Values::One(value) => json!(value),
        Values::Many(values) => json!(values),
    }
}
