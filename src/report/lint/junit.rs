//! `JUnit` XML: a suite a file, a case a policy.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::place::{Placed, files, findings, words};
use crate::lint::{Level, LintReport};

pub(super) fn write(report: &LintReport, out: &mut dyn Write) -> io::Result<()> {
    let mut suites = Report::new("afterlab policy check");
    for (file, lines) in files(report) {
        let mut suite = TestSuite::new(file.path.as_str());
        let all = findings(file, &lines);
        for policy in &file.policies {
            let name = if policy.name.is_empty() { "policy" } else { &policy.name };
            let of_it: Vec<&Placed<'_>> = all
                .iter()
                .filter(|placed| std::ptr::eq(placed.policy, policy) && placed.suppressed.is_none())
                .collect();
            let mut case = TestCase::new(name, status(&of_it));
            case.set_classname(file.path.as_str());
            suite.add_test_case(case);
        }
        for problem in &file.problems {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(problem.message.as_str());
            let mut case = TestCase::new("readable", status);
            case.set_classname(file.path.as_str());
            suite.add_test_case(case);
        }
        suites.add_test_suite(suite);
    }
    let text = suites.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())
}

/// Suggestions fail no test.
fn status(findings: &[&Placed<'_>]) -> TestCaseStatus {
    let worst = findings.iter().filter(|placed| placed.reported.finding.level > Level::Suggestion);
    let Some(first) = worst.max_by_key(|placed| placed.reported.finding.level) else {
        return TestCaseStatus::success();
    };
    let line = |placed: &&&Placed<'_>| {
        let found = &placed.reported.finding;
        let at = format!("{}:{}:{}", placed.file.path, placed.start.line, placed.start.column);
        format!("{at} {} {}: {}", found.level, found.lint.code, words(&found.message))
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(first.reported.finding.lint.code);
    status.set_message(words(&first.reported.finding.message));
    status.set_description(findings.iter().map(|placed| line(&placed)).collect::<Vec<_>>().join("\n"));
    status
}
