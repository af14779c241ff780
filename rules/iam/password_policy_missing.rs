use super::password_policy_weak::{LENGTH, REUSE, command};
use crate::inventory::Inventory;
use crate::inventory::iam::PasswordPolicy;
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
An account that never set a password policy for its IAM users. AWS's default holds then: at least 8 characters of three
kinds, any of them used again, for ever.

## Why it matters
Eight characters are guessed offline in hours. The default also lets a user change a leaked password and change it back.
An account whose people all come through IAM Identity Center has no such passwords today; the policy is for the first
one that somebody makes.

## How to fix it
One command sets length, memory and kinds. It locks nobody out: it applies when a password is next changed. It has no
bearing on the root user or on IAM Identity Center.
";

pub static RULE: Rule = Rule {
    id: "iam-password-policy-missing",
    title: "The account has no password policy",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#password-policy",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html"],
    needs: &[Need::IamPasswordPolicy],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, _cx: &Context<'_>) -> Verdict {
    if inventory.iam.password_policy.known()?.is_some() {
        return pass();
    }
    let wanted = PasswordPolicy {
        require_symbols: true,
        require_numbers: true,
        require_uppercase_characters: true,
        require_lowercase_characters: true,
        allow_users_to_change_password: true,
        ..PasswordPolicy::default()
    };
    fail("The account has no password policy: AWS's default allows 8 characters and passwords used before")
        .evidence("PasswordPolicy", None::<String>)
        .fix(command(&wanted, LENGTH.default, REUSE.default))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example { name: "none was ever set", expected: Expected::Fail, snapshot: r#"{"iam": {"PasswordPolicy": null}}"# },
    Example {
        name: "there is one, and how strict it is another rule says",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"PasswordPolicy": {"MinimumPasswordLength": 8}}}"#,
    },
    Example {
        name: "it could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"PasswordPolicy": {"$gap": 1}}, "gaps": [{
            "id": 1, "kind": "denied", "operation": "iam:GetAccountPasswordPolicy", "code": "AccessDenied",
            "message": "not authorized to perform: iam:GetAccountPasswordPolicy"}]}"#,
    },
];
