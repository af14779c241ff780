//! SARIF 2.1.0.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::place::{Placed, files, findings, first_line, unknown, words};
use crate::lint::{Fix, Level, LintReport, registry};
use crate::policy::syntax::{Lines, Span};
use crate::report::parts::sarif::{Run, fingerprints, message, pascal_case, uri};

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let used: BTreeSet<&str> = files(report)
        .flat_map(|(file, lines)| {
            findings(file, &lines).iter().map(|placed| placed.reported.finding.lint.code).collect::<Vec<_>>()
        })
        .collect();
    let mut lints: Vec<_> = registry::all().filter(|(_, lint)| used.contains(lint.code)).collect();
    lints.sort_by_key(|(_, lint)| lint.code);
    let index = |code: &str| lints.iter().position(|(_, lint)| lint.code == code);
    let (mut results, mut notifications) = (Vec::new(), Vec::new());
    for (file, lines) in files(report) {
        results.extend(
            findings(file, &lines)
                .iter()
                .map(|placed| result(placed, &lines, index(placed.reported.finding.lint.code))),
        );
        for part in file.policies.iter().flat_map(|policy| &policy.unknowns) {
            notifications.push(json!({
                "level": "note",
                "message": message(&unknown(part)),
                "locations": [location(&file.path, Some(part.span), &lines)],
            }));
        }
        for problem in &file.problems {
            notifications.push(json!({
                "level": "error",
                "message": message(&problem.message),
                "locations": [location(&file.path, problem.span, &lines)],
            }));
        }
    }
    let rules: Vec<Value> = lints.iter().map(|(family, lint)| {
        json!({
            "id": lint.code,
            "name": pascal_case(lint.code),
            "shortDescription": {"text": lint.title},
            "fullDescription": {"text": format!("{}.", lint.title)},
            "help": {"text": family.docs, "markdown": format!("{}\n\n`afterlab notes {}`", family.docs, family.note)},
            "helpUri": family.references.first(),
            "defaultConfiguration": {"level": level(lint.level), "enabled": lint.opt_in.is_none()},
            "properties": properties(lint.level),
        })
    }).collect();
    Run { rules, results, notifications, successful: !report.has_problems() }.write(out)
}

fn result(placed: &Placed<'_>, lines: &Lines<'_>, index: Option<usize>) -> Value {
    let found = &placed.reported.finding;
    let text = found.help.as_deref().map_or_else(|| found.message.clone(), |help| format!("{}; {help}", found.message));
    let mut result = json!({
        "ruleId": found.lint.code,
        "ruleIndex": index,
        "level": level(found.level),
        "message": message(&words(&text)),
        "locations": [location(&placed.file.path, found.spans.first().copied(), lines)],
        "partialFingerprints": fingerprints(&placed.reported.fingerprint),
    });
    let related: Vec<Value> =
        found.spans.iter().skip(1).map(|span| location(&placed.file.path, Some(*span), lines)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(fix) = &found.fix {
        result["fixes"] = json!([fixes(fix, &placed.file.path, lines)]);
    }
    if let Some(reason) = placed.suppressed {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

fn region(span: Span, lines: &Lines<'_>) -> Value {
    let (start, end) = (lines.position(span.start), lines.position(span.end));
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

fn location(path: &str, span: Option<Span>, lines: &Lines<'_>) -> Value {
    let mut physical = json!({"artifactLocation": artifact(path)});
    if let Some(span) = span {
        let mut region = region(span, lines);
        region["snippet"] = json!({"text": first_line(span, lines.source())});
        physical["region"] = region;
    }
    json!({"physicalLocation": physical})
}

fn fixes(fix: &Fix, path: &str, lines: &Lines<'_>) -> Value {
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| json!({"deletedRegion": region(edit.span, lines), "insertedContent": {"text": edit.text}}))
        .collect();
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": artifact(path), "replacements": replacements}],
    })
}

/// A file: by its whole path, or relative to the root of the sources.
fn artifact(path: &str) -> Value {
    if path.starts_with('/') {
        json!({"uri": format!("file://{}", uri(path))})
    } else {
        json!({"uri": uri(path), "uriBaseId": "%SRCROOT%"})
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::SecurityWarning | Level::Warning => "warning",
        Level::Suggestion => "note",
    }
}

/// Only what allows too much is a matter of security; an error is a mistake.
fn properties(level: Level) -> Value {
    if level == Level::SecurityWarning {
        json!({"tags": ["iam", "security"], "security-severity": "5.0"})
    } else {
        json!({"tags": ["iam", "correctness"]})
    }
}
