//! Charts as tables with bars: each row has its number in words, and the bar is drawn beside it as SVG.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::SEVERITIES;
use super::items::Item;
use crate::cost::dollars;
use crate::report::Report;
use crate::rule::{Kind, OutcomeStatus, Severity};
use crate::text::{count, printable};

/// The shortest bar that can be seen, in percent.
const SHORTEST: f64 = 0.8;

/// Rows of a chart beyond which the rest is one row.
const ROWS: usize = 8;

/// A chart.
pub(super) struct Chart {
    /// What it shows.
    pub(super) title: &'static str,
    /// What its numbers are.
    pub(super) unit: &'static str,
    /// Its rows.
    pub(super) bars: Vec<Bar>,
}

/// A row of a chart.
pub(super) struct Bar {
    /// What it is of.
    pub(super) label: String,
    /// Its number.
    pub(super) shown: String,
    /// What the parts are, in words.
    pub(super) detail: String,
    /// The parts of the bar.
    pub(super) parts: Vec<Part>,
    /// The column and value that the list is cut down to by it.
    pub(super) filter: Option<(&'static str, String)>,
}

/// A part of a bar, in percent of the chart's width.
pub(super) struct Part {
    /// Its class for the style.
    pub(super) class: &'static str,
    /// Where it begins.
    pub(super) start: f64,
    /// How long it is.
    pub(super) length: f64,
}

/// All charts that have something to show.
pub(super) fn of(report: &Report<'_>, items: &[Item]) -> Vec<Chart> {
    let failed: Vec<&Item> = items.iter().filter(|item| item.status == OutcomeStatus::Fail).collect();
    let charts = [
        money("Dollars a month by service", report.by_service(), Some("service")),
        money("Dollars a month by pillar", report.by_pillar(), None),
        severities(&failed),
        services(&failed),
        ages(&failed),
    ];
    charts.into_iter().filter(|chart| !chart.bars.is_empty()).collect()
}

fn money(title: &'static str, mut shares: Vec<(String, Decimal)>, filter: Option<&'static str>) -> Chart {
    let rest = shares.split_off(shares.len().min(ROWS));
    let most = shares.first().map_or(Decimal::ONE, |(_, usd)| *usd);
    let mut bars: Vec<Bar> =
        shares.into_iter().map(|(name, usd)| bar(printable(&name), dollars(usd), ratio(usd, most), filter)).collect();
    if !rest.is_empty() {
        let usd: Decimal = rest.iter().map(|(_, usd)| *usd).sum();
        bars.push(bar(others(rest.len()), dollars(usd), ratio(usd, most), None));
    }
    Chart { title, unit: "Dollars a month", bars }
}

fn others(number: usize) -> String {
    if number == 1 { "1 other".to_owned() } else { format!("{number} others") }
}

fn bar(label: String, shown: String, share: f64, filter: Option<&'static str>) -> Bar {
    let filter = filter.map(|key| (key, label.clone()));
    let parts = vec![Part { class: "plain", start: 0.0, length: (share * 100.0).clamp(SHORTEST, 100.0) }];
    Bar { label, shown, detail: String::new(), parts, filter }
}

fn ratio(part: Decimal, whole: Decimal) -> f64 {
    part.checked_div(whole).and_then(|ratio| ratio.to_f64()).unwrap_or(0.0)
}

fn severities(failed: &[&Item]) -> Chart {
    let numbers = SEVERITIES.map(|severity| (severity, number_of(failed, severity)));
    let most = numbers.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let bars = numbers.into_iter().filter(|_| most > 0).map(|(severity, number)| Bar {
        label: severity.to_string(),
        shown: number.to_string(),
        detail: String::new(),
        parts: vec![Part { class: severity.as_str(), start: 0.0, length: percent(number, most) }],
        filter: (number > 0).then(|| ("severity", severity.to_string())),
    });
    Chart { title: "Findings by severity", unit: "Findings", bars: bars.collect() }
}

fn number_of(failed: &[&Item], severity: Severity) -> usize {
    failed.iter().filter(|item| item.rule.severity == severity).count()
}

#[allow(clippy::cast_precision_loss, reason = "a bar is a few hundred points wide")]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

fn services(failed: &[&Item]) -> Chart {
    let mut by_service: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in failed {
        by_service.entry(&item.service).or_default().push(item);
    }
    let mut groups: Vec<(String, Vec<&Item>)> =
        by_service.into_iter().map(|(service, items)| (service.to_owned(), items)).collect();
    groups.sort_by_key(|(_, items)| std::cmp::Reverse(items.len()));
    let rest = groups.split_off(groups.len().min(ROWS));
    let named = groups.len();
    if !rest.is_empty() {
        groups.push((others(rest.len()), rest.into_iter().flat_map(|(_, items)| items).collect()));
    }
    let most = groups.iter().map(|(_, items)| items.len()).max().unwrap_or(0);
    let bars = groups.into_iter().enumerate().map(|(place, (label, items))| Bar {
        shown: items.len().to_string(),
        detail: detail(&items),
        parts: parts(&items, most),
        filter: (place < named).then(|| ("service", label.clone())),
        label,
    });
    Chart { title: "Findings by service", unit: "Findings", bars: bars.collect() }
}

fn detail(items: &[&Item]) -> String {
    let numbers = SEVERITIES.iter().map(|severity| (severity, number_of(items, *severity)));
    let shown = numbers.filter(|(_, number)| *number > 0).map(|(severity, number)| format!("{number} {severity}"));
    shown.collect::<Vec<_>>().join(", ")
}

fn parts(items: &[&Item], most: usize) -> Vec<Part> {
    in_a_row(&SEVERITIES.map(|severity| (severity.as_str(), number_of(items, severity))), most)
}

/// Parts of a bar, one behind the other; `whole` is as long as the chart is wide.
pub(super) fn in_a_row(numbers: &[(&'static str, usize)], whole: usize) -> Vec<Part> {
    let mut start = 0.0;
    let parts = numbers.iter().filter(|(_, number)| *number > 0).map(|(class, number)| {
        let part = Part { class, start, length: percent(*number, whole) };
        start += part.length;
        part
    });
    parts.collect()
}

/// The ages that leftovers are put together by: up to so many days.
const AGES: [(i64, &str); 5] = [
    (1, "less than a day"),
    (7, "1 to 7 days"),
    (30, "7 to 30 days"),
    (90, "30 to 90 days"),
    (i64::MAX, "90 days and more"),
];

fn ages(failed: &[&Item]) -> Chart {
    let leftovers: Vec<&Item> = failed.iter().filter(|item| item.rule.kind == Kind::Leftover).copied().collect();
    let days = |item: &Item| item.bill.as_ref().and_then(|bill| bill.days);
    let mut least = Decimal::ZERO;
    let mut groups: Vec<(&str, Vec<&Item>)> = Vec::new();
    for (upto, label) in AGES {
        let upto = Decimal::from(upto);
        let is_within = |item: &&Item| days(item).is_some_and(|days| days >= least && days < upto);
        groups.push((label, leftovers.iter().copied().filter(is_within).collect()));
        least = upto;
    }
    groups.push(("not told by the API", leftovers.iter().copied().filter(|item| days(item).is_none()).collect()));
    let most = groups.iter().map(|(_, items)| items.len()).max().unwrap_or(0);
    let bars = groups.into_iter().filter(|(_, items)| !items.is_empty()).map(|(label, items)| {
        let usd: Decimal = items.iter().map(|item| item.usd()).sum();
        Bar {
            label: label.to_owned(),
            shown: format!("{}, {}", count(items.len(), "leftover"), dollars(usd)),
            detail: String::new(),
            parts: vec![Part { class: "plain", start: 0.0, length: percent(items.len(), most) }],
            filter: None,
        }
    });
    Chart { title: "Age of leftovers", unit: "Leftovers and dollars a month", bars: bars.collect() }
}
