//! NDJSON: the same things as the JSON report, one a line, so that a reader needs not hold all of it. Described by
//! `schemas/report-lines-v1.json`.
//!
//! The first line tells of the scan, the last one sums up: a report without it was cut short.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::v1;
use crate::report;

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Scan(Scan<'a>),
    Finding(v1::Finding<'a>),
    Unknown(v1::Unknown<'a>),
    Error(v1::RuleError<'a>),
    Gap(v1::Gap<'a>),
    Summary(v1::Summary),
}

#[derive(Serialize)]
struct Scan<'a> {
    afterlab_report_lines: u32,
    tool: v1::Tool,
    account: v1::Account<'a>,
    source: &'a str,
    collected_at: Timestamp,
    stopped: Option<&'a str>,
}

/// Writes the report, one object a line.
///
/// # Errors
/// When the writer fails.
pub fn write(report: &report::Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let scan = Scan {
        afterlab_report_lines: 1,
        tool: v1::Tool::this(),
        account: v1::Account::of(report),
        source: &report.source,
        collected_at: report.inventory.collected_at,
        stopped: report.stopped.as_deref(),
    };
    let findings = report.findings.iter().map(|finding| Line::Finding(v1::finding(finding)));
    let unknown = report.unknown.iter().map(|outcome| Line::Unknown(v1::unknown(report, outcome)));
    let errors = report.errors.iter().map(|error| Line::Error(v1::error(error)));
    let gaps = report.gaps.iter().map(|gap| Line::Gap(v1::gap(gap)));
    let first = std::iter::once(Line::Scan(scan));
    let last = std::iter::once_with(|| Line::Summary(v1::summary(report)));
    for line in first.chain(findings).chain(unknown).chain(errors).chain(gaps).chain(last) {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
