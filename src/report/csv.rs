//! CSV for spreadsheets: a row a failure, unknown or error.

use std::io::{self, Write};

use super::Report;
use super::rows::{Row, rows};
use crate::text::printable;

/// The columns, in order; new ones come at the end.
const COLUMNS: [&str; 20] = [
    "status",
    "severity",
    "kind",
    "rule",
    "title",
    "resource_type",
    "resource_name",
    "resource_id",
    "region",
    "account",
    "message",
    "usd_per_month",
    "usd_so_far",
    "is_estimate",
    "fix",
    "note",
    "frameworks",
    "reference",
    "read_at",
    "fingerprint",
];

/// Writes the report, with a head.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS).map_err(plain)?;
    for row in rows(report) {
        table.write_record(cells(report, &row).iter().map(|cell| harmless(cell))).map_err(plain)?;
    }
    table.flush()
}

/// The writer's own error: whoever prints must know a reader that went away.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn cells(report: &Report<'_>, row: &Row<'_>) -> [String; COLUMNS.len()] {
    let cost = row.problem.and_then(|problem| problem.cost.as_ref());
    [
        row.status.as_str().to_owned(),
        row.rule.severity.to_string(),
        row.rule.kind.to_string(),
        row.rule.id.to_owned(),
        row.rule.title.to_owned(),
        row.resource.kind.clone(),
        row.resource.name.clone(),
        row.resource.id.clone(),
        row.resource.region.clone().unwrap_or_default(),
        report.inventory.account.id.to_string(),
        row.message.clone(),
        cost.map(|cost| cost.usd_per_month.to_string()).unwrap_or_default(),
        cost.and_then(|cost| cost.usd_so_far).map(|usd| usd.round_dp(4).to_string()).unwrap_or_default(),
        cost.map(|cost| cost.is_estimate.to_string()).unwrap_or_default(),
        row.fix().join("; "),
        row.rule.note.to_owned(),
        row.controls().join("; "),
        row.rule.references.first().copied().unwrap_or_default().to_owned(),
        report.inventory.collected_at.to_string(),
        row.fingerprint.clone(),
    ]
}

/// A cell that no spreadsheet takes for a formula, on one line and without control characters.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let mark = if is_formula { "'" } else { "" };
    format!("{mark}{}", printable(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert!(harmless(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(harmless("a=b"), "a=b");
        assert_eq!(harmless("a\r\nb"), "a\\u{d}\\u{a}b");
        assert_eq!(harmless(""), "");
    }
}
