//! The users and roles of an account with the policies that bear on them.

use std::sync::LazyLock;

use crate::inventory::iam::{AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User};
use crate::inventory::{Inventory, Tag};
use crate::policy::eval::{Caller, Context, Named, Policies};
use crate::policy::matching::glob;
use crate::policy::model::{Effect, Match, Statement};
use crate::policy::{Document, PolicyDocument};
use crate::rule::Lookup;
use crate::text::closest;

/// An inventory's principals, each with its policies.
#[derive(Debug)]
pub struct AccountView<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// Users, then roles, each in the order of their names.
    pub holders: Vec<Holder<'a>>,
}

/// A user or a role with the policies that bear on it.
#[derive(Clone, Debug)]
pub struct Holder<'a> {
    /// `role/lab`, `user/ann`.
    pub name: String,
    /// Its ARN.
    pub arn: &'a str,
    /// What it is.
    pub kind: HolderKind<'a>,
    /// Its own policies, those of its groups, and its permissions boundary.
    pub policies: Policies<'a>,
}

/// What a holder of policies is.
#[derive(Clone, Copy, Debug)]
pub enum HolderKind<'a> {
    /// A user.
    User(&'a User),
    /// A role.
    Role(&'a Role),
}

const HOLDERS: &str = "no user and no role";

/// Why a name is not one user or role of the account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAHolder {
    /// Nobody has it.
    #[error("{name:?} is {sought} that was read of the account")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What it is none of: `no user and no role`.
        sought: &'static str,
        /// What may have been meant.
        closest: Option<String>,
    },
    /// A user and a role have it.
    #[error("{0:?} is the name of a user and of a role")]
    Ambiguous(String),
}

impl<'a> AccountView<'a> {
    /// Joins the policies of every user and role.
    #[must_use]
    pub fn of(inventory: &'a Inventory) -> Self {
        let lookup = Lookup::of(inventory);
        let groups = inventory.iam.groups.items();
        let mut users: Vec<_> = inventory.iam.users.items().iter().map(|own| of_user(own, groups, &lookup)).collect();
        let mut roles: Vec<_> = inventory.iam.roles.items().iter().map(|own| of_role(own, &lookup)).collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        roles.sort_by(|a, b| a.name.cmp(&b.name));
        users.append(&mut roles);
        Self { inventory, holders: users }
    }

    /// Which lists of principals and policies are not whole: `users`, `roles`.
    #[must_use]
    pub fn unread_lists(&self) -> Vec<&'static str> {
        let iam = &self.inventory.iam;
        let gaps = [("users", iam.users.missing()), ("groups", iam.groups.missing()), ("roles", iam.roles.missing())];
        gaps.into_iter().filter_map(|(name, gap)| gap.map(|_| name)).collect()
    }

    /// The holder of this ARN or name (`role/lab`; `lab` where only one has it; a path before the name is left out).
    ///
    /// # Errors
    /// [`NotAHolder`] when there is none, or a bare name has two.
    pub fn find(&self, called: &str) -> Result<&Holder<'a>, NotAHolder> {
        let is_it = |own: &&Holder<'_>| own.arn == called || own.name == called;
        let bare = |own: &&Holder<'_>| own.short_name() == called;
        if let Some(found) = self.holders.iter().find(is_it) {
            return Ok(found);
        }
        let mut named = self.holders.iter().filter(bare);
        match (named.next(), named.next()) {
            (Some(found), None) => Ok(found),
            (Some(_), Some(_)) => Err(NotAHolder::Ambiguous(called.to_owned())),
            (None, _) => Err(NotAHolder::Unknown {
                name: called.to_owned(),
                sought: HOLDERS,
                closest: closest(called, self.holders.iter().flat_map(|own| [own.name.as_str(), own.short_name()]))
                    .map(str::to_owned),
            }),
        }
    }
}

impl<'a> Holder<'a> {
    /// The name without what it is.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.split_once('/').map_or(self.name.as_str(), |(_, name)| name)
    }

    /// Who makes its requests.
    #[must_use]
    pub fn caller(&self) -> Caller {
        match self.kind {
            HolderKind::User(_) => Caller::User(self.arn.to_owned()),
            HolderKind::Role(_) => Caller::Role(self.arn.to_owned()),
        }
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> &'a [Tag] {
        match self.kind {
            HolderKind::User(user) => &user.tags,
            HolderKind::Role(role) => &role.tags,
        }
    }

    /// The ARN of its permissions boundary.
    #[must_use]
    pub fn boundary_arn(&self) -> Option<&'a str> {
        match self.kind {
            HolderKind::User(user) => user.permissions_boundary.as_deref(),
            HolderKind::Role(role) => role.permissions_boundary.as_deref(),
        }
    }

    /// The role, if it is one.
    #[must_use]
    pub fn role(&self) -> Option<&'a Role> {
        match self.kind {
            HolderKind::Role(role) => Some(role),
            HolderKind::User(_) => None,
        }
    }

    /// The user, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<&'a User> {
        match self.kind {
            HolderKind::User(user) => Some(user),
            HolderKind::Role(_) => None,
        }
    }

    /// The names of its policies, the boundary included, that were not read.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let all = self.policies.identity.iter().chain(&self.policies.boundary);
        all.filter(|own| own.document.is_err()).map(|own| own.name.as_str())
    }

    /// Sets what its requests have by what is known of it: the tags of the principal.
    pub fn set_context(&self, context: &mut Context) {
        for tag in self.tags() {
            context.set_if_not_given(&format!("aws:PrincipalTag/{}", tag.key), &tag.value);
        }
        if self.user().is_some() {
            // A role's session can bring further tags along.
            context.set_family_whole("aws:PrincipalTag/");
            context.set_absent_if_not_given("aws:FederatedProvider");
        }
    }

    /// The trust policy of a role.
    #[must_use]
    pub fn trust(&self) -> Option<Named<'a>> {
        let role = self.role()?;
        Some(named(format!("trust policy of {}", self.name), &role.assume_role_policy_document))
    }
}

fn of_user<'a>(user: &'a User, groups: &'a [Group], lookup: &Lookup<'a>) -> Holder<'a> {
    let name = format!("user/{}", user.user_name);
    let mut identity = Vec::new();
    own_policies(&name, &user.attached_managed_policies, &user.user_policy_list, lookup, &mut identity);
    for group in &user.group_list {
        match groups.iter().find(|own| own.group_name == *group) {
            Some(own) => identity.extend(of_group(own, lookup)),
            None => identity.push(Named::unread(
                format!("policies of group/{group}"),
                format!("the policies of group/{group} were not read"),
            )),
        }
    }
    let boundary = user.permissions_boundary.as_deref().map(|arn| boundary(arn, lookup));
    let policies = Policies { identity, boundary, ..Policies::default() };
    Holder { name, arn: &user.arn, kind: HolderKind::User(user), policies }
}

fn of_role<'a>(role: &'a Role, lookup: &Lookup<'a>) -> Holder<'a> {
    let name = format!("role/{}", role.role_name);
    let mut identity = Vec::new();
    own_policies(&name, &role.attached_managed_policies, &role.role_policy_list, lookup, &mut identity);
    let boundary = role.permissions_boundary.as_deref().map(|arn| boundary(arn, lookup));
    let policies = Policies { identity, boundary, ..Policies::default() };
    Holder { name, arn: &role.arn, kind: HolderKind::Role(role), policies }
}

/// The policies of a group, which its members have.
pub(super) fn of_group<'a>(group: &'a Group, lookup: &Lookup<'a>) -> Vec<Named<'a>> {
    let mut policies = Vec::new();
    let name = format!("group/{}", group.group_name);
    own_policies(&name, &group.attached_managed_policies, &group.group_policy_list, lookup, &mut policies);
    policies
}

fn own_policies<'a>(
    owner: &str,
    attached: &'a [AttachedPolicy],
    inline: &'a [InlinePolicy],
    lookup: &Lookup<'a>,
    into: &mut Vec<Named<'a>>,
) {
    for policy in attached {
        into.push(managed(format!("policy {} of {owner}", policy.policy_name), &policy.policy_arn, lookup));
    }
    for policy in inline {
        into.push(named(format!("inline policy {} of {owner}", policy.policy_name), &policy.policy_document));
    }
}

fn boundary<'a>(arn: &'a str, lookup: &Lookup<'a>) -> Named<'a> {
    managed(format!("permissions boundary {}", arn.rsplit('/').next().unwrap_or(arn)), arn, lookup)
}

fn managed<'a>(name: String, arn: &str, lookup: &Lookup<'a>) -> Named<'a> {
    match lookup.policy(arn).and_then(ManagedPolicy::default_document) {
        Some(document) => named(name, document),
        None => known_of_aws(arn).map_or_else(
            || Named::unread(&name, format!("the text of {arn} was not read")),
            |document| Named::read(&name, document),
        ),
    }
}

/// A policy's model under its name.
pub(super) fn named(name: String, document: &PolicyDocument) -> Named<'_> {
    match document.model() {
        Ok(model) => Named::read(name, model),
        Err(error) => {
            let why = format!("{name} is {error}");
            Named::unread(name, why)
        }
    }
}

/// A policy that grants everything, as AWS's `AdministratorAccess` does.
pub(super) fn administrator_access() -> &'static Document {
    static ALL: LazyLock<Document> = LazyLock::new(|| everything(Effect::Allow));
    &ALL
}

/// Policies of AWS whose whole text is one well-known statement.
fn known_of_aws(arn: &str) -> Option<&'static Document> {
    static NONE: LazyLock<Document> = LazyLock::new(|| everything(Effect::Deny));
    if glob("arn:aws*:iam::aws:policy/AdministratorAccess", arn) {
        Some(administrator_access())
    } else if glob("arn:aws*:iam::aws:policy/AWSDenyAll", arn) {
        Some(&*NONE)
    } else {
        None
    }
}

/// A document of one statement about everything.
fn everything(effect: Effect) -> Document {
    let all = Match { negated: false, patterns: vec!["*".to_owned()] };
    let resource = Some(all.clone());
    let statement = Statement { sid: None, effect, principal: None, action: all, resource, conditions: Vec::new() };
    Document { version: Some("2012-10-17".to_owned()), id: None, statements: vec![statement] }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inventory::snapshot;

    #[test]
    fn holders_are_found_by_name_and_arn() {
        let user = |name: &str| json!({"UserName": name, "Arn": format!("arn:aws:iam::111122223333:user/{name}")});
        let role = json!({"RoleName": "lab", "Path": "/a/", "Arn": "arn:aws:iam::111122223333:role/a/lab",
            "AssumeRolePolicyDocument": {"Statement": []}});
        let text = json!({"afterlab_snapshot": 1, "account": {"Id": "111122223333"},
            "collected_at": "2026-11-22T12:00:00Z",
            "iam": {"Users": [user("lab"), user("ann")], "Groups": [], "Roles": [role]}});
        let inventory = snapshot::read(text.to_string().as_bytes()).expect("a snapshot");
        let account = AccountView::of(&inventory);
        for (called, name) in [
            ("ann", "user/ann"),
            ("user/lab", "user/lab"),
            ("role/lab", "role/lab"),
            ("arn:aws:iam::111122223333:role/a/lab", "role/lab"),
        ] {
            assert_eq!(account.find(called).expect(called).name, name);
        }
        assert_eq!(account.find("lab").expect_err("two"), NotAHolder::Ambiguous("lab".to_owned()));
        let unknown = NotAHolder::Unknown {
            name: "role/lob".to_owned(),
            sought: "no user and no role",
            closest: Some("role/lab".to_owned()),
        };
        assert_eq!(account.find("role/lob").expect_err("nobody"), unknown);
    }
}
