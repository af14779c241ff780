use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

What resource control policies do not have: `Allow`, `NotAction`, `NotPrincipal` or a principal other than `*`, and
actions of services that RCPs do not bind. AWS's own `RCPFullAWSAccess`, which allows everything, is not reported.

## Why it matters

AWS Organizations refuses the policy. An RCP only denies, to everyone, and says in conditions whom it spares.

## How to fix it

Deny, to `\"Principal\": \"*\"`, actions of one service such as `s3:*`, with a condition on `aws:PrincipalOrgID` or the
like.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "rcp",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &["https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"],
    since: "0.1.0",
    lints: &[&PRINCIPAL, &ALLOW, &NOT_ACTION, &ACTION],
    check,
};

static PRINCIPAL: Lint = Lint::aws(
    "RCP_SYNTAX_ERROR_PRINCIPAL",
    "Principal of a resource control policy is not everyone",
    Level::Error,
    &[
        Example::bad(
            "an account",
            r#"{"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}"#,
            &[r#"{"AWS": "111122223333"}"#],
        )
        .of(PolicyKind::Rcp),
        Example::good("everyone", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#)
            .of(PolicyKind::Rcp),
    ],
);

static ALLOW: Lint = Lint::aws(
    "RCP_SYNTAX_ERROR_ALLOW",
    "Resource control policy allows",
    Level::Error,
    &[
        Example::bad(
            "Allow",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
            &[r#""Allow""#],
        )
        .of(PolicyKind::Rcp),
        Example::bad(
            "with a condition",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true}}}"#,
            &[r#""Allow""#],
        )
        .of(PolicyKind::Rcp),
        Example::good("Deny", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#)
            .of(PolicyKind::Rcp),
        Example::good(
            "AWS's RCPFullAWSAccess",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
        )
        .of(PolicyKind::Rcp),
    ],
);

static NOT_ACTION: Lint = Lint::aws(
    "RCP_SYNTAX_ERROR_NOTACTION",
    "Resource control policy uses NotAction",
    Level::Error,
    &[
        Example::bad(
            "NotAction",
            r#"{"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}"#,
            &[r#""NotAction""#],
        )
        .of(PolicyKind::Rcp),
        Example::good("Action", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#)
            .of(PolicyKind::Rcp),
    ],
);

static ACTION: Lint = Lint::aws(
    "RCP_SYNTAX_ERROR_ACTION",
    "Resource control policies do not bind this action",
    Level::Error,
    &[
        Example::bad(
            "everything, and IAM",
            r#"{"Effect": "Deny", "Principal": "*", "Action": ["*", "iam:PassRole"], "Resource": "*"}"#,
            &[r#""*""#, r#""iam:PassRole""#],
        )
        .of(PolicyKind::Rcp),
        Example::good(
            "AWS's RCPFullAWSAccess",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
        )
        .of(PolicyKind::Rcp),
        Example::good(
            "S3",
            r#"{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sts:AssumeRole"], "Resource": "*"}"#,
        )
        .of(PolicyKind::Rcp),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.kind != PolicyKind::Rcp {
        return;
    }
    for statement in subject.policy.statements.iter().filter(|statement| !allows_everything(statement)) {
        if let Some(principal) = &statement.principal {
            let is_star = principal.member.value.text().is_some_and(|text| text.as_str() == "*" || text.has_holes());
            if principal.negated || !(is_star || principal.partly_unknown) {
                let message = "a resource control policy binds everyone: its Principal is \"*\"";
                findings
                    .report(&PRINCIPAL, statement, &(statement, principal.member), message)
                    .help("say whom it spares in a condition on aws:PrincipalArn or aws:PrincipalOrgID");
            }
        }
        if let Some(effect) = statement.effect_member.filter(|_| statement.allows()) {
            let message = "a resource control policy only denies; what it does not deny stays as it is";
            findings.report(&ALLOW, statement, &(statement, effect), message);
        }
        let Some(action) = &statement.action else { continue };
        if action.negated {
            let place = (format!("{}.NotAction", statement.path), action.member.key.span);
            let message = "NotAction cannot stand in a resource control policy";
            findings.report(&NOT_ACTION, statement, &place, message).help("list in Action what is denied");
            continue;
        }
        for item in action.items.iter().filter(|item| !item.text.has_holes()) {
            let prefix = item.text.as_str().split(':').next().unwrap_or_default();
            let service = subject.catalogue.service(prefix);
            if !service.is_some_and(|service| service.supports_rcp) {
                let message = format!("resource control policies do not bind {:?}", item.text.as_str());
                findings
                    .report(&ACTION, statement, item, message)
                    .help("name actions of one service, such as \"s3:*\"");
            }
        }
    }
}

/// Whether it is the one statement of AWS's own `RCPFullAWSAccess`, the only policy of this kind that allows.
fn allows_everything(statement: &Statement<'_>) -> bool {
    let stars = |items: &[Item<'_>]| matches!(items, [item] if item.text.as_str() == "*");
    let everyone = statement
        .principal
        .as_ref()
        .is_some_and(|of| !of.negated && of.member.value.text().is_some_and(|text| text.as_str() == "*"));
    statement.allows()
        && everyone
        && stars(statement.actions())
        && stars(statement.resources())
        && statement.condition_member.is_none()
}
