//! Whether a role is used, what for, and how it is deleted, for the rules that ask it.

use jiff::Timestamp;
use serde_json::Value;

use super::age::{ROLE_UNUSED, dated, given, iso};
use super::{Context, Problem};
use crate::inventory::Unknown;
use crate::inventory::iam::Role;
use crate::text::shell_quote;

/// How many days AWS looks back for the last use of a role.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>
const TRACKED: i64 = 400;

/// A role that nobody has used for [`ROLE_UNUSED`] days or more.
pub(crate) struct Idle {
    /// After the role's name, in a message: `has not been used since …`.
    pub(crate) words: String,
    last_used: Option<Timestamp>,
    created: Option<Timestamp>,
}

impl Idle {
    /// Adds the dates that decided.
    pub(crate) fn evidence(&self, problem: Problem) -> Problem {
        let problem = problem.evidence("RoleLastUsed.LastUsedDate", iso(self.last_used));
        if self.created.is_some() { problem.evidence("CreateDate", iso(self.created)) } else { problem }
    }
}

/// Whether nobody has used a role for [`ROLE_UNUSED`] days or more; a younger role cannot have been idle for so long.
///
/// # Errors
/// [`Unknown`] when the role was never used and nothing tells its age.
pub(crate) fn idle(role: &Role, cx: &Context<'_>) -> Result<Option<Idle>, Unknown> {
    let (since, created) = match role.role_last_used {
        Some(used) => (used, None),
        None => (given(role.create_date)?, role.create_date),
    };
    let days = cx.days_since(since);
    if days < cx.value(&ROLE_UNUSED) {
        return Ok(None);
    }
    let since = dated(since, cx);
    let words = match role.role_last_used {
        Some(_) => format!("has not been used since {since}"),
        None if days <= TRACKED => format!("has never been used since it was created on {since}"),
        None => format!("has not been used in the {TRACKED} days that AWS looks back; it was created on {since}"),
    };
    Ok(Some(Idle { words, last_used: role.role_last_used, created }))
}

/// Whether it is a role for EC2 instances: in an instance profile, and trusted to EC2.
pub(crate) fn is_for_instances(role: &Role) -> bool {
    !role.instance_profile_list.is_empty() && trusts_ec2(role.assume_role_policy_document.value())
}

/// The names of the instance profiles that carry it.
pub(crate) fn instance_profiles(role: &Role) -> impl Iterator<Item = &str> {
    role.instance_profile_list.iter().map(|arn| arn.rsplit('/').next().unwrap_or(arn))
}

/// Commands that delete it, in the order that IAM demands.
pub(crate) fn delete(role: &Role) -> Vec<String> {
    let name = shell_quote(&role.role_name);
    let mut commands = Vec::new();
    for profile in instance_profiles(role).map(shell_quote) {
        commands.push(format!(
            "aws iam remove-role-from-instance-profile --instance-profile-name {profile} --role-name {name}"
        ));
        commands.push(format!("aws iam delete-instance-profile --instance-profile-name {profile}"));
    }
    for policy in &role.attached_managed_policies {
        let arn = shell_quote(&policy.policy_arn);
        commands.push(format!("aws iam detach-role-policy --role-name {name} --policy-arn {arn}"));
    }
    for policy in &role.role_policy_list {
        let policy = shell_quote(&policy.policy_name);
        commands.push(format!("aws iam delete-role-policy --role-name {name} --policy-name {policy}"));
    }
    commands.push(format!("aws iam delete-role --role-name {name}"));
    commands
}

fn trusts_ec2(trust: &Value) -> bool {
    one_or_many(&trust["Statement"]).iter().any(|statement| {
        statement["Effect"] == "Allow"
            && one_or_many(&statement["Principal"]["Service"]).iter().filter_map(Value::as_str).any(is_ec2)
    })
}

/// China writes `ec2.amazonaws.com.cn`.
fn is_ec2(service: &str) -> bool {
    service == "ec2.amazonaws.com" || service == "ec2.amazonaws.com.cn"
}

/// A policy may write a list of one as the one.
fn one_or_many(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_role_is_emptied_before_it_is_deleted() {
        let role: Role = serde_json::from_value(json!({
            "RoleName": "old lab", "Arn": "arn:aws:iam::111122223333:role/old",
            "AssumeRolePolicyDocument": {},
            "InstanceProfileList": ["arn:aws:iam::111122223333:instance-profile/path/web"],
            "AttachedManagedPolicies": [{"PolicyName": "P", "PolicyArn": "arn:aws:iam::aws:policy/P"}],
            "RolePolicyList": [{"PolicyName": "q", "PolicyDocument": {}}],
        }))
        .expect("a role");
        assert_eq!(
            delete(&role),
            [
                "aws iam remove-role-from-instance-profile --instance-profile-name web --role-name 'old lab'",
                "aws iam delete-instance-profile --instance-profile-name web",
                "aws iam detach-role-policy --role-name 'old lab' --policy-arn arn:aws:iam::aws:policy/P",
                "aws iam delete-role-policy --role-name 'old lab' --policy-name q",
                "aws iam delete-role --role-name 'old lab'",
            ]
        );
    }

    #[test]
    fn ec2_is_found_in_every_form_of_a_trust_policy() {
        let one = json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"});
        let among =
            json!({"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com.cn"]}});
        let denied = json!({"Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}});
        let fleet = json!({"Effect": "Allow", "Principal": {"Service": "ec2fleet.amazonaws.com"}});
        let anyone = json!({"Effect": "Allow", "Principal": "*"});
        for trust in [json!({"Statement": one}), json!({"Statement": [denied, among]})] {
            assert!(trusts_ec2(&trust), "{trust}");
        }
        for trust in [json!({"Statement": [denied, fleet, anyone]}), json!({}), json!([]), json!(null)] {
            assert!(!trusts_ec2(&trust), "{trust}");
        }
    }
}
