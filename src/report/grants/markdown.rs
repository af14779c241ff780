//! For pull requests and tickets.

use std::fmt::Write as _;

use super::words::{also, headline, place, sentence, summary};
use super::{About, GrantReport, JudgedPolicy, Part};
use crate::policy::semantics::{Answer, Told};
use crate::report::parts::markdown::{cell, rows};

/// Further actions that are named.
const MOST_ACTIONS: usize = 12;

pub(super) fn markdown(report: &GrantReport) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "### IAM policies: {}\n\n**{}**\n", cell(report.check.name()), summary(report));
    let of_policy =
        |policy: &JudgedPolicy| policy.parts.iter().flat_map(|part| of_part(policy, part)).collect::<Vec<_>>();
    let mut lines: Vec<String> = report.policies.iter().flat_map(of_policy).collect();
    lines.extend(report.problems.iter().map(|problem| format!("| ❔ not read | {} | | |\n", cell(problem))));
    if !lines.is_empty() {
        text.push_str("| | policy | where | what |\n| --- | --- | --- | --- |\n");
        rows(&mut text, lines);
    }
    text
}

fn of_part(policy: &JudgedPolicy, part: &Part) -> Vec<String> {
    let title = cell(&policy.title());
    let headline = cell(&headline(&part.about));
    let mark = if part.about == About::NoLongerAllowed { "➖" } else { "❌" };
    match &part.answer {
        Answer::Pass => Vec::new(),
        Answer::Fail(proofs) => proofs
            .iter()
            .map(|told| {
                format!(
                    "| {mark} {headline} | {title} | {} | {} |\n",
                    cell(&place(part, told)),
                    what(told, policy, part)
                )
            })
            .collect(),
        Answer::Unknown(reasons) => {
            vec![format!("| ❔ not known | {title} | {headline} | {} |\n", cell(&reasons.join("; ")))]
        }
    }
}

fn what(told: &Told, policy: &JudgedPolicy, part: &Part) -> String {
    let mut what = cell(&sentence(told, &part.about, policy.kind));
    for also in also(told, MOST_ACTIONS) {
        let _ = write!(what, "; also {}", cell(&also));
    }
    what
}
