//! For a comment on a pull request.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::place::{files, findings, summary, words};
use crate::lint::LintReport;
use crate::text::{count, printable};

/// Characters that a comment of a code host can have, with room for its own words around the report.
const MOST: usize = 60_000;

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
    for (place, row) in rows.into_iter().enumerate() {
        if text.len() + row.len() > MOST {
            let _ = writeln!(text, "\n… and {} more", total - place);
            break;
        }
        text.push_str(&row);
    }
    if folded {
        text.push_str("\n</details>\n");
    }
    for stale in &report.stale_suppressions {
        let _ = writeln!(text, "\n{}", cell(stale));
    }
    out.write_all(text.as_bytes())
}

/// Text that stays text in a table.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => escaped.extend(['\\', c]),
            // Nobody is to be called by the name of a principal: a code host finds it through every escape.
            '@' => escaped.push_str("@\u{200b}"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn link(path: &str) -> String {
    percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2F", "/")
        .replace("%2E", ".")
        .replace("%2D", "-")
        .replace("%5F", "_")
}
