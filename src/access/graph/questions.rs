//! What must be allowed of each action of a way, and on what.

use super::edges::{Aim, Finder};
use super::objects::Object;
use super::probe::{Key, PASSED_TO, Question, Trust, type_pattern, type_pattern_within};
use super::runners::Runner;
use crate::inventory::iam::{AttachedPolicy, Group};
use crate::policy::catalogue::Catalogue;
use crate::policy::escalation::Path;
use crate::policy::matching;

impl<'a> Finder<'_, 'a> {
    /// The statements that open a way.
    pub(super) fn statements(&mut self, path: &Path, aim: Aim) -> Vec<String> {
        let questions: Vec<_> = path.required.iter().flat_map(|action| self.questions(path, action, aim)).collect();
        questions.iter().flat_map(|question| self.probe.allowed_by(question)).collect()
    }

    /// What must be allowed of an action within a way.
    pub(super) fn questions(&mut self, path: &Path, action: &'static str, aim: Aim) -> Vec<Question> {
        let own = |resources: Vec<String>, keys| {
            let mut question = Question::new(action, resources);
            question.keys = keys;
            vec![question]
        };
        let limits = |boundary: Option<&str>| {
            // Only what writes policies into somebody tells of the boundary.
            let tells = action.starts_with("iam:Attach") || action.starts_with("iam:Put");
            let mut keys = vec![("iam:PermissionsBoundary", boundary.filter(|_| tells).map(str::to_owned))];
            if action.starts_with("iam:Attach") {
                keys.push(("iam:PolicyARN", Some(self.administrator_access())));
            }
            keys
        };
        match (Object::of(path, action), aim.target) {
            (Object::OwnUser, _) if self.holder.user().is_some() => {
                vec![self.of_principal(action, self.place, limits(self.holder.boundary_arn()))]
            }
            (Object::OwnRole, _) if self.holder.role().is_some() => {
                vec![self.of_principal(action, self.place, limits(self.holder.boundary_arn()))]
            }
            (Object::OwnGroup, _) => {
                let groups = self.own_groups().into_iter().map(|group| group.arn.clone()).collect();
                own(groups, limits(None))
            }
            (Object::OwnPolicy, _) => own(self.own_policies(self.place), Vec::new()),
            (Object::Group, _) => {
                let group = aim.group.and_then(|place| self.account.inventory.iam.groups.items().get(place));
                own(group.map(|group| group.arn.clone()).into_iter().collect(), Vec::new())
            }
            (Object::RolePolicy, Some(role)) => own(self.own_policies(role), Vec::new()),
            (Object::Role, Some(role)) => match action {
                "sts:AssumeRole" => vec![self.taking(role, Trust::OfRole(role))],
                "iam:PassRole" => vec![self.of_principal(action, role, passed_to(path.passed_to))],
                _ => {
                    let keys = limits(self.account.holders[role].boundary_arn());
                    vec![self.of_principal(action, role, keys)]
                }
            },
            (Object::User, Some(user)) => {
                let keys = limits(self.account.holders[user].boundary_arn());
                vec![self.of_principal(action, user, keys)]
            }
            (Object::Thing, _) => self.of_thing(path, action, aim),
            // Nothing that would suffice.
            _ => vec![Question::new(action, Vec::new())],
        }
    }

    /// About a user or a role.
    pub(super) fn of_principal(&self, action: &'static str, place: usize, keys: Vec<Key>) -> Question {
        let holder = &self.account.holders[place];
        let account = &self.account.inventory.account;
        let sort = if holder.role().is_some() { "role" } else { "user" };
        let mut question = Question::new(action, vec![holder.arn.to_owned()]);
        question.all = Some(format!("arn:{}:iam::{}:{sort}/*", account.partition, account.id));
        question.tags = Some(holder.tags().to_vec());
        question.keys = keys;
        question
    }

    /// About taking a role, by this trust policy.
    pub(super) fn taking(&self, role: usize, trust: Trust) -> Question {
        let mut question = self.of_principal("sts:AssumeRole", role, Vec::new());
        question.trust = Some(trust);
        question
    }

    /// About something that runs with a role, or something new.
    fn of_thing(&mut self, path: &Path, action: &'static str, aim: Aim) -> Vec<Question> {
        let targets = self.targets;
        let runner: Option<&Runner> = aim.runner.and_then(|place| targets.runners(path).get(place));
        if let Some((runner, arn)) = runner.and_then(|runner| Some((runner, runner.arn.as_ref()?)))
            && let Some(type_arn) = type_of(action, arn)
        {
            let account = &self.account.inventory.account;
            let mut question = Question::new(action, vec![arn.clone()]);
            question.all = Some(type_pattern_within(type_arn, account.partition, account.id.as_str()));
            question.tags.clone_from(&runner.tags);
            return vec![question];
        }
        self.probe.things(action).into_iter().map(|resources| Question::new(action, resources)).collect()
    }

    /// The groups that it is in.
    pub(super) fn own_groups(&self) -> Vec<&'a Group> {
        let names = self.holder.user().map_or(&[][..], |user| &user.group_list);
        let groups = self.account.inventory.iam.groups.items();
        groups.iter().filter(|group| names.contains(&group.group_name)).collect()
    }

    /// The account's own managed policies that a principal has.
    fn own_policies(&self, place: usize) -> Vec<String> {
        let holder = &self.account.holders[place];
        let of_groups = if place == self.place { self.own_groups() } else { Vec::new() };
        let of_groups = of_groups.into_iter().map(|group| &group.attached_managed_policies[..]);
        let own: &[AttachedPolicy] = match (holder.user(), holder.role()) {
            (Some(user), _) => &user.attached_managed_policies,
            (_, Some(role)) => &role.attached_managed_policies,
            _ => &[],
        };
        let arns = std::iter::once(own).chain(of_groups).flatten().map(|attached| &attached.policy_arn);
        arns.filter(|arn| !arn.contains(":iam::aws:policy/")).cloned().collect()
    }

    fn administrator_access(&self) -> String {
        format!("arn:{}:iam::aws:policy/AdministratorAccess", self.account.inventory.account.partition)
    }
}

/// What a request to pass a role says of the service.
pub(super) fn passed_to(service: Option<&'static str>) -> Vec<Key> {
    service.map(|service| (PASSED_TO, Some(service.to_owned()))).into_iter().collect()
}

/// The type of an ARN among those that an action is about.
fn type_of(action: &str, arn: &str) -> Option<&'static str> {
    let (service, action) = Catalogue::embedded().action(action)?;
    service.types_of(action).map(|kind| kind.arn).find(|type_arn| matching::arn(&type_pattern(type_arn), arn))
}
