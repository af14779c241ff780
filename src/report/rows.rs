//! What a report says, one row a failure, unknown or error: for formats that are lists.

use crate::rule::{OutcomeStatus, Problem, Rule, framework};

use super::Report;
use crate::inventory::ResourceRef;

/// What a rule says of a resource, where it is not "as it should be".
pub(super) struct Row<'r> {
    /// Fail, unknown or error.
    pub(super) status: OutcomeStatus,
    /// Of this rule, account and resource.
    pub(super) fingerprint: String,
    pub(super) rule: &'static Rule,
    pub(super) resource: &'r ResourceRef,
    /// What is wrong, or why that could not be told.
    pub(super) message: String,
    /// What is wrong, in full; only of a failure.
    pub(super) problem: Option<&'r Problem>,
}

impl Row<'_> {
    /// The commands that mend it, in order.
    pub(super) fn fix(&self) -> &[String] {
        self.problem.map_or(&[], |problem| &problem.fix)
    }

    /// The controls of public frameworks that it is about: `CIS … 1.5`.
    pub(super) fn controls(&self) -> Vec<String> {
        controls(self.rule)
    }
}

/// The controls of public frameworks that a rule shows: the framework's name and the control's number.
pub(super) fn controls(rule: &Rule) -> Vec<String> {
    framework::controls_of(rule.id)
        .iter()
        .map(|(framework, control)| format!("{} {}", framework.name, control.id))
        .collect()
}

/// The findings in the report's order, then what could not be judged, then rules that broke.
pub(super) fn rows<'r>(report: &'r Report<'_>) -> impl Iterator<Item = Row<'r>> {
    let failures = report.findings.iter().map(|finding| Row {
        status: OutcomeStatus::Fail,
        fingerprint: finding.fingerprint.clone(),
        rule: finding.rule,
        resource: &finding.resource,
        message: finding.problem.message.clone(),
        problem: Some(&finding.problem),
    });
    let unknown = report.unknown.iter().map(|outcome| Row {
        status: OutcomeStatus::Unknown,
        fingerprint: report.fingerprint(outcome.rule, &outcome.resource),
        rule: outcome.rule,
        resource: &outcome.resource,
        message: report.reason(outcome),
        problem: None,
    });
    let errors = report.errors.iter().map(|(rule, resource, message)| Row {
        status: OutcomeStatus::Error,
        fingerprint: report.fingerprint(rule, resource),
        rule,
        resource,
        message: message.clone(),
        problem: None,
    });
    failures.chain(unknown).chain(errors)
}
