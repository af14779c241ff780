//! `JUnit` XML of an account: a suite a rule that saw something, a case a resource that is not as it should be.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestSuite};

use super::Report;
use super::parts::junit::{self, Bad};
use super::rows::{Row, rows};
use crate::rule::{OutcomeStatus, Severity};
use crate::text::{count, printable};

/// Writes the report; findings below `fail_on` fail no test, as they fail no scan.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, fail_on: Severity, out: &mut dyn Write) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for row in rows(report) {
        by_rule.entry(row.rule.id).or_default().push(row);
    }
    let mut suites = Suites::new(format!("afterlab scan of account {}", report.inventory.account.id));
    for rule in &report.rules {
        let counts = report.counts_by_rule.get(rule.id);
        let passed = counts.and_then(|counts| counts.get(&OutcomeStatus::Pass)).copied().unwrap_or_default();
        let rows = by_rule.remove(rule.id).unwrap_or_default();
        if passed == 0 && rows.is_empty() {
            continue; // it saw nothing that it is about
        }
        let mut suite = TestSuite::new(rule.id);
        if passed > 0 {
            let mut case = junit::case("all others", rule.id, None);
            case.set_system_out(format!("{} as it should be", count(passed, "resource")));
            suite.add_test_case(case);
        }
        suite.add_test_cases(rows.iter().map(|row| case(row, fail_on)));
        suites.add_test_suite(suite);
    }
    if let Some(reason) = &report.stopped {
        let mut suite = TestSuite::new("afterlab");
        let bad = Bad { kind: NonSuccessKind::Error, sort: "stopped", message: &printable(reason), more: "" };
        suite.add_test_case(junit::case("the whole account was read", "afterlab", Some(&bad)));
        suites.add_test_suite(suite);
    }
    junit::write(&suites, out)
}

fn case(row: &Row<'_>, fail_on: Severity) -> TestCase {
    let region = row.resource.region.as_ref().map(|region| format!(" ({region})")).unwrap_or_default();
    let name = printable(&format!("{}{region}", row.resource.name));
    let (message, more) = (printable(&row.message), more(row));
    let (kind, sort) = match row.status {
        OutcomeStatus::Fail if row.rule.severity < fail_on => {
            let mut case = junit::case(&name, row.rule.id, None);
            case.set_system_out(format!("{message}\n{more}"));
            return case;
        }
        OutcomeStatus::Fail => (NonSuccessKind::Failure, row.rule.severity.as_str()),
        // Nothing unread passes.
        status => (NonSuccessKind::Error, status.as_str()),
    };
    junit::case(&name, row.rule.id, Some(&Bad { kind, sort, message: &message, more: &more }))
}

fn more(row: &Row<'_>) -> String {
    let mut lines = vec![
        format!("resource: {}", row.resource.id),
        format!("severity: {}, kind: {}", row.rule.severity, row.rule.kind),
    ];
    lines.extend(
        row.problem.and_then(|problem| problem.cost.as_ref()).map(|cost| format!("a month: {}", cost.per_month())),
    );
    lines.extend(row.fix().iter().map(|command| format!("mend: {command}")));
    lines.push(format!("note: afterlab notes {}", row.rule.note));
    lines.push(format!("fingerprint: {}", row.fingerprint));
    lines.iter().map(|line| printable(line)).collect::<Vec<_>>().join("\n")
}
