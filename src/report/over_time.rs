//! What a scan found and does not count, for every form of a report.

use super::Report;
use crate::cost::dollars;
use crate::finding::Finding;
use crate::text::{count, printable};

impl Report<'_> {
    /// What is accepted, in words: how much, and what it costs. None where nothing is.
    #[must_use]
    pub fn accepted(&self) -> Option<String> {
        let findings = || self.suppressed.iter().map(|held| &held.finding);
        let what = count(self.suppressed.len(), "suppressed finding");
        (!self.suppressed.is_empty()).then(|| format!("{what}{}", monthly(findings())))
    }

    /// What the baseline has, in words. None where there is no baseline.
    #[must_use]
    pub fn known_already(&self) -> Option<String> {
        let baseline = self.baseline.as_ref()?;
        let path = printable(&baseline.path.display().to_string());
        let known = count(self.known.len(), "known finding");
        let gone = match baseline.gone {
            0 => String::new(),
            1 => "; 1 of it is gone: afterlab baseline prune".to_owned(),
            gone => format!("; {gone} of it are gone: afterlab baseline prune"),
        };
        Some(format!("{known}{} in the baseline {path}{gone}", monthly(self.known.iter())))
    }

    /// What its findings are called: with a baseline they are new.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        if self.baseline.is_some() { "new finding" } else { "finding" }
    }
}

/// What findings cost together, in brackets; nothing where none costs.
fn monthly<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let costs = findings.filter_map(|finding| Some(finding.problem.cost.as_ref()?.usd_per_month));
    costs.reduce(|sum, usd| sum + usd).map(|usd| format!(" ({} a month)", dollars(usd))).unwrap_or_default()
}
