use crate::lint::prelude::*;
use crate::policy::syntax::Text;

const DOCS: &str = "\
## What it finds

A resource policy that lets an AWS service in without saying for whom it may act, and conditions on keys that requests
of a service do not have, such as `aws:PrincipalOrgID`.

## Why it matters

The service acts for all its customers. Without `aws:SourceArn` or `aws:SourceAccount`, somebody else's topic or trail
can use the service to reach this resource (the confused deputy). With a key that the service's requests lack, the
statement never applies.

## How to fix it

Add `aws:SourceArn` or `aws:SourceAccount` with the resource or account on whose behalf the service acts; for an
organization `aws:SourceOrgID`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "service_principal_access",
    docs: DOCS,
    note: "iam-roles#confused-deputy",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    ],
    since: "0.1.0",
    lints: &[&RESTRICT, &RECOMMENDED, &UNSUPPORTED],
    check,
};

static RESTRICT: Lint = Lint::aws(
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
    "A service may act here for anybody",
    Level::SecurityWarning,
    &[
        Example::bad("no condition", r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}"#, &[r#"{"Service": "sns.amazonaws.com"}"#]).of(PolicyKind::Resource(None)),
        Example::good("only for one account", r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}"#).of(PolicyKind::Resource(None)),
    ],
).limits("AWS keeps a list of the services that send aws:SourceArn; here, all do that are known to act for their customers");

static RECOMMENDED: Lint = Lint::aws(
    "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
    "A service may act here for a whole account or organization",
    Level::Suggestion,
    &[
        Example::bad("a key that is not the service's", r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#, &[r#"{"Service": "sns.amazonaws.com"}"#]).of(PolicyKind::Resource(None)),
        Example::good("the source", r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:lab"}}}"#).of(PolicyKind::Resource(None)),
    ],
).limits("AWS keeps a list of the keys that each service sends");

static UNSUPPORTED: Lint = Lint::aws(
    "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
    "Condition key that requests of a service do not have",
    Level::Error,
    &[
        Example::bad("an organization's id", r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#, &[r#""aws:PrincipalOrgID""#]).of(PolicyKind::Resource(None)),
        Example::good("the source's", r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}}"#).of(PolicyKind::Resource(None)),
    ],
).limits("AWS keeps the list of such keys; here are those whose documentation says so");

/// Services that act on behalf of their customers' resources and say which in `aws:SourceArn`.
///
/// Source: "The confused deputy problem" in the IAM user guide and the guides of these services, as of 2026-11.
const DEPUTIES: &[&str] = &[
    "apigateway",
    "backup",
    "bedrock",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "config",
    "delivery.logs",
    "dms",
    "events",
    "firehose",
    "guardduty",
    "iot",
    "kendra",
    "lambda",
    "logging.s3",
    "logs",
    "rekognition",
    "s3",
    "sagemaker",
    "scheduler",
    "ses",
    "sns",
    "sqs",
    "ssm",
    "states",
    "transcribe",
];

/// Keys that bind a service to whom it acts for.
const SOURCES: &[&str] =
    &["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "kms:CallerAccount"];

/// Keys of principals that have an account; a service has none.
const OF_PRINCIPALS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !matches!(subject.kind, PolicyKind::Resource(_)) {
        return;
    }
    for statement in subject.allows() {
        let Some(principal) = statement.principal.as_ref().filter(|principal| !principal.negated) else { continue };
        let services: Vec<_> =
            principal.items.iter().filter(|(kind, _)| is_service(*kind)).map(|(_, item)| item).collect();
        let only_services = !services.is_empty() && services.len() == principal.items.len();
        if !only_services {
            continue;
        }
        for line in &statement.conditions {
            let binds = !line.operator.if_exists && !line.operator.is_negated() && !line.operator.is("Null");
            let key = line.key().to_ascii_lowercase();
            if binds && OF_PRINCIPALS.iter().any(|known| key.starts_with(&known.to_ascii_lowercase())) {
                let message =
                    format!("requests of a service have no {:?}, so that this statement never applies", line.key());
                let help = "use aws:SourceAccount, aws:SourceArn or aws:SourceOrgID";
                findings.report(&UNSUPPORTED, statement, line, message).help(help);
            }
        }
        let deputy = services.iter().find(|item| is_deputy(item.text.as_str()));
        let bound =
            statement.conditions.iter().any(|line| SOURCES.iter().any(|key| key.eq_ignore_ascii_case(line.key())));
        if let Some(deputy) = deputy.filter(|_| !bound) {
            let service = deputy.text.as_str();
            let lint = if statement.conditions.is_empty() { &RESTRICT } else { &RECOMMENDED };
            findings
                .report(
                    lint,
                    statement,
                    &(statement, principal.member),
                    format!("{service} may act here for any of its customers"),
                )
                .help("add a condition on aws:SourceArn or aws:SourceAccount");
        }
    }
}

fn is_service(kind: Option<&Text>) -> bool {
    kind.map(Text::as_str) == Some("Service")
}

fn is_deputy(principal: &str) -> bool {
    principal.strip_suffix(".amazonaws.com").is_some_and(|name| DEPUTIES.contains(&name))
}
