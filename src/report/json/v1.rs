//! Version 1 of the JSON report. A field may be added; none changes its meaning or goes away.

use jiff::Timestamp;
use serde::Serialize;

use crate::cost::Estimate;
use crate::inventory::{GapKind, Partition, Region, ResourceRef};
use crate::report::{self, controls, rows};
use crate::rule::{Confidence, Evidence, Kind, OutcomeStatus, Severity};

#[derive(Serialize)]
pub(super) struct Report<'a> {
    afterlab_report: u32,
    tool: Tool,
    account: Account<'a>,
    source: &'a str,
    collected_at: Timestamp,
    regions: &'a [Region],
    stopped: Option<&'a str>,
    summary: Summary,
    findings: Vec<Finding<'a>>,
    unknown: Vec<Unknown<'a>>,
    errors: Vec<RuleError<'a>>,
    gaps: Vec<Gap<'a>>,
    rules: Vec<Rule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    framework: Option<Framework<'a>>,
}

#[derive(Serialize)]
struct Framework<'a> {
    id: &'a str,
    name: &'a str,
    source: &'a str,
    as_of: &'a str,
    controls: Vec<controls::Judged>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct Account<'a> {
    id: &'a str,
    alias: Option<&'a str>,
    partition: Partition,
    caller_arn: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    resources: usize,
    requests: Option<u64>,
    pass: usize,
    fail: usize,
    unknown: usize,
    not_applicable: usize,
    error: usize,
    by_severity: BySeverity,
    usd_per_month: Option<rust_decimal::Decimal>,
}

#[derive(Serialize)]
struct BySeverity {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
pub(super) struct Finding<'a> {
    fingerprint: &'a str,
    rule: &'static str,
    title: &'static str,
    kind: Kind,
    severity: Severity,
    confidence: Confidence,
    resource: &'a ResourceRef,
    message: &'a str,
    evidence: &'a [Evidence],
    cost: Option<&'a Estimate>,
    fix: &'a [String],
    note: &'static str,
    references: &'static [&'static str],
    frameworks: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Unknown<'a> {
    rule: &'static str,
    severity: Severity,
    resource: &'a ResourceRef,
    reason: String,
}

#[derive(Serialize)]
pub(super) struct RuleError<'a> {
    rule: &'static str,
    resource: &'a ResourceRef,
    message: &'a str,
}

#[derive(Serialize)]
pub(super) struct Gap<'a> {
    operation: &'a str,
    kind: GapKind,
    code: Option<&'a str>,
    message: &'a str,
    calls: usize,
    resources: Vec<&'a str>,
    regions: Vec<&'a str>,
    iam_action: Option<&'a str>,
    retry_may_help: bool,
    blinds: Vec<&'static str>,
}

#[derive(Serialize)]
struct Rule {
    id: &'static str,
    severity: Severity,
    saw_resources: bool,
}

impl<'a> From<&'a report::Report<'a>> for Report<'a> {
    fn from(report: &'a report::Report<'a>) -> Self {
        let inventory = report.inventory;
        Self {
            afterlab_report: 1,
            tool: Tool::this(),
            account: Account::of(report),
            source: &report.source,
            collected_at: inventory.collected_at,
            regions: &inventory.regions,
            stopped: report.stopped.as_deref(),
            summary: summary(report),
            findings: report.findings.iter().map(finding).collect(),
            unknown: report.unknown.iter().map(|outcome| unknown(report, outcome)).collect(),
            errors: report.errors.iter().map(error).collect(),
            gaps: report.gaps.iter().map(gap).collect(),
            rules: report
                .rules
                .iter()
                .map(|rule| Rule {
                    id: rule.id,
                    severity: rule.severity,
                    saw_resources: !report.idle_rules.iter().any(|idle| idle.id == rule.id),
                })
                .collect(),
            framework: report.framework.map(|framework| Framework {
                id: &framework.id,
                name: &framework.name,
                source: &framework.source,
                as_of: &framework.as_of,
                controls: controls::judge(framework, report),
            }),
        }
    }
}

impl Tool {
    pub(super) fn this() -> Self {
        Self { name: "afterlab", version: env!("CARGO_PKG_VERSION") }
    }
}

impl<'a> Account<'a> {
    pub(super) fn of(report: &'a report::Report<'_>) -> Self {
        let account = &report.inventory.account;
        Self {
            id: account.id.as_str(),
            alias: report.alias(),
            partition: account.partition,
            caller_arn: account.caller_arn.as_deref(),
        }
    }
}

pub(super) fn summary(report: &report::Report<'_>) -> Summary {
    Summary {
        resources: report.inventory.resource_count(),
        requests: report.requests,
        pass: report.count(OutcomeStatus::Pass),
        fail: report.count(OutcomeStatus::Fail),
        unknown: report.count(OutcomeStatus::Unknown),
        not_applicable: report.count(OutcomeStatus::NotApplicable),
        error: report.count(OutcomeStatus::Error),
        by_severity: BySeverity {
            critical: report.findings_of(Severity::Critical),
            high: report.findings_of(Severity::High),
            medium: report.findings_of(Severity::Medium),
            low: report.findings_of(Severity::Low),
            info: report.findings_of(Severity::Info),
        },
        usd_per_month: report.usd_per_month(),
    }
}

pub(super) fn finding(finding: &crate::finding::Finding) -> Finding<'_> {
    let rule = finding.rule;
    Finding {
        fingerprint: &finding.fingerprint,
        rule: rule.id,
        title: rule.title,
        kind: rule.kind,
        severity: rule.severity,
        confidence: rule.confidence,
        resource: &finding.resource,
        message: &finding.problem.message,
        evidence: &finding.problem.evidence,
        cost: finding.problem.cost.as_ref(),
        fix: &finding.problem.fix,
        note: rule.note,
        references: rule.references,
        frameworks: rows::controls(rule),
    }
}

pub(super) fn unknown<'a>(report: &report::Report<'_>, outcome: &'a report::UnknownOutcome) -> Unknown<'a> {
    let reason = report.reason(outcome);
    Unknown { rule: outcome.rule.id, severity: outcome.rule.severity, resource: &outcome.resource, reason }
}

pub(super) fn error<'a>(
    (rule, resource, message): &'a (&'static crate::rule::Rule, ResourceRef, String),
) -> RuleError<'a> {
    RuleError { rule: rule.id, resource, message }
}

pub(super) fn gap(group: &report::GapGroup) -> Gap<'_> {
    Gap {
        operation: &group.operation,
        kind: group.kind,
        code: group.code.as_deref(),
        message: &group.message,
        calls: group.calls,
        resources: group.resources.iter().map(String::as_str).collect(),
        regions: group.regions.iter().map(String::as_str).collect(),
        iam_action: group.iam_action.as_deref(),
        retry_may_help: group.retry_may_help,
        blinds: group.blinds.iter().copied().collect(),
    }
}
