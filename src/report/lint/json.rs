//! For programs; `schemas/policy-report-v1.json` describes it.

use std::io::{self, Write};

use serde::Serialize;

use super::place::{Placed, files, findings, words};
use crate::lint::{CheckOrigin, Edit, Level, LintReport, registry};
use crate::policy::catalogue::Catalogue;
use crate::policy::syntax::{Lines, Span};
use crate::rule::Severity;

#[derive(Serialize)]
struct Report<'r> {
    afterlab_policy_report: u32,
    version: &'static str,
    iam_facts: &'static str,
    files: Vec<File<'r>>,
    findings: Vec<Finding<'r>>,
    stale_suppressions: &'r [String],
}

#[derive(Serialize)]
struct File<'r> {
    path: &'r str,
    policies: Vec<Policy<'r>>,
    problems: Vec<Problem<'r>>,
}

#[derive(Serialize)]
struct Policy<'r> {
    name: &'r str,
    kind: String,
    unknown: Vec<Unknown<'r>>,
}

#[derive(Serialize)]
struct Unknown<'r> {
    path: &'r str,
    expression: &'r str,
    place: Place,
}

#[derive(Serialize)]
struct Problem<'r> {
    message: &'r str,
    place: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start_byte: u32,
    end_byte: u32,
}

#[derive(Serialize)]
struct Finding<'r> {
    fingerprint: &'r str,
    code: &'static str,
    level: Level,
    severity: Severity,
    origin: &'static str,
    file: &'r str,
    policy: &'r str,
    kind: String,
    statement: Option<usize>,
    path: &'r str,
    place: Place,
    related: Vec<Place>,
    message: String,
    help: Option<String>,
    fix: Option<Fix<'r>>,
    note: &'static str,
    references: &'static [&'static str],
    suppressed: Option<&'r str>,
}

#[derive(Serialize)]
struct Fix<'r> {
    title: &'r str,
    edits: Vec<FixEdit<'r>>,
}

#[derive(Serialize)]
struct FixEdit<'r> {
    place: Place,
    text: &'r str,
}

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let mut all = Vec::new();
    let mut of_files = Vec::new();
    for (file, lines) in files(report) {
        all.extend(findings(file, &lines).iter().map(|placed| finding(placed, &lines)));
        let policies = file.policies.iter().map(|policy| Policy {
            name: &policy.name,
            kind: policy.kind.to_string(),
            unknown: policy
                .unknowns
                .iter()
                .map(|part| Unknown { path: &part.path, expression: &part.expression, place: place(part.span, &lines) })
                .collect(),
        });
        let problems = file
            .problems
            .iter()
            .map(|problem| Problem { message: &problem.message, place: problem.span.map(|span| place(span, &lines)) });
        of_files.push(File { path: &file.path, policies: policies.collect(), problems: problems.collect() });
    }
    let report = Report {
        afterlab_policy_report: 1,
        version: env!("CARGO_PKG_VERSION"),
        iam_facts: Catalogue::embedded().date(),
        files: of_files,
        findings: all,
        stale_suppressions: &report.stale_suppressions,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

fn place(span: Span, lines: &Lines<'_>) -> Place {
    let (start, end) = (lines.position(span.start), lines.position(span.end));
    Place {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start_byte: span.start,
        end_byte: span.end,
    }
}

fn finding<'r>(placed: &Placed<'r>, lines: &Lines<'_>) -> Finding<'r> {
    let found = &placed.reported.finding;
    let family = registry::find(found.lint.code).map(|(family, _)| family);
    let mut places = found.spans.iter().map(|span| place(*span, lines));
    let edit = |edit: &'r Edit| FixEdit { place: place(edit.span, lines), text: &edit.text };
    Finding {
        fingerprint: &placed.reported.fingerprint,
        code: found.lint.code,
        level: found.level,
        severity: found.level.severity(),
        origin: match found.lint.origin {
            CheckOrigin::AccessAnalyzer => "access-analyzer",
            CheckOrigin::Afterlab => "afterlab",
        },
        file: &placed.file.path,
        policy: &placed.policy.name,
        kind: placed.policy.kind.to_string(),
        statement: found.statement,
        path: &found.path,
        place: places.next().unwrap_or_else(|| place(Span::default(), lines)),
        related: places.collect(),
        message: words(&found.message),
        help: found.help.as_deref().map(words),
        fix: found.fix.as_ref().map(|fix| Fix { title: &fix.title, edits: fix.edits.iter().map(edit).collect() }),
        note: family.map_or("", |family| family.note),
        references: family.map_or(&[], |family| family.references),
        suppressed: placed.suppressed,
    }
}
