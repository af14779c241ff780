//! A framework's controls, and what the scan says of each.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Report;
use crate::grid;
use crate::rule::OutcomeStatus;
use crate::rule::framework::{Control, Framework};
use crate::text::{count, join_some};

/// Whether a control holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlStatus {
    /// A rule of it failed.
    Fail,
    /// A rule of it could not judge, and none failed.
    Unknown,
    /// Its rules passed.
    Pass,
    /// Its rules saw nothing that it is about.
    NotApplicable,
    /// afterlab does not look at it.
    NotCovered,
}

impl ControlStatus {
    /// For people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "FAIL",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::NotApplicable => "nothing to judge",
            Self::NotCovered => "not covered",
        }
    }
}

/// A control with what the scan says of it.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// Its number.
    pub id: String,
    /// What is so when it holds.
    pub title: String,
    /// Whether it holds.
    pub status: ControlStatus,
    /// How many things break it.
    pub failures: usize,
    /// The rules that show it.
    pub rules: Vec<String>,
}

/// What the scan says of each control.
#[must_use]
pub fn judge(framework: &Framework, report: &Report<'_>) -> Vec<Judged> {
    framework.controls.iter().map(|control| judged(control, report)).collect()
}

fn judged(control: &Control, report: &Report<'_>) -> Judged {
    let counts = control.rules.iter().filter_map(|rule| report.counts_by_rule.get(rule.as_str()));
    let mut all: BTreeMap<OutcomeStatus, usize> = BTreeMap::new();
    for (status, count) in counts.flatten() {
        *all.entry(*status).or_default() += count;
    }
    let number = |status| all.get(&status).copied().unwrap_or_default();
    let status = if control.rules.is_empty() {
        ControlStatus::NotCovered
    } else if number(OutcomeStatus::Fail) > 0 {
        ControlStatus::Fail
    } else if number(OutcomeStatus::Unknown) + number(OutcomeStatus::Error) > 0 {
        ControlStatus::Unknown
    } else if number(OutcomeStatus::Pass) > 0 {
        ControlStatus::Pass
    } else {
        ControlStatus::NotApplicable
    };
    Judged {
        id: control.id.clone(),
        title: control.title.clone(),
        status,
        failures: number(OutcomeStatus::Fail),
        rules: control.rules.clone(),
    }
}

/// How many rules of a control are named.
const NAMED: usize = 2;

/// For people: what fails first, what is not covered last.
#[must_use]
pub fn table(framework: &Framework, judged: &[Judged], width: u16) -> String {
    let mut sorted: Vec<&Judged> =
        judged.iter().filter(|control| control.status != ControlStatus::NotCovered).collect();
    sorted.sort_by_key(|control| control.status);
    let mut table = grid::table(width);
    table.set_header(["Control", "What it asks for", "Holds", "Rules"]);
    for control in sorted {
        let failures = if control.failures > 0 { format!(" ({})", control.failures) } else { String::new() };
        table.add_row([
            control.id.clone(),
            control.title.clone(),
            format!("{}{failures}", control.status.name()),
            join_some(control.rules.iter().map(String::as_str), NAMED),
        ]);
    }
    let number = |status| judged.iter().filter(|control| control.status == status).count();
    let uncovered: Vec<&str> =
        judged.iter().filter(|c| c.status == ControlStatus::NotCovered).map(|c| c.id.as_str()).collect();
    let left_out =
        if uncovered.is_empty() { String::new() } else { format!("Not covered: {}\n", uncovered.join(", ")) };
    format!(
        "\n{} ({}, as of {})\n{table}\n{}: {} hold, {} fail, {} unknown, {} nothing to judge, {} not covered\n{left_out}",
        framework.name,
        framework.source,
        framework.as_of,
        count(judged.len(), "control"),
        number(ControlStatus::Pass),
        number(ControlStatus::Fail),
        number(ControlStatus::Unknown),
        number(ControlStatus::NotApplicable),
        uncovered.len(),
    )
}
