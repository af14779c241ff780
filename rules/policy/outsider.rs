use crate::lint::prelude::*;
use crate::policy::ResourceType;
use crate::policy::conditions::is_fixed;
use crate::policy::model::Quantifier;
use crate::policy::syntax::{Span, Text};

const DOCS: &str = "\
## What it finds

Policies that let outsiders in: everyone without a condition that bounds them, another account without an external id,
a service that acts for its customers without saying for whom, and a bucket that is reached without TLS.

## Why it matters

What is open to everyone is found by scanners within hours. Without an external id, a third party can be talked into
using its access for somebody else.

## How to fix it

Name principals, or bound `*` by `aws:PrincipalOrgID`, `aws:SourceVpce` or `aws:SourceArn`. Ask for `sts:ExternalId`
from third parties. Deny requests with `\"Bool\": {\"aws:SecureTransport\": \"false\"}`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "outsider",
    docs: DOCS,
    note: "iam-roles#external-accounts",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ],
    since: "0.1.0",
    lints: &[&PUBLIC, &EXTERNAL_ID, &DEPUTY, &TLS],
    check,
};

static PUBLIC: Lint = Lint::own(
    "PUBLIC_PRINCIPAL",
    "Everyone is let in",
    Level::SecurityWarning,
    &[
        Example::bad("a public bucket", r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#, &[r#""*""#]).of(PolicyKind::Resource(None)),
        Example::good("one organization", r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#).of(PolicyKind::Resource(None)),
    ],
);

static EXTERNAL_ID: Lint = Lint::own(
    "CROSS_ACCOUNT_TRUST_WITHOUT_EXTERNAL_ID",
    "Another account is trusted without an external id",
    Level::Warning,
    &[
        Example::bad("an account", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#, &[r#""111122223333""#]).of(PolicyKind::Trust),
        Example::good("with an external id", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}"#).of(PolicyKind::Trust),
    ],
).opt_in("a text does not say which account is one's own");

static DEPUTY: Lint = Lint::own(
    "CONFUSED_DEPUTY",
    "A service may assume the role for any of its customers",
    Level::Suggestion,
    &[
        Example::bad("no source", r#"{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}"#, &[r#""bedrock.amazonaws.com""#]).of(PolicyKind::Trust),
        Example::good("with a source", r#"{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}"#).of(PolicyKind::Trust),
    ],
);

static TLS: Lint = Lint::own(
    "SECURE_TRANSPORT_NOT_REQUIRED",
    "Bucket policy does not require TLS",
    Level::Suggestion,
    &[
        Example::bad("only an Allow", r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#, &["{"]).of(BUCKET),
        Example::good("TLS is required", r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#).of(BUCKET),
    ],
);

static EXAMPLE_TYPE: ResourceType = ResourceType { name: "AWS::S3::Bucket", service: "s3", quota: Some(20_480) };

const BUCKET: PolicyKind = PolicyKind::Resource(Some(&EXAMPLE_TYPE));

/// Keys that, with a fixed value, say who or what may call.
const BOUNDS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:userid",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
];

/// Services whose roles are assumed on behalf of a resource that `aws:SourceArn` or `aws:SourceAccount` names.
const DEPUTIES: &[&str] = &[
    "bedrock",
    "bedrock-agentcore",
    "cloudtrail",
    "config",
    "firehose",
    "glue",
    "iot",
    "kendra",
    "logs",
    "scheduler",
    "states",
    "transcribe",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.kind.is_resource() {
        return;
    }
    for statement in subject.allows() {
        let Some(principal) = statement.principal.as_ref().filter(|principal| !principal.negated) else { continue };
        for (kind, item) in &principal.items {
            one(subject, statement, kind.map(Text::as_str), item, findings);
        }
    }
    let of_bucket = matches!(subject.kind, PolicyKind::Resource(Some(of)) if of.name == "AWS::S3::Bucket");
    if of_bucket && !subject.policy.statements.is_empty() && !subject.policy.statements.iter().any(requires_tls) {
        let start = subject.policy.node.span.start;
        let place = (String::new(), Span { start, end: start + 1 });
        let help = "deny s3:* when aws:SecureTransport is false";
        findings.report_document(&TLS, &place, "requests without TLS are answered, too").help(help);
    }
}

fn one(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    kind: Option<&str>,
    item: &Item<'_>,
    findings: &mut Findings<'_>,
) {
    let value = item.text.as_str();
    let has = |keys: &[&str]| keys.iter().any(|key| statement.conditions_on(key).next().is_some());
    if value == "*" && kind.is_none_or(|kind| kind == "AWS") && !statement.conditions.iter().any(bounds) {
        let message = "everyone in the world is let in, signed in or not";
        findings.report(&PUBLIC, statement, item, message).help("name principals, or add aws:PrincipalOrgID");
    }
    if subject.kind != PolicyKind::Trust {
        return;
    }
    let is_account = value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit()) || value.ends_with(":root");
    if kind == Some("AWS") && is_account && !has(&["sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalArn"]) {
        let message = format!("{value} may assume the role without an external id");
        findings.report(&EXTERNAL_ID, statement, item, message).help("add a condition on sts:ExternalId");
    }
    let deputy = value.strip_suffix(".amazonaws.com").is_some_and(|name| DEPUTIES.contains(&name));
    if kind == Some("Service") && deputy && !has(&["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"]) {
        let message = format!("{value} may assume the role for any of its customers");
        findings
            .report(&DEPUTY, statement, item, message)
            .help("add a condition on aws:SourceAccount or aws:SourceArn");
    }
}

/// Whether a condition fixes who may call.
fn bounds(line: &ConditionLine<'_>) -> bool {
    let known = BOUNDS.iter().any(|key| key.eq_ignore_ascii_case(line.key()));
    let positive = !line.operator.is_negated() && !line.operator.if_exists && !line.operator.is("Null");
    let all_values = line.operator.quantifier == Some(Quantifier::ForAllValues);
    let whole_internet = line.values.iter().any(|value| value.text.ends_with("/0"));
    let fixed = line.partly_unknown || line.values.iter().all(|value| is_fixed(value.text));
    known && positive && !all_values && !whole_internet && fixed && (line.partly_unknown || !line.values.is_empty())
}

fn requires_tls(statement: &Statement<'_>) -> bool {
    let plain_http = |line: &ConditionLine<'_>| {
        line.operator.is("Bool") && line.values.iter().any(|value| value.text.eq_ignore_ascii_case("false"))
    };
    statement.denies() && statement.conditions_on("aws:SecureTransport").any(plain_http)
        || statement.denies() && statement.conditions_on("s3:TlsVersion").next().is_some()
}
