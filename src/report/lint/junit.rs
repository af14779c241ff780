//! `JUnit` XML: a suite a file, a case a policy.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestSuite};

use super::place::{Placed, files, findings, words};
use crate::lint::{Level, LintReport};
use crate::report::parts::junit::{self, Bad};

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
            suite.add_test_case(case(&of_it, name, &file.path));
        }
        for problem in &file.problems {
            let bad = Bad { kind: NonSuccessKind::Error, sort: "", message: &problem.message, more: "" };
            suite.add_test_case(junit::case("readable", &file.path, Some(&bad)));
        }
        suites.add_test_suite(suite);
    }
    junit::write(&suites, out)
}

/// Suggestions fail no test.
fn case(findings: &[&Placed<'_>], name: &str, file: &str) -> TestCase {
    let worst = findings.iter().filter(|placed| placed.reported.finding.level > Level::Suggestion);
    let Some(first) = worst.max_by_key(|placed| placed.reported.finding.level) else {
        return junit::case(name, file, None);
    };
    let line = |placed: &&Placed<'_>| {
        let found = &placed.reported.finding;
        let at = format!("{}:{}:{}", placed.file.path, placed.start.line, placed.start.column);
        format!("{at} {} {}: {}", found.level, found.lint.code, words(&found.message))
    };
    let bad = Bad {
        kind: NonSuccessKind::Failure,
        sort: first.reported.finding.lint.code,
        message: &words(&first.reported.finding.message),
        more: &findings.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    junit::case(name, file, Some(&bad))
}
