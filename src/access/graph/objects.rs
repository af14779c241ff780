//! What each action of a way is about.

use crate::policy::escalation::{Category, Path};

/// What an action of a way is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// The caller, as a user.
    OwnUser,
    /// The caller, as a role.
    OwnRole,
    /// A group that the caller is in.
    OwnGroup,
    /// A policy of the account that the caller has.
    OwnPolicy,
    /// A group that the caller joins.
    Group,
    /// The role that the way leads to.
    Role,
    /// The user that the way leads to.
    User,
    /// A policy of the account that the role has to which the way leads.
    RolePolicy,
    /// Something that runs with the role, or something new.
    Thing,
}

impl Object {
    /// What an action is about, within a way.
    pub(super) fn of(path: &Path, action: &str) -> Self {
        let is_own = path.category == Category::SelfEscalation;
        match action {
            "iam:AttachUserPolicy" | "iam:PutUserPolicy" if is_own => Self::OwnUser,
            "iam:AttachRolePolicy" | "iam:PutRolePolicy" if is_own => Self::OwnRole,
            "iam:CreatePolicyVersion" if is_own => Self::OwnPolicy,
            "iam:AttachGroupPolicy" | "iam:PutGroupPolicy" => Self::OwnGroup,
            "iam:AddUserToGroup" => Self::Group,
            "iam:CreatePolicyVersion" => Self::RolePolicy,
            "iam:PassRole"
            | "sts:AssumeRole"
            | "iam:UpdateAssumeRolePolicy"
            | "iam:AttachRolePolicy"
            | "iam:PutRolePolicy" => Self::Role,
            "iam:AttachUserPolicy"
            | "iam:PutUserPolicy"
            | "iam:CreateAccessKey"
            | "iam:DeleteAccessKey"
            | "iam:CreateLoginProfile"
            | "iam:UpdateLoginProfile" => Self::User,
            _ => Self::Thing,
        }
    }
}

/// Whether a way gives its target an administrator's rights before it takes them.
pub(super) fn widens_its_target(path: &Path) -> bool {
    path.category == Category::PrincipalAccess
        && path.required.iter().any(|action| {
            matches!(
                *action,
                "iam:AttachRolePolicy"
                    | "iam:PutRolePolicy"
                    | "iam:AttachUserPolicy"
                    | "iam:PutUserPolicy"
                    | "iam:CreatePolicyVersion"
            )
        })
}

/// Whether a way leads to users, rather than to roles.
pub(super) fn leads_to_users(path: &Path) -> bool {
    path.required.iter().any(|action| Object::of(path, action) == Object::User)
}

/// Whether a way hands a role to something new.
pub(super) fn passes_a_role(path: &Path) -> bool {
    path.required.contains(&"iam:PassRole")
}
