//! Telling an administrator: a document that grants so much that it grants everything.

use super::conditions::leave_resources_open;
use super::grant::{Decider, Grants, On};

/// Whoever may do all of these can give away, and take, every other permission.
const IAM: &[&str] = &[
    "iam:CreateUser",
    "iam:AttachRolePolicy",
    "iam:PutUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:PassRole",
];

/// Powerful actions of services that every account has, one for each sort of power.
const ELSEWHERE: &[&str] = &[
    "s3:GetObject",
    "s3:DeleteBucket",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "kms:ScheduleKeyDeletion",
    "lambda:UpdateFunctionCode",
    "sts:AssumeRole",
    "dynamodb:DeleteTable",
    "rds:DeleteDBInstance",
    "cloudformation:DeleteStack",
    "secretsmanager:GetSecretValue",
    "sagemaker:CreateTrainingJob",
];

/// How many of [`ELSEWHERE`] may be denied: with all of IAM in hand, a denial of a few services can be lifted.
const EXCEPTIONS: usize = 4;

/// What makes a document an administrator's.
#[derive(Clone, Debug)]
pub struct FullAdmin<'a> {
    /// The statements that allow.
    pub allowed_by: Vec<Decider<'a>>,
    /// The statements that deny a little of it, or something under a condition.
    pub limited_by: Vec<Decider<'a>>,
}

/// Whether a document grants everything, or so much of it that the rest can be had.
///
/// All of a list of powerful actions must be granted on all resources they work on; a few services may be denied.
/// Conditions that only say who, when or from where change nothing; conditions about the resource do.
#[must_use]
pub fn full_admin<'a>(grants: &Grants<'a>) -> Option<FullAdmin<'a>> {
    let mut admin = FullAdmin { allowed_by: Vec::new(), limited_by: Vec::new() };
    let mut exceptions = 0;
    for (action, needed) in IAM.iter().map(|a| (a, true)).chain(ELSEWHERE.iter().map(|a| (a, false))) {
        let grant = grants.find_where(action, On::EveryOfAType, |allow| leave_resources_open(allow.statement));
        match grant {
            Some(grant) => {
                merge(&mut admin.allowed_by, grant.allowed_by);
                merge(&mut admin.limited_by, grant.limited_by);
            }
            None if needed => return None,
            None => exceptions += 1,
        }
        if exceptions > EXCEPTIONS {
            return None;
        }
    }
    Some(admin)
}

/// Adds deciders that are not there yet, in the order of the document.
pub(crate) fn merge<'a>(all: &mut Vec<Decider<'a>>, more: Vec<Decider<'a>>) {
    for decider in more {
        if let Err(at) = all.binary_search_by_key(&decider.index, |known| known.index) {
            all.insert(at, decider);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::Document;
    use crate::policy::catalogue::Catalogue;

    fn is_admin(statements: &Value) -> bool {
        let document = Document::from_value(&json!({"Statement": statements})).expect("a policy");
        full_admin(&Grants::of(&document)).is_some()
    }

    fn allow(action: &str, resource: &str) -> Value {
        json!({"Effect": "Allow", "Action": action, "Resource": resource})
    }

    #[test]
    fn the_lists_name_actions_that_exist() {
        for action in IAM.iter().chain(ELSEWHERE) {
            assert!(Catalogue::embedded().action(action).is_some(), "{action}");
        }
    }

    #[test]
    fn everything_in_any_writing_is_admin() {
        assert!(is_admin(&allow("*", "*")));
        assert!(is_admin(&allow("*:*", "arn:aws:*:*:*:*")));
        assert!(is_admin(&allow("**", "**")));
        let services = ["iam", "s3", "ec2", "kms", "lambda", "sts", "dynamodb", "rds", "cloudformation"];
        let services: Vec<_> = services.iter().map(|service| allow(&format!("{service}:*"), "*")).collect();
        assert!(is_admin(&json!(services)), "piece by piece");
        assert!(is_admin(&json!({"Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"})));
        assert!(is_admin(&json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::audit"})));
        assert!(is_admin(&json!([allow("*", "*"), {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}])));
    }

    #[test]
    fn less_is_not() {
        assert!(!is_admin(&allow("iam:*", "*")));
        assert!(!is_admin(&allow("*", "arn:aws:s3:::*")));
        assert!(!is_admin(&json!({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})));
        assert!(!is_admin(&json!([allow("*", "*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}])));
        assert!(!is_admin(&json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/lab": "1"}}})));
        assert!(is_admin(&json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}})));
    }
}
