//! `JUnit` XML as Jenkins's own schema (`junit-10.xsd` of its xUnit plugin) wants it.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};

/// Writes suites, with a final line break.
///
/// # Errors
/// When they cannot be written.
pub(in crate::report) fn write(suites: &Report, out: &mut dyn Write) -> io::Result<()> {
    let text = suites.to_string().map_err(io::Error::other)?;
    // The schema knows how many were skipped of a suite, not of all; the root is the first to have the attribute.
    let text = text.replacen(&format!(" skipped=\"{}\"", suites.skipped), "", 1);
    writeln!(out, "{}", text.trim_end())
}

/// A case that did not go well.
pub(in crate::report) struct Bad<'t> {
    /// Whether something is wrong, or could not be told.
    pub(in crate::report) kind: NonSuccessKind,
    /// What sort of trouble.
    pub(in crate::report) sort: &'t str,
    /// One line.
    pub(in crate::report) message: &'t str,
    /// The rest; empty for none.
    pub(in crate::report) more: &'t str,
}

/// A case with its group.
pub(in crate::report) fn case(name: &str, class: &str, bad: Option<&Bad<'_>>) -> TestCase {
    let status = bad.map_or_else(TestCaseStatus::success, |bad| {
        let mut status = TestCaseStatus::non_success(bad.kind);
        if !bad.sort.is_empty() {
            status.set_type(bad.sort);
        }
        status.set_message(bad.message);
        if !bad.more.is_empty() {
            status.set_description(bad.more);
        }
        status
    });
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}
