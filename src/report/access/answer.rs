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

/// Longer names push what follows to the right.
const WIDEST_NAME: usize = 34;

/// One answer with its reasons.
#[must_use]
pub fn answer_table(answer: &Answer, question: &Question) -> String {
    let (style, word) = verdict(&answer.decision.verdict);
    let who = printable(&answer.principal);
    let what = format!("{} on {}", printable(&question.action), printable(&question.resource));
    let sentence_of_all = match &answer.decision.verdict {
        Verdict::Allowed => format!("{who} may {what}"),
        Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => format!("{who} may not {what}"),
        Verdict::Unknown(_) => format!("whether {who} may {what}"),
    };
    let mut text = format!("{style}{word}{style:#}  {sentence_of_all}\n");
    for reason in &answer.decision.reasons {
        let _ = writeln!(text, "  {}", printable(&sentence(reason)));
    }
    for doubt in doubts(answer) {
        let _ = writeln!(text, "  not known: {}", printable(&doubt.to_string()));
    }
    text.push_str(&assumptions(answer));
    text
}

/// Who can, and about whom nothing can be said; those who cannot are only counted. `unread` names the lists of
/// principals that are not whole.
#[must_use]
pub fn answers_table(answers: &[Answer], question: &Question, unread: &[&str]) -> String {
    let mut text = format!("{} on {}\n", printable(&question.action), printable(&question.resource));
    let shown = |wanted: fn(&Verdict) -> bool| answers.iter().filter(move |own| wanted(&own.decision.verdict));
    let allowed = shown(|own| *own == Verdict::Allowed)
        .map(|own| (own, own.decision.reasons.iter().map(sentence).collect::<Vec<_>>().join("; ")));
    let unknown = shown(|own| matches!(own, Verdict::Unknown(_)))
        .map(|own| (own, doubts(own).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")));
    let rows: Vec<_> = allowed.chain(unknown).collect();
    let width = rows.iter().map(|(own, _)| own.principal.chars().count()).max().unwrap_or_default().min(WIDEST_NAME);
    for (answer, why) in &rows {
        let (style, word) = verdict(&answer.decision.verdict);
        let name = printable(&answer.principal);
        let _ = writeln!(text, "  {style}{word:7}{style:#}  {name:width$}  {DIM}{}{DIM:#}", printable(why));
    }
    let denied = answers.len() - rows.len();
    if rows.is_empty() {
        text.push_str("  nobody of those who were read\n");
    } else if denied > 0 {
        let _ = writeln!(text, "  {DIM}{} cannot{DIM:#}", count(denied, "principal"));
    }
    for list in unread {
        let _ = writeln!(text, "  {OPEN}unknown{OPEN:#}  not all {list} were read");
    }
    text.push_str(&answers.first().map(assumptions).unwrap_or_default());
    text
}

fn assumptions(answer: &Answer) -> String {
    let line = |assumption: &String| format!("  {DIM}assumed: {}{DIM:#}\n", printable(assumption));
    answer.assumptions.iter().map(line).collect()
}

/// Answers for programs.
#[must_use]
pub fn answers_json(answers: &[Answer], question: &Question) -> Value {
    let reason = |reason: &Reason| {
        json!({"layer": layer_name(reason.layer), "does": did_name(reason.part), "policy": reason.policy,
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
        Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => (BAD, "denied"),
        Verdict::Unknown(_) => (OPEN, "unknown"),
    }
}

/// `allowed by policy lab of role/lab, statement 1 (Sid Read)`.
fn sentence(reason: &Reason) -> String {
    let Some(policy) = &reason.policy else { return format!("there is no {} that allows it", layer(reason.layer)) };
    let statements =
        if reason.statements.is_empty() { String::new() } else { format!(", {}", reason.statements.join(", ")) };
    match reason.part {
        Did::NotAllow => format!("not allowed by {policy}"),
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

/// A layer as programs read it.
fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
        Layer::Resource => "resource",
        Layer::Scp => "scp",
        Layer::Rcp => "rcp",
        Layer::Endpoint => "endpoint",
    }
}

/// What a policy did as programs read it.
fn did_name(part: Did) -> &'static str {
    match part {
        Did::Allow => "allows",
        Did::Deny => "denies",
        Did::NotAllow => "does_not_allow",
        Did::MayDecide => "may_decide",
    }
}
