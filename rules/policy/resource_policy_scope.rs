use crate::lint::prelude::*;
use crate::policy::ResourceType;
use crate::policy::catalogue::{Catalogue, Service};
use crate::policy::matching::{self, fields};
use crate::policy::syntax::node::is_hole;

const DOCS: &str = "\
## What it finds

A resource policy with actions, resources or condition keys of another service, a trust policy with actions that
assume no role, and keys that a policy of this kind does not need or its services do not know.

## Why it matters

AWS refuses the policy, or the part never applies.

## How to fix it

Keep to the actions and resources of the service whose resource has the policy. Trust policies take `sts:AssumeRole…`,
`sts:TagSession`, `sts:SetSourceIdentity` and `sts:SetContext`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "resource_policy_scope",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html"],
    since: "0.1.0",
    lints: &[&ACTION, &RESOURCE, &IRRELEVANT, &VPCE],
    check,
};

static ACTION: Lint = Lint::aws(
    "UNSUPPORTED_ACTION_IN_POLICY",
    "Action of another service in a resource policy",
    Level::Error,
    &[
        Example::bad("EC2 in a bucket policy", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["s3:GetObject", "ec2:RunInstances"], "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#, &[r#""ec2:RunInstances""#]).of(BUCKET),
        Example::bad("S3 in a trust policy", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject"}"#, &[r#""s3:GetObject""#]).of(PolicyKind::Trust),
        Example::good("S3", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#).of(BUCKET),
    ],
).limits("Which actions each resource policy takes is not published for all services; here, those of its own prefix");

static RESOURCE: Lint = Lint::aws(
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
    "Resource of another service in a resource policy",
    Level::Error,
    &[
        Example::bad("a role in a bucket policy", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:iam::111122223333:role/x"}"#, &[r#""arn:aws:iam::111122223333:role/x""#]).of(BUCKET),
        Example::good("an object", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#).of(BUCKET),
    ],
).limits("Which resources each resource policy takes is not published for all services; here, those of its own service");

static IRRELEVANT: Lint = Lint::aws(
    "IRRELEVANT_CONDITION_KEY_IN_POLICY",
    "Condition key of another service in a resource policy",
    Level::Suggestion,
    &[
        Example::bad("a key of IAM", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}"#, &[r#""iam:PassedToService""#]).of(BUCKET),
        Example::good("a key of S3", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*", "Condition": {"StringEquals": {"s3:ResourceAccount": "111122223333"}}}"#).of(BUCKET),
    ],
).limits("AWS keeps a list; here, keys of services other than the resource's own");

static VPCE: Lint = Lint::aws(
    "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",
    "aws:Vpce… keys with a service that may not send them",
    Level::Warning,
    &[
        Example::bad("an action of any service", r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}"#, &[r#""aws:VpceOrgID""#]),
        Example::good("S3", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}"#),
        Example::good("only if it is there", r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}}"#),
    ],
).limits("AWS adds services to the list month by month; services that were on it in 2025-08 are taken for supported");

/// A static of its own, as a constant cannot look one up in the list.
static EXAMPLE_TYPE: ResourceType = ResourceType { name: "AWS::S3::Bucket", service: "s3", quota: Some(20_480) };

const BUCKET: PolicyKind = PolicyKind::Resource(Some(&EXAMPLE_TYPE));

/// Types whose policies bind requests to any service.
const ANY_SERVICE: &[&str] = &["AWS::EC2::VPCEndpoint"];

const TRUST_ACTIONS: &[&str] = &[
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

/// Keys of VPC endpoints that came in 2025, and services that sent them first.
const VPCE_KEYS: &[&str] = &["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
const VPCE_SERVICES: &[&str] = &[
    "athena",
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "ecr",
    "ecs",
    "events",
    "firehose",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "rds",
    "redshift-data",
    "s3",
    "secretsmanager",
    "servicequotas",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
    "textract",
    "transcribe",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own = match subject.kind {
        PolicyKind::Resource(Some(of)) if !ANY_SERVICE.contains(&of.name) => Some(of.service),
        _ => None,
    };
    for statement in &subject.policy.statements {
        for item in statement.actions() {
            if subject.kind == PolicyKind::Trust {
                trust_action(statement, item, findings);
            } else if let Some(own) = own {
                action(statement, item, own, findings);
            }
        }
        if let Some(own) = own {
            resources(subject, statement, own, findings);
        }
        endpoints(statement, findings);
    }
}

fn is_plain(text: &str) -> bool {
    !text.contains(['*', '?']) && !text.contains("${") && !text.contains(is_hole)
}

fn trust_action(statement: &Statement<'_>, item: &Item<'_>, findings: &mut Findings<'_>) {
    let text = item.text.as_str();
    let known = TRUST_ACTIONS.iter().any(|known| matching::action(text, known));
    if !known && !item.text.has_holes() {
        let message = format!("{text:?} assumes no role, so that a trust policy cannot have it");
        findings
            .report(&ACTION, statement, item, message)
            .help("what the role may do stands in its permissions, not here");
    }
}

/// Services whose actions stand in each other's policies.
fn is_kin(own: &str, other: &str) -> bool {
    own.eq_ignore_ascii_case(other)
        || (own.starts_with("s3") && other.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("s3")))
        || (own.starts_with("vpc-lattice") && other.starts_with("vpc-lattice"))
}

fn action(statement: &Statement<'_>, item: &Item<'_>, own: &str, findings: &mut Findings<'_>) {
    let text = item.text.as_str();
    let Some((prefix, _)) = text.split_once(':').filter(|(prefix, _)| is_plain(prefix)) else { return };
    if !is_kin(own, prefix) {
        let message = format!("{text:?} cannot stand in a policy of {own}'s resources");
        findings.report(&ACTION, statement, item, message).help(format!("name actions of {own}"));
    }
}

fn resources(subject: &Subject<'_>, statement: &Statement<'_>, own: &str, findings: &mut Findings<'_>) {
    for item in statement.resources() {
        let text = item.text.as_str();
        let Some(service) = fields(text).map(|of| of[2]).filter(|service| is_plain(service) && !service.is_empty())
        else {
            continue;
        };
        // What stands in ARNs is not always the prefix; where the two are one, others are wrong.
        let of_own = subject.catalogue.service(own);
        let words = of_own.into_iter().flat_map(Service::resource_types).filter_map(|kind| Some(fields(kind.arn)?[2]));
        if !is_kin(own, service) && !words.into_iter().any(|word| word == service) {
            let message = format!("{text:?} is no resource of {own}, whose policy this is");
            findings.report(&RESOURCE, statement, item, message).help(format!("name resources of {own}"));
        }
    }
    for line in &statement.conditions {
        let Some((prefix, _)) = line.key().split_once(':').filter(|(prefix, _)| !prefix.contains('.')) else {
            continue;
        };
        let global = prefix.eq_ignore_ascii_case("aws") || Catalogue::global_key(line.key()).is_some();
        if !global && !is_kin(own, prefix) && subject.catalogue.service(prefix).is_some() {
            let message = format!("requests to {own} have no {:?}", line.key());
            findings.report(&IRRELEVANT, statement, line, message).help(format!("use aws:… keys or those of {own}"));
        }
    }
}

fn endpoints(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    for line in &statement.conditions {
        let is_it = VPCE_KEYS.iter().any(|key| key.eq_ignore_ascii_case(line.key()));
        if !is_it || line.operator.if_exists || line.operator.is("Null") {
            continue;
        }
        let prefix = |item: &Item<'_>| item.text.as_str().split(':').next().unwrap_or_default().to_ascii_lowercase();
        let supported = |item: &Item<'_>| VPCE_SERVICES.contains(&prefix(item).as_str());
        let known =
            statement.action.as_ref().is_some_and(|action| !action.negated && action.items.iter().all(supported));
        if !known {
            let message = format!(
                "not every service sends {:?}; one that does not is treated as if it came from nowhere",
                line.key()
            );
            findings
                .report(&VPCE, statement, line, message)
                .help("name the services, or use an operator with IfExists");
        }
    }
}
