//! What a lint looks at.

use crate::policy::PolicyKind;
use crate::policy::catalogue::Catalogue;
use crate::policy::outline::Outline;
use crate::policy::syntax::SyntaxError;

/// A policy with everything that a lint may want to know of it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The text's elements.
    pub policy: &'a Outline<'a>,
    /// What sort of policy it is.
    pub kind: PolicyKind,
    /// What is not JSON in it.
    pub syntax_errors: &'a [SyntaxError],
    /// IAM's services, actions and keys.
    pub catalogue: &'static Catalogue,
}

impl Subject<'_> {
    /// The statements that allow something.
    pub fn allows(&self) -> impl Iterator<Item = &crate::policy::outline::Statement<'_>> {
        self.policy.statements.iter().filter(|statement| statement.allows())
    }
}
