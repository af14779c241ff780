//! Principals as texts, so that one set algebra does for all elements.
//!
//! A caller is `AWS:` and an ARN, `Service:` and a name, `Federated:` and a provider, `CanonicalUser:` and an id, or
//! [`ANONYMOUS`]. A role stands for its sessions, which are told apart only when a policy names one.

use super::glob::Token;
use super::solver::{Solver, TextSet, UnionId};
use crate::policy::eval::Caller;
use crate::policy::matching::fields;
use crate::policy::model::{Effect, Principal, PrincipalMatch};
use crate::policy::trust::account_of;

/// A request without a signature.
pub(super) const ANONYMOUS: &str = "*";

/// Sets of callers of which much is said.
#[derive(Clone, Debug)]
pub(super) struct Universe {
    /// Everybody.
    pub(super) everybody: UnionId,
    /// Users, roles, sessions and root users.
    pub(super) aws: UnionId,
    /// AWS services.
    pub(super) services: UnionId,
    /// Who has `aws:PrincipalArn`.
    pub(super) arn: Owners,
    /// Who has `aws:PrincipalAccount`: requests without a signature, too.
    pub(super) account: Owners,
    /// Who has `aws:username`.
    pub(super) username: Owners,
    /// Who has `aws:PrincipalIsAWSService`. That requests of providers and of accounts that S3's ACLs name have it, is not
    /// known.
    pub(super) is_service: Owners,
    /// Strange principals.
    pub(super) strange: UnionId,
    /// Whether sessions are told from their role.
    pub(super) has_sessions: bool,
    /// The roles that policies name.
    pub(super) roles: Vec<String>,
}

/// Who has a key that follows from who asks.
///
/// Of strange principals (ids of those that are gone, identities of `CloudFront`, and what AWS would refuse) it is not
/// known what their requests are like. They ask only where a policy names them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owners {
    /// Those who surely have it.
    pub(super) has: UnionId,
    /// Those, and strange ones.
    pub(super) may_have: UnionId,
    /// Everybody else, and strange ones.
    pub(super) may_lack: UnionId,
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
        let name = |own: &'p Principal| if let Principal::Aws(name) = own { Some(name.as_str()) } else { None };
        let names: Vec<&str> = named.filter_map(name).collect();
        let has_sessions = names.iter().any(|name| name.contains(":assumed-role/"));
        let mut aws = vec![
            of_any_account("iam", "user/"),
            of_any_account("iam", "role/"),
            of_any_account("iam", "root"),
            of_any_account("sts", "federated-user/"),
        ];
        if has_sessions {
            aws.push(any_session());
        }
        let others = ["Service:", "Federated:", "CanonicalUser:"].map(|kind| {
            let mut tokens = literal(kind);
            tokens.extend([Token::One, Token::Many]);
            tokens
        });
        let own = TextSet::of(solver.list_of_tokens(aws.iter().cloned()));
        let is_strange = |name: &&str| !is_whole_account(name) && !solver.contains(&own, &format!("AWS:{name}"));
        let strange: Vec<_> =
            names.iter().copied().filter(is_strange).map(|name| literal(&format!("AWS:{name}"))).collect();
        let mut roles: Vec<String> =
            names.iter().filter(|name| name.contains(":role/")).map(|name| (*name).to_owned()).collect();
        roles.sort_unstable();
        roles.dedup();
        let mut list = |parts: &[&[Vec<Token>]]| solver.list_of_tokens(parts.concat());
        let (users, rest, anonymous) = (&aws[..1], &aws[1..], &[literal(ANONYMOUS)]);
        let open = [&others[1..], &strange].concat();
        let is_service = Owners {
            has: list(&[&aws, &others[..1]]),
            may_have: list(&[&aws, &others[..1], &open]),
            may_lack: list(&[anonymous, &open]),
        };
        let mut owners = |has: &[&[Vec<Token>]], lacks: &[&[Vec<Token>]]| Owners {
            has: list(has),
            may_have: list(&[has, &[&strange]].concat()),
            may_lack: list(&[lacks, &[&strange]].concat()),
        };
        Self {
            arn: owners(&[&aws], &[&others, anonymous]),
            account: owners(&[&aws, anonymous], &[&others]),
            username: owners(&[users], &[rest, &others, anonymous]),
            is_service,
            everybody: list(&[&aws, &others, anonymous, &strange]),
            aws: list(&[&aws]),
            services: list(&[&others[..1]]),
            strange: list(&[&strange]),
            has_sessions,
            roles,
        }
    }
}

/// `AWS:arn:*:iam::????????????:user/` and at least one character more where that is how the resource ends.
fn of_any_account(service: &str, resource: &str) -> Vec<Token> {
    let mut own = literal(resource);
    if resource.ends_with('/') {
        own.extend([Token::One, Token::Many]);
    }
    with_arn(&literal(service), &[Token::FieldOne; 12], &own)
}

/// The text of the callers with an ARN of these parts, in any partition: `AWS:arn:*:iam::111122223333:root`.
pub(super) fn with_arn(service: &[Token], account: &[Token], resource: &[Token]) -> Vec<Token> {
    let colon = [Token::Char(':')];
    let parts: [&[Token]; 8] =
        [&literal("AWS:arn:"), &[Token::FieldMany], &colon, service, &literal("::"), account, &colon, resource];
    parts.concat()
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

/// The callers of an account with a resource, or with what begins with what stands before a final star.
fn of_account(account: &str, service: &str, resource: &str) -> Vec<Token> {
    let mut own = literal(resource.strip_suffix('*').unwrap_or(resource));
    own.extend(resource.ends_with('*').then_some(Token::Many));
    with_arn(&literal(service), &literal(account), &own)
}

/// Sessions of roles.
pub(super) fn any_session() -> Vec<Token> {
    of_any_account("sts", "assumed-role/")
}

/// A text that stands for itself.
pub(super) fn literal(text: &str) -> Vec<Token> {
    text.chars().map(Token::Char).collect()
}

/// The caller that a text stands for.
///
/// # Errors
/// Why it stands for none that requests can have.
pub(super) fn caller(text: &str, universe: &Universe) -> Result<Caller, String> {
    if text == ANONYMOUS {
        return Ok(Caller::Anonymous);
    }
    let (kind, name) = text.split_once(':').unwrap_or_default();
    // A star for all providers is one that AWS takes.
    if name.contains(['*', '?']) && text != "Federated:*" {
        return Err(format!("the principal {name:?} has a wildcard, which AWS does not take as one"));
    }
    match kind {
        "Service" => Ok(Caller::Service(name.to_owned())),
        "Federated" => Ok(Caller::Federated(name.to_owned())),
        "CanonicalUser" => Ok(Caller::CanonicalUser(name.to_owned())),
        _ => match Caller::parse(name) {
            // Where sessions are told apart, a role's text is one that no policy names.
            Ok(Caller::Role(role)) if universe.has_sessions => session_of(&role).ok_or_else(|| nobody(name)),
            Ok(Caller::Session { arn, .. }) => Ok(Caller::Session { role: universe.role_of(&arn), arn }),
            Ok(caller) => Ok(caller),
            Err(_) if fields(name).is_none() => Err(format!("which principal {name:?} was is not known")),
            Err(_) => Err(nobody(name)),
        },
    }
}

fn nobody(name: &str) -> String {
    format!("the principal {name:?} is nobody who makes requests")
}

fn session_of(role: &str) -> Option<Caller> {
    let (partition, account, name) = (fields(role)?[1], account_of(role)?, role.rsplit('/').next()?);
    let arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/afterlab-example");
    Some(Caller::Session { arn, role: Some(role.to_owned()) })
}

impl Universe {
    /// The ARN of a session's role: as policies name it, or without a path.
    fn role_of(&self, session: &str) -> Option<String> {
        let named = self.roles.iter().find(|role| is_role_of(role, session));
        named.cloned().or_else(|| {
            let (parts, name) = (fields(session)?, session.split('/').nth(1)?);
            Some(format!("arn:{}:iam::{}:role/{name}", parts[1], parts[4]))
        })
    }
}

/// Whether a text is the ARN of the role that a session is of, in whatever path.
pub(super) fn is_role_of(role: &str, session: &str) -> bool {
    let name = session.split('/').nth(1);
    account_of(role) == account_of(session) && role.contains(":role/") && role.rsplit('/').next() == name
}
