//! JSON for programs. The form is versioned and frozen: `afterlab_report: 1`, described by `schemas/report-v1.json`.

pub mod lines;
mod v1;

use std::io::{self, Write};

use super::Report;

/// Writes the report as JSON, with a final line break.
///
/// # Errors
/// When the writer fails.
pub fn write(report: &Report<'_>, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, &v1::Report::from(report))?;
    out.write_all(b"\n")
}
