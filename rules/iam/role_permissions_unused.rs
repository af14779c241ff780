use crate::inventory::iam::Role;
use crate::rule::age::{ROLE_UNUSED, given};
use crate::rule::prelude::*;
use crate::rule::role_use::idle;
use crate::text::{count, shell_quote};

/// Names that a message shows before it only counts.
const SHOWN: usize = 5;

const DOCS: &str = "\
## What it finds
A role in use that may use services which it has not called for 90 days or more, as IAM's last accessed information
tells. Roles younger than 90 days are not judged, nor are roles that nobody uses at all (`iam-role-unused` says that)
and roles that IAM Identity Center makes anew from its permission sets.

## Why it matters
Whatever the role may do and never does helps nobody but an intruder. A lab's role often starts with a full-access
policy of AWS, of which the lab needs two actions. AWS counts attempts, also refused ones, so a service that is missing
there was really not called. What runs once a year looks unused, too: know the job before you cut.

## How to fix it
Write a policy of the services that are left, attach it, and detach the wide one. `--granularity ACTION_LEVEL` tells for
many services which actions were called; IAM Access Analyzer can write a policy from CloudTrail's records.
";

pub static RULE: Rule = Rule {
    id: "iam-role-permissions-unused",
    title: "Role may use services that it has not called for 90 days",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    note: "iam-roles#unused-permissions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html",
    ],
    needs: &[Need::IamPrincipals, Need::IamRoleServicesLastAccessed],
    since: "0.1.0",
    opt_in: Some("it takes two more calls for every role"),
    params: &[ROLE_UNUSED],
    check: Check::Role(check),
    examples: EXAMPLES,
};

fn check(role: &Role, cx: &Context<'_>) -> Verdict {
    if role.is_identity_center() {
        return not_applicable("IAM Identity Center makes the role from a permission set");
    }
    let days = cx.value(&ROLE_UNUSED);
    if cx.days_since(given(role.create_date)?) < days {
        return not_applicable("the role is too young");
    }
    if idle(role, cx)?.is_some() {
        return not_applicable("nobody uses the role at all");
    }
    let services = role.services_last_accessed.known()?;
    let mut unused: Vec<_> = (services.iter())
        .filter(|service| service.last_authenticated.is_none_or(|used| cx.days_since(used) >= days))
        .map(|service| service.service_namespace.as_str())
        .collect();
    if unused.is_empty() {
        return pass();
    }
    unused.sort_unstable();
    let more = if unused.len() > SHOWN { " and others" } else { "" };
    let name = shell_quote(&role.role_name);
    fail(format!(
        "Role {} may use {} and has not called {} of them for {days} days: {}{more}",
        role.role_name,
        count(services.len(), "service"),
        unused.len(),
        unused[..unused.len().min(SHOWN)].join(", ")
    ))
    .evidence("ServicesLastAccessed.ServiceNamespace", unused)
    .fix(format!(
        "aws iam generate-service-last-accessed-details --granularity ACTION_LEVEL --arn {}",
        shell_quote(&role.arn)
    ))
    .fix(format!("aws iam list-attached-role-policies --role-name {name}"))
    .fix(format!("aws iam list-role-policies --role-name {name}"))
    .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "one service in use, one for 90 days no more, one never",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "CreateDate": "2026-01-01T00:00:00Z", "RoleLastUsed": "2026-11-21T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "ServicesLastAccessed": [
                {"ServiceNamespace": "s3", "LastAuthenticated": "2026-11-21T00:00:00Z"},
                {"ServiceNamespace": "dynamodb", "LastAuthenticated": "2026-08-24T12:00:00Z"},
                {"ServiceNamespace": "kms"}]}]}}"#,
    },
    Example {
        name: "every service is in use",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "CreateDate": "2026-01-01T00:00:00Z", "RoleLastUsed": "2026-11-21T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "ServicesLastAccessed": [
                {"ServiceNamespace": "s3", "LastAuthenticated": "2026-11-21T00:00:00Z"},
                {"ServiceNamespace": "logs", "LastAuthenticated": "2026-08-24T12:00:01Z"}]}]}}"#,
    },
    Example {
        name: "a role of last week, whose services need not even be read",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "new", "Arn": "arn:aws:iam::111122223333:role/new",
            "CreateDate": "2026-11-15T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}}"#,
    },
    Example {
        name: "a role that nobody uses",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "old", "Arn": "arn:aws:iam::111122223333:role/old",
            "CreateDate": "2025-11-15T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}}"#,
    },
    Example {
        name: "the services could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "lab", "Arn": "arn:aws:iam::111122223333:role/lab",
            "CreateDate": "2026-01-01T00:00:00Z", "RoleLastUsed": "2026-11-21T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}}"#,
    },
];
