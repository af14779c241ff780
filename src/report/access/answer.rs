//! Answers to `policy can` and `policy who`, for people and for programs.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::access::{Answer, Question};
use crate::policy::eval::{Did, Doubt, Layer, Reason, Verdict};
use crate::text::{count, printable};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// One answer with its reasons.
#[must_use]
pub fn answer_table(answer: &Answer, question: &Question) -> String {
    let (style, word) = verdict(&answer.decision.verdict);
    let mut text = format!(
        "{} {} on {}: {style}{word}{style:#}\n",
        printable(&answer.principal),
        printable(&question.action),
        printable(&question.resource)
    );
    for reason in &answer.decision.reasons {
        let _ = writeln!(text, "  {}", printable(&sentence(reason)));
    }
    for doubt in doubts(answer) {
        let _ = writeln!(text, "  not known: {}", printable(&doubt.to_string()));
    }
    for assumption in &answer.assumptions {
        let _ = writeln!(text, "  {DIM}assumed: {}{DIM:#}", printable(assumption));
    }
    text
}

/// Who can, and about whom nothing can be said; those who cannot are only counted. `unread` names the lists of
/// principals that are not whole.
#[must_use]
pub fn answers_table(answers: &[Answer], question: &Question, unread: &[&str]) -> String {
    let mut text = format!("{} on {}\n", printable(&question.action), printable(&question.resource));
    let mut denied = 0;
    for answer in answers {
        let (style, word) = verdict(&answer.decision.verdict);
        let first = match &answer.decision.verdict {
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => {
                denied += 1;
                continue;
            }
            Verdict::Allowed => answer.decision.reasons.first().map(sentence).unwrap_or_default(),
            Verdict::Unknown(doubts) => doubts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        };
        let name = printable(&answer.principal);
        let _ = writeln!(text, "  {style}{word:8}{style:#} {name}  {DIM}{}{DIM:#}", printable(&first));
    }
    if denied == answers.len() {
        text.push_str("  nobody of those who were read\n");
    } else if denied > 0 {
        let _ = writeln!(text, "  {DIM}{} cannot{DIM:#}", count(denied, "principal"));
    }
    for list in unread {
        let _ = writeln!(text, "  {OPEN}unknown{OPEN:#}  not all {list} were read");
    }
    if let Some(answer) = answers.first() {
        for assumption in &answer.assumptions {
            let _ = writeln!(text, "  {DIM}assumed: {}{DIM:#}", printable(assumption));
        }
    }
    text
}

/// Answers for programs.
#[must_use]
pub fn answers_json(answers: &[Answer], question: &Question) -> Value {
    let reason = |reason: &Reason| {
        json!({"layer": layer(reason.layer), "does": did(reason.part), "policy": reason.policy,
            "statements": reason.statements})
    };
    let answer = |answer: &Answer| {
        json!({
            "principal": answer.principal,
            "verdict": match &answer.decision.verdict {
                Verdict::Allowed => "allowed",
                Verdict::ExplicitlyDenied => "explicitly_denied",
                Verdict::ImplicitlyDenied => "implicitly_denied",
                Verdict::Unknown(_) => "unknown",
            },
            "reasons": answer.decision.reasons.iter().map(reason).collect::<Vec<_>>(),
            "not_known": doubts(answer).iter().map(ToString::to_string).collect::<Vec<_>>(),
            "assumed": answer.assumptions,
        })
    };
    json!({"afterlab_access": 1, "action": question.action, "resource": question.resource,
        "answers": answers.iter().map(answer).collect::<Vec<_>>()})
}

fn doubts(answer: &Answer) -> &[Doubt] {
    match &answer.decision.verdict {
        Verdict::Unknown(doubts) => doubts,
        _ => &[],
    }
}

fn verdict(verdict: &Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Allowed => (GOOD, "allowed"),
        Verdict::ExplicitlyDenied => (BAD, "denied by a statement"),
        Verdict::ImplicitlyDenied => (BAD, "denied, as nothing allows it"),
        Verdict::Unknown(_) => (OPEN, "unknown"),
    }
}

/// `allowed by policy lab of role/lab, statement 1 (Sid Read)`.
fn sentence(reason: &Reason) -> String {
    let Some(policy) = &reason.policy else { return format!("not allowed: there is no {}", layer(reason.layer)) };
    let statements =
        if reason.statements.is_empty() { String::new() } else { format!(", {}", reason.statements.join(", ")) };
    match reason.part {
        Did::NotAllow => format!("not allowed by any {}: {policy}", layer(reason.layer)),
        part => format!("{} {policy}{statements}", did(part)),
    }
}

fn did(part: Did) -> &'static str {
    match part {
        Did::Allow => "allowed by",
        Did::Deny => "denied by",
        Did::NotAllow => "not allowed by",
        Did::MayDecide => "perhaps decided by",
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "policy of the principal",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::Resource => "policy of the resource",
        Layer::Scp => "service control policy",
        Layer::Rcp => "resource control policy",
        Layer::Endpoint => "endpoint policy",
    }
}
