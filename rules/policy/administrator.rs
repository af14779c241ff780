use crate::lint::prelude::*;
use crate::policy::admin::full_admin;
use crate::policy::escalation;
use crate::policy::grant::Grants;

const DOCS: &str = "\
## What it finds

An identity policy that allows everything on everything, and one whose actions together let its holder get more than
it grants.

## Why it matters

Whoever has it, or steals it, has the account.

## How to fix it

Grant the actions that are needed, on the resources they are for. `afterlab explain iam-policy-privilege-escalation`
lists the ways up.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "administrator",
    docs: DOCS,
    note: "iam-policies#full-administrator",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"],
    since: "0.1.0",
    lints: &[&FULL, &ESCALATION],
    check,
};

static FULL: Lint = Lint::own(
    "FULL_ADMINISTRATOR",
    "Policy grants everything",
    Level::SecurityWarning,
    &[
        Example::bad(
            "a star on a star",
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            &[r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#],
        ),
        Example::good("one service", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
    ],
);

static ESCALATION: Lint = Lint::own(
    "PRIVILEGE_ESCALATION",
    "Policy lets its holder get more rights than it grants",
    Level::SecurityWarning,
    &[
        Example::bad(
            "a new version of a policy",
            r#"{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}"#,
            &[r#"{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}"#],
        ),
        Example::good("only reads", r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}"#),
    ],
);

/// How many ways up are named.
const MOST_NAMED: usize = 3;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.kind != PolicyKind::Identity {
        return;
    }
    let iam = |statement: &Statement<'_>| {
        let touches = |item: &Item<'_>| item.text.as_str().starts_with('*') || !item.text.as_str().contains(":Get");
        statement.allows()
            && statement.action.as_ref().is_some_and(|list| list.negated || list.items.iter().any(touches))
    };
    if !subject.policy.statements.iter().any(iam) || !(findings.wants(&FULL) || findings.wants(&ESCALATION)) {
        return;
    }
    let Some(document) = subject.document() else { return };
    let grants = Grants::of(document);
    let statement = |index: usize| subject.policy.statements.iter().find(|statement| statement.index == index);
    if let Some(admin) = full_admin(&grants) {
        if let Some(statement) = admin.allowed_by.first().and_then(|by| statement(by.index)) {
            let message = format!("{} grants everything", statement.label());
            findings
                .report(&FULL, statement, statement, message)
                .help("grant the actions that are needed, on the resources they are for");
        }
        return;
    }
    let found: Vec<_> =
        escalation::find(&grants).into_iter().filter(|found| found.path.depends_on().is_none()).collect();
    let Some(by) = found.first().and_then(|first| first.allowed_by.first()).and_then(|by| statement(by.index)) else {
        return;
    };
    let ways: Vec<_> = found.iter().take(MOST_NAMED).map(|found| found.path.required.join(" with ")).collect();
    let more = found.len() - ways.len();
    let more = if more > 0 { format!(" and {more} more ways") } else { String::new() };
    let message = format!("its holder can get more rights: {}{more}", ways.join("; "));
    findings.report(&ESCALATION, by, by, message).help("limit these actions to resources, or leave them out");
}
