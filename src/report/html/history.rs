//! The account over time, as charts of the page: a row a report, the oldest first.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::charts::{Bar, Chart, Part, in_a_row};
use crate::cost::dollars;
use crate::report::trend::{Point, SEVERITIES, Series};
use crate::text::count;

/// How many reports are drawn, the newest.
const DRAWN: usize = 30;

/// Findings and dollars of a series; nothing where there is one report only, which has charts of its own.
pub(super) fn of(series: &Series) -> Vec<Chart> {
    let points = &series.points[series.points.len().saturating_sub(DRAWN)..];
    if points.len() < 2 {
        return Vec::new();
    }
    let most = points.iter().map(Point::findings).max().unwrap_or(0);
    let dearest = points.iter().map(|point| point.usd_per_month).max().unwrap_or_default();
    let findings = points.iter().map(|point| Bar {
        label: label(point),
        shown: point.findings().to_string(),
        detail: detail(point),
        parts: in_a_row(&numbers(point), most),
        filter: None,
    });
    let money = points.iter().map(|point| Bar {
        label: label(point),
        shown: dollars(point.usd_per_month),
        detail: String::new(),
        parts: vec![Part { class: "plain", start: 0.0, length: percent(point.usd_per_month, dearest) }],
        filter: None,
    });
    let mut charts = vec![Chart { title: "Findings over time", unit: "Findings", bars: findings.collect() }];
    if !dearest.is_zero() {
        charts.push(Chart { title: "Dollars a month over time", unit: "Dollars a month", bars: money.collect() });
    }
    charts
}

/// When, and whether it compares.
fn label(point: &Point) -> String {
    let mark = if point.is_other { " *" } else { "" };
    format!("{}{mark}", point.at.strftime("%Y-%m-%d %H:%M"))
}

fn detail(point: &Point) -> String {
    let number = |(name, number): (&str, usize)| format!("{number} {name}");
    let severities: Vec<String> = numbers(point).into_iter().filter(|(_, n)| *n > 0).map(number).collect();
    let other = if point.is_other { "; looked with other rules or at other regions, or ended early" } else { "" };
    format!("{}: {}{other}", count(point.findings(), "finding"), severities.join(", "))
}

fn numbers(point: &Point) -> [(&'static str, usize); 5] {
    std::array::from_fn(|place| (SEVERITIES[place].as_str(), point.by_severity[place]))
}

fn percent(part: Decimal, whole: Decimal) -> f64 {
    part.checked_div(whole).and_then(|ratio| ratio.to_f64()).unwrap_or(0.0) * 100.0
}
