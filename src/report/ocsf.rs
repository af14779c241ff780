//! OCSF 1.5 Compliance Finding (class 2003) for data lakes and SIEMs: an array, one event a line.
//!
//! Source: <https://schema.ocsf.io/1.5.0/classes/compliance_finding?profiles=cloud>

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Report;
use super::rows::{Row, rows};
use crate::rule::{Confidence, OutcomeStatus, Severity, framework};

/// The version of the schema.
const VERSION: &str = "1.5.0";

/// Writes the report.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut before = "[\n";
    for row in rows(report) {
        out.write_all(before.as_bytes())?;
        serde_json::to_writer(&mut *out, &event(report, &row))?;
        before = ",\n";
    }
    out.write_all(if before == ",\n" { b"\n]\n" } else { b"[]\n" })
}

fn event(report: &Report<'_>, row: &Row<'_>) -> Value {
    let account = &report.inventory.account;
    let read_at = report.inventory.collected_at.as_millisecond();
    let (severity_id, severity) = match row.status {
        OutcomeStatus::Fail => severity(row.rule.severity),
        _ => (0, "Unknown"),
    };
    let (confidence_id, confidence) = confidence(row.rule.confidence);
    let mut event = json!({
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200_301,
        "type_name": "Compliance Finding: Create",
        "time": read_at,
        "severity_id": severity_id,
        "severity": severity,
        "confidence_id": confidence_id,
        "confidence": confidence,
        "status_id": 1,
        "status": "New",
        "message": row.message,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "event_code": row.rule.id,
            "product": {"name": "afterlab", "vendor_name": "afterlab", "version": env!("CARGO_PKG_VERSION")},
        },
        "cloud": {
            "provider": "AWS",
            "cloud_partition": account.partition,
            "account": {"uid": account.id, "type_id": 10, "type": "AWS Account"},
        },
        "finding_info": {
            "uid": row.fingerprint,
            "title": row.rule.title,
            "desc": row.message,
            "types": [row.rule.kind],
            "analytic": {"type_id": 1, "type": "Rule", "uid": row.rule.id, "name": row.rule.title},
        },
        "compliance": compliance(row),
        "remediation": {"desc": how(row), "references": row.rule.references},
        "resources": [{
            "uid": row.resource.id,
            "name": row.resource.name,
            "type": row.resource.kind,
            "cloud_partition": account.partition,
        }],
        "unmapped": unmapped(row),
    });
    if let Some(alias) = report.alias() {
        event["cloud"]["account"]["name"] = alias.into();
    }
    if let Some(region) = &row.resource.region {
        event["cloud"]["region"] = region.as_str().into();
        event["resources"][0]["region"] = region.as_str().into();
    }
    event
}

fn compliance(row: &Row<'_>) -> Value {
    let (status_id, status) = match row.status {
        OutcomeStatus::Fail => (3, "Fail"),
        _ => (0, "Unknown"),
    };
    let controls: Vec<_> = framework::controls_of(row.rule.id).iter().collect();
    let mut standards: Vec<&str> = controls.iter().map(|(framework, _)| framework.name.as_str()).collect();
    standards.dedup();
    json!({
        "status_id": status_id,
        "status": status,
        "status_details": [row.message],
        "control": row.rule.id,
        "standards": standards,
        "requirements": controls.iter().map(|(framework, control)| format!("{} {}", framework.name, control.id)).collect::<Vec<_>>(),
    })
}

/// What the schema has no place for.
fn unmapped(row: &Row<'_>) -> Value {
    let mut unmapped = json!({"outcome": row.status, "note": row.rule.note});
    if let Some(problem) = row.problem {
        unmapped["evidence"] = json!(problem.evidence);
        unmapped["cost"] = json!(problem.cost);
    }
    unmapped
}

fn how(row: &Row<'_>) -> String {
    if row.fix().is_empty() { format!("afterlab explain {}", row.rule.id) } else { row.fix().join("\n") }
}

fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

fn confidence(confidence: Confidence) -> (u8, &'static str) {
    match confidence {
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    }
}
