//! Privilege escalation: actions that together lead to more rights than a policy grants.

mod paths;

use super::admin::merge;
use super::conditions::is_vacuous;
use super::grant::{Decider, Grants, On};
use super::matching;
use super::model::Condition;

pub use paths::PATHS;

/// A known way from a few rights to many.
#[derive(Debug, PartialEq, Eq)]
pub struct Path {
    /// As catalogued by pathfinding.cloud: `iam-001`.
    pub id: &'static str,
    /// What it rests on.
    pub category: Category,
    /// The service that a role must be passed to, where that is certain.
    pub passed_to: Option<&'static str>,
    /// The actions that together make it.
    pub required: &'static [&'static str],
    /// How it works, in one sentence.
    pub how: &'static str,
}

/// What a path rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// The caller changes what the caller itself may do.
    SelfEscalation,
    /// The caller hands a role to something new that runs the caller's code.
    NewPassRole,
    /// The caller gets at something that runs with a role already.
    ExistingPassRole,
    /// The caller becomes somebody else.
    PrincipalAccess,
}

/// A path that a document opens.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The path.
    pub path: &'static Path,
    /// The statements that open it.
    pub allowed_by: Vec<Decider<'a>>,
}

impl Path {
    /// What else must be there for it to lead anywhere; none when the actions suffice.
    #[must_use]
    pub fn depends_on(&self) -> Option<&'static str> {
        match self.category {
            Category::ExistingPassRole => Some("an existing resource whose role may do more"),
            Category::NewPassRole if !self.required.contains(&"iam:PassRole") => {
                Some("an existing resource whose role may do more")
            }
            Category::PrincipalAccess if self.id == "sts-001" => Some("a role that may do more and trusts the caller"),
            _ => None,
        }
    }

    /// The page of AWS's documentation that explains the mechanism.
    #[must_use]
    pub fn reference(&self) -> &'static str {
        match self.category {
            Category::NewPassRole | Category::ExistingPassRole => {
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
            }
            Category::SelfEscalation | Category::PrincipalAccess => {
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
            }
        }
    }

    /// On what an action of it must be granted. One action alone that needs something to be there counts only on `*`.
    fn on(&self) -> On<'static> {
        if self.required.len() == 1 && self.depends_on().is_some() { On::Everything } else { On::EveryOfAType }
    }

    fn open<'a>(&'static self, grants: &Grants<'a>) -> Option<Found<'a>> {
        let mut allowed_by = Vec::new();
        for action in self.required {
            let counts = |allow: Decider<'a>| !allow.statement.conditions.iter().any(|c| self.is_stopped_by(c, action));
            let oneself = self.category == Category::SelfEscalation && self.required.len() == 1;
            let grant = grants
                .find_where(action, self.on(), counts)
                .or_else(|| oneself.then(|| grants.find_where(action, On::OneselfAsUser, counts)).flatten())?;
            merge(&mut allowed_by, grant.allowed_by);
        }
        Some(Found { path: self, allowed_by })
    }

    /// Whether a condition leaves nothing of the path: it names resources by tag, or restrains IAM's own actions.
    fn is_stopped_by(&self, condition: &Condition, action: &str) -> bool {
        if is_vacuous(condition) {
            return false;
        }
        let key = condition.key.to_ascii_lowercase();
        if key == "iam:passedtoservice" {
            if action != "iam:PassRole" {
                return !condition.operator.holds_without_the_key();
            }
            return self.passed_to.is_some_and(|service| !admits(condition, service));
        }
        key.starts_with("iam:") || key.contains("resourcetag/")
    }
}

/// Every path that a document opens: first those that need nothing else, then by the number of actions.
#[must_use]
pub fn find<'a>(grants: &Grants<'a>) -> Vec<Found<'a>> {
    let mut found: Vec<_> = PATHS.iter().filter_map(|path| path.open(grants)).collect();
    found.sort_by_key(|found| (found.path.depends_on().is_some(), found.path.required.len()));
    found
}

/// Whether a condition holds for this value of its key.
fn admits(condition: &Condition, value: &str) -> bool {
    let operator = &condition.operator;
    let matches = condition.values.iter().any(|pattern| {
        if operator.base.to_ascii_lowercase().contains("like") {
            matching::glob(pattern, value)
        } else {
            pattern.eq_ignore_ascii_case(value)
        }
    });
    matches != operator.is_negated()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::Document;
    use crate::policy::catalogue::Catalogue;

    fn ids(statements: &Value) -> Vec<&'static str> {
        let document = Document::from_value(&json!({"Statement": statements})).expect("a policy");
        find(&Grants::of(&document)).iter().map(|found| found.path.id).collect()
    }

    fn allow(actions: impl Into<Value>, resource: &str) -> Value {
        json!({"Effect": "Allow", "Action": actions.into(), "Resource": resource})
    }

    #[test]
    fn the_paths_are_sorted_whole_and_explained() {
        assert_eq!(PATHS.len(), 65);
        let order = |path: &Path| {
            let (service, number) = path.id.rsplit_once('-').expect("service-number");
            (service.to_owned(), number.to_owned())
        };
        assert!(PATHS.is_sorted_by(|a, b| order(a) < order(b)));
        for path in PATHS {
            assert!(!path.how.is_empty() && !path.how.ends_with('.'), "{}", path.id);
            for action in path.required {
                let known = Catalogue::embedded().action(action);
                assert!(known.is_some_and(|(service, found)| *action == format!("{}:{}", service.prefix, found.name)));
            }
        }
    }

    #[test]
    fn all_actions_of_a_path_must_be_granted_broadly() {
        assert_eq!(ids(&allow("iam:CreatePolicyVersion", "*")), ["iam-001"]);
        assert_eq!(ids(&allow(json!(["IAM:passrole", "ec2:Run*"]), "*")), ["ec2-001"]);
        assert!(ids(&allow("iam:PassRole", "*")).is_empty());
        assert!(ids(&allow("iam:CreatePolicyVersion", "arn:aws:iam::1:policy/lab-*")).is_empty());
        assert_eq!(ids(&allow("iam:CreatePolicyVersion", "arn:aws:iam::1:policy/*")), ["iam-001"]);
        let split = json!([allow("iam:PassRole", "arn:aws:iam::*:role/*"), allow("ec2:RunInstances", "*")]);
        assert_eq!(ids(&split), ["ec2-001"]);
        let denied = json!([allow("iam:*", "*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]);
        assert!(ids(&denied).is_empty());
    }

    #[test]
    fn a_weak_path_counts_only_on_everything_and_says_what_it_needs() {
        assert_eq!(ids(&allow("sts:AssumeRole", "*")), ["sts-001"]);
        assert!(ids(&allow("sts:AssumeRole", "arn:aws:iam::*:role/*")).is_empty());
        let path = PATHS.iter().find(|path| path.id == "ssm-001").expect("a path");
        assert!(path.depends_on().is_some());
    }

    #[test]
    fn giving_oneself_rights_counts_and_one_s_own_keys_do_not() {
        let own = "arn:aws:iam::*:user/${aws:username}";
        assert_eq!(ids(&allow("iam:PutUserPolicy", own)), ["iam-007"]);
        assert!(ids(&allow("iam:CreateAccessKey", own)).is_empty());
    }

    #[test]
    fn the_service_that_a_role_is_passed_to_decides() {
        let passing = |operator: &str, service: &str| {
            ids(&json!({"Effect": "Allow", "Resource": "*",
                "Action": ["iam:PassRole", "ec2:RunInstances", "lambda:CreateFunction", "lambda:InvokeFunction"],
                "Condition": {operator: {"iam:PassedToService": service}}}))
        };
        assert!(passing("StringEquals", "ec2.amazonaws.com").is_empty(), "the condition stands on RunInstances, too");
        let split = |condition: Value| {
            ids(&json!([
                {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": condition},
                allow(json!(["ec2:RunInstances", "lambda:CreateFunction", "lambda:InvokeFunction"]), "*")]))
        };
        assert_eq!(split(json!({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})), ["ec2-001"]);
        assert_eq!(split(json!({"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})), ["lambda-001"]);
        assert_eq!(split(json!({"StringLike": {"iam:PassedToService": "*"}})), ["ec2-001", "lambda-001"]);
        assert!(split(json!({"StringEquals": {"iam:AssociatedResourceARN": "x"}})).is_empty());
    }
}
