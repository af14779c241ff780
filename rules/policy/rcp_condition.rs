use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

Resource control policies that deny by a key of principals without sparing AWS's own services, by a key of services
without looking whether a service calls at all, or by the source of a request without asking whether it is there.

## Why it matters

Such an RCP shuts out AWS services that deliver logs or read data for the account, or binds nobody.

## How to fix it

For principals add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}`; for services `\"Bool\":
{\"aws:PrincipalIsAWSService\": \"true\"}` and `\"Null\": {\"aws:SourceAccount\": \"false\"}`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "rcp_condition",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &["https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html"],
    since: "0.1.0",
    lints: &[&PRINCIPAL, &SERVICE, &NULL],
    check,
};

static PRINCIPAL: Lint = Lint::aws(
    "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
    "RCP denies by the principal without sparing AWS services",
    Level::Warning,
    &[
        Example::bad("the organization only", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#, &[r#""aws:PrincipalOrgID""#]).of(PolicyKind::Rcp),
        Example::good("services are spared", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}"#).of(PolicyKind::Rcp),
    ],
);

static SERVICE: Lint = Lint::aws(
    "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
    "RCP denies by the source without asking whether a service calls",
    Level::Warning,
    &[
        Example::bad("the source only", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}}}"#, &[r#""aws:SourceOrgID""#]).of(PolicyKind::Rcp),
        Example::good("only services", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}"#).of(PolicyKind::Rcp),
    ],
);

static NULL: Lint = Lint::aws(
    "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
    "RCP denies by the source without asking whether there is one",
    Level::Warning,
    &[
        Example::bad("no Null", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}"#, &[r#""aws:SourceOrgID""#]).of(PolicyKind::Rcp),
        Example::good("with Null", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}"#).of(PolicyKind::Rcp),
    ],
);

const OF_PRINCIPAL: &[&str] =
    &["aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn"];
const OF_SOURCE: &[&str] = &["aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceAccount", "aws:SourceArn"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.kind != PolicyKind::Rcp {
        return;
    }
    for statement in subject.policy.statements.iter().filter(|statement| statement.denies()) {
        let asks_for_service = statement.conditions_on("aws:PrincipalIsAWSService").next().is_some();
        let asks_for_source =
            OF_SOURCE.iter().any(|key| statement.conditions_on(key).any(|line| line.operator.is("Null")));
        for line in statement.conditions.iter().filter(|line| line.operator.is_negated()) {
            let is_one_of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(line.key()));
            if is_one_of(OF_PRINCIPAL) && !asks_for_service {
                let message = format!("AWS services have no {:?} and are denied, too", line.key());
                let help = "add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}";
                findings.report(&PRINCIPAL, statement, line, message).help(help);
            }
            if is_one_of(OF_SOURCE) && !asks_for_service {
                let message = format!("only requests of AWS services have {:?}; others are denied, too", line.key());
                let help = "add \"Bool\": {\"aws:PrincipalIsAWSService\": \"true\"}";
                findings.report(&SERVICE, statement, line, message).help(help);
            }
            if is_one_of(OF_SOURCE) && !asks_for_source {
                let message = format!("a service that acts for nobody has no {:?} and is denied", line.key());
                let help = "add \"Null\": {\"aws:SourceAccount\": \"false\"}";
                findings.report(&NULL, statement, line, message).help(help);
            }
        }
    }
}
