//! Earlier reports: what `scan --format json` wrote, as far as it is of use later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::rule::{OutcomeStatus, Rule, Severity, registry};

/// A report that was written as JSON; fields that are of no use later are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierReport {
    /// The version of the form.
    pub afterlab_report: u32,
    /// What was looked at.
    pub account: EarlierAccount,
    /// When it was read.
    pub collected_at: Timestamp,
    /// The regions that were looked at; empty for all.
    pub regions: Vec<String>,
    /// Why it ended early, if it did.
    pub stopped: Option<String>,
    /// What counted.
    pub findings: Vec<EarlierFinding>,
    /// What the baseline of that time had.
    #[serde(default)]
    pub known: Vec<EarlierFinding>,
    /// What was accepted.
    #[serde(default)]
    pub suppressed: Vec<EarlierFinding>,
    /// What could not be judged.
    pub unknown: Vec<Unjudged>,
    /// Rules that broke.
    pub errors: Vec<Unjudged>,
    /// The rules that ran.
    pub rules: Vec<RanRule>,
}

/// The account of a report.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierAccount {
    /// Its number.
    pub id: String,
    /// Its alias, if it has one and it was read.
    pub alias: Option<String>,
}

/// A finding of a report.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierFinding {
    /// The same for the same rule, account and resource.
    pub fingerprint: String,
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The resource.
    pub resource: EarlierResource,
    /// What it costs, where it costs.
    pub cost: Option<EarlierCost>,
}

/// The resource of a finding.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierResource {
    /// Its ARN, or what it is called together with where and what it is.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Its region, if it has one.
    pub region: Option<String>,
}

/// What a finding costs.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierCost {
    /// US dollars a month of 730 hours.
    pub usd_per_month: Decimal,
}

/// A rule that could not judge a resource.
#[derive(Clone, Debug, Deserialize)]
pub struct Unjudged {
    /// The rule's id.
    pub rule: String,
}

/// A rule that ran.
#[derive(Clone, Debug, Deserialize)]
pub struct RanRule {
    /// Its id.
    pub id: String,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct EarlierError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl EarlierError {
    /// An error about a file.
    pub(super) fn new(path: &Path, why: impl Into<String>) -> Self {
        Self { path: path.to_owned(), why: why.into() }
    }
}

impl EarlierReport {
    /// Reads a report.
    ///
    /// # Errors
    /// [`EarlierError`] when it cannot be read, is no report, or one of a newer form.
    pub fn read(path: &Path) -> Result<Self, EarlierError> {
        let bytes = std::fs::read(path).map_err(|error| EarlierError::new(path, error.to_string()))?;
        Self::parse(&bytes).map_err(|why| EarlierError::new(path, why))
    }

    /// Reads the text of a report.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Form {
            afterlab_report: u32,
        }
        match serde_json::from_slice::<Form>(bytes) {
            Ok(form) if form.afterlab_report == 1 => {}
            Ok(_) => return Err("is a report of a newer form than this afterlab reads".to_owned()),
            Err(error) => return Err(format!("is no JSON report of afterlab: {error}")),
        }
        serde_json::from_slice(bytes).map_err(|error| format!("is no whole JSON report of afterlab: {error}"))
    }

    /// Everything that was found and not accepted.
    pub fn found(&self) -> impl Iterator<Item = &EarlierFinding> {
        self.findings.iter().chain(&self.known)
    }

    /// What the report can tell of what it does not have.
    #[must_use]
    pub fn sight(&self) -> Sight<'_> {
        let mut rules: BTreeMap<&str, bool> = self.rules.iter().map(|rule| (rule.id.as_str(), true)).collect();
        for unjudged in self.unknown.iter().chain(&self.errors) {
            rules.insert(&unjudged.rule, false);
        }
        let regions = self.regions.iter().map(String::as_str).collect();
        Sight { account: &self.account.id, rules, regions, is_whole: self.stopped.is_none() }
    }
}

/// What a scan saw, for judging whether something that it did not find is gone.
#[derive(Clone, Debug)]
pub struct Sight<'s> {
    account: &'s str,
    /// The rules that ran, and whether they could judge everything.
    rules: BTreeMap<&'s str, bool>,
    /// The regions that were looked at; empty for all.
    regions: Vec<&'s str>,
    is_whole: bool,
}

impl<'s> Sight<'s> {
    /// What a report of now can tell.
    #[must_use]
    pub fn of(report: &'s crate::report::Report<'_>) -> Self {
        let judged = |id: &str| {
            let counts = report.counts_by_rule.get(id);
            counts.is_none_or(|counts| {
                !counts.contains_key(&OutcomeStatus::Unknown) && !counts.contains_key(&OutcomeStatus::Error)
            })
        };
        Self {
            account: report.inventory.account.id.as_str(),
            rules: report.rules.iter().map(|rule| (rule.id, judged(rule.id))).collect(),
            regions: report.inventory.regions.iter().map(crate::inventory::Region::as_str).collect(),
            is_whole: report.stopped.is_none(),
        }
    }

    /// The account that was looked at.
    #[must_use]
    pub fn account(&self) -> &'s str {
        self.account
    }

    /// Whether the scan would have found a thing of a rule in a region of an account. Where something could not be
    /// read, it would not: nothing unread is gone.
    #[must_use]
    pub fn sees(&self, account: &str, rule: &str, region: Option<&str>) -> bool {
        self.is_whole
            && self.account == account
            && self.rules.get(rule) == Some(&true)
            && region.is_none_or(|region| self.regions.is_empty() || self.regions.contains(&region))
    }

    /// Whether all rules that a test holds for ran and could judge everything; those that are opt-in need not.
    #[must_use]
    pub fn sees_all(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        let has_run = |rule: &&Rule| self.rules.contains_key(rule.id);
        let meant = registry::all().filter(|rule| is_meant(rule.id) && (rule.opt_in.is_none() || has_run(rule)));
        let mut meant = meant.peekable();
        self.is_whole && meant.peek().is_some() && meant.all(|rule| self.rules.get(rule.id) == Some(&true))
    }

    /// Whether everything in a region was looked at; in all regions, if none is named.
    #[must_use]
    pub fn sees_region(&self, region: Option<&str>) -> bool {
        self.regions.is_empty() || region.is_some_and(|region| self.regions.contains(&region))
    }
}
