use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

What service control policies do not have: principals, and a wildcard that begins an action's name or stands in its
service.

## Why it matters

AWS Organizations refuses the policy. An SCP binds all principals of the accounts it is attached to.

## How to fix it

Say who is meant with a condition on `aws:PrincipalArn`. Write the service of an action in full.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "scp",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &["https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html"],
    since: "0.1.0",
    lints: &[&PRINCIPAL, &WILDCARD],
    check,
};

static PRINCIPAL: Lint = Lint::aws(
    "SCP_SYNTAX_ERROR_PRINCIPAL",
    "Service control policy names a principal",
    Level::Error,
    &[
        Example::bad(
            "everyone",
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
            &[r#""Principal""#],
        )
        .of(PolicyKind::Scp),
        Example::good("none", r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#).of(PolicyKind::Scp),
    ],
);

static WILDCARD: Lint = Lint::aws(
    "SCP_SYNTAX_ERROR_ACTION_WILDCARD",
    "Action of a service control policy has a wildcard where none can be",
    Level::Error,
    &[
        Example::bad(
            "in the service",
            r#"{"Effect": "Deny", "Action": ["s*:GetObject", "iam:*Role"], "Resource": "*"}"#,
            &[r#""s*:GetObject""#],
        )
        .of(PolicyKind::Scp),
        Example::good(
            "everything, and at the end",
            r#"{"Effect": "Deny", "Action": ["*", "iam:Get*"], "Resource": "*"}"#,
        )
        .of(PolicyKind::Scp),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.kind != PolicyKind::Scp {
        return;
    }
    for statement in &subject.policy.statements {
        if let Some(principal) = &statement.principal {
            let name = principal.member.key.as_str();
            let place = (format!("{}.{name}", statement.path), principal.member.key.span);
            let message = format!("{name} cannot stand in a service control policy");
            findings.report(&PRINCIPAL, statement, &place, message).help("use a condition on aws:PrincipalArn");
        }
        for item in statement.action.iter().flat_map(|action| &action.items) {
            let action = item.text.as_str();
            let service = action.split_once(':').map_or("", |(service, _)| service);
            // Since 2025-09 the name may have wildcards anywhere; the service may not.
            if service.contains(['*', '?']) {
                let message = format!("{action:?} has a wildcard in its service, which Organizations refuses");
                findings
                    .report(&WILDCARD, statement, item, message)
                    .help("name the services one by one, or write \"*\"");
            }
        }
    }
}
