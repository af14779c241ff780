use crate::lint::prelude::*;
use crate::policy::matching;
use crate::policy::model::Quantifier;
use crate::policy::syntax::{Member, Text};

const DOCS: &str = "\
## What it finds

Trust policies for OIDC providers that do not say which application (`aud`) or which repository (`sub`) may assume the
role.

## Why it matters

GitHub, GitLab and others are one provider for all their customers: without the subject, anybody's pipeline can assume
the role.

## How to fix it

For GitHub write `\"StringEquals\": {\"token.actions.githubusercontent.com:aud\": \"sts.amazonaws.com\",
\"token.actions.githubusercontent.com:sub\": \"repo:OWNER/REPOSITORY:ref:refs/heads/main\"}`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "web_identity",
    docs: DOCS,
    note: "iam-roles#web-identity",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"],
    since: "0.1.0",
    lints: &[&NO_CONDITION, &NO_REPO, &BRANCH, &ANY_AUDIENCE, &AUDIENCE],
    check,
};

static NO_CONDITION: Lint = Lint::aws(
    "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    "OIDC provider without a condition on who",
    Level::SecurityWarning,
    &[
        Example::bad("none", r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#, &[r#"{"Federated": "cognito-identity.amazonaws.com"}"#]).of(PolicyKind::Trust),
        Example::good("the application", r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:1"}}}"#).of(PolicyKind::Trust),
    ],
);

static NO_REPO: Lint = Lint::aws(
    "MISSING_GITHUB_REPO_CONDITION_KEY",
    "GitHub without a condition on the repository",
    Level::SecurityWarning,
    &[
        Example::bad("only the audience", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#, &[r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#]).of(PolicyKind::Trust),
        Example::good("a repository", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main"}}}"#).of(PolicyKind::Trust),
    ],
);

static BRANCH: Lint = Lint::aws(
    "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
    "GitHub repository or branch is left open",
    Level::Warning,
    &[
        Example::bad("any branch", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:o/r:*"}}}"#, &[r#""repo:o/r:*""#]).of(PolicyKind::Trust),
        Example::good("one branch", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main"}}}"#).of(PolicyKind::Trust),
    ],
);

static ANY_AUDIENCE: Lint = Lint::aws(
    "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",
    "ForAnyValue on the audience",
    Level::SecurityWarning,
    &[
        Example::bad("ForAnyValue", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAnyValue:StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#, &[r#""token.actions.githubusercontent.com:aud""#]).of(PolicyKind::Trust),
        Example::good("without", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#).of(PolicyKind::Trust),
    ],
);

static AUDIENCE: Lint = Lint::aws(
    "CONFIRM_AUDIENCE_CLAIM_TYPE",
    "Audience may be one value or several",
    Level::Suggestion,
    &[
        Example::bad("an audience", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main"}}}"#, &[r#""token.actions.githubusercontent.com:aud""#]).of(PolicyKind::Trust),
        Example::good("no audience", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main"}}}"#).of(PolicyKind::Trust),
    ],
);

const GITHUB: &str = "token.actions.githubusercontent.com";

/// Keys by which GitHub's subject can be bound as well.
const GITHUB_KEYS: &[&str] =
    &["sub", "job_workflow_ref", "repository", "repository_id", "repository_owner", "repository_owner_id"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.kind != PolicyKind::Trust {
        return;
    }
    for statement in subject.allows() {
        let web = statement
            .actions()
            .iter()
            .any(|item| matching::action(item.text.as_str(), "sts:AssumeRoleWithWebIdentity"));
        let Some(principal) = statement.principal.as_ref().filter(|principal| web && !principal.negated) else {
            continue;
        };
        for (kind, item) in &principal.items {
            if kind.map(Text::as_str) == Some("Federated") && !item.text.has_holes() {
                provider(statement, principal.member, item.text.as_str(), findings);
            }
        }
        audience(statement, findings);
    }
}

/// The domain that names the provider's claims.
fn domain(provider: &str) -> &str {
    provider.rsplit_once(":oidc-provider/").map_or(provider, |(_, domain)| domain)
}

fn provider(statement: &Statement<'_>, member: &Member, provider: &str, findings: &mut Findings<'_>) {
    if provider.contains(":saml-provider/") {
        return;
    }
    let domain = domain(provider);
    let claims = || statement.conditions.iter().filter_map(|line| Some((line, claim(line.key(), domain)?)));
    let place = (statement, member);
    if domain == GITHUB {
        let subjects: Vec<_> =
            claims().filter(|(_, claim)| GITHUB_KEYS.iter().any(|key| key.eq_ignore_ascii_case(claim))).collect();
        if subjects.is_empty() {
            findings
                .report(&NO_REPO, statement, &place, "any repository on GitHub may assume this role")
                .help(format!("add a condition on {GITHUB}:sub: \"repo:OWNER/REPOSITORY:ref:refs/heads/main\""));
        }
        for (line, _) in subjects.iter().filter(|(_, claim)| claim.eq_ignore_ascii_case("sub")) {
            for value in line.values.iter().filter(|value| !is_specific(value.text)) {
                let message = format!("{:?} leaves the repository or the branch open", value.text);
                findings
                    .report(&BRANCH, statement, value, message)
                    .help("write repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH");
            }
        }
    } else if claims().next().is_none() {
        let message = format!("whoever signs in with {domain} may assume this role");
        findings
            .report(&NO_CONDITION, statement, &place, message)
            .help(format!("add a condition on {domain}:aud or {domain}:sub"));
    }
}

fn claim<'k>(key: &'k str, domain: &str) -> Option<&'k str> {
    let (provider, claim) = key.rsplit_once(':')?;
    provider.eq_ignore_ascii_case(domain).then_some(claim)
}

/// Whether a subject names an owner, a repository and a branch.
fn is_specific(subject: &str) -> bool {
    let Some((repository, of)) = subject.strip_prefix("repo:").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let plain = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    repository.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
        && of.strip_prefix("ref:refs/heads/").is_some_and(plain)
}

fn audience(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    for line in &statement.conditions {
        let is_audience = line
            .key()
            .rsplit_once(':')
            .is_some_and(|(domain, claim)| domain.contains('.') && claim.eq_ignore_ascii_case("aud"));
        if !is_audience {
            continue;
        }
        if line.operator.quantifier == Some(Quantifier::ForAnyValue) {
            let message = "a token for several audiences passes if one of them fits";
            findings
                .report(&ANY_AUDIENCE, statement, line, message)
                .help("compare without ForAnyValue if the claim has one value");
        } else if line.operator.quantifier.is_none() {
            let message = "whether the audience of this provider's tokens is one value or several decides which operator is right";
            findings
                .report(&AUDIENCE, statement, line, message)
                .help("for several values use ForAllValues: with a Null condition");
        }
    }
}
