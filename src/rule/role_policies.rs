//! All that a role's policies say, as one document.

use super::{Context, NoVerdict, managed};
use crate::inventory::iam::{AttachedPolicy, Role};
use crate::policy::Document;
use crate::policy::matching::glob;
use crate::policy::model::{Effect, Match, Statement};

/// All that a role's policies say, as one document, and which policy each statement is of.
pub(crate) struct Together<'a> {
    /// The statements of all policies whose text is known.
    pub(crate) document: Document,
    /// The name of the policy that each statement is of.
    pub(crate) names: Vec<&'a str>,
}

/// Joins a role's policies; with the reason why one of them could not be read.
///
/// # Errors
/// [`NoVerdict`] when one of them is no policy.
pub(crate) fn together<'a>(role: &'a Role, cx: &Context<'a>) -> Result<(Together<'a>, Option<NoVerdict>), NoVerdict> {
    let mut all =
        Together { document: Document { version: None, id: None, statements: Vec::new() }, names: Vec::new() };
    let mut unread = None;
    for attached in &role.attached_managed_policies {
        if let Some(effect) = known_of_aws(attached) {
            all.add(&attached.policy_name, [everything(effect)]);
        } else if !attached.policy_arn.contains(":iam::aws:policy/") {
            match managed(cx, &attached.policy_arn) {
                Ok(document) => all.add(&attached.policy_name, document.model()?.statements.iter().cloned()),
                Err(gap) => unread = Some(gap.into()),
            }
        }
    }
    for inline in &role.role_policy_list {
        all.add(&inline.policy_name, inline.policy_document.model()?.statements.iter().cloned());
    }
    Ok((all, unread))
}

impl<'a> Together<'a> {
    fn add(&mut self, name: &'a str, statements: impl IntoIterator<Item = Statement>) {
        for statement in statements {
            self.document.statements.push(statement);
            self.names.push(name);
        }
    }
}

/// Policies of AWS whose whole text is one well-known statement.
fn known_of_aws(attached: &AttachedPolicy) -> Option<Effect> {
    if glob("arn:aws*:iam::aws:policy/AdministratorAccess", &attached.policy_arn) {
        Some(Effect::Allow)
    } else if glob("arn:aws*:iam::aws:policy/AWSDenyAll", &attached.policy_arn) {
        Some(Effect::Deny)
    } else {
        None
    }
}

fn everything(effect: Effect) -> Statement {
    let all = Match { negated: false, patterns: vec!["*".to_owned()] };
    Statement { sid: None, effect, principal: None, action: all.clone(), resource: Some(all), conditions: Vec::new() }
}
