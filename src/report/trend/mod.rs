//! Findings and dollars over time: what several JSON reports say, account by account.

mod chart;
mod files;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::finding::{EarlierFinding, EarlierReport};
use crate::inventory::Region;
use crate::report::Report;
use crate::rule::Severity;

pub use chart::chart;
pub use files::files;
pub use write::{csv, json};

/// The severities, the worst first.
pub const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// What several reports say.
#[derive(Clone, Debug, Default)]
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
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its number.
    pub account: String,
    /// Its alias, as the last report that has one tells it.
    pub alias: Option<String>,
    /// Its reports, the oldest first.
    pub points: Vec<Point>,
}

/// One report.
#[derive(Clone, Debug, PartialEq)]
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
    ended_early: bool,
    looked_at: LookedAt,
}

/// With which rules a report looked, and at which regions; all, if there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LookedAt {
    rules: BTreeSet<String>,
    regions: BTreeSet<String>,
}

impl LookedAt {
    fn of<'s>(rules: impl Iterator<Item = &'s str>, regions: impl Iterator<Item = &'s str>) -> Self {
        Self { rules: rules.map(str::to_owned).collect(), regions: regions.map(str::to_owned).collect() }
    }
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

/// An account over time up to a report of now; and the files that are no reports. Reports of other accounts, and those
/// that are not older, have no part in it.
#[must_use]
pub fn leading_to(report: &Report<'_>, paths: &[PathBuf]) -> (Series, Vec<BadFile>) {
    let account = &report.inventory.account;
    let found = read(paths);
    let of_account = found.series.into_iter().find(|series| series.account == account.id.as_str());
    let mut points = of_account.map(|series| series.points).unwrap_or_default();
    points.retain(|point| point.at < report.inventory.collected_at);
    let now = now(report);
    for point in &mut points {
        point.is_other = point.ended_early || point.looked_at != now.looked_at;
    }
    points.push(now);
    let alias = report.alias().map(str::to_owned);
    (Series { account: account.id.as_str().to_owned(), alias, points }, found.bad)
}

/// A report of now.
fn now(report: &Report<'_>) -> Point {
    let found = || report.findings.iter().chain(&report.known);
    let number = |severity| found().filter(|finding| finding.rule.severity == severity).count();
    let regions = report.inventory.regions.iter().map(Region::as_str);
    let ended_early = report.stopped.is_some();
    Point {
        at: report.inventory.collected_at,
        file: PathBuf::new(),
        by_severity: SEVERITIES.map(number),
        suppressed: report.suppressed.len(),
        unknown: report.unknown.len(),
        usd_per_month: found().filter_map(|finding| Some(finding.problem.cost.as_ref()?.usd_per_month)).sum(),
        is_other: ended_early,
        ended_early,
        looked_at: LookedAt::of(report.rules.iter().map(|rule| rule.id), regions),
    }
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
    let looked_at = |report: &EarlierReport| {
        LookedAt::of(report.rules.iter().map(|rule| rule.id.as_str()), report.regions.iter().map(String::as_str))
    };
    Point {
        at: report.collected_at,
        file: path.to_owned(),
        by_severity,
        suppressed: report.suppressed.len(),
        unknown: report.unknown.len(),
        usd_per_month: report.found().filter_map(cost).sum(),
        is_other: report.stopped.is_some() || looked_at(report) != looked_at(last),
        ended_early: report.stopped.is_some(),
        looked_at: looked_at(report),
    }
}

impl Point {
    /// How many findings there are.
    #[must_use]
    pub fn findings(&self) -> usize {
        self.by_severity.iter().sum()
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of a picture")]
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
    fn what_leads_to_a_report_is_older_and_of_its_account() {
        let folder = reports();
        let path = |name: &str| folder.path().join(name);
        let inventory = crate::inventory::snapshot::demo().expect("the demo");
        let report = Report::new(&inventory, String::new(), Vec::new());
        let (series, bad) = leading_to(&report, &["a.json", "b.json", "c.json", "bad.json"].map(path));
        assert_eq!((series.points.len(), bad.len()), (3, 1));
        let now = series.points.last().expect("now");
        assert!(now.at == inventory.collected_at && !now.is_other);
        assert!(series.points[..2].iter().all(|point| point.is_other), "they ran rules that this one did not");
        let mut early = inventory.clone();
        early.collected_at = series.points[1].at;
        let report = Report::new(&early, String::new(), Vec::new());
        assert_eq!(leading_to(&report, &[path("a.json"), path("b.json")]).0.points.len(), 2, "b.json is not older");
    }
}
