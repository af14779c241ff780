//! Examples of lints: tests and documentation at once.

use std::borrow::Cow;

use crate::policy::PolicyKind;

/// A little policy that shows what a lint reports, or does not.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, in a few words.
    pub name: &'static str,
    /// What sort of policy it is.
    pub kind: PolicyKind,
    /// A whole document, or one statement, which is put into a document of the current version.
    pub policy: &'static str,
    /// The text at the first place of each finding of this lint, in their order; empty when it reports nothing.
    pub finds: &'static [&'static str],
}

impl Example {
    /// An identity policy that the lint reports.
    #[must_use]
    pub const fn bad(name: &'static str, policy: &'static str, finds: &'static [&'static str]) -> Self {
        Self { name, kind: PolicyKind::Identity, policy, finds }
    }

    /// An identity policy that the lint does not report.
    #[must_use]
    pub const fn good(name: &'static str, policy: &'static str) -> Self {
        Self { name, kind: PolicyKind::Identity, policy, finds: &[] }
    }

    /// The same for another sort of policy.
    #[must_use]
    pub const fn of(self, kind: PolicyKind) -> Self {
        Self { kind, ..self }
    }

    /// The whole document.
    #[must_use]
    pub fn document(&self) -> Cow<'static, str> {
        let text = self.policy.trim_start();
        let is_statement = text.starts_with('{') && text.contains("\"Effect\"") && !text.contains("\"Statement\"");
        if is_statement {
            Cow::Owned(format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", self.policy))
        } else {
            Cow::Borrowed(self.policy)
        }
    }
}
