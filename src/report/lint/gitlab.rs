//! GitLab's code quality report.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::json;

use super::place::{files, findings, words};
use crate::lint::{Level, LintReport};

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let mut issues = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (file, lines) in files(report) {
        for placed in findings(file, &lines).iter().filter(|placed| placed.suppressed.is_none()) {
            let found = &placed.reported.finding;
            let severity = match found.level {
                Level::Error => "critical",
                Level::SecurityWarning => "major",
                Level::Warning => "minor",
                Level::Suggestion => "info",
            };
            // GitLab drops a second issue of one name: the same value can be wrong twice.
            let name = placed.reported.fingerprint.as_str();
            let times = seen.entry(name).and_modify(|times| *times += 1).or_insert(1);
            let fingerprint = if *times == 1 { name.to_owned() } else { format!("{name}-{times}") };
            issues.push(json!({
                "description": words(&found.message),
                "check_name": found.lint.code,
                "fingerprint": fingerprint,
                "severity": severity,
                "location": {"path": file.path, "lines": {"begin": placed.start.line, "end": placed.end.line}},
            }));
        }
        for problem in &file.problems {
            let line = problem.span.map_or(1, |span| lines.position(span.start).line);
            issues.push(json!({
                "description": problem.message,
                "check_name": "not-read",
                "fingerprint": crate::finding::fingerprint(&["not-read", &file.path, &problem.message]),
                "severity": "blocker",
                "location": {"path": file.path, "lines": {"begin": line}},
            }));
        }
    }
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}
