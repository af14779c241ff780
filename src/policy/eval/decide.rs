//! Whether a request is allowed, by all policies that have a say.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::policies::{Layer, Policies, Said, doubt};
use super::principal::Reach;
use super::statement::Setting;
use super::{Caller, Doubt, Request, Truth};

/// What is known of the request beside its policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The account that the resource belongs to; the caller's when nobody says.
    pub resource_account: Option<String>,
    /// Whether the resource decides by itself, so that its policy must allow: [`decides_alone`].
    pub resource_decides: bool,
    /// Whether the request's resource is a pattern and asks about everything that it matches.
    pub resource_is_pattern: bool,
    /// Whether the caller's account manages its organization: SCPs do not reach it.
    pub caller_in_management_account: bool,
    /// Whether the resource's account manages its organization: RCPs do not reach it.
    pub resource_in_management_account: bool,
}

/// What came out, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What came out.
    pub verdict: Verdict,
    /// What decided, in the order of the layers.
    pub reasons: Vec<Reason>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The request is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing denies it and something that must allow it does not.
    ImplicitlyDenied,
    /// It cannot be told; the doubts say what it depends on.
    Unknown(Vec<Doubt>),
}

/// What had a part in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What sort of policy it is.
    pub layer: Layer,
    /// What it did.
    pub part: Did,
    /// The policy's name; none where there is no policy.
    pub policy: Option<String>,
    /// Its statements in words: `statement 2 (Sid ReadOnly)`.
    pub statements: Vec<String>,
}

/// What a policy did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
    /// It does not allow what it would have to.
    NotAllow,
    /// It may allow or deny.
    MayDecide,
}

impl Verdict {
    /// What comes of a request that is not denied for sure, by whether it is allowed and not denied.
    pub(super) fn of(allowed: Truth) -> Self {
        match allowed {
            Truth::Yes => Self::Allowed,
            // Perhaps a statement denies it, too, which changes nothing.
            Truth::No => Self::ImplicitlyDenied,
            Truth::Unknown(doubts) => Self::Unknown(doubts),
        }
    }
}

/// Services whose resources RCPs reach for sure.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
const REACHED_BY_RCPS: &[&str] = &["kms", "s3", "secretsmanager", "sqs", "sts"];

/// Whether the resource of an action decides by itself: a key by its key policy, a role by its trust policy. An account's
/// own policies then only count where that policy leaves it to the account.
#[must_use]
pub fn decides_alone(action: &str, resource: &str) -> bool {
    let is_of = |service: &str| super::super::matching::fields(resource).is_some_and(|fields| fields[2] == service);
    let action = action.to_ascii_lowercase();
    (is_of("kms") && resource.contains(":key/")) || (action.starts_with("sts:assumerole") && is_of("iam"))
}

/// Decides a request.
#[must_use]
pub fn decide(request: &Request, policies: &Policies<'_>, circumstances: &Circumstances) -> Decision {
    Layers::of(request, policies, circumstances).decide()
}

/// What every layer says.
struct Layers<'p, 'a> {
    request: &'p Request,
    circumstances: &'p Circumstances,
    identity: Said<'p, 'a>,
    boundary: Said<'p, 'a>,
    session: Said<'p, 'a>,
    resource: Said<'p, 'a>,
    endpoint: Said<'p, 'a>,
    scps: Vec<Said<'p, 'a>>,
    rcps: Vec<Said<'p, 'a>>,
}

impl<'p, 'a> Layers<'p, 'a> {
    fn of(request: &'p Request, policies: &'p Policies<'a>, circumstances: &'p Circumstances) -> Self {
        let setting = Setting {
            has_boundary: policies.boundary.is_some(),
            resource_is_pattern: circumstances.resource_is_pattern,
            ..Setting::default()
        };
        let said = |layer, own: &'p [_]| Said::of(layer, own, request, setting);
        let levels = |layer, reached: bool, levels: &'p [Vec<_>]| {
            let levels = if reached { levels } else { &[] };
            levels.iter().map(|level| said(layer, level)).collect::<Vec<_>>()
        };
        let caller = &request.principal;
        let is_linked = caller.is_service_linked_role();
        let has_scps = caller.account().is_some() && !is_linked && !circumstances.caller_in_management_account;
        let has_rcps = !is_linked && !circumstances.resource_in_management_account;
        let has_identity =
            matches!(caller, Caller::User(_) | Caller::Role(_) | Caller::Session { .. } | Caller::FederatedUser(_));
        let own = |policies: &'p [_]| if has_identity { policies } else { &[] };
        Self {
            request,
            circumstances,
            identity: said(Layer::Identity, own(&policies.identity)),
            boundary: said(Layer::Boundary, own(policies.boundary.as_slice())),
            session: said(Layer::Session, own(&policies.session)),
            resource: said(Layer::Resource, policies.resource.as_slice()),
            endpoint: said(Layer::Endpoint, policies.endpoint.as_slice()),
            scps: levels(Layer::Scp, has_scps, &policies.scps),
            rcps: levels(Layer::Rcp, has_rcps, &policies.rcps),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Said<'p, 'a>> {
        let own = [&self.identity, &self.boundary, &self.session, &self.resource, &self.endpoint];
        own.into_iter().chain(&self.scps).chain(&self.rcps)
    }

    fn decide(&self) -> Decision {
        let denied = Truth::any(self.all().map(|said| self.denies(said)));
        if denied.is_yes() {
            let reasons = self.all().flat_map(|said| reasons(said, Did::Deny)).collect();
            return Decision { verdict: Verdict::ExplicitlyDenied, reasons };
        }
        let allowed = self.limits().and(self.granted());
        let verdict = Verdict::of(allowed.and(denied.negated()));
        let reasons = match &verdict {
            Verdict::Allowed => self.all().flat_map(|said| reasons(said, Did::Allow)).collect(),
            Verdict::Unknown(_) => self.all().flat_map(|said| reasons(said, Did::MayDecide)).collect(),
            _ => self.missing(),
        };
        Decision { verdict, reasons }
    }

    /// Whether a layer denies; RCPs deny only where they reach.
    fn denies(&self, said: &Said<'_, '_>) -> Truth {
        let denies = said.denies();
        if said.layer == Layer::Rcp && !denies.is_no() { self.reach_of_rcps(denies) } else { denies }
    }

    /// What an RCP would take away, where it is known to reach.
    fn reach_of_rcps(&self, taken: Truth) -> Truth {
        let service = self.request.action.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if REACHED_BY_RCPS.contains(&service.as_str()) {
            taken
        } else {
            doubt(format!("whether resource control policies reach {service} is not known here"))
        }
    }

    /// Whether all that only limits lets the request through: SCPs and RCPs of each level, the endpoint's policy.
    fn limits(&self) -> Truth {
        let scps = Truth::all(self.scps.iter().map(Said::allows));
        let rcps = Truth::all(self.rcps.iter().map(|said| match said.allows() {
            Truth::Yes => Truth::Yes,
            other => self.reach_of_rcps(other.negated()).negated(),
        }));
        scps.and(rcps).and(if_any(&self.endpoint))
    }

    /// Whether the caller's or the resource's policies, or both, grant the request.
    fn granted(&self) -> Truth {
        let caller = &self.request.principal;
        let by_resource = |reaches: fn(Reach) -> bool| {
            Truth::any(self.resource.each.iter().map(|(_, says)| says.allows.truth_where(reaches)))
        };
        let by_any = by_resource(|_| true);
        let direct = by_resource(|reach| matches!(reach, Reach::Caller | Reach::Everyone));
        let is_root = matches!(caller, Caller::Root(_));
        if is_root && self.request.action.eq_ignore_ascii_case("sts:AssumeRole") {
            // AWS refuses that call by a root user, whatever policies say.
            return Truth::No;
        }
        match caller {
            Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) => return by_any,
            Caller::CanonicalUser(_) => {
                return by_any.and(doubt("what the caller's own account allows is not known"));
            }
            _ => {}
        }
        let within = if_any(&self.boundary).and(self.session());
        let own = if is_root { Truth::Yes } else { self.identity.allows().and(within.clone()) };
        let other = self.circumstances.resource_account.as_deref();
        if other.is_some_and(|other| caller.account() != Some(other)) {
            return own.and(by_any);
        }
        if is_root {
            return if self.circumstances.resource_decides { by_any } else { Truth::Yes };
        }
        let role = by_resource(|reach| reach == Reach::Role).and(within);
        if self.circumstances.resource_decides {
            let through_account = by_resource(|reach| reach == Reach::Account).and(own);
            return direct.or(role).or(through_account);
        }
        direct.or(role).or(own)
    }

    /// Whether the session's policies allow; a federated user without any may do nothing.
    fn session(&self) -> Truth {
        let is_federated = matches!(self.request.principal, Caller::FederatedUser(_));
        if self.session.each.is_empty() && is_federated { Truth::No } else { if_any(&self.session) }
    }

    /// Which layers do not allow what they would have to.
    fn missing(&self) -> Vec<Reason> {
        let limiting = [&self.boundary, &self.session, &self.endpoint].into_iter().filter(|said| !said.each.is_empty());
        let limiting = limiting.chain(&self.scps).chain(&self.rcps);
        let is_cross = self
            .circumstances
            .resource_account
            .as_deref()
            .is_some_and(|other| self.request.principal.account() != Some(other));
        let is_resource_needed = is_cross
            || self.circumstances.resource_decides
            || matches!(self.request.principal, Caller::Anonymous | Caller::Service(_) | Caller::Federated(_));
        let granting = [Some(&self.identity), is_resource_needed.then_some(&self.resource)];
        let is_own = |said: &&Said<'_, '_>| {
            said.layer != Layer::Identity
                || matches!(
                    self.request.principal,
                    Caller::User(_) | Caller::Role(_) | Caller::Session { .. } | Caller::FederatedUser(_)
                )
        };
        let silent =
            granting.into_iter().flatten().filter(is_own).chain(limiting).filter(|said| !said.allows().is_yes());
        silent
            .map(|said| Reason {
                layer: said.layer,
                part: Did::NotAllow,
                policy: match said.each.as_slice() {
                    [] => None,
                    each => Some(each.iter().map(|(named, _)| named.name.as_str()).collect::<Vec<_>>().join(", ")),
                },
                statements: Vec::new(),
            })
            .collect()
    }
}

/// Whether a layer allows; one without a policy does not limit.
fn if_any(said: &Said<'_, '_>) -> Truth {
    if said.each.is_empty() { Truth::Yes } else { said.allows() }
}

/// The statements of a layer that did something.
pub(super) fn reasons(said: &Said<'_, '_>, asked: Did) -> Vec<Reason> {
    let mut all = Vec::new();
    for (named, says) in &said.each {
        let parts: &[_] = match asked {
            Did::Deny => &[(Did::Deny, &says.denies)],
            Did::MayDecide => &[(Did::Deny, &says.denies), (Did::Allow, &says.allows)],
            Did::Allow | Did::NotAllow => &[(Did::Allow, &says.allows)],
        };
        for (does, own) in parts {
            let part = if own.truth.is_yes() { *does } else { Did::MayDecide };
            if own.truth.is_yes() || (asked == Did::MayDecide && !own.truth.is_no()) {
                let statements = own.by().into_iter().map(|index| named.label(index)).collect();
                let reason = Reason { layer: said.layer, part, policy: Some(named.name.clone()), statements };
                // Of a policy that was not read, allowing and denying are one doubt.
                if all.last() != Some(&reason) {
                    all.push(reason);
                }
            }
        }
    }
    all
}
