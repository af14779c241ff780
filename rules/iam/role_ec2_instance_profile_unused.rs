use crate::inventory::iam::Role;
use crate::rule::age::ROLE_UNUSED;
use crate::rule::prelude::*;
use crate::rule::role_use::{delete, idle, instance_profiles, is_for_instances};
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A role for EC2 instances (it is in an instance profile and trusts EC2) that nobody has used for 90 days or more, or has
never used although it was created 90 days ago or earlier. AWS looks back 400 days.

## Why it matters
The instance of the lab is gone, its role is not. Whoever may start instances and pass roles can put it on a new one and
act with its permissions. An instance that carries the role but never calls AWS does not count as use: such a role may
still be attached somewhere, and deserves no permissions.

## How to fix it
See in your regions whether an instance still carries the profile (the first command asks the default one). If none
does, delete the profile and the role.
";

pub static RULE: Rule = Rule {
    id: "iam-role-ec2-instance-profile-unused",
    title: "Role for EC2 instances has not been used for 90 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "iam-roles#instance-profiles",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[ROLE_UNUSED],
    check: Check::Role(check),
    examples: EXAMPLES,
};

fn check(role: &Role, cx: &Context<'_>) -> Verdict {
    if !is_for_instances(role) {
        return not_applicable("the role is not for EC2 instances");
    }
    let Some(idle) = idle(role, cx)? else { return pass() };
    let profiles: Vec<_> = instance_profiles(role).collect();
    let message = format!("Role {} of instance profile {} {}", role.role_name, profiles.join(", "), idle.words);
    let mut problem = idle.evidence(fail(message)).evidence("InstanceProfileList", role.instance_profile_list.clone());
    for arn in &role.instance_profile_list {
        problem = problem.fix(format!(
            "aws ec2 describe-instances --filters Name=iam-instance-profile.arn,Values={} \
             --query 'Reservations[].Instances[].InstanceId'",
            shell_quote(arn)
        ));
    }
    problem.fixes(delete(role)).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "no instance has used it since summer",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "web", "Arn": "arn:aws:iam::111122223333:role/web",
            "CreateDate": "2025-04-01T00:00:00Z", "RoleLastUsed": "2026-07-01T00:00:00Z",
            "InstanceProfileList": ["arn:aws:iam::111122223333:instance-profile/web"],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}}"#,
    },
    Example {
        name: "made in spring and never put to use",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "web", "Arn": "arn:aws:iam::111122223333:role/web",
            "CreateDate": "2026-04-01T00:00:00Z",
            "InstanceProfileList": ["arn:aws:iam::111122223333:instance-profile/web"],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                "Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": "sts:AssumeRole"}}}]}}"#,
    },
    Example {
        name: "an instance used it today",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "web", "Arn": "arn:aws:iam::111122223333:role/web",
            "CreateDate": "2025-04-01T00:00:00Z", "RoleLastUsed": "2026-11-22T08:00:00Z",
            "InstanceProfileList": ["arn:aws:iam::111122223333:instance-profile/web"],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}}"#,
    },
    Example {
        name: "a function's role, and one without an instance profile",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Roles": [
            {"RoleName": "resize", "Arn": "arn:aws:iam::111122223333:role/resize",
                "InstanceProfileList": ["arn:aws:iam::111122223333:instance-profile/resize"],
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}},
            {"RoleName": "bare", "Arn": "arn:aws:iam::111122223333:role/bare",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}}"#,
    },
];
