use crate::lint::prelude::*;
use crate::policy::catalogue::Catalogue;
use crate::policy::matching::{self, fields};
use crate::policy::pattern::{is_star, overlaps_field};

const DOCS: &str = "\
## What it finds

Actions that can do nothing where they stand: a wildcard that matches no action, an action none of whose resources the
statement names, and actions that AWS has retired.

## Why it matters

The permission that somebody meant to give, or to take, is not there, and nothing says so.

## How to fix it

Look the action up with `afterlab policy actions`; name a resource of its type, such as `arn:aws:s3:::BUCKET/*` for
objects, or `*` for actions without resources.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "dead_action",
    docs: DOCS,
    note: "iam-policies#wildcards",
    references: &[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    since: "0.1.0",
    lints: &[&NOTHING, &UNUSABLE, &RETIRED],
    check,
};

static NOTHING: Lint = Lint::own(
    "ACTION_MATCHES_NOTHING",
    "Wildcard matches no action",
    Level::Warning,
    &[
        Example::bad("misspelt", r#"{"Effect": "Allow", "Action": "s3:Gett*", "Resource": "*"}"#, &[r#""s3:Gett*""#]),
        Example::good("some", r#"{"Effect": "Allow", "Action": "s3:GetO*", "Resource": "*"}"#),
        Example::good(
            "a service that AWS has ended",
            r#"{"Effect": "Allow", "Action": "deepracer:Get*", "Resource": "*"}"#,
        ),
    ],
);

static UNUSABLE: Lint = Lint::own(
    "ACTION_NOT_USABLE_WITH_RESOURCES",
    "Action works on none of the resources",
    Level::Suggestion,
    &[
        Example::bad(
            "an object action on a bucket",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
            &[r#""s3:GetObject""#],
        ),
        Example::bad(
            "an action without resources",
            r#"{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "arn:aws:ec2:*:*:instance/*"}"#,
            &[r#""ec2:DescribeInstances""#],
        ),
        Example::good(
            "objects",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
        Example::good("everything", r#"{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}"#),
    ],
);

static RETIRED: Lint = Lint::own(
    "DEPRECATED_ACTION",
    "Action of a service that AWS has ended, or replaced",
    Level::Warning,
    &[
        Example::bad(
            "the old billing console",
            r#"{"Effect": "Allow", "Action": "aws-portal:ViewBilling", "Resource": "*"}"#,
            &[r#""aws-portal:ViewBilling""#],
        ),
        Example::good("its successor", r#"{"Effect": "Allow", "Action": "billing:GetBillingData", "Resource": "*"}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for item in statement.action.iter().flat_map(|action| &action.items) {
            let Some((prefix, name)) = item.text.as_str().split_once(':').filter(|_| !item.text.has_holes()) else {
                continue;
            };
            if Catalogue::is_retired(prefix) {
                let message = format!("AWS has ended {prefix}; {:?} does nothing", item.text.as_str());
                let help = if prefix.eq_ignore_ascii_case("aws-portal") {
                    "use actions of billing, account, payments, invoicing and tax, which replaced it in 2023"
                } else {
                    "remove it"
                };
                findings.report(&RETIRED, statement, item, message).help(help);
            } else if let Some(service) =
                subject.catalogue.service(prefix).filter(|_| name.contains(['*', '?']) && name != "*")
                && !service.actions().iter().any(|action| matching::glob_ignore_case(name, action.name))
            {
                let date = subject.catalogue.date();
                let message = format!("{:?} matches no action of {}, as of {date}", item.text.as_str(), service.prefix);
                findings
                    .report(&NOTHING, statement, item, message)
                    .help(format!("`afterlab policy actions '{prefix}:*'` lists them"));
            }
        }
        if subject.kind.is_identity() && statement.allows() && findings.wants(&UNUSABLE) {
            unusable(subject, statement, findings);
        }
    }
}

/// Plain actions for which no pattern of the statement can be a resource.
fn unusable(subject: &Subject<'_>, statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let Some(resource) = statement.resource.as_ref().filter(|resource| !resource.negated && !resource.partly_unknown)
    else {
        return;
    };
    let open =
        |item: &Item<'_>| is_star(item.text.as_str()) || item.text.has_holes() || fields(item.text.as_str()).is_none();
    if resource.items.is_empty() || resource.items.iter().any(open) {
        return;
    }
    for item in statement.actions() {
        let Some((service, action)) = subject.catalogue.action(item.text.as_str()) else { continue };
        let usable = service
            .types_of(action)
            .any(|kind| resource.items.iter().any(|item| overlaps_field(item.text.as_str(), kind.arn)));
        if !usable {
            let message = format!("{:?} works on none of the resources of this statement", item.text.as_str());
            let help = service.types_of(action).next().map_or_else(
                || "it works on no single resource: give it a statement with \"Resource\": \"*\"".to_owned(),
                |kind| format!("it works on {}", kind.arn),
            );
            findings.report(&UNUSABLE, statement, item, message).also(resource.span()).help(help);
        }
    }
}
