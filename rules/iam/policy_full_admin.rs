use crate::policy::admin::full_admin;
use crate::policy::grant::list;
use crate::rule::prelude::*;
use crate::rule::{under_conditions, with_policy};

const DOCS: &str = "\
## What it finds
A policy of the account, managed or inline, that grants full administrator rights by itself: `\"Action\": \"*\"` on
`\"Resource\": \"*\"`, or anything that comes to the same. What counts is the outcome, not the spelling: a list of powerful
actions must all be granted on every resource, whether by `*`, by `NotAction`, or service by service. Conditions that
only say who, when or from where (MFA, a region, a network) leave it an administrator's policy and are mentioned;
conditions about the resource, such as a tag, do not. A `Deny` of a few services changes nothing, because whoever may
do everything in IAM can lift it; an unconditional `Deny` of IAM's own actions does. Only the version in force counts,
and a permissions boundary of everybody who has the policy is taken into account.

## Why it matters
Whoever holds such a policy, or finds a key of somebody who does, owns the account: its data, its users and its bill.
AWS's own `AdministratorAccess` at least says so by its name, and an own policy that does the same is easily overlooked.

## How to fix it
Write down which services the holder works with and grant their actions on named resources. IAM Access Analyzer can
generate a policy from what CloudTrail recorded. If somebody must be an administrator, let them take a role with
`AdministratorAccess` for the time they need it, with MFA.
";

pub static RULE: Rule = Rule {
    id: "iam-policy-full-admin",
    title: "Policy grants full administrator rights",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::High,
    confidence: Confidence::High,
    note: "iam-policies#full-administrator",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::PolicyText(check),
    examples: EXAMPLES,
};

fn check(text: &PolicyText<'_>, cx: &Context<'_>) -> Verdict {
    text.judge(cx, |grants| {
        let Some(admin) = full_admin(grants) else { return pass() };
        let mut message = format!(
            "{} grants full administrator rights through {}{}",
            text.subject(),
            list(&admin.allowed_by),
            under_conditions(&admin.allowed_by)
        );
        if !admin.limited_by.is_empty() {
            message.push_str("; what is denied by ");
            message.push_str(&list(&admin.limited_by));
            message.push_str(" does not change that");
        }
        fail(message)
            .statements(text.document, &admin.allowed_by)
            .statements(text.document, &admin.limited_by)
            .fix(text.replace_command())
            .verdict()
    })
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "everything on everything",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"{"Sid": "Admin", "Effect": "Allow", "Action": "*", "Resource": "*"}"#),
    },
    Example {
        name: "in another spelling, for those with MFA",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": ["*:*"], "Resource": ["arn:aws:*:*:*:*"],
                 "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}}]"#
        ),
    },
    Example {
        name: "NotAction that leaves out only billing",
        expected: Expected::Fail,
        snapshot: with_policy!(r#"{"Effect": "Allow", "NotAction": "billing:*", "Resource": "*"}"#),
    },
    Example {
        name: "a denial of some resources changes nothing",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::audit-logs/*"}]"#
        ),
    },
    Example {
        name: "a denial without MFA changes nothing for those who have it",
        expected: Expected::Fail,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "*", "Resource": "*",
                 "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": false}}}]"#
        ),
    },
    Example {
        name: "inline, in a user",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Groups": [], "Roles": [], "Policies": [], "Users": [
            {"UserName": "ann", "Arn": "arn:aws:iam::111122223333:user/ann", "UserPolicyList": [
                {"PolicyName": "all", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}
            ]}]}}"#,
    },
    Example {
        name: "one service and a few actions",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": ["s3:*", "ec2:Describe*"], "Resource": "*"},
                {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::lab-*"}]"#
        ),
    },
    Example {
        name: "an unconditional denial of IAM takes the administrator away",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": ["IAM:*", "organizations:*"], "Resource": "*"}]"#
        ),
    },
    Example {
        name: "only resources with a tag",
        expected: Expected::Pass,
        snapshot: with_policy!(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceTag/project": "lab"}}}"#
        ),
    },
    Example {
        name: "only an old version does, not the one in force",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [], "Groups": [], "Roles": [], "Policies": [{"PolicyName": "lab",
            "Arn": "arn:aws:iam::111122223333:policy/lab", "DefaultVersionId": "v2", "PolicyVersionList": [
            {"VersionId": "v2", "Document": {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}},
            {"VersionId": "v1", "Document": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]}}"#,
    },
    Example {
        name: "the role's boundary allows only S3",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [], "Groups": [], "Roles": [
            {"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
             "PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonS3FullAccess",
             "AssumeRolePolicyDocument": {"Statement": []},
             "RolePolicyList": [{"PolicyName": "all",
                "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}],
            "Policies": [{"PolicyName": "AmazonS3FullAccess", "Arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess",
             "DefaultVersionId": "v2", "PolicyVersionList": [{"VersionId": "v2",
                "Document": {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}]}}"#,
    },
    Example {
        name: "the role's boundary was not read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [], "Groups": [], "Policies": [], "Roles": [
            {"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
             "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
             "AssumeRolePolicyDocument": {"Statement": []},
             "RolePolicyList": [{"PolicyName": "all",
                "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]}}"#,
    },
    Example {
        name: "serves as a boundary only, which grants nothing",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [], "Groups": [], "Roles": [], "Policies": [{"PolicyName": "limits",
            "Arn": "arn:aws:iam::111122223333:policy/limits", "PermissionsBoundaryUsageCount": 2,
            "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1",
                "Document": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]}}"#,
    },
];
