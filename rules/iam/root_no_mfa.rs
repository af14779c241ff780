use crate::inventory::{Inventory, Partition};
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
The root user has a password but no MFA device. An account whose root user has no password (a member of an organization
that manages root access centrally) is not judged, nor is one in GovCloud, where root cannot sign in.

## Why it matters
Without a second factor, one guessed, reused or phished password is the whole account: every resource, every bill and
the power to lock everybody else out. AWS demands MFA of every root user within 35 days of its first sign-in; until then
nothing but the password stands in the way.

## How to fix it
Sign in as the root user, open *Security credentials* and assign an MFA device, best a passkey or a security key.
Register a second one, so that a lost phone does not cost you the account. No command can do this from outside.
";

pub static RULE: Rule = Rule {
    id: "iam-root-no-mfa",
    title: "The root user has no MFA",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Critical,
    confidence: Confidence::High,
    note: "iam#root-user",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html",
    ],
    needs: &[Need::IamAccountSummary],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, _cx: &Context<'_>) -> Verdict {
    let summary = inventory.iam.account_summary.known()?;
    if summary.account_mfa_enabled {
        return pass();
    }
    if summary.account_password_present == Some(false) {
        return not_applicable("the root user has no password to protect");
    }
    if inventory.account.partition == Partition::UsGov {
        return not_applicable("the root user of a GovCloud account cannot sign in to the console");
    }
    fail("The root user has no MFA: its password alone opens the account").evidence("AccountMFAEnabled", 0).verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "root has no MFA device",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"AccountSummary": {
            "AccountMFAEnabled": false, "AccountAccessKeysPresent": false, "AccountPasswordPresent": true}}}"#,
    },
    Example {
        name: "root has MFA",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": false}}}"#,
    },
    Example {
        name: "the organization took the root user's password away",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"AccountSummary": {
            "AccountMFAEnabled": false, "AccountAccessKeysPresent": false, "AccountPasswordPresent": false}}}"#,
    },
    Example {
        name: "GovCloud, where root cannot sign in",
        expected: Expected::NotApplicable,
        snapshot: r#"{"account": {"Id": "111122223333", "Partition": "aws-us-gov"},
            "iam": {"AccountSummary": {"AccountMFAEnabled": false, "AccountAccessKeysPresent": false}}}"#,
    },
];
