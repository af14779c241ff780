//! SARIF 2.1.0 of an account: for code scanning and other viewers of findings.
//!
//! SARIF places findings in files, and code hosts show none without one, so that each resource stands for a file of its own:
//! `aws/ACCOUNT/REGION/TYPE/NAME`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::parts::sarif::{Run, fingerprints, message, pascal_case, uri};
use super::{Report, rows};
use crate::cost::dollars;
use crate::finding::Finding;
use crate::inventory::ResourceRef;
use crate::rule::{Kind, Rule, Severity};

/// Writes the report.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rules = Vec::new();
    for finding in &report.findings {
        places.entry(finding.rule.id).or_insert_with(|| {
            rules.push(descriptor(finding.rule));
            rules.len() - 1
        });
    }
    let results = report.findings.iter().map(|finding| result(report, finding, places.get(finding.rule.id))).collect();
    let successful = report.stopped.is_none() && report.errors.is_empty() && report.unknown.is_empty();
    Run { rules, results, notifications: notifications(report), successful }.write(out)
}

fn descriptor(rule: &Rule) -> Value {
    let mut tags = vec!["aws", rule.kind.as_str()];
    tags.extend(rule.note.split('#').next());
    let mut properties = json!({
        "tags": tags,
        "precision": rule.confidence.as_str(),
        "problem.severity": problem_severity(rule.severity),
    });
    if rule.kind == Kind::Security {
        properties["security-severity"] = security_severity(rule.severity).into();
    }
    json!({
        "id": rule.id,
        "name": pascal_case(rule.id),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": format!("{}.", rule.title)},
        "help": {"text": rule.docs, "markdown": format!("{}\n\n`afterlab notes {}`", rule.docs, rule.note)},
        "helpUri": rule.references.first(),
        "defaultConfiguration": {"level": level(rule.severity), "enabled": rule.opt_in.is_none()},
        "properties": properties,
    })
}

fn result(report: &Report<'_>, finding: &Finding, index: Option<&usize>) -> Value {
    let problem = &finding.problem;
    let cost = problem.cost.as_ref().map(|cost| cost.usd_per_month);
    let billed = cost.map(|usd| format!(" ({} a month)", dollars(usd))).unwrap_or_default();
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "kind": "fail",
        "level": level(finding.rule.severity),
        "message": message(&format!("{}{billed}", problem.message)),
        "locations": [location(report, &finding.resource)],
        "partialFingerprints": fingerprints(&finding.fingerprint),
        "properties": {
            "severity": finding.rule.severity,
            "confidence": finding.rule.confidence,
            "usd_per_month": cost,
            "evidence": problem.evidence,
            "fix": problem.fix,
            "frameworks": rows::controls(finding.rule),
        },
    })
}

fn location(report: &Report<'_>, resource: &ResourceRef) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": path(report, resource), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{"name": resource.name, "fullyQualifiedName": resource.id, "kind": "resource"}],
    })
}

/// The file that a resource stands for.
fn path(report: &Report<'_>, resource: &ResourceRef) -> String {
    let region = resource.region.as_deref().unwrap_or("global");
    let account = report.inventory.account.id.as_str();
    let parts = ["aws", account, region, &resource.kind.replace("::", "-"), &resource.name];
    parts.map(segment).join("/")
}

/// A part of a path, which leads neither down nor up.
fn segment(name: &str) -> String {
    let mark = if name.bytes().all(|byte| byte == b'.') { "_" } else { "" };
    format!("{mark}{}", uri(name).replace('/', "%2F"))
}

/// What could not be read or judged, and the rules that broke.
fn notifications(report: &Report<'_>) -> Vec<Value> {
    let stopped = report.stopped.iter().map(|reason| ("error", format!("the scan ended early: {reason}")));
    let errors = report
        .errors
        .iter()
        .map(|(rule, resource, why)| ("error", format!("rule {} broke on {}: {why}", rule.id, resource.id)));
    let unknown = report.unknown.iter().map(|outcome| {
        let reason = report.reason(outcome);
        ("warning", format!("rule {} cannot judge {}: {reason}", outcome.rule.id, outcome.resource.id))
    });
    let gaps = report.gaps.iter().map(|gap| {
        let level = if gap.blinds.is_empty() { "note" } else { "warning" };
        (level, format!("{} {}: {}; {}", gap.operation, gap.kind.describe(), gap.message, gap.advice()))
    });
    let all = stopped.chain(errors).chain(unknown).chain(gaps);
    all.map(|(level, text)| json!({"level": level, "message": message(&text)})).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

/// GitHub's scale: above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low.
///
/// Source: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_part_of_a_path() {
        assert_eq!(segment("../../etc"), "..%2F..%2Fetc");
        assert_eq!(segment(".."), "_..");
        assert_eq!(segment(""), "_");
        assert_eq!(segment("a b"), "a%20b");
    }
}
