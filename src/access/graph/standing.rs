//! Who is an administrator.

use crate::policy::Document;
use crate::policy::admin::full_admin;
use crate::policy::eval::{Doubt, Policies};
use crate::policy::grant::Grants;

/// What a principal is by its policies alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has an administrator's rights.
    Administrator,
    /// It has less.
    Ordinary,
    /// A policy that was not read may make it one, or keep it from being one.
    Unknown(Vec<Doubt>),
}

impl Standing {
    /// What these policies make of whoever has them.
    #[must_use]
    pub fn of(policies: &Policies<'_>) -> Self {
        let mut doubts = Vec::new();
        let mut statements = Vec::new();
        for policy in &policies.identity {
            match &policy.document {
                Ok(document) => statements.extend(document.statements.iter().cloned()),
                Err(why) => doubts.push(Doubt::Other(why.clone())),
            }
        }
        let together = Document { version: None, id: None, statements };
        let alone = Grants::of(&together);
        let is_admin = match policies.boundary.as_ref().map(|boundary| &boundary.document) {
            None => full_admin(&alone).is_some(),
            Some(Ok(boundary)) => full_admin(&alone.within(boundary)).is_some(),
            Some(Err(why)) => {
                // Without a boundary it is none, so with one it is none either.
                if full_admin(&alone).is_some() || !doubts.is_empty() {
                    doubts.push(Doubt::Other(why.clone()));
                }
                false
            }
        };
        if is_admin {
            // Were one of the others a denial, there would be little sense in the grant.
            Self::Administrator
        } else if doubts.is_empty() {
            Self::Ordinary
        } else {
            Self::Unknown(doubts)
        }
    }

    /// Whether it is one for sure.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        *self == Self::Administrator
    }
}
