use crate::inventory::Inventory;
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
An account without an alias, so that IAM users sign in with its twelve digits.

## Why it matters
It is a convenience, not a defence: `https://my-lab.signin.aws.amazon.com/console` can be remembered and told apart from
other accounts' pages, which keeps people from typing the password of one account into another's. An alias is public and
unique over all of AWS; do not put a secret project's name into it.

## How to fix it
Choose a name of lower-case letters, digits and hyphens, 3 to 63 characters, and set it. The address with the digits
keeps working.
";

pub static RULE: Rule = Rule {
    id: "iam-no-account-alias",
    title: "The account has no alias for its sign-in page",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::High,
    note: "iam#account-alias",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/console_account-alias.html"],
    needs: &[Need::AccountAlias],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, _cx: &Context<'_>) -> Verdict {
    let account = &inventory.account;
    if account.alias.known()?.is_some() {
        return pass();
    }
    fail(format!("Account {} has no alias: its users must know the number to sign in", account.id))
        .evidence("AccountAliases", Vec::<String>::new())
        .fix("aws iam create-account-alias --account-alias ALIAS")
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "no alias",
        expected: Expected::Fail,
        snapshot: r#"{"account": {"Id": "111122223333", "AccountAlias": null}}"#,
    },
    Example {
        name: "an alias",
        expected: Expected::Pass,
        snapshot: r#"{"account": {"Id": "111122223333", "AccountAlias": "my-lab"}}"#,
    },
    Example {
        name: "aliases were not read",
        expected: Expected::Unknown,
        snapshot: r#"{"account": {"Id": "111122223333"}}"#,
    },
];
