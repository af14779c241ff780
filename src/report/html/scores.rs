//! What holds of each framework.

use super::charts::{self, Part};
use super::library::Library;
use crate::report::Report;
use crate::report::controls::{self, ControlStatus, Judged};
use crate::rule::framework::{self, Framework};

/// The frameworks that every page tells of, beside one that was asked for.
const TOLD: [&str; 3] = ["cis-5.0", "fsbp", framework::COURSE];

/// What holds of a framework.
pub(super) struct Score {
    /// The framework.
    pub(super) framework: &'static Framework,
    /// How many controls hold.
    pub(super) hold: usize,
    /// How many fail.
    pub(super) fail: usize,
    /// How many could not be judged.
    pub(super) unknown: usize,
    /// How many were about nothing that the account has.
    pub(super) nothing: usize,
    /// How many had a rule that did not run.
    pub(super) not_run: usize,
    /// The bar: what holds, fails, and is unknown.
    pub(super) parts: Vec<Part>,
    /// What the table shows: what fails first.
    pub(super) controls: Vec<Row>,
    /// The numbers of those that no rule looks at.
    pub(super) not_covered: Vec<String>,
}

/// A control for the page.
pub(super) struct Row {
    /// Its number.
    pub(super) id: String,
    /// What is so when it holds.
    pub(super) title: String,
    /// Whether it holds, for people.
    pub(super) status: &'static str,
    /// The same as a class for the style.
    pub(super) class: &'static str,
    /// How many things break it.
    pub(super) failures: usize,
    /// The rules that show it, and whether the page has them.
    pub(super) rules: Vec<(String, bool)>,
    order: Order,
}

/// How a control stands, in the order of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Fail,
    Unknown,
    NotRun,
    Hold,
    Nothing,
}

/// What holds of the frameworks that the page tells of.
pub(super) fn of(report: &Report<'_>, library: &Library) -> Vec<Score> {
    let asked = report.framework.into_iter();
    let told = TOLD.iter().filter_map(|id| framework::find(id));
    let told = told.filter(|told| report.framework.is_none_or(|asked| asked.id != told.id));
    let frameworks = asked.chain(told);
    let scores = frameworks.map(|framework| score(framework, report, library));
    // A scan of a few rules says nothing of a framework.
    scores.filter(|score| score.judged() > 0).collect()
}

fn score(framework: &'static Framework, report: &Report<'_>, library: &Library) -> Score {
    let (covered, not_covered): (Vec<Judged>, Vec<Judged>) =
        controls::judge(framework, report).into_iter().partition(|control| control.status != ControlStatus::NotCovered);
    let mut rows: Vec<Row> = covered.into_iter().map(|control| row(control, report, library)).collect();
    rows.sort_by_key(|row| row.order);
    let number = |order| rows.iter().filter(|row| row.order == order).count();
    let (hold, fail, unknown) = (number(Order::Hold), number(Order::Fail), number(Order::Unknown));
    Score {
        framework,
        hold,
        fail,
        unknown,
        parts: charts::in_a_row(&[("pass", hold), ("fail", fail), ("doubt", unknown)], hold + fail + unknown),
        nothing: number(Order::Nothing),
        not_run: number(Order::NotRun),
        controls: rows,
        not_covered: not_covered.into_iter().map(|control| control.id).collect(),
    }
}

fn row(control: Judged, report: &Report<'_>, library: &Library) -> Row {
    let has_run = |id: &String| report.counts_by_rule.contains_key(id.as_str());
    let (order, status, class) = match control.status {
        ControlStatus::Fail => (Order::Fail, "fails", "fail"),
        ControlStatus::Unknown => (Order::Unknown, "unknown", "unknown"),
        // What did not run cannot have passed.
        _ if !control.rules.iter().all(has_run) => (Order::NotRun, "not all of its rules ran", "unknown"),
        ControlStatus::Pass => (Order::Hold, "holds", "pass"),
        ControlStatus::NotApplicable | ControlStatus::NotCovered => (Order::Nothing, "nothing to judge", "nothing"),
    };
    let link = |id: String| {
        let is_here = library.has_rule(&id);
        (id, is_here)
    };
    Row {
        id: control.id,
        title: control.title,
        status,
        class,
        failures: control.failures,
        rules: control.rules.into_iter().map(link).collect(),
        order,
    }
}

impl Score {
    /// How many controls count: what nobody could judge counts as not holding.
    pub(super) fn judged(&self) -> usize {
        self.hold + self.fail + self.unknown
    }

    /// The share that holds, in percent, rounded down.
    pub(super) fn percent(&self) -> usize {
        self.hold * 100 / self.judged().max(1)
    }
}
