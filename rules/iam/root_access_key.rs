use crate::inventory::Inventory;
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
The root user of the account has an access key.

## Why it matters
The root user may do everything and no policy can limit it. Whoever finds a root access key in a notebook or a
repository owns the account, its data and its bill. Nothing needs one: every task can be done by a role.

## How to fix it
Sign in as the root user, open *Security credentials* and delete the key. Give whatever used it an IAM role. No command
can do this from outside: only the root user can delete its own key.
";

pub static RULE: Rule = Rule {
    id: "iam-root-access-key",
    title: "The root user has an access key",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Critical,
    confidence: Confidence::High,
    note: "iam#root-user",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"],
    needs: &[Need::IamAccountSummary],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, _cx: &Context<'_>) -> Verdict {
    let summary = inventory.iam.account_summary.known()?;
    if !summary.account_access_keys_present {
        return pass();
    }
    fail("The root user has an access key: whoever holds it owns the account")
        .evidence("AccountAccessKeysPresent", 1)
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "root has a key",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": true}}}"#,
    },
    Example {
        name: "root has no key",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": false}}}"#,
    },
];
