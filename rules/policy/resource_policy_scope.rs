use crate::lint::prelude::*;
use crate::policy::catalogue::Catalogue;
use crate::policy::kind::ResourceType;
use crate::policy::matching::{self, fields};
use crate::policy::syntax::node::is_hole;

const DOCS: &str = "\
## What it finds

In the policy of a resource: actions and ARNs of another service, and condition keys that say nothing there. In a trust
policy: actions that assume no role. The type of the resource must be known, because somebody names it, a template or
plan says it, or all actions are of one service.

## Why it matters

The service refuses the policy, or the statement is about requests that never come to this resource.

## How to fix it

Keep to the actions and ARNs of the resource itself. What its users may do elsewhere belongs into their own policies.
Trust policies take `sts:AssumeRole…`, `sts:TagSession`, `sts:SetSourceIdentity` and `sts:SetContext`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "resource_policy_scope",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html"],
    since: "0.1.0",
    lints: &[&ACTION, &ARN, &KEY],
    check,
};

/// For the examples.
static BUCKET_TYPE: ResourceType = ResourceType { name: "AWS::S3::Bucket", service: "s3", quota: None };
/// For the examples.
static ENDPOINT_TYPE: ResourceType = ResourceType { name: "AWS::EC2::VPCEndpoint", service: "ec2", quota: None };
const BUCKET: PolicyKind = PolicyKind::Resource(Some(&BUCKET_TYPE));
const ENDPOINT: PolicyKind = PolicyKind::Resource(Some(&ENDPOINT_TYPE));

static ACTION: Lint = Lint::aws(
    "UNSUPPORTED_ACTION_IN_POLICY",
    "Action of another service than the resource",
    Level::Error,
    &[
        Example::bad(
            "a key's action in a bucket policy",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
            &[r#""kms:Decrypt""#],
        )
        .of(BUCKET),
        Example::bad(
            "permissions in a trust policy",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "s3:GetObject"]}"#,
            &[r#""s3:GetObject""#],
        )
        .of(PolicyKind::Trust),
        Example::good(
            "the bucket's own",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "S3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        )
        .of(BUCKET),
        Example::good(
            "an endpoint, through which requests go to many services",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        )
        .of(ENDPOINT),
        Example::good("identity policies", r#"{"Effect": "Allow", "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "*"}"#),
    ],
)
.limits("AWS keeps a list for each type of resource; this compares the services");

static ARN: Lint = Lint::aws(
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
    "ARN of another service than the resource",
    Level::Error,
    &[
        Example::bad(
            "a key in a bucket policy",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:kms:eu-west-1:111122223333:key/*"]}"#,
            &[r#""arn:aws:kms:eu-west-1:111122223333:key/*""#],
        )
        .of(BUCKET),
        Example::good(
            "the bucket",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": ["arn:aws:s3:::amzn-s3-demo-bucket", "*"]}"#,
        )
        .of(BUCKET),
    ],
)
.limits("AWS keeps a list for each type of resource; this compares the services");

static KEY: Lint = Lint::aws(
    "IRRELEVANT_CONDITION_KEY_IN_POLICY",
    "Condition key that says nothing in this policy",
    Level::Suggestion,
    &[
        Example::bad(
            "the account of the bucket itself",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*", "Condition": {"StringEquals": {"s3:ResourceAccount": "111122223333"}}}"#,
            &[r#""s3:ResourceAccount""#],
        )
        .of(BUCKET),
        Example::good(
            "in an identity policy",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"s3:ResourceAccount": "111122223333"}}}"#,
        ),
    ],
)
.limits("AWS keeps a list for each type of resource; this knows s3:ResourceAccount");

/// What the policies of a type are about, where that is not just the service it is listed with.
struct About {
    /// The type of resource.
    name: &'static str,
    /// Prefixes of actions; empty when any service's may be there.
    actions: &'static [&'static str],
    /// Services as ARNs name them; empty when any service's may be there.
    arns: &'static [&'static str],
}

/// The types whose policies are about more than the service they are listed with, sorted by name.
const ABOUT: &[About] = &[
    // Recovery points stand under the ARN of what they were made of.
    About { name: "AWS::Backup::BackupVault", actions: &["backup", "backup-storage"], arns: &[] },
    About {
        name: "AWS::CloudTrail::EventDataStore",
        actions: &["cloudtrail", "cloudtrail-data"],
        arns: &["cloudtrail"],
    },
    About { name: "AWS::CodeArtifact::Domain", actions: &["codeartifact", "sts"], arns: &["codeartifact"] },
    About { name: "AWS::EC2::VPCEndpoint", actions: &[], arns: &[] },
    About { name: "AWS::Elasticsearch::Domain", actions: &["es"], arns: &["es", "opensearch"] },
    About { name: "AWS::OpenSearchService::Domain", actions: &["es"], arns: &["es", "opensearch"] },
    // Directory buckets have bucket policies, too.
    About { name: "AWS::S3::Bucket", actions: &["s3", "s3express"], arns: &["s3", "s3express"] },
    About {
        name: "AWS::VpcLattice::Service",
        actions: &["vpc-lattice-svcs", "vpc-lattice"],
        arns: &["vpc-lattice", "vpc-lattice-svcs"],
    },
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own;
    let (name, actions, arns): (&str, &[&str], &[&str]) = match subject.kind {
        PolicyKind::Trust => return trust_policy(subject, findings),
        PolicyKind::Resource(Some(kind)) => {
            own = [kind.service];
            let about = ABOUT.iter().find(|about| about.name == kind.name);
            about.map_or((kind.name, &own, &own), |about| (kind.name, about.actions, about.arns))
        }
        _ => return,
    };
    let is_bucket = matches!(name, "AWS::S3::Bucket" | "AWS::S3::AccessPoint");
    for statement in &subject.policy.statements {
        for item in statement.actions() {
            if let Some(prefix) = beyond(subject, actions, item.text.as_str().split(':').next()) {
                let message = format!("{:?} is an action of {prefix}, not of {name}", item.text.as_str());
                let help = format!("keep to actions of {}", actions.join(" and "));
                findings.report(&ACTION, statement, item, message).help(help);
            }
        }
        for item in statement.resources() {
            let service = fields(item.text.as_str()).filter(|fields| fields[0] == "arn").map(|fields| fields[2]);
            if let Some(service) = beyond(subject, arns, service) {
                let message = format!("{:?} is a resource of {service}, not of {name}", item.text.as_str());
                let help = "name the resource that the policy belongs to";
                findings.report(&ARN, statement, item, message).help(help);
            }
        }
        for line in statement.conditions_on("s3:ResourceAccount").filter(|_| is_bucket) {
            let message = format!("the account that {:?} is about is always that of the bucket", line.key());
            let help = "remove it; in identity policies it bounds which buckets may be used";
            findings.report(&KEY, statement, line, message).help(help);
        }
    }
}

/// What a trust policy can allow.
const TRUST_ACTIONS: &[&str] = &[
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

fn trust_policy(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for item in statement.actions() {
            let text = item.text.as_str();
            let known = TRUST_ACTIONS.iter().any(|known| matching::action(text, known));
            if !known && !item.text.has_holes() {
                let message = format!("{text:?} assumes no role, so that a trust policy cannot have it");
                let help = "what the role may do stands in its permissions, not here";
                findings.report(&ACTION, statement, item, message).help(help);
            }
        }
    }
}

/// The service, when it is one that AWS has, and none of these. What it does not have, other lints report.
fn beyond<'t>(subject: &Subject<'_>, known: &[&str], service: Option<&'t str>) -> Option<&'t str> {
    let service = service.filter(|_| !known.is_empty())?;
    let plain = !service.contains(['*', '?', '$']) && !service.contains(is_hole);
    let named = plain && (subject.catalogue.service(service).is_some() || Catalogue::is_retired(service));
    (named && !known.iter().any(|known| known.eq_ignore_ascii_case(service))).then_some(service)
}
