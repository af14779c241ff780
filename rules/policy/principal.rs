use crate::lint::prelude::*;
use crate::policy::syntax::Value;

const DOCS: &str = "\
## What it finds

Principals that AWS does not take or that do not mean what they seem to: a string other than `*`, an unknown kind, a
wildcard within a name, an id of a deleted user or role (`AIDA…`, `AROA…`), a federated principal where a policy
cannot have one, and `Allow` with `NotPrincipal`.

## Why it matters

AWS refuses most of them. `NotPrincipal` with `Allow` lets in everybody else in the world, signed in or not.

## How to fix it

Name principals under `AWS`, `Service`, `Federated` or `CanonicalUser`, by full ARN or account id.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "principal",
    docs: DOCS,
    note: "iam-roles#trusted-entities",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"],
    since: "0.1.0",
    lints: &[&FORMAT, &KEY, &WILDCARD, &ROLE, &USER, &FEDERATED, &NOT_PRINCIPAL],
    check,
};

static FORMAT: Lint = Lint::aws(
    "INVALID_PRINCIPAL_FORMAT",
    "Principal is not in a form that AWS takes",
    Level::Error,
    &[
        Example::bad(
            "an account without its kind",
            r#"{"Effect": "Allow", "Principal": "111122223333", "Action": "s3:GetObject", "Resource": "*"}"#,
            &[r#""111122223333""#],
        )
        .of(PolicyKind::Resource(None)),
        Example::bad(
            "a name",
            r#"{"Effect": "Allow", "Principal": {"AWS": "ann"}, "Action": "s3:GetObject", "Resource": "*"}"#,
            &[r#""ann""#],
        )
        .of(PolicyKind::Resource(None)),
        Example::good(
            "an account",
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}"#,
        )
        .of(PolicyKind::Resource(None)),
    ],
);

static KEY: Lint = Lint::aws(
    "INVALID_PRINCIPAL_KEY",
    "Unknown kind of principal",
    Level::Error,
    &[
        Example::bad("in another case", r#"{"Effect": "Allow", "Principal": {"Aws": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""Aws""#]).of(PolicyKind::Resource(None)),
        Example::good("Service", r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "*"}"#).of(PolicyKind::Resource(None)),
    ],
);

static WILDCARD: Lint = Lint::aws(
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    "Wildcard within a principal",
    Level::Error,
    &[
        Example::bad("all roles of a name", r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/lab-*"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""arn:aws:iam::111122223333:role/lab-*""#]).of(PolicyKind::Resource(None)),
        Example::bad("all services", r#"{"Effect": "Allow", "Principal": {"Service": "*"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""*""#]).of(PolicyKind::Resource(None)),
        Example::good("everyone", r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "*"}"#).of(PolicyKind::Resource(None)),
    ],
);

static ROLE: Lint = Lint::aws(
    "INVALID_ROLE_REFERENCE",
    "Principal is the id of a role",
    Level::Warning,
    &[
        Example::bad("an id", r#"{"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""AROAEXAMPLEEXAMPLE123""#]).of(PolicyKind::Resource(None)),
        Example::good("an ARN", r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"}, "Action": "s3:GetObject", "Resource": "*"}"#).of(PolicyKind::Resource(None)),
    ],
);

static USER: Lint = Lint::aws(
    "INVALID_USER_REFERENCE",
    "Principal is the id of a user",
    Level::Warning,
    &[
        Example::bad("an id", r#"{"Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""AIDAEXAMPLEEXAMPLE123""#]).of(PolicyKind::Resource(None)),
        Example::good("an ARN", r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ann"}, "Action": "s3:GetObject", "Resource": "*"}"#).of(PolicyKind::Resource(None)),
    ],
);

static FEDERATED: Lint = Lint::aws(
    "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
    "Resource policy names a federated principal",
    Level::Error,
    &[
        Example::bad("a bucket policy", r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""Federated""#]).of(PolicyKind::Resource(None)),
        Example::good("a trust policy", r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#).of(PolicyKind::Trust),
    ],
);

static NOT_PRINCIPAL: Lint = Lint::aws(
    "ALLOW_WITH_NOT_PRINCIPAL",
    "Allow with NotPrincipal lets in everybody else",
    Level::SecurityWarning,
    &[
        Example::bad("all but one", r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}"#, &[r#""NotPrincipal""#]).of(PolicyKind::Resource(None)),
        Example::good("denied to all but one", r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}"#).of(PolicyKind::Resource(None)),
    ],
);

const KINDS: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let Some(principal) = &statement.principal else { continue };
        let member = principal.member;
        if principal.negated && statement.allows() {
            let place = (format!("{}.NotPrincipal", statement.path), member.key.span);
            let message = "NotPrincipal with Allow lets in everybody else, signed in or not";
            findings.report(&NOT_PRINCIPAL, statement, &place, message).help("name in Principal who is let in");
        }
        let everyone = member.value.text().is_some_and(|text| text.as_str() == "*" || text.has_holes());
        let odd = matches!(member.value.value, Value::String(_) | Value::Array(_)) && !everyone;
        if odd {
            let message = "Principal is \"*\" or an object such as {\"AWS\": \"111122223333\"}";
            findings.report(&FORMAT, statement, &(statement, member), message);
            continue;
        }
        for kind in member.value.object().unwrap_or_default() {
            let name = kind.key.as_str();
            let place = (format!("{}.{}.{name}", statement.path, member.key.as_str()), kind.key.span);
            if !KINDS.contains(&name) {
                let message = format!("there is no kind of principal {name:?}");
                let draft = findings.report(&KEY, statement, &place, message);
                match KINDS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                    Some(known) => {
                        draft.fix(Fix::string(format!("write {known}"), kind.key.span, known));
                    }
                    None => {
                        draft.help("it is AWS, Service, Federated or CanonicalUser");
                    }
                }
            } else if name == "Federated" && matches!(subject.kind, PolicyKind::Resource(_)) {
                let message = "a policy of a resource cannot name a federated principal";
                findings.report(&FEDERATED, statement, &place, message).help("name the role that is assumed with it");
            }
        }
        for (kind, item) in &principal.items {
            if let Some(kind) = kind {
                value(kind.as_str(), item, statement, findings);
            }
        }
    }
}

fn value(kind: &str, item: &Item<'_>, statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let value = item.text.as_str();
    if item.text.has_holes() || (kind == "AWS" && value == "*") || value.contains("${") {
        return;
    }
    if value.contains(['*', '?']) {
        let message = format!("{value:?} has a wildcard, which principals under {kind} cannot have");
        let help = "name each principal, or bound \"*\" by a condition on aws:PrincipalArn, which takes wildcards";
        findings.report(&WILDCARD, statement, item, message).help(help);
        return;
    }
    if kind != "AWS" {
        return;
    }
    let is_id = |prefix: &str| {
        value.starts_with(prefix) && value.len() >= 16 && value.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    if is_id("AROA") {
        let message = format!("{value:?} is the id of a role, which IAM shows when the role is gone");
        findings.report(&ROLE, statement, item, message).help("name the role's ARN, or remove it");
    } else if is_id("AIDA") {
        let message = format!("{value:?} is the id of a user, which IAM shows when the user is gone");
        findings.report(&USER, statement, item, message).help("name the user's ARN, or remove it");
    } else if !(value.starts_with("arn:") || (value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit()))) {
        let message = format!("{value:?} is neither an account id nor an ARN");
        let help = match value {
            _ if value.ends_with(".amazonaws.com") => "name a service under Service",
            _ if value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit()) => {
                "name a canonical user id under CanonicalUser"
            }
            _ => "write 12 digits, or arn:aws:iam::ACCOUNT:role/NAME",
        };
        findings.report(&FORMAT, statement, item, message).help(help);
    }
}
