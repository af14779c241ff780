//! What a reader must know within a minute: what bills, what is dangerous, what to type.

use super::SEVERITIES;
use super::items::Item;
use crate::cost::{HOURS_A_MONTH, dollars};
use crate::report::Report;
use crate::rule::{Kind, OutcomeStatus, Rule, Severity};

/// How many lines each answer has.
const LINES: usize = 5;

/// The answers.
pub(super) struct Headline<'i> {
    /// Dollars a month; none where nothing states a cost.
    pub(super) month: Option<String>,
    /// Dollars an hour.
    pub(super) hour: String,
    /// Dollars so far, where the API tells since when.
    pub(super) so_far: Option<String>,
    /// How many of each severity.
    pub(super) by_severity: Vec<(Severity, usize)>,
    /// What bills most.
    pub(super) dearest: Vec<&'i Item>,
    /// How many bill beside these.
    pub(super) dearest_more: usize,
    /// What is most dangerous, rule by rule.
    pub(super) dangers: Vec<Danger<'i>>,
    /// How many dangerous findings there are in all.
    pub(super) dangers_all: usize,
    /// The findings whose commands come first.
    pub(super) commands: Vec<&'i Item>,
}

/// A rule with what it found, that lets somebody do or see what they should not.
pub(super) struct Danger<'i> {
    /// The rule.
    pub(super) rule: &'static Rule,
    /// The first that it found.
    pub(super) first: &'i Item,
    /// How many others it found.
    pub(super) others: usize,
}

impl<'i> Headline<'i> {
    /// The answers of a report.
    pub(super) fn of(report: &Report<'_>, items: &'i [Item]) -> Self {
        let failed = || items.iter().filter(|item| item.status == OutcomeStatus::Fail);
        let mut billed: Vec<&Item> = failed().filter(|item| !item.usd().is_zero()).collect();
        billed.sort_by_key(|item| std::cmp::Reverse(item.usd()));
        let dangerous: Vec<&Item> = failed().filter(|item| is_dangerous(item)).collect();
        let month = report.usd_per_month();
        Self {
            month: month.map(dollars),
            hour: dollars(month.unwrap_or_default() / rust_decimal::Decimal::from(HOURS_A_MONTH)),
            so_far: report.usd_so_far().map(dollars),
            by_severity: SEVERITIES.iter().map(|severity| (*severity, report.findings_of(*severity))).collect(),
            commands: commands(&dangerous, &billed),
            dearest_more: billed.len().saturating_sub(LINES),
            dangers: dangers(&dangerous),
            dangers_all: dangerous.len(),
            dearest: billed.into_iter().take(LINES).collect(),
        }
    }
}

fn is_dangerous(item: &Item) -> bool {
    item.rule.kind == Kind::Security && item.rule.severity >= Severity::High
}

/// Items of one rule stand together already.
fn dangers<'i>(dangerous: &[&'i Item]) -> Vec<Danger<'i>> {
    let groups = dangerous.chunk_by(|a, b| a.rule.id == b.rule.id);
    let dangers = groups.filter_map(|group| {
        let (first, others) = group.split_first()?;
        Some(Danger { rule: first.rule, first, others: others.len() })
    });
    dangers.take(LINES).collect()
}

/// First the worst, then the dearest.
fn commands<'i>(dangerous: &[&'i Item], billed: &[&'i Item]) -> Vec<&'i Item> {
    let with = |items: &[&'i Item], most: usize| -> Vec<&'i Item> {
        items.iter().copied().filter(|item| item.has_commands()).take(most).collect()
    };
    let mut commands = with(dangerous, 3);
    for item in with(billed, LINES) {
        if commands.len() < LINES && commands.iter().all(|other| other.anchor != item.anchor) {
            commands.push(item);
        }
    }
    commands
}
