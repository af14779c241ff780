use crate::inventory::iam::User;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A user with policies written into the user itself (inline policies).

## Why it matters
An inline policy belongs to one user, has no versions to go back to, cannot be used by anybody else and is found only by
who looks at this very user. It vanishes with the user, and until then nobody compares it with anything.

## How to fix it
Save the text, make a managed policy of it, attach that to a group the user is in, and delete the inline policy. If
nobody knows what it was for, see whether it is used before you copy it.
";

pub static RULE: Rule = Rule {
    id: "iam-user-inline-policy",
    title: "Policies are written into the user itself",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam-policies#inline-and-managed",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, cx: &Context<'_>) -> Verdict {
    if user.user_policy_list.is_empty() {
        return pass();
    }
    let names: Vec<_> = user.user_policy_list.iter().map(|policy| policy.policy_name.as_str()).collect();
    let account = &cx.inventory.account;
    let user_name = shell_quote(&user.user_name);
    let mut problem =
        fail(format!("User {} has {} written into it as inline policy", user.user_name, names.join(", ")))
            .evidence("UserPolicyList", names.clone());
    for name in names {
        let arn = shell_quote(&format!("arn:{}:iam::{}:policy/{name}", account.partition, account.id));
        let (file, url) = (shell_quote(&format!("{name}.json")), shell_quote(&format!("file://{name}.json")));
        let name = shell_quote(name);
        problem = problem
            .fix(format!(
                "aws iam get-user-policy --user-name {user_name} --policy-name {name} --query PolicyDocument > {file}"
            ))
            .fix(format!("aws iam create-policy --policy-name {name} --policy-document {url}"))
            .fix(format!("aws iam attach-group-policy --group-name GROUP --policy-arn {arn}"))
            .fix(format!("aws iam delete-user-policy --user-name {user_name} --policy-name {name}"));
    }
    problem.verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "a policy is written into the user",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "eva", "Arn": "arn:aws:iam::111122223333:user/eva",
            "UserPolicyList": [{"PolicyName": "read-notes", "PolicyDocument": {"Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::notes/*"}}}]}]}}"#,
    },
    Example {
        name: "no inline policy",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "GroupList": ["students"]}]}}"#,
    },
];
