use crate::inventory::iam::Role;
use crate::policy::admin::full_admin;
use crate::policy::grant::Grants;
use crate::policy::model::Principal;
use crate::policy::trust::admissions;
use crate::rule::judge_within;
use crate::rule::prelude::*;
use crate::rule::role_policies::together;
use crate::text::{join_some, shell_quote};

const DOCS: &str = "\
## What it finds
A role with full administrator rights: AWS's `AdministratorAccess` (in any partition), or policies of the account,
attached or inline, that together grant as much. An unconditional `Deny` in any of its own policies, AWS's
`AWSDenyAll` and the role's permissions boundary are taken into account. What other policies of AWS grant is not known
to afterlab and not counted. Roles that IAM Identity Center keeps for its permission sets, and AWS's service-linked
roles, are not judged.

## Why it matters
A role's rights belong to everybody and everything its trust policy lets in: each function, each notebook, each
pipeline that runs with it. Code that only had to read a bucket can then delete the account's contents, and so can
whoever finds a hole in that code.

## How to fix it
Detach the policy and grant what the role's work needs. A role for people that must stay an administrator's should
demand MFA in its trust policy; mute this finding for it, with the reason. The same goes for roles that AWS sets up with
administrator rights on purpose, such as `OrganizationAccountAccessRole`.
";

pub static RULE: Rule = Rule {
    id: "iam-role-admin-attached",
    title: "Role has full administrator rights",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::High,
    confidence: Confidence::High,
    note: "iam-roles#trusted-entities",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Role(check),
    examples: EXAMPLES,
};

fn check(role: &Role, cx: &Context<'_>) -> Verdict {
    if role.is_identity_center() {
        return not_applicable("IAM Identity Center keeps it for a permission set");
    }
    let (together, unread) = together(role, cx)?;
    let judge = |grants: &Grants<'_>| {
        let Some(admin) = full_admin(grants) else { return pass() };
        let through: Vec<&str> = {
            let mut names: Vec<_> = admin.allowed_by.iter().map(|by| together.names[by.index]).collect();
            names.dedup();
            names
        };
        let mut problem = fail(format!(
            "Role {} has full administrator rights through {}{}",
            role.role_name,
            join_some(through.iter().copied(), 3),
            trusted(role)
        ));
        for name in &through {
            problem = match role.attached_managed_policies.iter().find(|attached| attached.policy_name == *name) {
                Some(attached) => {
                    problem.evidence("AttachedManagedPolicies", attached.policy_arn.as_str()).fix(format!(
                        "aws iam detach-role-policy --role-name {} --policy-arn {}",
                        shell_quote(&role.role_name),
                        shell_quote(&attached.policy_arn)
                    ))
                }
                None => problem.evidence("RolePolicyList", *name).fix(format!(
                    "aws iam delete-role-policy --role-name {} --policy-name {}",
                    shell_quote(&role.role_name),
                    shell_quote(name)
                )),
            };
        }
        problem.verdict()
    };
    let grants = Grants::of(&together.document);
    let verdict = match (judge(&grants)?, role.permissions_boundary.as_deref()) {
        (Judgement::Fail(_), Some(boundary)) => judge_within(cx, &grants, &[boundary], judge)?,
        (verdict, _) => verdict,
    };
    match (verdict, unread) {
        (Judgement::Pass, Some(unread)) => Err(unread),
        (verdict, _) => Ok(verdict),
    }
}

/// Whom the role trusts, as the end of a sentence; nothing when its trust policy cannot be understood.
fn trusted(role: &Role) -> String {
    let Ok(trust) = role.assume_role_policy_document.model() else { return String::new() };
    let mut whom: Vec<&str> = admissions(trust)
        .map(|admission| match admission.whom {
            Principal::Everyone => "everyone",
            Principal::Aws(name)
            | Principal::Service(name)
            | Principal::Federated(name)
            | Principal::CanonicalUser(name) => name,
        })
        .collect();
    whom.dedup();
    if whom.is_empty() { String::new() } else { format!(" and trusts {}", join_some(whom.into_iter(), 3)) }
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a function with AdministratorAccess",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Policies": [], "Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"}}},
            "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}]}}"#,
    },
    Example {
        name: "in AWS GovCloud",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Policies": [], "Roles": [
            {"RoleName": "lab", "Arn": "arn:aws-us-gov:iam::111122223333:role/lab",
             "AssumeRolePolicyDocument": {"Statement": []}, "AttachedManagedPolicies": [
                {"PolicyName": "AdministratorAccess",
                 "PolicyArn": "arn:aws-us-gov:iam::aws:policy/AdministratorAccess"}]}]}}"#,
    },
    Example {
        name: "an inline policy that grants everything",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Statement": []}, "RolePolicyList": [{"PolicyName": "all",
                "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]}}"#,
    },
    Example {
        name: "everything but IAM, and IAM from another policy",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Statement": []}, "RolePolicyList": [
                {"PolicyName": "most", "PolicyDocument": {"Statement":
                    {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}},
                {"PolicyName": "rest", "PolicyDocument": {"Statement":
                    {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}}]}]}}"#,
    },
    Example {
        name: "reads one bucket",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Statement": []},
            "AttachedManagedPolicies": [{"PolicyName": "AWSLambdaBasicExecutionRole",
                "PolicyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}],
            "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": {"Statement":
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lab-data/*"}}}]}]}}"#,
    },
    Example {
        name: "AdministratorAccess, but IAM is denied by an inline policy",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "AssumeRolePolicyDocument": {"Statement": []},
            "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
            "RolePolicyList": [{"PolicyName": "no-iam", "PolicyDocument": {"Statement":
                {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}}]}]}}"#,
    },
    Example {
        name: "AdministratorAccess within a boundary of S3",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "PermissionsBoundary": "arn:aws:iam::111122223333:policy/limits",
            "AssumeRolePolicyDocument": {"Statement": []},
            "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}],
            "Policies": [{"PolicyName": "limits", "Arn": "arn:aws:iam::111122223333:policy/limits",
             "DefaultVersionId": "v1", "PermissionsBoundaryUsageCount": 1, "PolicyVersionList": [{"VersionId": "v1",
                "Document": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}]}]}}"#,
    },
    Example {
        name: "a boundary that was not read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Policies": [], "Roles": [{"RoleName": "lab",
            "Arn": "arn:aws:iam::111122223333:role/lab",
            "PermissionsBoundary": "arn:aws:iam::111122223333:policy/limits",
            "AssumeRolePolicyDocument": {"Statement": []},
            "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}]}}"#,
    },
    Example {
        name: "an own policy whose text was not read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Policies": [], "Roles": [{"RoleName": "lab",
            "Arn": "arn:aws:iam::111122223333:role/lab", "AssumeRolePolicyDocument": {"Statement": []},
            "AttachedManagedPolicies": [{"PolicyName": "own",
                "PolicyArn": "arn:aws:iam::111122223333:policy/own"}]}]}}"#,
    },
    Example {
        name: "a permission set of IAM Identity Center",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Policies": [], "Roles": [{"RoleName": "AWSReservedSSO_Admin_0123456789abcdef",
            "Arn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
            "Path": "/aws-reserved/sso.amazonaws.com/", "AssumeRolePolicyDocument": {"Statement": []},
            "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}]}}"#,
    },
];
