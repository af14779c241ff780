use crate::inventory::iam::Group;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A group that no user belongs to.

## Why it matters
It does no harm by itself. But the next person who is put into it gets whatever it was once given, and a list of groups
that nobody is in hides the ones that matter. A group that waits for its first members is reported too.

## How to fix it
Delete the group if its job is over. IAM demands that its policies go first.
";

pub static RULE: Rule = Rule {
    id: "iam-group-empty",
    title: "Group has no members",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "iam#groups",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups_manage_delete.html"],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Group(check),
    examples: EXAMPLES,
};

fn check(group: &Group, cx: &Context<'_>) -> Verdict {
    if !cx.lookup().members(&group.group_name).is_empty() {
        return pass();
    }
    cx.inventory.iam.users.known()?;
    let name = shell_quote(&group.group_name);
    let policies: Vec<_> = (group.attached_managed_policies.iter().map(|policy| &policy.policy_name))
        .chain(group.group_policy_list.iter().map(|policy| &policy.policy_name))
        .map(String::as_str)
        .collect();
    let message = if policies.is_empty() {
        format!("Group {} has no members and no policies", group.group_name)
    } else {
        format!("Group {} has no members; its policies {} serve nobody", group.group_name, policies.join(", "))
    };
    let mut problem = fail(message).evidence("Users", Vec::<String>::new()).evidence("Policies", policies);
    for policy in &group.attached_managed_policies {
        let arn = shell_quote(&policy.policy_arn);
        problem = problem.fix(format!("aws iam detach-group-policy --group-name {name} --policy-arn {arn}"));
    }
    for policy in &group.group_policy_list {
        let policy = shell_quote(&policy.policy_name);
        problem = problem.fix(format!("aws iam delete-group-policy --group-name {name} --policy-name {policy}"));
    }
    problem.fix(format!("aws iam delete-group --group-name {name}")).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "nobody is in it",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {
            "Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": ["admins"]}],
            "Groups": [{"GroupName": "labelers", "Arn": "arn:aws:iam::111122223333:group/labelers",
                "AttachedManagedPolicies": [{"PolicyName": "AmazonS3FullAccess",
                    "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}]}]}}"#,
    },
    Example {
        name: "an account without users",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [],
            "Groups": [{"GroupName": "admins", "Arn": "arn:aws:iam::111122223333:group/admins"}]}}"#,
    },
    Example {
        name: "somebody is in it",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {
            "Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": ["admins"]}],
            "Groups": [{"GroupName": "admins", "Arn": "arn:aws:iam::111122223333:group/admins"}]}}"#,
    },
    Example {
        name: "the users were read in part, and one of them is in it",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {
            "Users": {"$gap": 1, "$items": [
                {"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": ["admins"]}]},
            "Groups": [{"GroupName": "admins", "Arn": "arn:aws:iam::111122223333:group/admins"}]},
            "gaps": [{"id": 1, "kind": "throttled", "operation": "iam:GetAccountAuthorizationDetails",
                "message": "Rate exceeded"}]}"#,
    },
    Example {
        name: "the users could not be read, so nobody knows who is in it",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Groups": [{"GroupName": "admins", "Arn": "arn:aws:iam::111122223333:group/admins"}]}}"#,
    },
];
