use crate::inventory::iam::Role;
use crate::rule::age::ROLE_UNUSED;
use crate::rule::prelude::*;
use crate::rule::role_use::{delete, idle, is_for_instances};

const DOCS: &str = "\
## What it finds
A role that nobody has used for 90 days or more, or has never used although it was created 90 days ago or earlier. AWS
looks back 400 days. Not judged are service-linked roles, which belong to AWS, roles of IAM Identity Center, which come
and go with its permission sets, and roles for EC2 instances (`iam-role-ec2-instance-profile-unused` looks at those).

## Why it matters
The console makes a role for every lab (`AmazonSageMaker-ExecutionRole-…`, `service-role/…`) and nothing deletes it
with the lab. Its permissions stay, and whoever may assume it, or may pass it to a service, still gets them. Some roles
are meant to rest: one for emergencies, one for a yearly audit, `OrganizationAccountAccessRole`. Mute those by name.

## How to fix it
Look at what the role trusts, to know what it was for. Then take its policies off and delete it. If in doubt, attach
`AWSDenyAll` first and wait a month: that can be taken back.
";

pub static RULE: Rule = Rule {
    id: "iam-role-unused",
    title: "Role has not been used for 90 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "iam-roles#unused-roles",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html",
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
    if role.is_identity_center() {
        return not_applicable("IAM Identity Center keeps the role for a permission set");
    }
    if is_for_instances(role) {
        return not_applicable("the role is for EC2 instances");
    }
    let Some(idle) = idle(role, cx)? else { return pass() };
    idle.evidence(fail(format!("Role {} {}", role.role_name, idle.words))).fixes(delete(role)).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "last used exactly 90 days ago",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "kb-lab", "Arn": "arn:aws:iam::111122223333:role/kb-lab",
            "CreateDate": "2026-06-01T00:00:00Z", "RoleLastUsed": "2026-08-24T12:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}}"#,
    },
    Example {
        name: "never used since spring",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "try", "Arn": "arn:aws:iam::111122223333:role/try",
            "CreateDate": "2026-04-01T00:00:00Z",
            "AttachedManagedPolicies": [{"PolicyName": "AmazonS3ReadOnlyAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}}"#,
    },
    Example {
        name: "older than AWS looks back, so nobody can say never",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "ancient", "Arn": "arn:aws:iam::111122223333:role/ancient",
            "CreateDate": "2020-04-01T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}}"#,
    },
    Example {
        name: "used yesterday, and one made yesterday",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Roles": [
            {"RoleName": "resize", "Arn": "arn:aws:iam::111122223333:role/resize",
                "CreateDate": "2025-04-01T00:00:00Z", "RoleLastUsed": "2026-11-21T00:00:00Z",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
            {"RoleName": "new", "Arn": "arn:aws:iam::111122223333:role/new", "CreateDate": "2026-11-21T00:00:00Z",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}}"#,
    },
    Example {
        name: "roles of EC2 instances and of Identity Center",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Roles": [
            {"RoleName": "web", "Arn": "arn:aws:iam::111122223333:role/web", "CreateDate": "2025-04-01T00:00:00Z",
                "InstanceProfileList": ["arn:aws:iam::111122223333:instance-profile/web"],
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}},
            {"RoleName": "AWSReservedSSO_Audit_1a2b", "Path": "/aws-reserved/sso.amazonaws.com/",
                "Arn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Audit_1a2b",
                "CreateDate": "2025-04-01T00:00:00Z",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}}"#,
    },
    Example {
        name: "never used, and nothing tells its age",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}}"#,
    },
];
