//! Whether a `Principal` or `NotPrincipal` element is about a caller, and how.

use super::super::matching::fields;
use super::super::model::{Effect, Principal, PrincipalMatch};
use super::super::trust::account_of;
use super::{Caller, Doubt, Truth};

/// How an element takes a caller in; the later, the closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It names the caller's account, which leaves the rest to the account's own policies.
    Account,
    /// It is about everybody, or everybody but a few.
    Everyone,
    /// It names the role that the caller is a session of.
    Role,
    /// It names the caller: a user, a session, a root user, a service, a provider.
    Caller,
}

/// Whether the element is about the caller, and the closest way in which it is.
#[must_use]
pub fn reach(element: &PrincipalMatch, effect: Effect, caller: &Caller) -> (Truth, Option<Reach>) {
    if element.negated {
        let truth = match effect {
            Effect::Deny => is_spared(&element.principals, caller).negated(),
            Effect::Allow => Truth::any(element.principals.iter().map(|own| one(own, caller).0)).negated(),
        };
        return (truth, Some(Reach::Everyone));
    }
    let mut closest = None;
    let mut truth = Truth::No;
    for own in &element.principals {
        let (holds, reach) = one(own, caller);
        if holds.is_yes() {
            closest = closest.max(reach);
        }
        truth = truth.or(holds);
    }
    (truth, closest)
}

/// Whether one principal takes a caller in.
fn one(principal: &Principal, caller: &Caller) -> (Truth, Option<Reach>) {
    let yes = |reach| (Truth::Yes, Some(reach));
    let when = |holds: bool| (holds.into(), holds.then_some(Reach::Caller));
    match principal {
        Principal::Everyone => yes(Reach::Everyone),
        Principal::Service(name) => when(matches!(caller, Caller::Service(own) if own == name)),
        Principal::Federated(name) => when(matches!(caller, Caller::Federated(own) if own == name)),
        Principal::CanonicalUser(id) => match caller {
            Caller::CanonicalUser(own) => when(own == id),
            Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) => when(false),
            _ => {
                (Truth::unknown(Doubt::Other("which account a canonical user id stands for is not known".into())), None)
            }
        },
        Principal::Aws(name) => aws(name, caller),
    }
}

/// An account, or the ARN of a root user, a user, a role or a session.
fn aws(name: &str, caller: &Caller) -> (Truth, Option<Reach>) {
    let when = |holds: bool, reach| (Truth::from(holds), holds.then_some(reach));
    let account = account_of(name);
    let Some(parts) = fields(name) else {
        return match account {
            Some(account) => of_account(account, caller),
            None if name.contains(['*', '?']) => (Truth::unknown(wildcard(name)), None),
            // AWS puts the unique id in the place of a principal that is gone; whoever has its name now is another one.
            None => (Truth::unknown(Doubt::Other(format!("which principal {name:?} was is not known"))), None),
        };
    };
    if name.contains(['*', '?']) {
        return (Truth::unknown(wildcard(name)), None);
    }
    let resource = parts[5];
    if resource == "root" {
        return account.map_or((Truth::No, None), |account| of_account(account, caller));
    }
    match caller {
        Caller::User(arn) | Caller::FederatedUser(arn) => when(arn == name, Reach::Caller),
        Caller::Role(arn) if resource.starts_with("assumed-role/") => {
            let is_role = caller.account() == account && resource.split('/').nth(1) == caller.role_name();
            if is_role {
                (Truth::unknown(Doubt::Other(format!("which session of {arn} asks is not given"))), None)
            } else {
                (Truth::No, None)
            }
        }
        Caller::Role(arn) => when(arn == name, Reach::Role),
        Caller::Session { arn, .. } if arn == name => when(true, Reach::Caller),
        Caller::Session { role: Some(role), .. } => when(role == name, Reach::Role),
        Caller::Session { role: None, .. } => {
            // Role names are unique in an account, whatever their path.
            let is_role = resource.starts_with("role/") && resource.rsplit('/').next() == caller.role_name();
            when(is_role && caller.account() == account, Reach::Role)
        }
        Caller::Anonymous | Caller::Root(_) | Caller::Service(_) | Caller::Federated(_) | Caller::CanonicalUser(_) => {
            when(false, Reach::Caller)
        }
    }
}

fn of_account(account: &str, caller: &Caller) -> (Truth, Option<Reach>) {
    let holds = caller.account() == Some(account);
    let reach = if matches!(caller, Caller::Root(_)) { Reach::Caller } else { Reach::Account };
    match caller {
        Caller::CanonicalUser(_) => {
            (Truth::unknown(Doubt::Other("which account a canonical user id stands for is not known".into())), None)
        }
        _ => (holds.into(), holds.then_some(reach)),
    }
}

fn wildcard(name: &str) -> Doubt {
    Doubt::Other(format!("the principal {name:?} has a wildcard, which AWS does not take as one"))
}

/// Whether a `NotPrincipal` list of a denial spares a caller: it must name the caller and all that stands behind.
///
/// AWS says that it may look at the account, then at the role, then at the session, so that a list that names only the
/// last of them may deny or not.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
fn is_spared(list: &[Principal], caller: &Caller) -> Truth {
    let mut is_named = Truth::No;
    let mut has_account = false;
    let mut has_role = caller.role_name().is_none();
    for own in list {
        let (holds, reach) = one(own, caller);
        match reach {
            Some(Reach::Everyone) => return Truth::Yes,
            Some(Reach::Account) => has_account = true,
            Some(Reach::Role) => {
                has_role = true;
                // A caller that is only known by its role has no closer name.
                if matches!(caller, Caller::Role(_)) {
                    is_named = Truth::Yes;
                }
            }
            _ => is_named = is_named.or(holds),
        }
    }
    let needs_account = caller.account().is_some() && !matches!(caller, Caller::Root(_));
    let role = matches!(caller, Caller::Role(_)) && is_named.is_yes();
    if is_named.is_no() && has_role && caller.role_name().is_some() {
        return Truth::unknown(Doubt::Other("NotPrincipal names the role but not this session of it".into()));
    }
    match is_named {
        Truth::Yes if role => {
            Truth::unknown(Doubt::Other("NotPrincipal must name the session, too, to spare it".into()))
        }
        Truth::Yes if (needs_account && !has_account) || !has_role => Truth::unknown(Doubt::Other(
            "NotPrincipal names the caller but not its account or role, which AWS may deny first".into(),
        )),
        named => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "arn:aws:iam::111122223333:user/ann";
    const ROLE: &str = "arn:aws:iam::111122223333:role/path/lab";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/lab/me";
    const ACCOUNT: &str = "arn:aws:iam::111122223333:root";

    fn of(effect: Effect, negated: bool, names: &[&str], caller: &str) -> (Truth, Option<Reach>) {
        let principal = |name: &&str| match *name {
            "*" => Principal::Everyone,
            name if name.ends_with("amazonaws.com") => Principal::Service(name.into()),
            name => Principal::Aws(name.into()),
        };
        let element = PrincipalMatch { negated, principals: names.iter().map(principal).collect() };
        reach(&element, effect, &Caller::parse(caller).expect(caller))
    }

    #[test]
    fn a_principal_takes_in_whom_it_names() {
        let allow = |names: &[&str], caller| of(Effect::Allow, false, names, caller);
        let yes = |reach| (Truth::Yes, Some(reach));
        let no = (Truth::No, None);
        assert_eq!(allow(&["*"], "*"), yes(Reach::Everyone));
        assert_eq!(allow(&["*", USER], USER), yes(Reach::Caller));
        assert_eq!(allow(&[ACCOUNT], USER), yes(Reach::Account));
        assert_eq!(allow(&["111122223333"], SESSION), yes(Reach::Account));
        assert_eq!(allow(&["111122223333"], ACCOUNT), yes(Reach::Caller));
        assert_eq!(allow(&[ROLE], SESSION), yes(Reach::Role));
        assert_eq!(allow(&[SESSION], SESSION), yes(Reach::Caller));
        assert_eq!(allow(&[SESSION], "arn:aws:sts::111122223333:assumed-role/lab/you"), no);
        assert_eq!(allow(&[ROLE], ROLE), yes(Reach::Role));
        assert_eq!(allow(&[USER], "*"), no);
        assert_eq!(allow(&["444455556666"], USER), no);
        assert_eq!(allow(&["lambda.amazonaws.com"], "lambda.amazonaws.com"), yes(Reach::Caller));
        assert_eq!(allow(&["111122223333"], "lambda.amazonaws.com"), no);
        assert!(!allow(&[SESSION], ROLE).0.doubts().is_empty(), "which session is open");
        assert!(!allow(&["AIDAEXAMPLE"], USER).0.doubts().is_empty());
        assert!(!allow(&["arn:aws:iam::111122223333:user/*"], USER).0.doubts().is_empty());
    }

    #[test]
    fn a_denial_spares_only_whom_it_names_with_account_and_role() {
        let denied = |names: &[&str], caller| of(Effect::Deny, true, names, caller).0;
        assert_eq!(denied(&[USER, ACCOUNT], USER), Truth::No);
        assert_eq!(denied(&[ACCOUNT], USER), Truth::Yes, "the account alone spares its root user only");
        assert_eq!(denied(&[ACCOUNT], ACCOUNT), Truth::No);
        assert_eq!(denied(&[SESSION, ROLE, ACCOUNT], SESSION), Truth::No);
        assert!(!denied(&[USER], USER).doubts().is_empty());
        assert!(!denied(&[ROLE, ACCOUNT], SESSION).doubts().is_empty());
        assert_eq!(denied(&[USER, ACCOUNT], "*"), Truth::Yes);
        assert_eq!(denied(&["*"], USER), Truth::No);
        assert_eq!(denied(&["lambda.amazonaws.com"], "lambda.amazonaws.com"), Truth::No);
    }
}
