//! For a comment on a pull request.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::place::{files, findings, summary, words};
use crate::lint::LintReport;
use crate::report::parts::markdown::{self, cell};
use crate::text::count;

/// How many findings stand open; more are folded.
const MOST_OPEN: usize = 20;

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from("### IAM policies\n\n");
    let (read, found) = summary(report);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{read}: **{found}**\n");
    let mut rows = Vec::new();
    for (file, lines) in files(report) {
        for placed in findings(file, &lines).iter().filter(|placed| placed.suppressed.is_none()) {
            let found = &placed.reported.finding;
            let help = found.help.as_deref().map_or_else(String::new, |help| format!(" *{}*", cell(&words(help))));
            rows.push(format!(
                "| {} | [{}:{}]({}#L{}) | {} | {}{help} |\n",
                found.level,
                cell(&file.path),
                placed.start.line,
                link(&file.path),
                placed.start.line,
                found.lint.code,
                cell(&words(&found.message)),
            ));
        }
        for problem in &file.problems {
            let path = cell(&file.path);
            rows.push(format!("| not read | [{path}]({}) | | {} |\n", link(&file.path), cell(&problem.message)));
        }
    }
    let total = rows.len();
    let folded = total > MOST_OPEN;
    if folded {
        let _ = writeln!(text, "<details><summary>{} in full</summary>\n", count(total, "finding"));
    }
    if total > 0 {
        text.push_str("| level | place | check | what is wrong |\n| --- | --- | --- | --- |\n");
    }
    markdown::rows(&mut text, rows);
    if folded {
        text.push_str("\n</details>\n");
    }
    for stale in &report.stale_suppressions {
        let _ = writeln!(text, "\n{}", cell(stale));
    }
    out.write_all(text.as_bytes())
}

fn link(path: &str) -> String {
    percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2F", "/")
        .replace("%2E", ".")
        .replace("%2D", "-")
        .replace("%5F", "_")
}
