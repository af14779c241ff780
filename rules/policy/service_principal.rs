use crate::lint::prelude::*;
use crate::policy::syntax::node::is_hole;

const DOCS: &str = "\
## What it finds

A service principal, in a condition's value, that is not of the form `service.amazonaws.com`: with upper-case letters,
without the ending, or with a part too many. `kms:ViaService` and its like also name a region: `s3.eu-
west-1.amazonaws.com`.

## Why it matters

The comparison never matches, so that the statement does not apply, or, when it denies, does not protect.

## How to fix it

Write the service principal as the service's documentation has it.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "service_principal",
    docs: DOCS,
    note: "iam-roles#trusted-entities",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"],
    since: "0.1.0",
    lints: &[&FORMAT],
    check,
};

static FORMAT: Lint = Lint::aws(
    "INVALID_SERVICE_PRINCIPAL_FORMAT",
    "Value is no service principal",
    Level::Error,
    &[
        Example::bad(
            "an upper-case letter",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x", "Condition": {"StringEquals": {"iam:PassedToService": "Lambda.amazonaws.com"}}}"#,
            &[r#""Lambda.amazonaws.com""#],
        ),
        Example::bad(
            "two services",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": "a.b.amazonaws.com"}}}"#,
            &[r#""a.b.amazonaws.com""#],
        ),
        Example::good(
            "a service",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
        ),
        Example::good(
            "with its region",
            r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}"#,
        ),
    ],
);

/// Condition keys whose values are service principals.
const KEYS: &[&str] = &[
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "iam:AWSServiceName",
    "iam:PassedToService",
];

const ENDINGS: &[&str] = &[
    ".amazonaws.com.cn",
    ".amazonaws.com",
    ".amazonaws.eu",
    ".amazon.com",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".aws.internal",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            let key = line.key();
            let via = key.len() > 11 && key.to_ascii_lowercase().ends_with(":viaservice");
            let compares = line.operator.base.to_ascii_lowercase().starts_with("string");
            if !compares || !(via || KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))) {
                continue;
            }
            for value in &line.values {
                let text = value.text;
                let open = text.contains(['*', '?']) || text.contains("${") || text.contains(is_hole);
                if !open && !is_principal(text, via, any_labels(key)) {
                    let message = format!("{text:?} is no service principal");
                    let form = if via { "service.REGION.amazonaws.com" } else { "service.amazonaws.com" };
                    findings.report(&FORMAT, statement, value, message).help(format!("write {form}, in lower case"));
                }
            }
        }
    }
}

/// Roles are passed to, and made for, parts of services, too: `pods.eks.amazonaws.com`.
fn any_labels(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("iam:"))
}

/// `service.amazonaws.com`; a region may stand behind the service, and must for what is reached through it.
fn is_principal(text: &str, via: bool, any: bool) -> bool {
    let Some(name) = ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)) else { return false };
    let plain = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    let labels: Vec<&str> = name.split('.').collect();
    let region = |label: &str| {
        label.bytes().filter(|b| *b == b'-').count() >= 2 && label.ends_with(|c: char| c.is_ascii_digit())
    };
    labels.iter().all(|label| plain(label))
        && match labels.as_slice() {
            _ if any => true,
            [_] => !via,
            [_, second] => region(second),
            [_, _, third] => via && region(third),
            _ => false,
        }
}
