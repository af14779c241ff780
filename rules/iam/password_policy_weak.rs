use crate::inventory::Inventory;
use crate::inventory::iam::PasswordPolicy;
use crate::rule::prelude::*;

/// The shortest password that CIS accepts.
pub(super) const LENGTH: Param =
    Param::new("min_length", "characters", (14, 6, 128), "A policy that allows shorter passwords is found.");

/// The earlier passwords that CIS wants remembered, which is also AWS's most.
pub(super) const REUSE: Param =
    Param::new("remembered", "passwords", (24, 1, 24), "A policy that remembers fewer earlier passwords is found.");

const DOCS: &str = "\
## What it finds
A password policy that allows passwords of fewer than 14 characters, or that remembers fewer than 24 earlier passwords.
An account without a password policy is the affair of `iam-password-policy-missing`.

## Why it matters
Length is what makes a password hard to guess, and memory is what keeps people from changing to and fro between two of
them. Kinds of characters and an end date are not asked for here: NIST advises against both, and neither is a
recommendation of CIS any more.

## How to fix it
Set both. The command below repeats what your policy already says, because IAM turns off whatever it is not told. Nobody
is locked out: the rule applies when a password is next changed.
";

pub static RULE: Rule = Rule {
    id: "iam-password-policy-weak",
    title: "Password policy allows short or repeated passwords",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#password-policy",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html"],
    needs: &[Need::IamPasswordPolicy],
    since: "0.1.0",
    opt_in: None,
    params: &[LENGTH, REUSE],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, cx: &Context<'_>) -> Verdict {
    let Some(policy) = inventory.iam.password_policy.known()? else {
        return not_applicable("the account has no password policy");
    };
    let (least, remembered) = (cx.value(&LENGTH), cx.value(&REUSE));
    let length = policy.minimum_password_length;
    let reuse = policy.password_reuse_prevention.unwrap_or(0);
    let mut faults = Vec::new();
    if i64::from(length) < least {
        faults.push(format!("allows passwords of {length} characters (at least {least} are asked for)"));
    }
    if i64::from(reuse) < remembered {
        faults.push(format!("remembers {reuse} earlier passwords ({remembered} are asked for)"));
    }
    if faults.is_empty() {
        return pass();
    }
    fail(format!("The password policy {}", faults.join(" and ")))
        .evidence("MinimumPasswordLength", length)
        .evidence("PasswordReusePrevention", policy.password_reuse_prevention)
        .fix(command(policy, least, remembered))
        .verdict()
}

/// Sets a policy that is at least as strict as this one and asks for so many characters, and so many
/// passwords that are remembered.
pub(super) fn command(policy: &PasswordPolicy, least: i64, remembered: i64) -> String {
    let mut command = format!(
        "aws iam update-account-password-policy --minimum-password-length {} --password-reuse-prevention {}",
        i64::from(policy.minimum_password_length).max(least),
        i64::from(policy.password_reuse_prevention.unwrap_or(0)).max(remembered)
    );
    let flags = [
        (policy.require_symbols, " --require-symbols"),
        (policy.require_numbers, " --require-numbers"),
        (policy.require_uppercase_characters, " --require-uppercase-characters"),
        (policy.require_lowercase_characters, " --require-lowercase-characters"),
        (policy.allow_users_to_change_password, " --allow-users-to-change-password"),
        (policy.hard_expiry == Some(true), " --hard-expiry"),
    ];
    command.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag));
    let age = policy.max_password_age.filter(|days| *days > 0);
    command.extend(age.map(|days| format!(" --max-password-age {days}")));
    command
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "eight characters, none remembered",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"PasswordPolicy": {"MinimumPasswordLength": 8, "RequireSymbols": true,
            "RequireNumbers": true, "AllowUsersToChangePassword": true, "MaxPasswordAge": 90}}}"#,
    },
    Example {
        name: "long enough, but only 23 are remembered",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"PasswordPolicy": {"MinimumPasswordLength": 20, "PasswordReusePrevention": 23}}}"#,
    },
    Example {
        name: "14 characters, 24 remembered",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"PasswordPolicy": {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24}}}"#,
    },
    Example {
        name: "no password policy, which another rule says",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"PasswordPolicy": null}}"#,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_keeps_what_the_policy_says_and_lowers_nothing() {
        let policy = PasswordPolicy {
            minimum_password_length: 20,
            require_symbols: true,
            max_password_age: Some(90),
            password_reuse_prevention: Some(5),
            hard_expiry: Some(true),
            ..PasswordPolicy::default()
        };
        assert_eq!(
            command(&policy, 14, 24),
            "aws iam update-account-password-policy --minimum-password-length 20 --password-reuse-prevention 24 \
             --require-symbols --hard-expiry --max-password-age 90"
        );
    }
}
