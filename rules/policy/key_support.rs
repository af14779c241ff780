use crate::lint::prelude::*;
use crate::policy::catalogue::Catalogue;
use crate::policy::matching;
use crate::policy::pattern::is_star;
use crate::text::join_some;

const DOCS: &str = "\
## What it finds

A condition key in a statement about actions whose requests never have it: `iam:PassedToService` for anything but
`iam:PassRole`, `s3:prefix` for reading objects; a key about another action than those of the statement; a trust policy
that asks for session tags or a source identity but does not allow to set them; the keys of VPC endpoint owners for
services that do not send them.

Only keys that belong to few actions beyond doubt are judged, and only where the condition needs the key to be there.

## Why it matters

The condition never holds for those actions: an `Allow` never allows them, a `Deny` never denies them.

## How to fix it

Give those actions a statement of their own. To let callers set session tags or a source identity, allow
`sts:TagSession` or `sts:SetSourceIdentity` beside `sts:AssumeRole`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "key_support",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    ],
    since: "0.1.0",
    lints: &[&UNSUPPORTED, &MISSING, &SERVICES],
    check,
};

static UNSUPPORTED: Lint = Lint::aws(
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    "Action whose requests never have the condition key",
    Level::Error,
    &[
        Example::bad(
            "passing roles and something else",
            r#"{"Effect": "Allow", "Action": ["iam:PassRole", "ecs:RunTask"], "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}"#,
            &[r#""ecs:RunTask""#],
        ),
        Example::bad(
            "listing and reading",
            r#"{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*", "Condition": {"StringLike": {"s3:Prefix": "a/*"}}}"#,
            &[r#""s3:GetObject""#],
        ),
        Example::good(
            "the action of the key",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}"#,
        ),
        Example::good(
            "a wildcard",
            r#"{"Effect": "Allow", "Action": ["iam:PassRole", "ecs:Run*"], "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}"#,
        ),
        Example::good(
            "only where the key is there",
            r#"{"Effect": "Allow", "Action": ["iam:PassRole", "ecs:RunTask"], "Resource": "*", "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}"#,
        ),
    ],
)
.limits("AWS judges by a list of its own; this judges keys that belong to few actions beyond doubt");

static MISSING: Lint = Lint::aws(
    "MISSING_ACTION_FOR_CONDITION_KEY",
    "Action that sets the condition key is not allowed",
    Level::Error,
    &[
        Example::bad(
            "a source identity",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:SourceIdentity": "a*"}}}"#,
            &[r#""sts:SourceIdentity""#],
        )
        .of(PolicyKind::Trust),
        Example::bad(
            "tags while something is made, without tagging",
            r#"{"Effect": "Allow", "Action": "ec2:Run*", "Resource": "*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}}"#,
            &[r#""ec2:CreateAction""#],
        ),
        Example::good(
            "tagging",
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}}"#,
        ),
        Example::good(
            "with the action",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition": {"StringLike": {"sts:SourceIdentity": "a*"}}}"#,
        )
        .of(PolicyKind::Trust),
        Example::good(
            "no tags at all",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"Null": {"aws:TagKeys": "true"}}}"#,
        )
        .of(PolicyKind::Trust),
    ],
)
.limits("AWS keeps its list of keys and actions private; this knows session tags, the source identity and tags of new things");

static SERVICES: Lint = Lint::aws(
    "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",
    "Key of a VPC endpoint's owner for a service that does not send it",
    Level::Warning,
    &[
        Example::bad(
            "everything",
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}"#,
            &[r#""aws:VpceOrgID""#],
        )
        .of(PolicyKind::Scp),
        Example::bad(
            "a service that does not",
            r#"{"Effect": "Deny", "Action": ["s3:*", "ec2:RunInstances"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:VpceAccount": "111122223333"}}}"#,
            &[r#""aws:VpceAccount""#],
        ),
        Example::good(
            "services that do",
            r#"{"Effect": "Deny", "Action": ["s3:*", "kms:*"], "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}"#,
        ),
    ],
)
.limits("knows the services that AWS's documentation named in 2026-11");

/// Keys that go with few actions, which the catalogue names.
const OF_FEW_ACTIONS: &[&str] = &[
    "iam:AWSServiceName",
    "iam:AssociatedResourceArn",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "kms:GrantConstraintType",
    "kms:GrantIsForAWSResource",
    "kms:GrantOperations",
    "kms:GranteePrincipal",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
];

/// Keys that only requests for one action have, which comes with another: who makes a thing may give it tags.
const ABOUT_ANOTHER: &[(&str, &str)] =
    &[("ec2:CreateAction", "ec2:CreateTags"), ("elasticloadbalancing:CreateAction", "elasticloadbalancing:AddTags")];

/// What a caller of STS must be allowed to do so that a request can have the key.
const SET_BY: &[(&str, &str)] = &[
    ("aws:RequestTag/", "sts:TagSession"),
    ("aws:TagKeys", "sts:TagSession"),
    ("sts:SourceIdentity", "sts:SetSourceIdentity"),
    ("sts:TransitiveTagKeys", "sts:TagSession"),
];

/// Services that send who owns the VPC endpoint.
const SEND_OWNER: &[&str] = &[
    "acm-pca",
    "applicationinsights",
    "apprunner",
    "athena",
    "cloudformation",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "dynamodb",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "gamelift",
    "healthlake",
    "iam",
    "iotfleetwise",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "omics",
    "payment-cryptography",
    "polly",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "shield",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
];

/// Services that send the endpoint's organization besides.
const SEND_ORGANIZATION: &[&str] = &[
    "b2bi",
    "cassandra",
    "cognito-identity",
    "dms",
    "ds-data",
    "identitystore",
    "iottwinmaker",
    "network-firewall",
    "pricing",
    "ses",
    "sms-voice",
    "sqs",
    "workmail",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let Some(list) = &statement.action else { continue };
        for line in &statement.conditions {
            let is = |key: &str| key.eq_ignore_ascii_case(line.key());
            let about = ABOUT_ANOTHER.iter().find(|(key, _)| is(key));
            let names_it = about.is_none_or(|(_, action)| names(list, action));
            if !names_it {
                alone(statement, list, line, about, findings);
            } else if !list.negated && (about.is_some() || OF_FEW_ACTIONS.iter().any(|key| is(key))) {
                unsupported(subject, statement, list, line, findings);
            }
            if subject.kind == PolicyKind::Trust {
                missing(subject, statement, list, line, findings);
            }
            services(subject, statement, list, line, findings);
        }
    }
}

/// Whether the condition holds only for requests that have the key.
fn demands_the_key(line: &ConditionLine<'_>) -> bool {
    !line.operator.is("Null") && !line.operator.holds_without_the_key()
}

/// Whether a list takes in an action, or may, as far as can be known.
fn names(list: &ListElement<'_>, action: &str) -> bool {
    let named = |item: &Item<'_>| item.text.has_holes() || matching::action(item.text.as_str(), action);
    list.negated || list.partly_unknown || list.items.iter().any(named)
}

fn alone(
    statement: &Statement<'_>,
    list: &ListElement<'_>,
    line: &ConditionLine<'_>,
    about: Option<&(&str, &str)>,
    findings: &mut Findings<'_>,
) {
    if let Some((_, action)) = about.filter(|_| demands_the_key(line)) {
        let message = format!("only requests for {action} have {:?}, and this statement does not name it", line.key());
        let help = format!("add {action}, or remove the condition");
        findings.report(&MISSING, statement, line, message).also(list.span()).help(help);
    }
}

fn unsupported(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    list: &ListElement<'_>,
    line: &ConditionLine<'_>,
    findings: &mut Findings<'_>,
) {
    if !demands_the_key(line) {
        return;
    }
    let without = |item: &&Item<'_>| {
        let known = subject.catalogue.action(item.text.as_str());
        known.is_some_and(|(service, action)| !service.keys_of(action).any(|key| key.matches(line.key())))
    };
    let items: Vec<&Item<'_>> = list.items.iter().filter(without).collect();
    let Some(first) = items.first() else { return };
    let names = join_some(items.iter().map(|item| item.text.as_str()), 3);
    let message = format!("requests for {names} never have {:?}", line.key());
    let help = "move what does not know the key to a statement without this condition";
    let mut draft = findings.report(&UNSUPPORTED, statement, *first, message).help(help);
    for item in &items[1..] {
        draft = draft.also(item.text.span);
    }
    draft.also(line.member.key.span);
}

fn missing(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    list: &ListElement<'_>,
    line: &ConditionLine<'_>,
    findings: &mut Findings<'_>,
) {
    let key = line.key();
    let set_by = SET_BY.iter().find(|(stem, _)| {
        let start = if stem.ends_with('/') { key.get(..stem.len()) } else { Some(key) };
        start.is_some_and(|start| start.eq_ignore_ascii_case(stem))
    });
    let Some((_, setter)) = set_by else { return };
    let assumes = |item: &Item<'_>| matching::action("sts:AssumeRole*", item.text.as_str());
    if !demands_the_key(line) || !statement.allows() || list.negated || !list.items.iter().any(assumes) {
        return;
    }
    if subject.allows().any(|statement| statement.action.as_ref().is_none_or(|list| names(list, setter))) {
        return;
    }
    let message = format!("no request has {key:?}, as {setter} is not allowed");
    findings.report(&MISSING, statement, line, message).also(list.span()).help(format!("add {setter} to Action"));
}

fn services(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    list: &ListElement<'_>,
    line: &ConditionLine<'_>,
    findings: &mut Findings<'_>,
) {
    let is = |key: &str| line.key().eq_ignore_ascii_case(key);
    let organization = is("aws:VpceOrgID");
    if !organization && !is("aws:VpceAccount") && !is("aws:VpceOrgPaths") {
        return;
    }
    let among = |of: &[&str], prefix: &str| of.iter().any(|known| known.eq_ignore_ascii_case(prefix));
    let sends = |prefix: &str| among(SEND_OWNER, prefix) || (organization && among(SEND_ORGANIZATION, prefix));
    // The policy of a resource is only about its own service, whatever its Action says.
    let everything = !matches!(subject.kind, PolicyKind::Resource(_) | PolicyKind::Trust);
    let beyond = |item: &&Item<'_>| {
        let text = item.text.as_str();
        match text.split_once(':') {
            _ if item.text.has_holes() => false,
            _ if is_star(text) => everything,
            Some((prefix, _)) if prefix.contains(['*', '?']) => everything,
            Some((prefix, _)) => {
                !sends(prefix) && !Catalogue::is_retired(prefix) || text.eq_ignore_ascii_case("iam:PassRole")
            }
            None => false,
        }
    };
    let item = list.items.iter().find(beyond);
    let what = match item {
        _ if list.negated && everything => "NotAction takes in services that do".to_owned(),
        Some(item) if !list.negated => format!("{:?} takes in what does", item.text.as_str()),
        _ => return,
    };
    let message = format!("{what} not send {:?}", line.key());
    let help = "keep to actions of services that send it, such as s3, kms, dynamodb and lambda";
    findings.report(&SERVICES, statement, line, message).also(list.span()).help(help);
}
