//! Principals as texts, so that one set algebra does for all elements.
//!
//! A caller is `AWS:` and an ARN, `Service:` and a name, `Federated:` and a provider, `CanonicalUser:` and an id, or
//! [`ANONYMOUS`]. A role stands for its sessions, which are told apart only when a policy names one.

use super::glob::Token;
use super::solver::{Solver, UnionId};
use crate::policy::eval::Caller;
use crate::policy::matching::fields;
use crate::policy::model::{Effect, Principal, PrincipalMatch};
use crate::policy::trust::account_of;

/// A request without a signature.
pub(super) const ANONYMOUS: &str = "*";

/// Sets of callers of which much is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Universe {
    /// Everybody.
    pub(super) everybody: UnionId,
    /// Users, roles, sessions and root users.
    pub(super) aws: UnionId,
    /// Everybody else.
    pub(super) others: UnionId,
    /// IAM users.
    pub(super) users: UnionId,
    /// AWS services.
    pub(super) services: UnionId,
    /// Whether sessions are told from their role.
    pub(super) has_sessions: bool,
}

/// A principal element: those whom it surely is about, and those whom it may be about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callers {
    /// Whether the lists are of those whom it is *not* about.
    pub(super) negated: bool,
    /// The list with which the element takes in the most.
    pub(super) most: UnionId,
    /// The list with which it takes in the least.
    pub(super) least: UnionId,
}

impl Universe {
    /// Everybody who may ask. `named` are all principals of all policies in question.
    pub(super) fn of<'p>(solver: &mut Solver, named: impl Iterator<Item = &'p Principal>) -> Self {
        let mut has_sessions = false;
        let mut unique_ids = Vec::new();
        for name in named {
            if let Principal::Aws(name) = name {
                has_sessions |= name.contains(":assumed-role/");
                if fields(name).is_none() && account_of(name).is_none() {
                    unique_ids.push(literal(&format!("AWS:{name}")));
                }
            }
        }
        let of_account = |service: &str, resource: &str| {
            let mut tokens = literal("AWS:arn:");
            tokens.push(Token::FieldMany);
            tokens.extend(literal(&format!(":{service}::")));
            tokens.extend([Token::FieldOne; 12]);
            tokens.extend(literal(&format!(":{resource}")));
            if resource.ends_with('/') {
                tokens.extend([Token::One, Token::Many]);
            }
            tokens
        };
        let mut aws = vec![
            of_account("iam", "user/"),
            of_account("iam", "role/"),
            of_account("iam", "root"),
            of_account("sts", "federated-user/"),
        ];
        aws.extend(unique_ids);
        if has_sessions {
            aws.push(of_account("sts", "assumed-role/"));
        }
        let mut others = vec![literal(ANONYMOUS)];
        others.extend(["Service:", "Federated:", "CanonicalUser:"].map(|kind| {
            let mut tokens = literal(kind);
            tokens.extend([Token::One, Token::Many]);
            tokens
        }));
        let everybody = aws.iter().chain(&others).cloned().collect::<Vec<_>>();
        Self {
            users: solver.list_of_tokens([of_account("iam", "user/")]),
            services: solver.list_of_tokens([others[1].clone()]),
            everybody: solver.list_of_tokens(everybody),
            aws: solver.list_of_tokens(aws),
            others: solver.list_of_tokens(others),
            has_sessions,
        }
    }
}

impl Callers {
    /// The callers that an element is about.
    ///
    /// A `NotPrincipal` of a denial spares a caller only when it names all that stands behind the caller (see
    /// [`crate::policy::eval::principal`]); whether it spares one whose account or role is missing, AWS leaves open.
    pub(super) fn of(element: &PrincipalMatch, effect: Effect, solver: &mut Solver) -> Self {
        let named: Vec<_> = element.principals.iter().flat_map(of_principal).collect();
        let named = solver.list_of_tokens(named);
        if !(element.negated && effect == Effect::Deny) {
            return Self { negated: element.negated, most: named, least: named };
        }
        // An account in such a list spares its root user only.
        let named: Vec<_> =
            element.principals.iter().flat_map(|own| root_of(own).unwrap_or_else(|| of_principal(own))).collect();
        let named = solver.list_of_tokens(named);
        let spared: Vec<_> = element.principals.iter().filter_map(|own| spared(own, &element.principals)).collect();
        Self { negated: true, most: solver.list_of_tokens(spared), least: named }
    }
}

/// Whom a `NotPrincipal` of a denial surely spares.
fn spared(own: &Principal, all: &[Principal]) -> Option<Vec<Token>> {
    match own {
        Principal::Everyone => Some(vec![Token::Many]),
        Principal::Service(_) | Principal::Federated(_) | Principal::CanonicalUser(_) => {
            of_principal(own).into_iter().next()
        }
        Principal::Aws(name) => {
            let account = account_of(name)?;
            let is_account = |other: &Principal| matches!(other, Principal::Aws(other) if is_whole_account(other) && account_of(other) == Some(account));
            if is_whole_account(name) {
                return root_of(own)?.into_iter().next();
            }
            let resource = fields(name)?[5];
            let is_role = |other: &Principal| matches!(other, Principal::Aws(other) if is_role_of(other, name));
            let is_spared = all.iter().any(is_account)
                && !resource.starts_with("role/")
                && (!resource.starts_with("assumed-role/") || all.iter().any(is_role));
            is_spared.then(|| literal(&format!("AWS:{name}")))
        }
    }
}

/// The root user of an account, where a principal is an account.
fn root_of(principal: &Principal) -> Option<Vec<Vec<Token>>> {
    match principal {
        Principal::Aws(name) if is_whole_account(name) => Some(vec![of_account(account_of(name)?, "iam", "root")]),
        _ => None,
    }
}

fn is_whole_account(name: &str) -> bool {
    account_of(name).is_some() && fields(name).is_none_or(|parts| parts[5] == "root")
}

fn is_role_of(role: &str, session: &str) -> bool {
    let name = session.split('/').nth(1);
    account_of(role) == account_of(session) && role.contains(":role/") && role.rsplit('/').next() == name
}

/// The texts of those whom a principal takes in.
fn of_principal(principal: &Principal) -> Vec<Vec<Token>> {
    match principal {
        Principal::Everyone => vec![vec![Token::Many]],
        Principal::Service(name) => vec![literal(&format!("Service:{name}"))],
        Principal::Federated(name) => vec![literal(&format!("Federated:{name}"))],
        Principal::CanonicalUser(id) => vec![literal(&format!("CanonicalUser:{id}"))],
        Principal::Aws(name) => match account_of(name) {
            Some(account) if is_whole_account(name) => {
                vec![of_account(account, "iam", "*"), of_account(account, "sts", "*")]
            }
            account => {
                let mut texts = vec![literal(&format!("AWS:{name}"))];
                if let (Some(account), Some(parts)) = (account, fields(name))
                    && let Some(role) = parts[5].strip_prefix("role/").and_then(|role| role.rsplit('/').next())
                {
                    texts.push(of_account(account, "sts", &format!("assumed-role/{role}/*")));
                }
                texts
            }
        },
    }
}

/// `AWS:arn:*:iam::111122223333:root`, or what begins with what stands before a final star.
fn of_account(account: &str, service: &str, resource: &str) -> Vec<Token> {
    let mut tokens = literal("AWS:arn:");
    tokens.push(Token::FieldMany);
    match resource.strip_suffix('*') {
        Some(start) => {
            tokens.extend(literal(&format!(":{service}::{account}:{start}")));
            tokens.push(Token::Many);
        }
        None => tokens.extend(literal(&format!(":{service}::{account}:{resource}"))),
    }
    tokens
}

/// A text that stands for itself.
pub(super) fn literal(text: &str) -> Vec<Token> {
    text.chars().map(Token::Char).collect()
}

/// The caller that a text stands for; `None` when it stands for none that requests can have.
pub(super) fn caller(text: &str, has_sessions: bool) -> Option<Caller> {
    if text == ANONYMOUS {
        return Some(Caller::Anonymous);
    }
    let (kind, name) = text.split_once(':')?;
    Some(match kind {
        "Service" => Caller::Service(name.to_owned()),
        "Federated" => Caller::Federated(name.to_owned()),
        "CanonicalUser" => Caller::CanonicalUser(name.to_owned()),
        _ => match Caller::parse(name).ok()? {
            // Where sessions are told apart, a role's text is one that no policy names.
            Caller::Role(role) if has_sessions => Caller::Session {
                arn: format!(
                    "arn:{}:sts::{}:assumed-role/{}/afterlab-example",
                    fields(&role)?[1],
                    account_of(&role)?,
                    role.rsplit('/').next()?
                ),
                role: Some(role),
            },
            caller => caller,
        },
    })
}
