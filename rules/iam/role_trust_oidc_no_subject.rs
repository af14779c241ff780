use crate::inventory::iam::Role;
use crate::policy::conditions::is_fixed;
use crate::policy::model::{Document, Principal};
use crate::policy::trust::{Admission, admissions};
use crate::rule::prelude::*;
use crate::rule::with_trust;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A role for web identities (OIDC) whose trust policy does not say which identity: no condition fixes the subject, or its
value is a wildcard such as `*` or `repo:*`. For providers that serve everybody (GitHub, GitLab, Terraform Cloud, Buildkite,
Vercel) the subject must name at least the organization up to its separator, `repo:my-org/*`; claims that AWS knows and
that say the same, such as GitHub's `repository_owner_id`, will do. For EKS it must name a namespace. For Amazon Cognito
and the sign-in with Google, Facebook or Amazon the audience must be fixed. For any other provider at least one of its
claims must be.

## Why it matters
A token proves only that the provider knows its bearer, and everybody has a GitHub account. Without the subject, any
workflow in any repository of the world can assume the role; with `repo:my-org*` so can `my-org-evil`.

## How to fix it
Add the subject to the condition: `\"StringLike\": {\"token.actions.githubusercontent.com:sub\":
\"repo:my-org/my-repo:ref:refs/heads/main\"}`, and keep the audience (`:aud`) beside it.
";

pub static RULE: Rule = Rule {
    id: "iam-role-trust-oidc-no-subject",
    title: "Role lets in every identity of a web identity provider",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::High,
    confidence: Confidence::High,
    note: "iam-roles#web-identity",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Role(check),
    examples: EXAMPLES,
};

/// What a provider's tokens must be limited by.
struct Claims {
    /// Whom the provider lets in without that.
    everybody: &'static str,
    /// The claims of which one must be fixed; the first one is named in the message.
    names: &'static [&'static str],
    /// Whether a value with wildcards is fixed enough.
    fixed: fn(&str) -> bool,
}

/// What limits the tokens of a provider; `None` for a provider of the account's own, of which any claim will do.
fn claims_of(provider: &str) -> Option<Claims> {
    let of = |everybody, names, fixed| Some(Claims { everybody, names, fixed });
    let host = provider.split('/').next().unwrap_or(provider);
    match host {
        "token.actions.githubusercontent.com" => of("any repository on GitHub", GITHUB, names_owner),
        "github.com" if provider.starts_with("github.com/enterprises/") => {
            of("any repository of the enterprise", GITHUB, names_owner)
        }
        "gitlab.com" => of("any project on GitLab", GITLAB, names_owner),
        "app.terraform.io" => of("any organization on Terraform Cloud", &["sub"], names_owner),
        "agent.buildkite.com" => of("any organization on Buildkite", BUILDKITE, names_owner),
        "oidc.vercel.com" => of("any team on Vercel", &["sub"], names_owner),
        "api.bitbucket.org" => of("any repository of the workspace", &["sub"], is_fixed),
        "oidc.circleci.com" => {
            of("any project of the organization", &["sub", "oidc.circleci.com/project-id"], is_fixed)
        }
        "cognito-identity.amazonaws.com" => of("any identity pool of Amazon Cognito", &["aud"], is_fixed),
        "accounts.google.com" => of("anyone with a Google account", &["aud", "oaud", "sub"], is_fixed),
        "graph.facebook.com" => of("anyone with a Facebook account", &["app_id", "id"], is_fixed),
        "www.amazon.com" => of("anyone with an Amazon account", &["app_id", "user_id"], is_fixed),
        _ if host.starts_with("oidc.eks.") => of("any pod of the cluster", &["sub"], names_namespace),
        _ if host.starts_with("token.actions.") && host.ends_with(".ghe.com") => {
            of("any repository of the enterprise", GITHUB, names_owner)
        }
        _ => None,
    }
}

/// GitHub's claims that AWS knows as condition keys and that say whose workflow it is.
const GITHUB: &[&str] = &[
    "sub",
    "repository",
    "repository_id",
    "repository_owner_id",
    "job_workflow_ref",
    "enterprise_id",
    "actor",
    "actor_id",
];

/// GitLab's.
const GITLAB: &[&str] = &["sub", "project_id", "namespace_id", "user_id", "user_login", "user_email"];

/// Buildkite's.
const BUILDKITE: &[&str] = &["sub", "organization_id", "organization_slug", "pipeline_id", "cluster_id"];

fn check(role: &Role, _cx: &Context<'_>) -> Verdict {
    let document = &role.assume_role_policy_document;
    let trust = document.model()?;
    let mut any = false;
    for admission in admissions(trust) {
        let Principal::Federated(federated) = admission.whom else { continue };
        let Some(provider) = oidc_provider(federated) else { continue };
        any = true;
        let Some(open) = open_to(trust, &admission, provider) else { continue };
        return fail(format!("Role {} lets in {}: {} in {}", role.role_name, open.everybody, open.why, admission.by))
            .evidence("Principal.Federated", federated.as_str())
            .statements(document, &[admission.by])
            .fix(format!(
                "aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json",
                shell_quote(&role.role_name)
            ))
            .verdict();
    }
    if any { pass() } else { not_applicable("it trusts no web identity provider") }
}

struct Open {
    everybody: String,
    why: String,
}

/// To whom a statement is open that trusts a provider; `None` when it says which identity it means.
fn open_to(trust: &Document, admission: &Admission<'_>, provider: &str) -> Option<Open> {
    let Some(claims) = claims_of(provider) else {
        let prefix = format!("{provider}:");
        let conditions = &admission.by.statement.conditions;
        let of_provider = |key: &str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix));
        let mut keys = conditions.iter().map(|condition| &condition.key).filter(|key| of_provider(key));
        if keys.any(|key| admission.is_pinned(trust, key, is_fixed)) {
            return None;
        }
        return Some(Open {
            everybody: format!("anyone whom {provider} knows"),
            why: "no condition fixes any of its claims".to_owned(),
        });
    };
    if claims.names.iter().any(|claim| admission.is_pinned(trust, &format!("{provider}:{claim}"), claims.fixed)) {
        return None;
    }
    let key = format!("{provider}:{}", claims.names[0]);
    let value = admission.by.statement.conditions.iter().find(|c| c.is_about(&key)).and_then(|c| {
        let loose = |value: &&String| !(claims.fixed)(value);
        c.values.iter().find(loose).map(|value| format!("{key} may be {value}"))
    });
    Some(Open {
        everybody: claims.everybody.to_owned(),
        why: value.unwrap_or_else(|| format!("no condition fixes {key}")),
    })
}

/// The provider of web identities that a federated principal is: its address without the scheme.
fn oidc_provider(federated: &str) -> Option<&str> {
    match federated.split_once(":oidc-provider/") {
        Some((_, provider)) => Some(provider),
        None if federated.contains(':') => None,
        None => Some(federated),
    }
}

/// The part of a value before its first wildcard; `None` when it has no wildcard.
fn literal_start(value: &str) -> Option<&str> {
    value.find(['*', '?']).map(|at| &value[..at])
}

/// Whether a subject such as `repo:my-org/*` names its owner whole: key, colon, name, separator.
fn names_owner(value: &str) -> bool {
    let Some(start) = literal_start(value) else { return true };
    let owner = start.split_once(':').map_or(start, |(_, rest)| rest);
    owner.find([':', '/']).is_some_and(|end| end > 0)
}

/// Whether a subject such as `system:serviceaccount:my-namespace:*` names its namespace whole.
fn names_namespace(value: &str) -> bool {
    let Some(start) = literal_start(value) else { return true };
    start.strip_prefix("system:serviceaccount:").is_some_and(|rest| rest.find(':').is_some_and(|end| end > 0))
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "any repository on GitHub",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
                "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#
        ),
    },
    Example {
        name: "a subject that any repository has, or one of a look-alike organization",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
                "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub":
                    ["repo:my-org/app:*", "repo:my-org*"]}}}"#
        ),
    },
    Example {
        name: "a condition that holds without the claim",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
                "Condition": {"ForAllValues:StringLike": {"gitlab.com:sub": "project_path:my-org/*"}}}"#
        ),
    },
    Example {
        name: "any pod of a cluster",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
                "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB12"},
                "Condition": {"StringLike": {"oidc.eks.eu-west-1.amazonaws.com/id/AB12:sub":
                    "system:serviceaccount:*"}}}"#
        ),
    },
    Example {
        name: "any identity pool of Amazon Cognito",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                "Condition": {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}"#
        ),
    },
    Example {
        name: "one branch of one repository",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
                "Condition": {"StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": "repo:my-org/app:ref:refs/heads/main"}}}"#
        ),
    },
    Example {
        name: "all repositories of an organization, by its number",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
                "Condition": {"StringEquals": {"token.actions.githubusercontent.com:repository_owner_id": "65"}}}"#
        ),
    },
    Example {
        name: "one workspace of one organization on Terraform Cloud",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/app.terraform.io"},
                "Condition": {"StringLike": {"app.terraform.io:sub": "organization:my-org:project:*:workspace:lab:*"}}}"#
        ),
    },
    Example {
        name: "a provider of one's own, with its audience",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/login.example.com"},
                "Condition": {"StringEquals": {"login.example.com:aud": "lab"}}}"#
        ),
    },
    Example {
        name: "SAML, and a service",
        expected: Expected::NotApplicable,
        snapshot: with_trust!(
            r#"[{"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
                 "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}},
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]"#
        ),
    },
];
