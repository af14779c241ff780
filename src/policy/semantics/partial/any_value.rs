//! What statements with holes in their resources grant, whatever stands in them.
//!
//! The hole's own character is the value: no other text has it. What is found with it is so of every value, when whatever
//! could tell values apart is taken for the most or the least that it can be: each pattern that has a text in common with
//! one of these resources takes in all resources, or none.

use std::borrow::Cow;

use super::bounds::{Toward, blank, bounded, everything, has_hole, has_holes, nothing, open};
use crate::policy::model::{Document, Effect, Statement};
use crate::policy::pattern::{Dialect, covers, overlaps};
use crate::policy::semantics::question::Question;

/// Resources that holes may stand in, each as a pattern that matches it whatever does.
struct Open(Vec<String>);

impl Question<'_> {
    /// The question about the statements with holes in nothing but their resources; `None` when there are none.
    pub(super) fn with_any_value(&self) -> Option<Question<'static>> {
        if self.documents().into_iter().any(names_resources_in_conditions) {
            return None;
        }
        let owned = |document| Cow::Owned(document);
        match self {
            Self::NewAccess { existing, new } => {
                let (kept, open) = kept(new, Effect::Allow)?;
                let kept = open.widened(&bounded_but(&kept, Effect::Allow), Effect::Deny);
                let existing = open.narrowed(&bounded(existing, Toward::Most, Toward::Least), Effect::Deny);
                Some(Question::NewAccess { existing: owned(open.widened(&existing, Effect::Allow)), new: owned(kept) })
            }
            Self::NoLongerDenied { existing, new } => {
                let (kept, open) = kept(existing, Effect::Deny)?;
                let new = bounded(new, Toward::Most, Toward::Most);
                let new = open.widened(&open.widened(&new, Effect::Allow), Effect::Deny);
                Some(Question::NoLongerDenied { existing: owned(kept), new: owned(new) })
            }
            Self::Granted { policy, access, guards } => {
                let (kept, open) = kept(policy, Effect::Allow)?;
                let takes_all = |own: &String| open.0.iter().all(|other| covers(Dialect::Arn, own, other));
                if !access.resources.is_empty() && !access.resources.iter().any(takes_all) {
                    return None;
                }
                let policy = open.widened(&bounded_but(&kept, Effect::Allow), Effect::Deny);
                Some(Question::Granted { policy: owned(policy), access: access.clone(), guards: *guards })
            }
        }
    }
}

/// Whether conditions ask for the owner of the resource, which is in its name.
fn names_resources_in_conditions(document: &Document) -> bool {
    let mut keys = document.statements.iter().flat_map(|own| &own.conditions).map(|own| own.key.to_ascii_lowercase());
    keys.any(|key| key.starts_with("aws:resource"))
}

/// A policy of which the statements of one effect are left that have holes in their resources alone.
fn kept(document: &Document, effect: Effect) -> Option<(Document, Open)> {
    let is_kept = |statement: &Statement| {
        let rest = Statement { resource: None, ..statement.clone() };
        statement.effect == effect
            && statement.resource.as_ref().is_some_and(|list| !list.negated && has_hole(&list.patterns))
            && !has_holes(&rest)
    };
    let mut kept = document.clone();
    blank(&mut kept, |_, statement| statement.effect == effect && !is_kept(statement));
    let resources = kept.statements.iter().filter(|own| is_kept(own)).filter_map(|own| own.resource.as_ref());
    let open: Vec<String> = resources.flat_map(|list| list.patterns.iter().map(|pattern| open(pattern))).collect();
    (!open.is_empty()).then_some((kept, Open(open)))
}

/// A policy whose statements of other effects are about the most that they can be.
fn bounded_but(document: &Document, effect: Effect) -> Document {
    let bounded = bounded(document, Toward::Most, Toward::Most);
    let statements = document.statements.iter().zip(bounded.statements);
    let statements = statements.map(|(own, most)| if own.effect == effect { own.clone() } else { most });
    Document { statements: statements.collect(), ..document.clone() }
}

impl Open {
    /// Whether patterns may tell one of these resources from another one.
    fn is_split_by(&self, patterns: &[String]) -> bool {
        let splits = |pattern: &String| {
            self.0.iter().any(|own| overlaps(Dialect::Arn, pattern, own) && !covers(Dialect::Arn, pattern, own))
        };
        patterns.iter().any(splits)
    }

    /// A policy whose statements of one effect take in all of these resources or none.
    fn widened(&self, document: &Document, effect: Effect) -> Document {
        let mut wide = document.clone();
        for statement in wide.statements.iter_mut().filter(|own| own.effect == effect) {
            if let Some(resource) = &mut statement.resource
                && self.is_split_by(&resource.patterns)
            {
                *resource = everything();
            }
        }
        wide
    }

    /// A policy without the statements of one effect that take in some of these resources and others not.
    fn narrowed(&self, document: &Document, effect: Effect) -> Document {
        let mut narrow = document.clone();
        for statement in narrow.statements.iter_mut().filter(|own| own.effect == effect) {
            if statement.resource.as_ref().is_some_and(|resource| self.is_split_by(&resource.patterns)) {
                statement.action = nothing();
            }
        }
        narrow
    }
}
