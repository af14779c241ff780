//! The sentences: who can do what on which resources when.

use super::{About, GrantReport, JudgedPolicy, Outcome, Part, StatementPlace};
use crate::policy::PolicyKind;
use crate::policy::eval::{Caller, Values};
use crate::policy::semantics::{Circumstance, Is, Reason, Told};
use crate::text::{count, join_some};

/// What a statement does that it should not, without a full stop.
pub(super) fn sentence(told: &Told, about: &About, kind: PolicyKind) -> String {
    let what = what(told, kind);
    let when = when(&told.when);
    let because = match told.reason {
        Reason::Denied(index) => format!(", which statement {} of the existing policy denies", index + 1),
        Reason::NotDenied => ", so that other policies can allow it".to_owned(),
        Reason::NotAllowed | Reason::Listed => String::new(),
    };
    let who = if told.is_anyone { anyone(&told.request.principal) } else { who(&told.request.principal, kind) };
    let is = if names_nobody(kind) { "are" } else { "is" };
    let is_limit = !kind.grants();
    let whole = match about {
        About::NewAccess if is_limit => format!("it now lets {what} through"),
        About::NewAccess => format!("{who} can now {what}"),
        About::NoLongerAllowed if is_limit => format!("it no longer lets {what} through"),
        About::NoLongerAllowed => format!("{who} can no longer {what}"),
        About::NoLongerDenied => format!("{who} {is} no longer denied {what}"),
        About::Listed | About::Guardrail { .. } if is_limit => format!("it lets {what} through"),
        About::Listed | About::Public | About::Guardrail { .. } => format!("{who} can {what}"),
    };
    format!("{whole}{when}{because}")
}

/// What the policy is said to do with an answer that is no.
pub(super) fn headline(about: &About) -> String {
    match about {
        About::NewAccess => "allows what was not allowed".to_owned(),
        About::NoLongerDenied => "no longer denies".to_owned(),
        About::NoLongerAllowed => "no longer allows".to_owned(),
        About::Listed => "allows what it must not".to_owned(),
        About::Public => "lets the public in".to_owned(),
        About::Guardrail { id, title } => format!("breaks {id}: {title}"),
    }
}

/// A part as programs call it.
pub(super) fn name(about: &About) -> String {
    match about {
        About::NewAccess => "new_access".to_owned(),
        About::NoLongerDenied => "no_longer_denied".to_owned(),
        About::NoLongerAllowed => "no_longer_allowed".to_owned(),
        About::Listed => "access_not_granted".to_owned(),
        About::Public => "no_public_access".to_owned(),
        About::Guardrail { id, .. } => format!("guardrail:{id}"),
    }
}

/// `statement 2 (Sid Read, line 9)`.
pub(super) fn place(part: &Part, told: &Told) -> String {
    let number = told.statement + 1;
    match part.statements.get(told.statement) {
        Some(StatementPlace { line, sid: Some(sid), .. }) if !sid.is_empty() => {
            format!("statement {number} (Sid {sid}, line {line})")
        }
        Some(StatementPlace { line, .. }) => format!("statement {number} (line {line})"),
        None => format!("statement {number}"),
    }
}

/// One request that shows it: `anyone asks s3:GetObject on arn:aws:s3:::logs/example, with aws:SourceIp 203.0.113.7`.
pub(super) fn example(told: &Told, kind: PolicyKind) -> String {
    let request = &told.request;
    let who = if names_nobody(kind) { String::new() } else { format!("{} asks ", who(&request.principal, kind)) };
    let on = if kind == PolicyKind::Trust { String::new() } else { format!(" on {}", request.resource) };
    format!("{who}{}{on}{}", request.action, context(&told.when))
}

fn who(caller: &Caller, kind: PolicyKind) -> String {
    if names_nobody(kind) {
        return "its principals".to_owned();
    }
    match caller {
        Caller::Anonymous => "anyone".to_owned(),
        _ => caller.to_string(),
    }
}

/// Whom a caller stands for, where anyone like it may ask.
fn anyone(caller: &Caller) -> String {
    match caller {
        Caller::Service(_) => "any AWS service".to_owned(),
        _ => "anyone".to_owned(),
    }
}

/// Whether the policies of a kind name no principals.
pub(super) fn names_nobody(kind: PolicyKind) -> bool {
    kind.is_identity() || kind == PolicyKind::Scp
}

fn what(told: &Told, kind: PolicyKind) -> String {
    let (action, resource, others) = match told.targets.first() {
        Some(first) => (&told.request.action, &first.resource, first.actions.len().saturating_sub(1)),
        None => (&told.request.action, &told.request.resource, 0),
    };
    let others = if others == 0 { String::new() } else { format!(" and {}", count(others, "more action")) };
    let on = if kind == PolicyKind::Trust { String::new() } else { format!(" on {resource}") };
    format!("{action}{others}{on}")
}

/// What else is allowed: `s3:GetObject, s3:GetObjectAcl and 3 more`, and the same of further resources.
pub(super) fn also(told: &Told, most_actions: usize) -> Vec<String> {
    let list = |actions: &[String]| join_some(actions.iter().map(String::as_str), most_actions);
    let mut also = Vec::new();
    if let Some(first) = told.targets.first().filter(|first| first.actions.len() > 1) {
        also.push(list(&first.actions[1..]));
    }
    also.extend(told.targets.iter().skip(1).map(|own| format!("{} on {}", list(&own.actions), own.resource)));
    also
}

fn when(circumstances: &[Circumstance]) -> String {
    let one = |own: &Circumstance| match &own.is {
        Is::Absent => format!("{} is absent", own.key),
        Is::Not(values) => format!("{} is not {}", own.key, list(values, " or ")),
        Is::Values(Values::One(value)) => format!("{} is {}", own.key, shown(value)),
        Is::Values(Values::Many(values)) if values.is_empty() => format!("{} has no value", own.key),
        Is::Values(Values::Many(values)) => format!("{} has {}", own.key, list(values, " and ")),
    };
    let all: Vec<_> = circumstances.iter().map(one).collect();
    if all.is_empty() { String::new() } else { format!(" when {}", all.join(" and ")) }
}

/// A value, so that also an empty one is seen.
fn shown(value: &str) -> &str {
    if value.is_empty() { "\"\"" } else { value }
}

fn list(values: &[String], between: &str) -> String {
    values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(between)
}

/// The keys that a request has and has not, of those that matter.
fn context(circumstances: &[Circumstance]) -> String {
    let (with, without): (Vec<_>, Vec<_>) = circumstances.iter().partition(|own| matches!(own.is, Is::Values(_)));
    let value = |own: &&Circumstance| match &own.is {
        Is::Values(Values::One(value)) => format!("{} {}", own.key, shown(value)),
        Is::Values(Values::Many(values)) if values.is_empty() => format!("{} of no value", own.key),
        Is::Values(Values::Many(values)) => format!("{} {}", own.key, list(values, " and ")),
        Is::Absent | Is::Not(_) => own.key.clone(),
    };
    let named = |word: &str, all: &[&Circumstance]| match all {
        [] => String::new(),
        all => format!(" {word} {}", all.iter().map(value).collect::<Vec<_>>().join(", ")),
    };
    format!("{}{}", named("with", &with), named("without", &without))
}

/// `3 policies: 1 fail, 2 pass`.
pub(super) fn summary(report: &GrantReport) -> String {
    let of = |outcome| report.policies.iter().map(JudgedPolicy::outcome).filter(|own| *own == outcome).count();
    let numbers = [(Outcome::Fail, "fail"), (Outcome::Unknown, "unknown"), (Outcome::Pass, "pass")];
    let parts: Vec<_> = numbers
        .into_iter()
        .map(|(outcome, word)| (of(outcome), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    match report.policies.len() {
        0 => report.check.of_none().to_owned(),
        1 => format!("1 policy: {}", parts.join(", ")),
        all => format!("{all} policies: {}", parts.join(", ")),
    }
}
