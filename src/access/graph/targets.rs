//! What the account offers to whoever escalates: roles that services are trusted with, things that run with a role, groups.

use std::collections::HashMap;

use super::objects::passes_a_role;
use super::runners::{Runner, Sort, sort_of};
use super::standing::Standing;
use crate::access::account::{administrator_access, of_group};
use crate::access::{AccountView, Holder};
use crate::policy::escalation::{PATHS, Path};
use crate::policy::eval::{Caller, Circumstances, Context, Doubt, Named, Policies, Request, Verdict, decide};
use crate::policy::model::{Effect, Principal};
use crate::rule::Lookup;

/// What the account offers.
#[derive(Debug)]
pub(super) struct Targets<'a> {
    /// What each node is.
    pub(super) standings: Vec<Standing>,
    /// What each node would be with an administrator's policy.
    pub(super) widened: Vec<Standing>,
    /// The roles that a service is let into, with why that is not certain.
    trusting: HashMap<&'static str, Vec<(usize, Vec<Doubt>)>>,
    /// What runs with a role, by the way that gets at it.
    runners: HashMap<&'static str, Vec<Runner>>,
    /// Whom each role of the account lets in directly.
    pub(super) doors: Vec<(usize, Door)>,
    /// The policies of each group.
    pub(super) groups: Vec<Vec<Named<'a>>>,
}

/// Whom a role's trust policy lets in of its own account.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// Everybody whose own policies allow it.
    account: bool,
    /// Everybody, or all but a few.
    everyone: bool,
    /// These ARNs.
    named: Vec<String>,
}

impl<'a> Targets<'a> {
    pub(super) fn of(account: &AccountView<'a>, standings: Vec<Standing>) -> Self {
        let lookup = Lookup::of(account.inventory);
        let widened = account.holders.iter().map(|holder| Standing::of(&with_everything(&holder.policies))).collect();
        let mut trusting = HashMap::new();
        for path in PATHS {
            if let Some(service) = service_of(path) {
                trusting.entry(service).or_insert_with(|| roles_that_trust(account, service));
            }
        }
        let sorts = PATHS.iter().filter_map(|path| Some((path.id, sort_of(path)?)));
        let runners = sorts.map(|(id, sort)| (id, Runner::all(account, sort))).collect();
        let is_open = |place: usize, own: &Holder<'a>| Some((place, Door::of(account, own)?));
        let doors = account.holders.iter().enumerate().filter_map(|(place, own)| is_open(place, own)).collect();
        let groups = account.inventory.iam.groups.items().iter().map(|group| of_group(group, &lookup)).collect();
        Self { standings, widened, trusting, runners, doors, groups }
    }

    /// The roles that the service of a way is let into.
    pub(super) fn trusting(&self, path: &Path) -> &[(usize, Vec<Doubt>)] {
        service_of(path).and_then(|service| self.trusting.get(service)).map_or(&[], Vec::as_slice)
    }

    /// What a way gets at.
    pub(super) fn runners(&self, path: &Path) -> &[Runner] {
        self.runners.get(path.id).map_or(&[], Vec::as_slice)
    }
}

/// The service that runs with the role which a way leads to.
fn service_of(path: &Path) -> Option<&'static str> {
    let of_sort = || sort_of(path).map(|sort: &'static Sort| sort.service);
    // A data pipeline's machines are instances, which have their role of EC2.
    let of_machines = || passes_a_role(path).then_some("ec2.amazonaws.com");
    path.passed_to.or_else(of_sort).or_else(of_machines)
}

/// These policies and one that grants everything.
pub(super) fn with_everything<'a>(policies: &Policies<'a>) -> Policies<'a> {
    let mut policies = policies.clone();
    policies.identity.push(Named::read("a policy that grants everything", administrator_access()));
    policies
}

fn roles_that_trust(account: &AccountView<'_>, service: &str) -> Vec<(usize, Vec<Doubt>)> {
    let caller = Caller::Service(service.to_owned());
    let is_ec2 = service == "ec2.amazonaws.com";
    let mut found = Vec::new();
    for (place, holder) in account.holders.iter().enumerate() {
        let Some(role) = holder.role().filter(|role| !role.is_service_linked()) else { continue };
        if is_ec2 && role.instance_profile_list.is_empty() {
            continue;
        }
        let mut context = Context::open();
        context.set_one("aws:SourceAccount", account.inventory.account.id.as_str());
        let request = Request {
            principal: caller.clone(),
            action: "sts:AssumeRole".to_owned(),
            resource: role.arn.clone(),
            context,
        };
        let policies = Policies { resource: holder.trust(), ..Policies::default() };
        let circumstances = Circumstances {
            resource_account: Some(account.inventory.account.id.as_str().to_owned()),
            resource_decides: true,
            ..Circumstances::default()
        };
        match decide(&request.with_derived_keys(), &policies, &circumstances).verdict {
            Verdict::Allowed => found.push((place, Vec::new())),
            Verdict::Unknown(doubts) => found.push((place, doubts)),
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => {}
        }
    }
    found
}

impl Door {
    /// None when nobody of the account is let in.
    fn of(account: &AccountView<'_>, holder: &Holder<'_>) -> Option<Self> {
        let role = holder.role().filter(|role| !role.is_service_linked())?;
        // A trust policy that is none lets nobody in.
        let document = role.assume_role_policy_document.model().ok()?;
        let own = account.inventory.account.id.as_str();
        let mut door = Self::default();
        for (_, statement) in document.with_effect(Effect::Allow) {
            let Some(element) = &statement.principal else { continue };
            door.everyone |= element.negated;
            for principal in element.principals.iter().filter(|_| !element.negated) {
                match principal {
                    Principal::Everyone => door.everyone = true,
                    Principal::Aws(name) if name == own || name.ends_with(&format!("::{own}:root")) => {
                        door.account = true;
                    }
                    Principal::Aws(name) => door.named.push(name.clone()),
                    Principal::Service(_) | Principal::Federated(_) | Principal::CanonicalUser(_) => {}
                }
            }
        }
        (door.account || door.everyone || !door.named.is_empty()).then_some(door)
    }

    /// Whether it is worth asking for this principal, who may have the permission to take roles.
    pub(super) fn may_let_in(&self, holder: &Holder<'_>, has_permission: bool) -> bool {
        self.everyone
            || (self.account && has_permission)
            || self.named.iter().any(|name| name == holder.arn || is_session_of(name, holder))
    }
}

/// Whether an ARN is that of a session of a role.
fn is_session_of(name: &str, holder: &Holder<'_>) -> bool {
    holder.role().is_some_and(|role| name.contains(&format!(":assumed-role/{}/", role.role_name)))
}
