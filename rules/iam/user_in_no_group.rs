use crate::inventory::iam::User;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A user that belongs to no group.

## Why it matters
Groups say what a job may do; users come and go. A user without a group has its permissions from policies of its own, or
none at all, and nobody who looks at the groups can see what it may do. It works; it is only not how permissions stay
in order.

## How to fix it
Put the user into the group whose job it does, then take its own policies away. A user of a program may be the only
member of its group, or better be a role.
";

pub static RULE: Rule = Rule {
    id: "iam-user-in-no-group",
    title: "User belongs to no group",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam#groups",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html"],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, _cx: &Context<'_>) -> Verdict {
    if !user.group_list.is_empty() {
        return pass();
    }
    let name = &user.user_name;
    let message = match user.attached_managed_policies.len() + user.user_policy_list.len() {
        0 => {
            format!("User {name} belongs to no group and has no policy of its own: no policy of IAM grants it anything")
        }
        1 => format!("User {name} belongs to no group; what it may do stands in a policy of its own"),
        own => format!("User {name} belongs to no group; what it may do stands in {own} policies of its own"),
    };
    fail(message)
        .evidence("GroupList", user.group_list.clone())
        .fix(format!("aws iam add-user-to-group --user-name {} --group-name GROUP", shell_quote(name)))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "no group, only a policy of its own",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "AttachedManagedPolicies": [{"PolicyName": "AmazonS3ReadOnlyAccess",
                "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]}]}}"#,
    },
    Example {
        name: "no group and no policy",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new"}]}}"#,
    },
    Example {
        name: "in a group",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "GroupList": ["students"]}]}}"#,
    },
];
