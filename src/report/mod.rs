//! Reports: what came of a scan, and one file a format.

pub mod access;
pub mod asff;
pub mod cleanup;
pub mod controls;
pub mod csv;
pub mod diff;
mod explain;
pub mod format;
mod gaps;
mod github;
pub mod grants;
pub mod html;
pub mod json;
pub mod junit;
pub mod lint;
pub mod markdown;
pub mod ocsf;
mod over_time;
mod parts;
mod rows;
pub mod sarif;
mod shared_costs;
pub mod table;
pub mod trend;
pub mod verify;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::finding::{self, Baseline, BaselineUse, Finding, Sight, Suppressed, Suppression, fingerprint};
use crate::inventory::{GapId, Inventory, Known, ResourceRef};
use crate::rule::{Framework, Outcome, OutcomeResult, OutcomeStatus, Rule, RuleResult, Severity};

pub use gaps::GapGroup;

/// What came of a scan, ready to be written in any format.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// What was looked at.
    pub inventory: &'a Inventory,
    /// Where the inventory came from, in words: `AWS`, `snapshot lab.json`, `the embedded demo account`.
    pub source: String,
    /// How many requests were sent, retries included; none for a snapshot.
    pub requests: Option<u64>,
    /// Why the scan ended early, if it did.
    pub stopped: Option<String>,
    /// The rules that ran.
    pub rules: Vec<&'static Rule>,
    /// How many outcomes there are of each status.
    pub counts: BTreeMap<OutcomeStatus, usize>,
    /// The same of each rule; what turned out to be free of charge still counts as a failure of its rule.
    pub counts_by_rule: BTreeMap<&'static str, BTreeMap<OutcomeStatus, usize>>,
    /// The framework whose controls are to be told.
    pub framework: Option<&'static Framework>,
    /// What failed: the worst first, then by rule and resource.
    pub findings: Vec<Finding>,
    /// What failed and is accepted.
    pub suppressed: Vec<Suppressed>,
    /// What failed and is in the baseline.
    pub known: Vec<Finding>,
    /// The baseline, where there is one: then the findings are new.
    pub baseline: Option<BaselineUse>,
    /// The account over time up to now, where earlier reports were asked for.
    pub history: Option<trend::Series>,
    /// Suppressions that have ended or match nothing, in words.
    pub stale: Vec<String>,
    /// What could not be judged.
    pub unknown: Vec<UnknownOutcome>,
    /// Rules that broke, with what they say.
    pub errors: Vec<(&'static Rule, ResourceRef, String)>,
    /// What could not be read, alike gaps together.
    pub gaps: Vec<GapGroup>,
    /// Rules that ran and saw no resource.
    pub idle_rules: Vec<&'static Rule>,
}

/// A rule that could not judge a resource.
#[derive(Clone, Debug)]
pub struct UnknownOutcome {
    /// The rule.
    pub rule: &'static Rule,
    /// The resource; the account where a list could not be read.
    pub resource: ResourceRef,
    /// What stands in the way.
    pub gap: GapId,
}

impl<'a> Report<'a> {
    /// Sorts what came of the rules into a report.
    #[must_use]
    pub fn new(inventory: &'a Inventory, source: String, results: Vec<RuleResult>) -> Self {
        let (mut counts, mut counts_by_rule) = (BTreeMap::new(), BTreeMap::new());
        let (mut rules, mut idle_rules) = (Vec::new(), Vec::new());
        let (mut findings, mut unknown, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for result in results {
            rules.push(result.rule);
            if result.counts.is_empty() {
                idle_rules.push(result.rule);
            }
            for (status, count) in &result.counts {
                *counts.entry(*status).or_insert(0) += count;
            }
            counts_by_rule.insert(result.rule.id, result.counts);
            for Outcome { rule, resource, result } in result.notable {
                match result {
                    OutcomeResult::Fail(problem) => {
                        findings.push(Finding::new(inventory.account.id.as_str(), rule, resource, problem));
                    }
                    OutcomeResult::Unknown(gap) => unknown.push(UnknownOutcome { rule, resource, gap }),
                    OutcomeResult::Error(message) => errors.push((rule, resource, message)),
                    OutcomeResult::Pass | OutcomeResult::NotApplicable(_) => {}
                }
            }
        }
        findings.sort_by(|a, b| {
            let worst_first = b.rule.severity.cmp(&a.rule.severity);
            worst_first.then_with(|| a.rule.id.cmp(b.rule.id)).then_with(|| a.resource.id.cmp(&b.resource.id))
        });
        let free = shared_costs::settle(&mut findings);
        if free > 0 {
            *counts.entry(OutcomeStatus::Fail).or_insert(0) -= free;
            *counts.entry(OutcomeStatus::NotApplicable).or_insert(0) += free;
        }
        let gaps = gaps::group(&inventory.gaps, &unknown);
        Self {
            inventory,
            source,
            requests: None,
            stopped: None,
            rules,
            counts,
            counts_by_rule,
            framework: None,
            findings,
            suppressed: Vec::new(),
            known: Vec::new(),
            baseline: None,
            history: None,
            stale: Vec::new(),
            unknown,
            errors,
            gaps,
            idle_rules,
        }
    }

    /// Takes what is accepted on a day out of the findings. Controls of frameworks do not hold because of that.
    pub fn suppress(&mut self, suppressions: &[Suppression], today: Date) {
        let findings = std::mem::take(&mut self.findings);
        let muted = finding::suppress(findings, suppressions, &Sight::of(self), today);
        (self.findings, self.suppressed, self.stale) = (muted.counting, muted.suppressed, muted.stale);
    }

    /// Takes what a baseline has out of the findings: those that are left are new.
    pub fn compare(&mut self, baseline: &Baseline, path: &Path) {
        let findings = std::mem::take(&mut self.findings);
        let accepted: Vec<&str> = self.suppressed.iter().map(|held| held.finding.fingerprint.as_str()).collect();
        let compared = baseline.compare(findings, &accepted, &Sight::of(self));
        (self.findings, self.known) = (compared.new, compared.known);
        self.baseline = Some(BaselineUse { path: path.to_owned(), gone: compared.gone });
    }

    /// The sign-in alias of the account; none if there is none or it could not be read.
    #[must_use]
    pub fn alias(&self) -> Option<&str> {
        match &self.inventory.account.alias {
            Known::Value(alias) => alias.as_deref(),
            Known::Gap(_) => None,
        }
    }

    /// Why something could not be judged, in a sentence.
    #[must_use]
    pub fn reason(&self, outcome: &UnknownOutcome) -> String {
        match self.inventory.gaps.get(outcome.gap) {
            Some(gap) => format!("{} {}", gap.operation, gap.kind.describe()),
            None => "it was not read: the snapshot lacks it, or it is in no region that was asked for".to_owned(),
        }
    }

    /// The fingerprint that a finding of this rule and resource has.
    #[must_use]
    pub fn fingerprint(&self, rule: &Rule, resource: &ResourceRef) -> String {
        fingerprint(&[rule.id, self.inventory.account.id.as_str(), &resource.id])
    }

    /// How many outcomes have this status.
    #[must_use]
    pub fn count(&self, status: OutcomeStatus) -> usize {
        self.counts.get(&status).copied().unwrap_or(0)
    }

    /// How many findings have this severity.
    #[must_use]
    pub fn findings_of(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.rule.severity == severity).count()
    }

    /// What all findings that tell since when cost so far, in US dollars; none if none does.
    #[must_use]
    pub fn usd_so_far(&self) -> Option<Decimal> {
        let costs = self.findings.iter().filter_map(|finding| finding.problem.cost.as_ref()?.usd_so_far);
        costs.reduce(|sum, usd| sum + usd)
    }

    /// What is billed a month by pricing pillar, the dearest first.
    #[must_use]
    pub fn by_pillar(&self) -> Vec<(String, Decimal)> {
        self.shares(|finding| finding.problem.cost.as_ref().map(|cost| cost.pillar.name().to_owned()))
    }

    /// What is billed a month by service, the dearest first.
    #[must_use]
    pub fn by_service(&self) -> Vec<(String, Decimal)> {
        self.shares(|finding| finding.resource.kind.split("::").nth(1).map(str::to_owned))
    }

    fn shares(&self, name: impl Fn(&Finding) -> Option<String>) -> Vec<(String, Decimal)> {
        let mut shares: BTreeMap<String, Decimal> = BTreeMap::new();
        for finding in &self.findings {
            if let (Some(name), Some(cost)) = (name(finding), &finding.problem.cost) {
                *shares.entry(name).or_default() += cost.usd_per_month;
            }
        }
        let mut shares: Vec<_> = shares.into_iter().filter(|(_, usd)| !usd.is_zero()).collect();
        shares.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shares
    }

    /// What all findings that state a cost cost a month, in US dollars; none if none does.
    #[must_use]
    pub fn usd_per_month(&self) -> Option<Decimal> {
        let costs = self.findings.iter().filter_map(|finding| Some(finding.problem.cost.as_ref()?.usd_per_month));
        costs.reduce(|sum, usd| sum + usd)
    }
}
