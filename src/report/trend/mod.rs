//! Findings and dollars over time: what several JSON reports say, account by account.

mod chart;
mod files;
mod write;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::finding::{EarlierFinding, EarlierReport};
use crate::rule::Severity;

pub use chart::chart;
pub use files::files;
pub use write::{csv, json};

/// The severities, the worst first.
pub const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// What several reports say.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Trend {
    /// One of each account, by its number.
    pub series: Vec<Series>,
    /// Files that are no reports, and why.
    pub bad: Vec<BadFile>,
}

/// A file that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadFile {
    /// The file, or the pattern that matches none.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// One account over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Its number.
    pub account: String,
    /// Its alias, as the last report that has one tells it.
    pub alias: Option<String>,
    /// Its reports, the oldest first.
    pub points: Vec<Point>,
}

/// One report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// When the account was read.
    pub at: Timestamp,
    /// The file.
    pub file: PathBuf,
    /// How many findings there are of each severity, the worst first as in [`SEVERITIES`]; those that a baseline had are
    /// among them, those that were accepted are not.
    pub by_severity: [usize; 5],
    /// How many were accepted.
    pub suppressed: usize,
    /// How many checks could not be judged.
    pub unknown: usize,
    /// What the findings cost a month, in US dollars.
    pub usd_per_month: Decimal,
    /// Whether it looked with other rules or at other regions than the last report, or ended early: then its numbers
    /// cannot be compared.
    pub is_other: bool,
}

/// A line of a picture: each point from (0, 0), the oldest report and nothing, to (1, 1), the newest and the most.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it shows: a severity, or `dollars a month`.
    pub name: String,
    /// The points.
    pub points: Vec<(f64, f64)>,
    /// What 1 stands for.
    pub most: f64,
}

/// Reads reports, in whatever order they come.
#[must_use]
pub fn read(paths: &[PathBuf]) -> Trend {
    let mut trend = Trend::default();
    let mut reports: Vec<(EarlierReport, &Path)> = Vec::new();
    for path in paths {
        match EarlierReport::read(path) {
            Ok(report) => reports.push((report, path)),
            Err(error) => trend.bad.push(BadFile { file: error.path, why: error.why }),
        }
    }
    reports.sort_by(|(a, one), (b, other)| {
        (&a.account.id, a.collected_at, one).cmp(&(&b.account.id, b.collected_at, other))
    });
    let by_account = reports.chunk_by(|(a, _), (b, _)| a.account.id == b.account.id);
    trend.series = by_account.filter_map(series).collect();
    trend
}

/// The reports of one account, the oldest first.
fn series(reports: &[(EarlierReport, &Path)]) -> Option<Series> {
    let (last, _) = reports.last()?;
    Some(Series {
        account: last.account.id.clone(),
        alias: reports.iter().rev().find_map(|(report, _)| report.account.alias.clone()),
        points: reports.iter().map(|(report, path)| point(report, path, last)).collect(),
    })
}

fn point(report: &EarlierReport, path: &Path, last: &EarlierReport) -> Point {
    let mut by_severity = [0; 5];
    for (severity, number) in SEVERITIES.iter().zip(&mut by_severity) {
        *number = report.found().filter(|finding| finding.severity == *severity).count();
    }
    let cost = |finding: &EarlierFinding| Some(finding.cost.as_ref()?.usd_per_month);
    let looks_at = |report: &EarlierReport| {
        let mut rules: Vec<String> = report.rules.iter().map(|rule| rule.id.clone()).collect();
        let mut regions = report.regions.clone();
        rules.sort_unstable();
        regions.sort_unstable();
        (rules, regions)
    };
    Point {
        at: report.collected_at,
        file: path.to_owned(),
        by_severity,
        suppressed: report.suppressed.len(),
        unknown: report.unknown.len(),
        usd_per_month: report.found().filter_map(cost).sum(),
        is_other: report.stopped.is_some() || looks_at(report) != looks_at(last),
    }
}

impl Point {
    /// How many findings there are.
    #[must_use]
    pub fn findings(&self) -> usize {
        self.by_severity.iter().sum()
    }
}

impl Series {
    /// A line of each severity that there ever was, all on one scale; none with fewer than two reports.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let most = self.points.iter().flat_map(|point| point.by_severity).max().unwrap_or(0);
        let of = |place: usize| self.points.iter().map(move |point| point.by_severity[place]);
        let lines = SEVERITIES.iter().enumerate().filter(|(place, _)| of(*place).any(|number| number > 0));
        lines
            .filter_map(|(place, severity)| self.line(severity.as_str(), of(place).map(number).collect(), number(most)))
            .collect()
    }

    /// The line of the dollars a month; none with fewer than two reports, or where nothing ever cost.
    #[must_use]
    pub fn dollars(&self) -> Option<Line> {
        let usd: Vec<f64> = self.points.iter().map(|point| point.usd_per_month.to_f64().unwrap_or(0.0)).collect();
        let most = usd.iter().copied().fold(0.0, f64::max);
        self.line("dollars a month", usd, most)
    }

    fn line(&self, name: &str, values: Vec<f64>, most: f64) -> Option<Line> {
        let at = |point: &Point| number(usize::try_from(point.at.as_second()).unwrap_or(0));
        let (first, last) = (at(self.points.first()?), at(self.points.last()?));
        if self.points.len() < 2 || most <= 0.0 {
            return None;
        }
        let along = |point: &Point| if last > first { (at(point) - first) / (last - first) } else { 0.0 };
        let points = self.points.iter().zip(values).map(|(point, value)| (along(point), value / most)).collect();
        Some(Line { name: name.to_owned(), points, most })
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts and seconds of a picture")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A folder with reports of two accounts, and one file that is none.
    pub(super) fn reports() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let finding = |severity: &str, usd: &str| {
            serde_json::json!({"fingerprint": "f", "rule": "r", "severity": severity,
                "resource": {"id": "i", "name": "n", "region": null}, "cost": {"usd_per_month": usd}})
        };
        let write = |name: &str, account: &str, at: &str, rules: &str, findings: Vec<serde_json::Value>| {
            let report = serde_json::json!({"afterlab_report": 1, "account": {"id": account, "alias": "lab"},
                "collected_at": at, "regions": [], "findings": findings, "unknown": [], "errors": [],
                "rules": [{"id": rules}]});
            std::fs::write(folder.path().join(name), report.to_string()).expect("written");
        };
        write("b.json", "111122223333", "2026-11-03T00:00:00Z", "r", vec![finding("high", "1.50")]);
        let two = vec![finding("high", "10"), finding("critical", "2.25")];
        write("a.json", "111122223333", "2026-11-01T00:00:00Z", "other", two);
        write("c.json", "444455556666", "2026-11-02T00:00:00Z", "r", vec![]);
        std::fs::write(folder.path().join("bad.json"), "{}").expect("written");
        folder
    }

    #[test]
    fn accounts_are_apart_and_in_order() {
        let folder = reports();
        let (paths, missing) = files(&[folder.path().to_string_lossy().into_owned()]);
        assert!(missing.is_empty());
        let trend = read(&paths);
        assert_eq!(trend.bad.len(), 1);
        assert!(trend.bad[0].file.ends_with("bad.json") && trend.bad[0].why.contains("no JSON report"));
        let [lab, other] = trend.series.as_slice() else { panic!("two accounts") };
        assert_eq!((lab.account.as_str(), other.account.as_str()), ("111122223333", "444455556666"));
        assert_eq!(lab.points.iter().map(Point::findings).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(lab.points[0].usd_per_month, Decimal::new(1225, 2));
        assert!(lab.points[0].is_other && !lab.points[1].is_other, "the first ran another rule");
    }

    #[test]
    fn lines_go_from_nothing_to_the_most() {
        let folder = reports();
        let trend = read(&files(&[folder.path().join("[ab].json").to_string_lossy().into_owned()]).0);
        let lab = &trend.series[0];
        let lines = lab.lines();
        assert_eq!(lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["critical", "high"]);
        assert_eq!(lines[0].points, [(0.0, 1.0), (1.0, 0.0)]);
        let dollars = lab.dollars().expect("dollars");
        assert!((dollars.most - 12.25).abs() < 1e-9 && dollars.points[0] == (0.0, 1.0));
        let one = Series { points: lab.points[..1].to_vec(), ..lab.clone() };
        assert!(one.lines().is_empty() && one.dollars().is_none(), "one report is no trend");
    }
}
