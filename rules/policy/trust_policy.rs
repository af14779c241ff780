use crate::lint::prelude::*;
use crate::policy::matching::{self, fields};
use crate::policy::outline::PrincipalElement;
use crate::policy::syntax::Text;

const DOCS: &str = "\
## What it finds

What a role's trust policy cannot have or needs: `NotPrincipal`, `Resource`, a bare `\"Principal\": \"*\"`, a federated
principal that is neither a domain nor a provider's ARN, an action that does not fit the principal
(`sts:AssumeRoleWithSAML` needs a SAML provider, `sts:AssumeRoleWithWebIdentity` an OIDC one), the three actions that
IAM Roles Anywhere needs, and a session listed beside its own role.

## Why it matters

IAM refuses the policy, or nobody can ever assume the role.

## How to fix it

The message names the element and what fits it.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "trust_policy",
    docs: DOCS,
    note: "iam-roles#trusted-entities",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",
    ],
    since: "0.1.0",
    lints: &[&NOT_PRINCIPAL, &RESOURCE, &STAR, &FEDERATED, &MISMATCH, &ANYWHERE, &REDUNDANT],
    check,
};

static NOT_PRINCIPAL: Lint = Lint::aws(
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
    "Trust policy uses NotPrincipal",
    Level::Error,
    &[
        Example::bad(
            "all but one",
            r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#,
            &[r#""NotPrincipal""#],
        )
        .of(PolicyKind::Trust),
        Example::good(
            "Principal",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#,
        )
        .of(PolicyKind::Trust),
    ],
);

static RESOURCE: Lint = Lint::aws(
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
    "Trust policy names a resource",
    Level::Error,
    &[
        Example::bad(
            "the role",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Resource": "*"}"#,
            &[r#""Resource""#],
        )
        .of(PolicyKind::Trust),
        Example::good(
            "none",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#,
        )
        .of(PolicyKind::Trust),
    ],
);

static STAR: Lint = Lint::aws(
    "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    "Trust policy has a bare * as its principal",
    Level::Error,
    &[
        Example::bad(
            "a bare star",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#,
            &[r#""*""#],
        )
        .of(PolicyKind::Trust),
        Example::good("under AWS", r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}"#)
            .of(PolicyKind::Trust),
    ],
);

static FEDERATED: Lint = Lint::aws(
    "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
    "Federated principal is neither a domain nor a provider",
    Level::Error,
    &[
        Example::bad("a URL", r#"{"Effect": "Allow", "Principal": {"Federated": "https://accounts.google.com/"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#, &[r#""https://accounts.google.com/""#]).of(PolicyKind::Trust),
        Example::good("a domain", r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#).of(PolicyKind::Trust),
        Example::good("a provider", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}, "Action": "sts:AssumeRoleWithSAML"}"#).of(PolicyKind::Trust),
    ],
);

static MISMATCH: Lint = Lint::aws(
    "MISMATCHED_ACTION_FOR_PRINCIPAL",
    "Action does not fit the kind of principal",
    Level::Error,
    &[
        Example::bad("SAML with an account", r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRoleWithSAML"}"#, &[r#""sts:AssumeRoleWithSAML""#]).of(PolicyKind::Trust),
        Example::good("denied to everyone", r#"{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]}"#).of(PolicyKind::Trust),
        Example::good("SAML with its provider", r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}, "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"]}"#).of(PolicyKind::Trust),
    ],
);

static ANYWHERE: Lint = Lint::aws(
    "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
    "IAM Roles Anywhere lacks an action that it needs",
    Level::Error,
    &[
        Example::bad("only one of three", r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"}"#, &[r#""sts:AssumeRole""#]).of(PolicyKind::Trust),
        Example::good("in two statements", r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:SetSourceIdentity", "sts:TagSession"]}]}"#).of(PolicyKind::Trust),
        Example::good("all three", r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]}"#).of(PolicyKind::Trust),
    ],
);

static REDUNDANT: Lint = Lint::aws(
    "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
    "A session stands beside the role that it belongs to",
    Level::Suggestion,
    &[
        Example::bad("a session and its role", r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/ci", "arn:aws:sts::111122223333:assumed-role/ci/build"]}, "Action": "sts:AssumeRole"}"#, &[r#""arn:aws:sts::111122223333:assumed-role/ci/build""#]).of(PolicyKind::Trust),
        Example::good("another role", r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/ci", "arn:aws:sts::111122223333:assumed-role/other/build"]}, "Action": "sts:AssumeRole"}"#).of(PolicyKind::Trust),
    ],
);

/// The kind of principal that an action of STS is for.
const FOR_PRINCIPAL: &[(&str, Provider, &str)] = &[
    ("sts:AssumeRoleWithSAML", Provider::Saml, "a SAML provider under Federated"),
    ("sts:AssumeRoleWithWebIdentity", Provider::Oidc, "an OIDC provider under Federated"),
];

const FOR_ROLES_ANYWHERE: &[&str] = &["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Saml,
    Oidc,
    None,
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.kind != PolicyKind::Trust {
        return;
    }
    for statement in &subject.policy.statements {
        if let Some(resource) = &statement.resource {
            let place = (format!("{}.{}", statement.path, resource.name()), resource.member.key.span);
            let message = format!("{} cannot stand in a trust policy: the role itself is meant", resource.name());
            findings.report(&RESOURCE, statement, &place, message).help("remove it");
        }
        let Some(principal) = &statement.principal else { continue };
        if principal.negated {
            let place = (format!("{}.NotPrincipal", statement.path), principal.member.key.span);
            let message = "NotPrincipal cannot stand in a trust policy";
            findings
                .report(&NOT_PRINCIPAL, statement, &place, message)
                .help("name who may assume the role in Principal");
            continue;
        }
        if principal.member.value.text().is_some_and(|text| text.as_str() == "*") {
            let message = "a trust policy cannot have \"*\" as its principal";
            findings
                .report(&STAR, statement, &(statement, principal.member), message)
                .help("name accounts or roles; {\"AWS\": \"*\"} would let every account of AWS in");
        }
        federated(statement, principal, findings);
        mismatched(statement, principal, findings);
        sessions(statement, principal, findings);
    }
    roles_anywhere(subject, findings);
}

fn provider(kind: Option<&str>, value: &str) -> Provider {
    match kind {
        Some("Federated") if value.contains(":saml-provider/") => Provider::Saml,
        Some("Federated") => Provider::Oidc,
        _ => Provider::None,
    }
}

fn federated(statement: &Statement<'_>, principal: &PrincipalElement<'_>, findings: &mut Findings<'_>) {
    for (kind, item) in &principal.items {
        let value = item.text.as_str();
        if kind.map(Text::as_str) != Some("Federated") || item.text.has_holes() || value.contains(['*', '?']) {
            continue;
        }
        let label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        };
        let (host, path) = value.split_once('/').unwrap_or((value, "x"));
        let domain = host.contains('.') && host.split('.').all(label) && !path.is_empty();
        let of_iam = fields(value).is_some_and(|of| of[0] == "arn" && of[2] == "iam");
        let arn = of_iam && [":saml-provider/", ":oidc-provider/"].iter().any(|part| value.contains(part));
        if !domain && !arn {
            let message = format!("{value:?} is neither a domain nor the ARN of a SAML or OIDC provider");
            findings.report(&FEDERATED, statement, item, message).help("write a domain such as accounts.google.com");
        }
    }
}

fn mismatched(statement: &Statement<'_>, principal: &PrincipalElement<'_>, findings: &mut Findings<'_>) {
    // Everyone takes in those who come with a token of either kind.
    let open = |item: &Item<'_>| item.text.has_holes() || item.text.as_str() == "*";
    if principal.partly_unknown || principal.items.is_empty() || principal.items.iter().any(|(_, item)| open(item)) {
        return;
    }
    let providers = || principal.items.iter().map(|(kind, item)| provider(kind.map(Text::as_str), item.text.as_str()));
    for item in statement.actions() {
        let action = item.text.as_str();
        let Some((_, needed, words)) = FOR_PRINCIPAL.iter().find(|(name, ..)| name.eq_ignore_ascii_case(action)) else {
            if action.eq_ignore_ascii_case("sts:AssumeRole") && providers().all(|found| found != Provider::None) {
                let message = format!("{action:?} cannot be called with a federated principal");
                let help = "use sts:AssumeRoleWithWebIdentity for OIDC, sts:AssumeRoleWithSAML for SAML";
                findings.report(&MISMATCH, statement, item, message).also(principal.member.value.span).help(help);
            }
            continue;
        };
        if providers().all(|found| found != *needed) {
            let message = format!("{action:?} needs {words}, which Principal does not have");
            findings.report(&MISMATCH, statement, item, message).also(principal.member.value.span);
        }
    }
}

/// The three actions may be allowed by several statements together.
fn roles_anywhere(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let is_it = |(kind, item): &(Option<&Text>, Item<'_>)| {
        kind.map(Text::as_str) == Some("Service") && item.text.as_str() == "rolesanywhere.amazonaws.com"
    };
    let for_it = || {
        let principal = |statement: &&Statement<'_>| {
            statement.principal.as_ref().is_some_and(|of| !of.negated && of.items.iter().any(is_it))
        };
        subject.allows().filter(principal).filter_map(|statement| Some((statement, statement.action.as_ref()?)))
    };
    let Some((first, at)) = for_it().next() else { return };
    if for_it().any(|(_, action)| action.negated || action.partly_unknown) {
        return;
    }
    let items = || for_it().flat_map(|(_, action)| &action.items);
    if items().any(|item| item.text.has_holes()) {
        return;
    }
    let has = |name: &&&str| items().any(|item| matching::action(item.text.as_str(), name));
    let lacking: Vec<&str> = FOR_ROLES_ANYWHERE.iter().filter(|name| !has(name)).copied().collect();
    if !lacking.is_empty() {
        let message = format!("IAM Roles Anywhere needs {}, too", lacking.join(" and "));
        findings.report(&ANYWHERE, first, &(first, at.member), message).help("add them to Action");
    }
}

fn sessions(statement: &Statement<'_>, principal: &PrincipalElement<'_>, findings: &mut Findings<'_>) {
    for (_, item) in &principal.items {
        let Some(of) = fields(item.text.as_str()).filter(|of| matches!(of[2], "sts" | "iam")) else { continue };
        let Some((role, _)) = of[5].strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        let parent = principal.items.iter().map(|(_, item)| item.text).find(|other| {
            fields(other.as_str()).is_some_and(|other| {
                let name = other[5].strip_prefix("role/").and_then(|path| path.rsplit('/').next());
                other[2] == "iam" && other[4] == of[4] && name == Some(role)
            })
        });
        if let Some(parent) = parent {
            let message =
                format!("{:?} is one session of {:?}, which is listed itself", item.text.as_str(), parent.as_str());
            findings.report(&REDUNDANT, statement, item, message).also(parent.span).help("remove the session");
        }
    }
}
