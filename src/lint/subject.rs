//! What a lint looks at.

use std::cell::OnceCell;

use crate::policy::catalogue::Catalogue;
use crate::policy::outline::{Outline, Statement};
use crate::policy::syntax::SyntaxError;
use crate::policy::{Document, PolicyKind};

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
    pub(super) document: OnceCell<Option<Document>>,
}

impl Subject<'_> {
    /// The statements that allow something.
    pub fn allows(&self) -> impl Iterator<Item = &Statement<'_>> {
        self.policy.statements.iter().filter(|statement| statement.allows())
    }

    /// What the policy means; `None` when it is no policy, or a part of it is known only to a deployment.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        let read = || {
            let certain = self.policy.statements.iter().all(is_certain);
            certain.then(|| Document::from_value(&self.policy.node.to_json()).ok())?
        };
        self.document.get_or_init(read).as_ref()
    }
}

/// Whether nothing in a statement is known only to a deployment.
fn is_certain(statement: &Statement<'_>) -> bool {
    let lists = [&statement.action, &statement.resource];
    let plain = |list: &crate::policy::outline::ListElement<'_>| {
        !list.partly_unknown && !list.items.iter().any(|item| item.text.has_holes())
    };
    lists.into_iter().all(|list| list.as_ref().is_none_or(plain))
        && statement.principal.as_ref().is_none_or(|principal| {
            !principal.partly_unknown && !principal.items.iter().any(|(_, item)| item.text.has_holes())
        })
        && statement.conditions.iter().all(|line| {
            !line.partly_unknown
                && !line.values.iter().any(|value| value.text.contains(crate::policy::syntax::node::is_hole))
        })
}
