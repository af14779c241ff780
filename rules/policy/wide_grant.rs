use crate::lint::prelude::*;
use crate::policy::catalogue::AccessLevel;
use crate::policy::pattern::{covers_type, is_star};

const DOCS: &str = "\
## What it finds

Allow statements that take in more than anybody lists: all actions of a service with sensitive data on `*`, writes or
changes of permissions on `*`, credentials, roles and reads of data on `*`, `NotAction` or `NotResource` with `Allow`.
Only those that are hardly ever meant are on by default.

## Why it matters

Each of them also takes in what AWS adds next year and what others store in the account.

## How to fix it

Name actions and resources; where only `*` is possible, add a condition.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "wide_grant",
    docs: DOCS,
    note: "iam-policies#wildcards",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"],
    since: "0.1.0",
    lints: &[&SENSITIVE, &WRITE, &PERMISSIONS, &CREDENTIALS, &DATA, &PASS_ROLE, &ASSUME, &NOT_ACTION, &NOT_RESOURCE],
    check,
};

static SENSITIVE: Lint = Lint::own(
    "SENSITIVE_SERVICE_WILDCARD",
    "All of a service with sensitive data, on everything",
    Level::SecurityWarning,
    &[
        Example::bad(
            "all of Secrets Manager",
            r#"{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}"#,
            &[r#""secretsmanager:*""#],
        ),
        Example::good("another service", r#"{"Effect": "Allow", "Action": "cloudwatch:*", "Resource": "*"}"#),
    ],
)
.opt_in("many administrators of one service want exactly this");

static WRITE: Lint = Lint::own(
    "WRITE_ON_ANY_RESOURCE",
    "A write on every resource although the action takes single ones",
    Level::Warning,
    &[
        Example::bad(
            "a delete",
            r#"{"Effect": "Allow", "Action": "dynamodb:DeleteTable", "Resource": "*"}"#,
            &[r#""dynamodb:DeleteTable""#],
        ),
        Example::good(
            "a table",
            r#"{"Effect": "Allow", "Action": "dynamodb:DeleteTable", "Resource": "arn:aws:dynamodb:*:*:table/lab"}"#,
        ),
    ],
)
.opt_in("nearly every broad policy has some");

static PERMISSIONS: Lint = Lint::own(
    "PERMISSIONS_MANAGEMENT_ON_ANY_RESOURCE",
    "A change of permissions on every resource",
    Level::SecurityWarning,
    &[
        Example::bad(
            "bucket policies",
            r#"{"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "*"}"#,
            &[r#""s3:PutBucketPolicy""#],
        ),
        Example::good(
            "one bucket",
            r#"{"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
        ),
    ],
)
.opt_in("administrators of a service have some");

static CREDENTIALS: Lint = Lint::own(
    "CREDENTIAL_EXPOSURE",
    "Credentials or secrets of everything can be had",
    Level::SecurityWarning,
    &[
        Example::bad(
            "every secret",
            r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}"#,
            &[r#""secretsmanager:GetSecretValue""#],
        ),
        Example::good(
            "one",
            r#"{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:*:*:secret:lab-*"}"#,
        ),
    ],
);

static DATA: Lint = Lint::own(
    "DATA_EXFILTRATION",
    "All data of a service can be read or shared",
    Level::SecurityWarning,
    &[
        Example::bad(
            "every object",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
            &[r#""s3:GetObject""#],
        ),
        Example::good(
            "one bucket",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
    ],
)
.opt_in("auditors and backups need it");

static PASS_ROLE: Lint = Lint::own(
    "BROAD_PASS_ROLE",
    "iam:PassRole on every role of an account",
    Level::Warning,
    &[
        Example::bad(
            "role/*",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/*"}"#,
            &[r#""iam:PassRole""#],
        ),
        Example::good(
            "a path",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/lab/*"}"#,
        ),
    ],
);

static ASSUME: Lint = Lint::own(
    "ASSUME_ROLE_ON_ANY",
    "sts:AssumeRole on every role",
    Level::SecurityWarning,
    &[
        Example::bad(
            "a star",
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}"#,
            &[r#""sts:AssumeRole""#],
        ),
        Example::good(
            "one role",
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/ci"}"#,
        ),
    ],
);

static NOT_ACTION: Lint = Lint::own(
    "NOT_ACTION_WITH_ALLOW",
    "Allow with NotAction",
    Level::Warning,
    &[
        Example::bad(
            "all but IAM",
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            &[r#""NotAction""#],
        ),
        Example::good("Deny", r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}"#),
    ],
);

static NOT_RESOURCE: Lint = Lint::own(
    "NOT_RESOURCE_WITH_ALLOW",
    "Allow with NotResource",
    Level::Warning,
    &[
        Example::bad(
            "all but a bucket",
            r#"{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
            &[r#""NotResource""#],
        ),
        Example::good(
            "Deny",
            r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
        ),
    ],
);

const SENSITIVE_SERVICES: &[&str] =
    &["dynamodb", "iam", "kms", "organizations", "rds", "s3", "secretsmanager", "ssm", "sts"];

/// Actions that hand out credentials or secrets.
const SECRETS: &[&str] = &[
    "cognito-identity:GetCredentialsForIdentity",
    "ec2:GetPasswordData",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
    "lightsail:DownloadDefaultKeyPair",
    "redshift:GetClusterCredentials",
    "secretsmanager:GetSecretValue",
    "sts:GetFederationToken",
];

/// Actions that read or share stored data.
const DATA_READS: &[&str] = &[
    "dynamodb:ExportTableToPointInTime",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "rds:StartExportTask",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.kind.is_identity() {
        return;
    }
    for statement in subject.allows() {
        negations(statement, findings);
        let Some(resource) = statement.resource.as_ref().filter(|resource| !resource.negated) else { continue };
        if !statement.conditions.is_empty() {
            continue;
        }
        let everything = resource.items.iter().any(|item| is_star(item.text.as_str()));
        let roles = everything || resource.items.iter().any(|item| covers_type(item.text.as_str(), ROLE));
        for item in statement.actions().iter().filter(|item| !item.text.has_holes()) {
            let text = item.text.as_str();
            if everything {
                on_everything(subject, statement, item, findings);
            }
            if roles && text.eq_ignore_ascii_case("sts:AssumeRole") {
                let message = "any role that trusts the account can be assumed";
                findings.report(&ASSUME, statement, item, message).also(resource.span()).help("name the roles");
            }
            if roles && !everything && text.eq_ignore_ascii_case("iam:PassRole") {
                let message = "any role of the account can be passed to any service";
                findings
                    .report(&PASS_ROLE, statement, item, message)
                    .also(resource.span())
                    .help("name the roles, or add iam:PassedToService");
            }
        }
    }
}

const ROLE: &str = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";

fn negations(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    if let Some(action) = statement.action.as_ref().filter(|action| action.negated) {
        let place = (format!("{}.NotAction", statement.path), action.member.key.span);
        let message = "NotAction with Allow grants every other action, and those that AWS adds";
        findings.report(&NOT_ACTION, statement, &place, message).help("list in Action what is granted");
    }
    if let Some(resource) = statement.resource.as_ref().filter(|resource| resource.negated) {
        let place = (format!("{}.NotResource", statement.path), resource.member.key.span);
        let message = "NotResource with Allow grants every other resource, and those made later";
        findings.report(&NOT_RESOURCE, statement, &place, message).help("list in Resource what is granted");
    }
}

fn on_everything(subject: &Subject<'_>, statement: &Statement<'_>, item: &Item<'_>, findings: &mut Findings<'_>) {
    let text = item.text.as_str();
    if let Some((prefix, "*")) = text.split_once(':')
        && SENSITIVE_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(prefix))
    {
        let message = format!("{text:?} on every resource takes in all data of {prefix}");
        findings.report(&SENSITIVE, statement, item, message).help("name the actions and resources");
    }
    let is_one_of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(text));
    if is_one_of(SECRETS) {
        let message = format!("{text:?} on every resource hands out credentials or secrets of all of them");
        findings.report(&CREDENTIALS, statement, item, message).help("name the resources");
    }
    if is_one_of(DATA_READS) {
        let message = format!("{text:?} on every resource reads or shares all of that data");
        findings.report(&DATA, statement, item, message).help("name the resources");
    }
    let Some((_, action)) = subject.catalogue.action(text).filter(|(_, action)| action.supports_resources()) else {
        return;
    };
    match action.level {
        AccessLevel::PermissionsManagement => {
            let message = format!("{text:?} changes permissions, here of every resource");
            findings.report(&PERMISSIONS, statement, item, message).help("name the resources");
        }
        AccessLevel::Write => {
            let message = format!("{text:?} writes, here to every resource");
            findings.report(&WRITE, statement, item, message).help("name the resources");
        }
        _ => {}
    }
}
