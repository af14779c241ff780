use crate::lint::prelude::*;
use crate::policy::catalogue::{Catalogue, ConditionKey, GLOBAL_KEYS};

const DOCS: &str = "\
## What it finds

Condition keys that do not exist, that are not of the form `service:name`, that AWS has replaced, and tag keys without
the tag.

## Why it matters

A key that no request has makes an `Allow` dead and, with a negated operator or `IfExists`, a condition that holds for
everybody.

## How to fix it

Write the key as the reference has it. Tags need their name: `aws:ResourceTag/team`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "condition_key",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    since: "0.1.0",
    lints: &[&FORMAT, &GLOBAL, &SERVICE, &UNSUPPORTED, &DEPRECATED, &TAG],
    check,
};

static FORMAT: Lint = Lint::aws(
    "INVALID_CONDITION_KEY_FORMAT",
    "Condition key is not of the form service:name",
    Level::Error,
    &[
        Example::bad(
            "no service",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"SourceAccount": "111122223333"}}}"#,
            &[r#""SourceAccount""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}"#,
        ),
    ],
);

static GLOBAL: Lint = Lint::aws(
    "INVALID_GLOBAL_CONDITION_KEY",
    "Global condition key does not exist",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAcount": "111122223333"}}}"#,
            &[r#""aws:SourceAcount""#],
        ),
        Example::good(
            "in another case",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"AWS:sourceaccount": "111122223333"}}}"#,
        ),
    ],
);

static SERVICE: Lint = Lint::aws(
    "INVALID_SERVICE_CONDITION_KEY",
    "Service has no such condition key",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefixx": "a/"}}}"#,
            &[r#""s3:prefixx""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a/"}}}"#,
        ),
    ],
);

static UNSUPPORTED: Lint = Lint::aws(
    "UNSUPPORTED_GLOBAL_CONDITION_KEY",
    "aws:ARN is no condition key any more",
    Level::Error,
    &[
        Example::bad(
            "aws:ARN",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"aws:ARN": "arn:aws:iam::111122223333:role/x"}}}"#,
            &[r#""aws:ARN""#],
        ),
        Example::good(
            "aws:PrincipalArn",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}}}"#,
        ),
    ],
);

static DEPRECATED: Lint = Lint::aws(
    "DEPRECATED_GLOBAL_CONDITION_KEY",
    "Condition key that AWS has replaced",
    Level::Warning,
    &[
        Example::bad(
            "aws:SourceOwner",
            r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceOwner": "111122223333"}}}"#,
            &[r#""aws:SourceOwner""#],
        ),
        Example::good(
            "aws:SourceAccount",
            r#"{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}"#,
        ),
    ],
);

static TAG: Lint = Lint::aws(
    "MISSING_TAG_KEY_IN_CONDITION",
    "Tag condition key without a tag",
    Level::Error,
    &[
        Example::bad(
            "no tag",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag": "lab"}}}"#,
            &[r#""aws:ResourceTag""#],
        ),
        Example::good(
            "a tag",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "lab"}}}"#,
        ),
    ],
);

/// Prefixes of keys that identity providers set, or that belong to a service under another name.
const PROVIDERS: &[&str] =
    &["saml", "identitystore", "identitycenter", "catalog", "cognito-identity-auth", "cognito-identity-unauth"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            let key = line.key();
            if line.member.key.has_holes() || key.contains("${") {
                continue;
            }
            let Some((prefix, name)) = key.split_once(':') else {
                // Identity providers set keys named by their domain and a claim, which has the colon.
                let draft = findings.report(
                    &FORMAT,
                    statement,
                    line,
                    format!("{key:?} is no condition key: it names no service"),
                );
                let near = GLOBAL_KEYS
                    .iter()
                    .find(|known| known.name.split(':').nth(1).is_some_and(|n| n.eq_ignore_ascii_case(key)));
                if let Some(known) = near {
                    draft.help(format!("did you mean {}?", known.name));
                }
                continue;
            };
            if prefix.eq_ignore_ascii_case("aws") {
                global(statement, line, name, findings);
            } else if is_of_a_service(prefix) {
                of_service(subject, statement, line, prefix, findings);
            }
        }
    }
}

fn global(statement: &Statement<'_>, line: &ConditionLine<'_>, name: &str, findings: &mut Findings<'_>) {
    let key = line.key();
    if name.eq_ignore_ascii_case("ARN") {
        let message = format!("{key:?} is not supported any more");
        findings.report(&UNSUPPORTED, statement, line, message).help("use aws:PrincipalArn or aws:SourceArn");
    } else if name.eq_ignore_ascii_case("SourceOwner") {
        let message = format!("{key:?} was replaced by aws:SourceAccount");
        findings
            .report(&DEPRECATED, statement, line, message)
            .help("use aws:SourceAccount, and aws:SourceArn where it fits");
    } else if Catalogue::global_key(key).is_none() {
        let bare = key.trim_end_matches('/');
        if let Some(tag) =
            GLOBAL_KEYS.iter().find(|known| known.stem().trim_end_matches('/').eq_ignore_ascii_case(bare))
        {
            missing_tag(statement, line, tag.stem(), findings);
            return;
        }
        let draft = findings.report(&GLOBAL, statement, line, format!("there is no global condition key {key:?}"));
        let known = GLOBAL_KEYS.iter().map(|known| known.name);
        if let Some(near) = crate::text::closest(key, known) {
            draft.help(format!("did you mean {near}?"));
        }
    }
}

fn missing_tag(statement: &Statement<'_>, line: &ConditionLine<'_>, stem: &str, findings: &mut Findings<'_>) {
    let message = format!("{:?} needs the tag that it is about", line.key());
    findings.report(&TAG, statement, line, message).help(format!("write {stem}team, for the tag team"));
}

fn of_service(
    subject: &Subject<'_>,
    statement: &Statement<'_>,
    line: &ConditionLine<'_>,
    prefix: &str,
    findings: &mut Findings<'_>,
) {
    let key = line.key();
    let Some(service) = subject.catalogue.service(prefix) else { return };
    if subject.catalogue.condition_key(key).is_some() || is_known_elsewhere(subject, key) {
        return;
    }
    let bare = key.trim_end_matches('/');
    let stem = service.condition_keys().iter().filter(|known| known.is_pattern()).map(ConditionKey::stem);
    if let Some(stem) = stem.into_iter().find(|stem| stem.trim_end_matches('/').eq_ignore_ascii_case(bare)) {
        missing_tag(statement, line, stem, findings);
        return;
    }
    let message = format!("{} has no condition key {key:?}, as of {}", service.prefix, subject.catalogue.date());
    let level = if subject.catalogue.is_fresh() { Level::Error } else { Level::Warning };
    let draft = findings.report(&SERVICE, statement, line, message).level(level);
    if let Some(near) = crate::text::closest(key, service.condition_keys().iter().map(|known| known.name)) {
        draft.help(format!("did you mean {near}?"));
    }
}

/// Whether a key's prefix is a service's, if it is anything: identity providers set keys of their own.
pub(super) fn is_of_a_service(prefix: &str) -> bool {
    !prefix.contains(['.', '/', '$']) && !PROVIDERS.iter().any(|known| known.eq_ignore_ascii_case(prefix))
}

/// Whether the actions of another service have this key: `ssm:resourceTag/x` is EC2's, too.
pub(super) fn is_known_elsewhere(subject: &Subject<'_>, key: &str) -> bool {
    subject.catalogue.services().iter().any(|service| service.condition_key(key).is_some())
}
