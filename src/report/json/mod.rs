//! JSON for programs. The form is versioned and frozen: `afterlab_report: 1`, described by `schemas/report-v1.json`.

mod v1;

use super::Report;

/// The report as JSON, with a final line break.
#[must_use]
pub fn write(report: &Report<'_>) -> String {
    // The structs of v1 hold nothing that JSON cannot: no map with other keys than text.
    let mut text = serde_json::to_string_pretty(&v1::Report::from(report)).unwrap_or_default();
    text.push('\n');
    text
}
