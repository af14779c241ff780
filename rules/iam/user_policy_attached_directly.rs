use crate::inventory::iam::User;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A user with managed policies attached to the user itself rather than to its groups. Policies written into the user are
the affair of `iam-user-inline-policy`.

## Why it matters
Permissions that hang on people one by one drift apart: the next colleague gets another mix, and what somebody was given
for one afternoon stays. In a group they are seen, compared and taken away at once. The console itself does this to you:
\"user must create a new password at next sign-in\" attaches `IAMUserChangePassword` to the user. The password policy's
\"allow users to change their own password\" makes that attachment needless.

## How to fix it
Attach the policy to a group whose job needs it, put the user in, then detach the policy from the user.
";

pub static RULE: Rule = Rule {
    id: "iam-user-policy-attached-directly",
    title: "Policies are attached to the user itself, not to a group",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam#groups",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, _cx: &Context<'_>) -> Verdict {
    let attached = &user.attached_managed_policies;
    if attached.is_empty() {
        return pass();
    }
    let names: Vec<_> = attached.iter().map(|policy| policy.policy_name.as_str()).collect();
    let user_name = shell_quote(&user.user_name);
    let arns: Vec<_> = attached.iter().map(|policy| shell_quote(&policy.policy_arn)).collect();
    let mut problem = fail(format!("User {} has {} attached directly", user.user_name, names.join(", ")))
        .evidence("AttachedManagedPolicies", names);
    for arn in &arns {
        problem = problem.fix(format!("aws iam attach-group-policy --group-name GROUP --policy-arn {arn}"));
    }
    problem = problem.fix(format!("aws iam add-user-to-group --user-name {user_name} --group-name GROUP"));
    for arn in &arns {
        problem = problem.fix(format!("aws iam detach-user-policy --user-name {user_name} --policy-arn {arn}"));
    }
    problem.verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a managed policy hangs on the user",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "GroupList": ["students"],
            "AttachedManagedPolicies": [{"PolicyName": "AmazonS3FullAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}]}]}}"#,
    },
    Example {
        name: "all permissions come from a group",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "GroupList": ["students"]}]}}"#,
    },
    Example {
        name: "an inline policy is another rule's affair",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "UserPolicyList": [
                {"PolicyName": "notes", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}]}}"#,
    },
];
