//! Who belongs to whom, looked up by name: made once for an evaluation, so that no check walks the account again for each
//! of its resources.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::inventory::iam::{AttachedPolicy, Group, ManagedPolicy, Role, User};
use crate::inventory::s3::Bucket;
use crate::inventory::{Inventory, Region, Unknown};

/// What is looked up by name.
#[derive(Debug, Default)]
pub struct Lookup<'a> {
    policies: HashMap<&'a str, &'a ManagedPolicy>,
    roles: HashMap<&'a str, &'a Role>,
    buckets: HashMap<&'a str, &'a Bucket>,
    holders: HashMap<&'a str, Holders<'a>>,
    members: HashMap<&'a str, Vec<&'a User>>,
    log_targets: HashSet<&'a str>,
    near_log_targets: BTreeMap<&'a Region, &'a str>,
    unseen_log: Option<Unknown>,
}

/// Who has a managed policy attached.
#[derive(Debug, Default)]
pub struct Holders<'a> {
    /// Users themselves.
    pub users: Vec<&'a User>,
    /// Groups.
    pub groups: Vec<&'a Group>,
    /// Roles.
    pub roles: Vec<&'a Role>,
}

static NOBODY: Holders<'static> = Holders { users: Vec::new(), groups: Vec::new(), roles: Vec::new() };

impl<'a> Lookup<'a> {
    /// Looks through an inventory once.
    #[must_use]
    pub fn of(inventory: &'a Inventory) -> Self {
        let mut lookup = Self::default();
        let iam = &inventory.iam;
        lookup.policies = iam.policies.items().iter().map(|policy| (policy.arn.as_str(), policy)).collect();
        for user in iam.users.items() {
            lookup.hold(&user.attached_managed_policies, |holders| holders.users.push(user));
            for group in &user.group_list {
                lookup.members.entry(group).or_default().push(user);
            }
        }
        for group in iam.groups.items() {
            lookup.hold(&group.attached_managed_policies, |holders| holders.groups.push(group));
        }
        for role in iam.roles.items() {
            lookup.roles.extend([(role.arn.as_str(), role), (role.role_name.as_str(), role)]);
            lookup.hold(&role.attached_managed_policies, |holders| holders.roles.push(role));
        }
        lookup.unseen_log = inventory.s3.buckets.known().err();
        for bucket in inventory.s3.buckets.items() {
            lookup.buckets.insert(&bucket.name, bucket);
            lookup.log_of(bucket);
        }
        let targets = inventory.s3.buckets.items().iter().filter(|b| lookup.log_targets.contains(b.name.as_str()));
        for target in targets {
            if let Ok(region) = target.bucket_region.known() {
                lookup.near_log_targets.entry(region).or_insert(&target.name);
            }
        }
        lookup
    }

    fn hold(&mut self, policies: &'a [AttachedPolicy], add: impl Fn(&mut Holders<'a>)) {
        for policy in policies {
            add(self.holders.entry(&policy.policy_arn).or_default());
        }
    }

    fn log_of(&mut self, bucket: &'a Bucket) {
        match bucket.logging.known() {
            Ok(Some(logging)) if logging.target_bucket != bucket.name => {
                self.log_targets.insert(&logging.target_bucket);
            }
            Ok(_) => {}
            Err(gap) => self.unseen_log = self.unseen_log.or(Some(gap)),
        }
    }

    /// The managed policy of this ARN.
    #[must_use]
    pub fn policy(&self, arn: &str) -> Option<&'a ManagedPolicy> {
        self.policies.get(arn).copied()
    }

    /// The role of this ARN or name.
    #[must_use]
    pub fn role(&self, called: &str) -> Option<&'a Role> {
        self.roles.get(called).copied()
    }

    /// The bucket of this name.
    #[must_use]
    pub fn bucket(&self, name: &str) -> Option<&'a Bucket> {
        self.buckets.get(name).copied()
    }

    /// Who is seen to have a managed policy attached.
    #[must_use]
    pub fn holders(&self, policy_arn: &str) -> &Holders<'a> {
        self.holders.get(policy_arn).unwrap_or(&NOBODY)
    }

    /// The users who are seen to belong to a group.
    #[must_use]
    pub fn members(&self, group: &str) -> &[&'a User] {
        self.members.get(group).map_or(&[], Vec::as_slice)
    }

    /// Whether a bucket receives the access logs of another one.
    ///
    /// # Errors
    /// [`Unknown`] when a bucket could not be read that may send its logs here.
    pub fn is_log_target(&self, bucket: &str) -> Result<bool, Unknown> {
        match self.unseen_log {
            _ if self.log_targets.contains(bucket) => Ok(true),
            Some(gap) => Err(gap),
            None => Ok(false),
        }
    }

    /// A bucket of this region that receives access logs already.
    #[must_use]
    pub fn log_target_in(&self, region: &Region) -> Option<&'a str> {
        self.near_log_targets.get(region).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{GapId, snapshot};

    #[test]
    fn a_log_target_is_known_as_far_as_the_buckets_are() {
        let logs = r#"{"Name": "a", "Logging": {"TargetBucket": "logs"}}"#;
        let silent = r#"{"Name": "b", "Logging": null}"#;
        let hidden = r#"{"Name": "c", "Logging": {"$gap": 4}}"#;
        let itself = r#"{"Name": "logs", "Logging": {"TargetBucket": "logs"}}"#;
        for (buckets, expected) in [
            (format!("[{silent}, {logs}]"), Ok(true)),
            (format!("[{hidden}, {logs}]"), Ok(true)),
            (format!("[{silent}, {itself}]"), Ok(false)),
            (format!("[{silent}, {hidden}]"), Err(Unknown(GapId(4)))),
            (format!(r#"{{"$gap": 5, "$items": [{silent}]}}"#), Err(Unknown(GapId(5)))),
        ] {
            let text = format!(r#"{{"s3": {{"Buckets": {buckets}}}}}"#);
            let inventory = snapshot::read_fragment(&text, jiff::Timestamp::UNIX_EPOCH).expect(&text);
            assert_eq!(Lookup::of(&inventory).is_log_target("logs"), expected, "{buckets}");
        }
    }
}
