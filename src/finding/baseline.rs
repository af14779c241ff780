//! The findings of an earlier report, so that only new ones count.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Finding;
use super::earlier::{EarlierError, EarlierReport, Sight};
use crate::file::{NewFile, Readers};
use crate::rule::Severity;

/// Findings that are known, of one account or several: a file of its own, or an earlier JSON report.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The findings, by fingerprint.
    entries: BTreeMap<String, Entry>,
    is_report: bool,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The account that it is of.
    pub account: String,
    /// The rule's id.
    pub rule: String,
    /// How bad it was.
    pub severity: Severity,
    /// The resource's id.
    pub resource: String,
    /// The resource's region, if it has one.
    pub region: Option<String>,
    /// When the account was read whose report it was taken from.
    pub since: Timestamp,
    /// What it is called in every report.
    pub fingerprint: String,
}

/// The form of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    afterlab_baseline: u32,
    findings: Vec<Entry>,
}

/// What a baseline says of a scan.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// The findings that it does not have.
    pub new: Vec<Finding>,
    /// The findings that it has.
    pub known: Vec<Finding>,
    /// How many of its findings the scan would have found and did not.
    pub gone: usize,
}

impl Baseline {
    /// Reads a baseline, or an earlier report as one.
    ///
    /// # Errors
    /// [`EarlierError`] when it cannot be read, or is neither.
    pub fn read(path: &Path) -> Result<Self, EarlierError> {
        let wrong = |why: String| EarlierError::new(path, why);
        let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let form: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("is neither a baseline nor a report: {error}")))?;
        match (form["afterlab_baseline"].as_u64(), form["afterlab_report"].as_u64()) {
            (Some(1), _) => {
                let file: File =
                    serde_json::from_value(form).map_err(|error| wrong(format!("is no whole baseline: {error}")))?;
                let entries = file.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry));
                Ok(Self { entries: entries.collect(), is_report: false })
            }
            (Some(_), _) => Err(wrong("is a baseline of a newer form than this afterlab reads".to_owned())),
            (None, Some(_)) => {
                let mut baseline = Self { is_report: true, ..Self::default() };
                baseline.update(&EarlierReport::parse(&bytes).map_err(wrong)?);
                Ok(baseline)
            }
            (None, None) => Err(wrong("is neither a baseline nor a JSON report of afterlab".to_owned())),
        }
    }

    /// Whether it was read from a report, which is not to be written over.
    #[must_use]
    pub fn is_report(&self) -> bool {
        self.is_report
    }

    /// How many findings it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes the findings of a report that it does not have; gives their number.
    pub fn update(&mut self, report: &EarlierReport) -> usize {
        let before = self.entries.len();
        for finding in report.found() {
            self.entries.entry(finding.fingerprint.clone()).or_insert_with(|| Entry {
                account: report.account.id.clone(),
                rule: finding.rule.clone(),
                severity: finding.severity,
                resource: finding.resource.id.clone(),
                region: finding.resource.region.clone(),
                since: report.collected_at,
                fingerprint: finding.fingerprint.clone(),
            });
        }
        self.entries.len() - before
    }

    /// Removes what a report would have found and did not; gives it. What the report could not see stays.
    pub fn prune(&mut self, report: &EarlierReport) -> Vec<Entry> {
        let there: Vec<&str> =
            report.found().chain(&report.suppressed).map(|finding| finding.fingerprint.as_str()).collect();
        let sight = report.sight();
        let is_gone = |print: &String, entry: &mut Entry| !there.contains(&print.as_str()) && entry.is_seen_by(&sight);
        self.entries.extract_if(.., is_gone).map(|(_, entry)| entry).collect()
    }

    /// Splits findings into new and known ones. `others` are fingerprints that were found, too, and are accepted.
    #[must_use]
    pub fn compare(&self, findings: Vec<Finding>, others: &[&str], sight: &Sight<'_>) -> Compared {
        let (known, new): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| self.entries.contains_key(&finding.fingerprint));
        let is_there =
            |print: &str| known.iter().any(|finding| finding.fingerprint == print) || others.contains(&print);
        let gone = self.entries.iter().filter(|(print, entry)| !is_there(print) && entry.is_seen_by(sight)).count();
        Compared { new, known, gone }
    }

    /// Writes it: sorted by account, rule and resource, so that two of them compare line by line.
    ///
    /// # Errors
    /// [`EarlierError`] when it cannot be written; what was there stays then.
    pub fn write(&self, path: &Path) -> Result<(), EarlierError> {
        let mut findings: Vec<Entry> = self.entries.values().cloned().collect();
        findings.sort_by(|a, b| {
            (&a.account, &a.rule, &a.resource, &a.fingerprint).cmp(&(&b.account, &b.rule, &b.resource, &b.fingerprint))
        });
        let written = || -> std::io::Result<()> {
            let mut file = NewFile::begin(path, Readers::Umask)?;
            serde_json::to_writer_pretty(&mut file, &File { afterlab_baseline: 1, findings })?;
            file.write_all(b"\n")?;
            file.finish()
        };
        written().map_err(|error| EarlierError::new(path, format!("cannot be written: {error}")))
    }
}

impl Entry {
    fn is_seen_by(&self, sight: &Sight<'_>) -> bool {
        sight.sees(&self.account, &self.rule, self.region.as_deref())
    }
}

/// A baseline that a scan was compared with, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineUse {
    /// The file.
    pub path: PathBuf,
    /// How many of its findings the scan would have found and did not.
    pub gone: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(regions: &str, findings: &[(&str, &str)], unknown: &str) -> EarlierReport {
        let findings: Vec<_> = findings
            .iter()
            .map(|(print, region)| {
                serde_json::json!({"fingerprint": print, "rule": "a", "severity": "high", "cost": null,
                    "resource": {"id": print, "name": print, "region": region}})
            })
            .collect();
        let text = format!(
            r#"{{"afterlab_report": 1, "account": {{"id": "111122223333"}}, "collected_at": "2026-11-22T12:00:00Z",
            "regions": [{regions}], "findings": {}, "unknown": [{unknown}], "errors": [], "rules": [{{"id": "a"}}]}}"#,
            serde_json::Value::from(findings)
        );
        EarlierReport::parse(text.as_bytes()).expect("a report")
    }

    #[test]
    fn only_what_is_surely_gone_is_pruned() {
        let first = report("", &[("x", "us-east-1"), ("y", "eu-west-1")], "");
        let baseline = || {
            let mut baseline = Baseline::default();
            assert_eq!(baseline.update(&first), 2);
            assert_eq!(baseline.update(&first), 0);
            baseline
        };
        let left = |report: &EarlierReport| {
            let mut baseline = baseline();
            baseline.prune(report);
            baseline.entries.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(left(&report("", &[("x", "us-east-1")], "")), ["x"]);
        assert_eq!(left(&report("\"us-east-1\"", &[], "")), ["y"], "the other region was not looked at");
        assert_eq!(left(&report("", &[], r#"{"rule": "a"}"#)), ["x", "y"], "the rule could not judge everything");
        let other = EarlierReport { rules: Vec::new(), ..report("", &[], "") };
        assert_eq!(left(&other), ["x", "y"], "the rule did not run");
        let stopped = EarlierReport { stopped: Some("Ctrl-C".to_owned()), ..report("", &[], "") };
        assert_eq!(left(&stopped), ["x", "y"], "the scan ended early");
    }

    #[test]
    fn a_baseline_is_written_and_read_and_a_report_is_one_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("baseline.json");
        let mut baseline = Baseline::default();
        baseline.update(&report("", &[("x", "us-east-1"), ("y", "eu-west-1")], ""));
        baseline.write(&path).expect("written");
        let read = Baseline::read(&path).expect("a baseline");
        assert!(read.entries == baseline.entries && !read.is_report());
        for (text, words) in [
            ("{}", "is neither a baseline nor a JSON report"),
            ("[", "is neither a baseline nor a report: EOF"),
            (r#"{"afterlab_baseline": 2}"#, "newer form"),
            (r#"{"afterlab_baseline": 1, "findings": [{}]}"#, "no whole baseline: missing field"),
            (r#"{"afterlab_report": 1}"#, "no whole JSON report"),
            (r#"{"afterlab_report": 2}"#, "newer form"),
        ] {
            std::fs::write(&path, text).expect("written");
            let error = Baseline::read(&path).expect_err(text).to_string();
            assert!(error.contains(words) && error.contains("baseline.json"), "{error}");
        }
    }
}
