//! For people at a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::words::{also, example, headline, place, sentence, summary};
use super::{About, GrantReport, History, JudgedPolicy, Outcome, Part};
use crate::policy::semantics::{Answer, Told};
use crate::text::printable;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
const LESS: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Further actions that are named.
const MOST_ACTIONS: usize = 6;

pub(super) fn table(report: &GrantReport) -> String {
    let mut text = String::new();
    for policy in &report.policies {
        one(&mut text, policy);
    }
    for problem in &report.problems {
        let _ = writeln!(text, "{OPEN}not read{OPEN:#}  {}", printable(problem));
    }
    let _ = writeln!(text, "{DIM}{}:{DIM:#} {}", report.check.name(), summary(report));
    text
}

fn one(text: &mut String, policy: &JudgedPolicy) {
    let (style, word) = match policy.outcome() {
        Outcome::Pass => (GOOD, "pass"),
        Outcome::Fail => (BAD, "FAIL"),
        Outcome::Unknown => (OPEN, "unknown"),
    };
    let history = match policy.history {
        History::None | History::Changed => "",
        History::Added => ", added",
        History::Removed => ", removed",
    };
    // Writing to a String cannot fail.
    let title = printable(&policy.title());
    let _ = writeln!(text, "{style}{word:<7}{style:#}  {title}  {DIM}{}{history}{DIM:#}", policy.kind);
    for part in &policy.parts {
        match &part.answer {
            Answer::Pass => {}
            Answer::Fail(proofs) => {
                let style = if part.about == About::NoLongerAllowed { LESS } else { BAD };
                let _ = writeln!(text, "  {style}{}{style:#}", printable(&headline(&part.about)));
                for told in proofs {
                    proof(text, policy, part, told);
                }
            }
            Answer::Unknown(reasons) => {
                let question = match &part.about {
                    About::NewAccess => "whether it allows what was not allowed",
                    About::NoLongerDenied => "whether it still denies what it denied",
                    About::NoLongerAllowed => "whether it still allows what it allowed",
                    About::Listed => "whether it allows what it must not",
                    About::Public => "whether it lets the public in",
                    About::Guardrail { id, .. } => &format!("whether it breaks {id}"),
                };
                let _ = writeln!(text, "  {OPEN}not known{OPEN:#} {question}");
                for reason in reasons {
                    let _ = writeln!(text, "    {}", printable(reason));
                }
            }
        }
    }
}

fn proof(text: &mut String, policy: &JudgedPolicy, part: &Part, told: &Told) {
    let (place, sentence) = (place(part, told), sentence(told, &part.about, policy.kind));
    let _ = writeln!(text, "    {}: {}", printable(&place), printable(&sentence));
    for also in also(told, MOST_ACTIONS) {
        let _ = writeln!(text, "      {DIM}also {}{DIM:#}", printable(&also));
    }
    let is_told = told.targets.len() == 1
        && told.targets.iter().all(|own| own.resource == told.request.resource && own.actions.len() == 1);
    if !is_told {
        let _ = writeln!(text, "      {DIM}such as {}{DIM:#}", printable(&example(told, policy.kind)));
    }
}
