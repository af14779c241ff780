//! Whose policies are narrowed: a user, a role or a group, with what was read of its use.

use jiff::Timestamp;

use super::super::account::{self, AccountView, Holder, HolderKind, NotAHolder};
use crate::inventory::iam::{Group, ServiceLastAccessed, User};
use crate::inventory::{Inventory, Known};
use crate::policy::eval::Named;
use crate::rule::Lookup;
use crate::text::closest;

/// A user, a role or a group.
#[derive(Debug)]
pub struct Subject<'a> {
    /// `role/lab`, `user/ann`, `group/students`.
    pub name: String,
    /// Who makes the requests: its own ARN; those of its members for a group.
    pub callers: Vec<&'a str>,
    /// When it came to be.
    pub created: Option<Timestamp>,
    /// The policies that allow and deny, without the permissions boundary.
    pub policies: Vec<Named<'a>>,
    /// The name of its permissions boundary.
    pub boundary: Option<&'a str>,
    /// The groups that a user has policies from.
    pub groups: &'a [String],
    /// When it used what, one list for each caller; why that is not known.
    pub services: Result<Vec<&'a [ServiceLastAccessed]>, Vec<String>>,
    /// What is missing of its policies, each as a sentence without its full stop.
    pub unread: Vec<String>,
    /// Why its policies cannot be changed, if they cannot.
    pub fixed: Option<&'static str>,
}

impl<'a> Subject<'a> {
    /// Finds one by its name (`role/lab`, `group/students`) or ARN.
    ///
    /// # Errors
    /// [`NotAHolder`] when there is none, or a user and a role.
    pub fn find(account: &AccountView<'a>, called: &str) -> Result<Self, NotAHolder> {
        let groups = account.inventory.iam.groups.items();
        let is_it = |group: &&Group| group.arn == called || called.strip_prefix("group/") == Some(&group.group_name);
        if let Some(group) = groups.iter().find(is_it) {
            return Ok(of_group(account.inventory, group));
        }
        account.find(called).map(|holder| of_holder(account.inventory, holder)).map_err(|error| match error {
            NotAHolder::Unknown { name, closest: near, .. } => {
                let groups: Vec<_> = groups.iter().map(|group| format!("group/{}", group.group_name)).collect();
                let near = near.or_else(|| closest(called, groups.iter().map(String::as_str)).map(str::to_owned));
                NotAHolder::Unknown { name, sought: "no role, user or group", closest: near }
            }
            ambiguous @ NotAHolder::Ambiguous(_) => ambiguous,
        })
    }
}

fn of_holder<'a>(inventory: &'a Inventory, holder: &Holder<'a>) -> Subject<'a> {
    let (created, services, groups, fixed) = match holder.kind {
        HolderKind::User(user) => (user.create_date, &user.services_last_accessed, user.group_list.as_slice(), None),
        HolderKind::Role(role) => {
            let fixed = if role.is_service_linked() {
                Some("AWS owns it (a service-linked role), and nobody else can change its policies")
            } else if role.is_identity_center() {
                Some("IAM Identity Center writes its policies anew from a permission set; change that instead")
            } else {
                None
            };
            (role.create_date, &role.services_last_accessed, [].as_slice(), fixed)
        }
    };
    let policies = holder.policies.identity.clone();
    Subject {
        callers: vec![holder.arn],
        created,
        unread: unread(&policies),
        boundary: holder.boundary_arn().map(|arn| arn.rsplit('/').next().unwrap_or(arn)),
        groups,
        services: used(inventory, &holder.name, services).map(|list| vec![list]).map_err(|why| vec![why]),
        policies,
        fixed,
        name: holder.name.clone(),
    }
}

fn of_group<'a>(inventory: &'a Inventory, group: &'a Group) -> Subject<'a> {
    let name = format!("group/{}", group.group_name);
    let policies = account::of_group(group, &Lookup::of(inventory));
    let mut unread = unread(&policies);
    let users = &inventory.iam.users;
    if users.missing().is_some() {
        unread.push(format!("not all users were read, so that members of {name} may be missing"));
    }
    let is_member = |user: &&User| user.group_list.contains(&group.group_name);
    let members: Vec<&User> = users.items().iter().filter(is_member).collect();
    if members.is_empty() {
        unread.push(format!("{name} has no members, so that nobody's use can tell what it needs"));
    }
    let (mut lists, mut missing) = (Vec::new(), Vec::new());
    for user in &members {
        match used(inventory, &format!("user/{}", user.user_name), &user.services_last_accessed) {
            Ok(list) => lists.push(list),
            Err(why) => missing.push(why),
        }
    }
    Subject {
        callers: members.iter().map(|user| user.arn.as_str()).collect(),
        created: group.create_date,
        policies,
        boundary: None,
        groups: &[],
        services: if missing.is_empty() { Ok(lists) } else { Err(missing) },
        unread,
        fixed: None,
        name,
    }
}

fn unread(policies: &[Named<'_>]) -> Vec<String> {
    policies.iter().filter_map(|policy| policy.document.as_ref().err().cloned()).collect()
}

fn used<'a>(
    inventory: &Inventory,
    name: &str,
    services: &'a Known<Vec<ServiceLastAccessed>>,
) -> Result<&'a [ServiceLastAccessed], String> {
    services.known().map(Vec::as_slice).map_err(|unknown| match inventory.gaps.get(unknown.0) {
        Some(gap) => format!("when {name} last used its services was not read: {}", gap.message),
        None => format!("when {name} last used its services was not read"),
    })
}
