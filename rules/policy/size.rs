use crate::lint::prelude::*;
use crate::policy::ResourceType;
use crate::policy::syntax::Span;

/// A policy that is long because of one name of 64 × N letters.
macro_rules! long {
    ($($part:tt)*) => {
        concat!("{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::", $(a1024!($part),)* "\"}]}")
    };
}

macro_rules! a1024 {
    ($part:tt) => {
        concat!(a256!(), a256!(), a256!(), a256!())
    };
}

macro_rules! a256 {
    () => {
        concat!(a64!(), a64!(), a64!(), a64!())
    };
}

macro_rules! a64 {
    () => {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
}

const BUCKET: PolicyKind = PolicyKind::Resource(Some(&EXAMPLE_TYPE));

/// A static of its own, as a constant cannot look one up in the list.
static EXAMPLE_TYPE: ResourceType = ResourceType { name: "AWS::S3::Bucket", service: "s3", quota: Some(20_480) };

const DOCS: &str = "\
## What it finds

A document with more characters, white space left out, than AWS takes for its kind: 10,240 for an identity policy (of
all inline policies of a role; a managed one may have 6,144), 2,048 for a trust policy by default, 5,120 for service
and resource control policies, and for resources what their service takes.

## Why it matters

AWS refuses the policy when it is put in place, often only at the end of a deployment.

## How to fix it

Make several policies of it, or say more with fewer words: wildcards for actions of one kind, one statement for the
same resources.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "size",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    ],
    since: "0.1.0",
    lints: &[&IDENTITY, &RESOURCE, &TRUST, &SCP, &RCP],
    check,
};

static IDENTITY: Lint = Lint::aws(
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    "Identity policy is larger than AWS takes",
    Level::Warning,
    &[
        Example::bad("too long", long!(x x x x x x x x x x), &["{"]),
        Example::good("short enough", long!(x x x x x x x x x)),
    ],
);

static RESOURCE: Lint = Lint::aws(
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
    "Resource policy is larger than its service takes",
    Level::Warning,
    &[
        Example::bad("too long", long!(x x x x x x x x x x x x x x x x x x x x), &["{"]).of(BUCKET),
        Example::good("short enough", long!(x x x x x x x x x x x x x x x x x x x)).of(BUCKET),
    ],
)
.limits("Services publish their quotas in different places; a type whose quota is not known here is not judged");

static TRUST: Lint = Lint::aws(
    "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    "Trust policy is larger than AWS takes",
    Level::Warning,
    &[
        Example::bad("too long", long!(x x), &["{"]).of(PolicyKind::Trust),
        Example::good("short enough", long!(x)).of(PolicyKind::Trust),
    ],
);

static SCP: Lint = Lint::aws(
    "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
    "Service control policy is larger than AWS takes",
    Level::Error,
    &[
        Example::bad("too long", long!(x x x x x), &["{"]).of(PolicyKind::Scp),
        Example::good("short enough", long!(x x x x)).of(PolicyKind::Scp),
    ],
);

static RCP: Lint = Lint::aws(
    "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
    "Resource control policy is larger than AWS takes",
    Level::Error,
    &[
        Example::bad("too long", long!(x x x x x), &["{"]).of(PolicyKind::Rcp),
        Example::good("short enough", long!(x x x x)).of(PolicyKind::Rcp),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (lint, quota) = match subject.kind {
        PolicyKind::Identity | PolicyKind::Boundary => (&IDENTITY, 10_240),
        PolicyKind::Trust => (&TRUST, 2_048),
        PolicyKind::Scp => (&SCP, 5_120),
        PolicyKind::Rcp => (&RCP, 5_120),
        PolicyKind::Resource(of) => match of.and_then(|of| of.quota) {
            Some(quota) => (&RESOURCE, quota),
            None => return,
        },
    };
    let size = subject.policy.size();
    if size > quota {
        let start = subject.policy.node.span.start;
        let place = (String::new(), Span { start, end: start + 1 });
        let message = format!("the {} has {size} characters without white space, the quota is {quota}", subject.kind);
        findings.report_document(lint, &place, message).help("make several policies of it, or say more with wildcards");
    }
}
