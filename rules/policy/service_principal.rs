use crate::lint::Place;
use crate::lint::prelude::*;
use crate::policy::syntax::Text;
use crate::policy::syntax::node::is_hole;

const DOCS: &str = "\
## What it finds

A service principal, in `Principal` or in a condition's value, that is not of the form `service.amazonaws.com`: with
upper-case letters, without the ending, or, with `aws:CalledVia`, `aws:CalledViaFirst` and `aws:CalledViaLast`, with a
part too many. `kms:ViaService` and its like also name a region: `s3.eu-west-1.amazonaws.com`.

## Why it matters

AWS refuses a principal that is none. In a condition the comparison never matches, so that the statement does not apply,
or, when it denies, does not protect.

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
        Example::bad(
            "a principal without its ending",
            r#"{"Effect": "Allow", "Principal": {"Service": ["lambda", "EC2.amazonaws.com"]}, "Action": "sts:AssumeRole"}"#,
            &[r#""lambda""#, r#""EC2.amazonaws.com""#],
        )
        .of(PolicyKind::Trust),
        Example::good(
            "parts of services, and a region",
            r#"{"Effect": "Allow", "Principal": {"Service": ["delivery.logs.amazonaws.com", "states.eu-west-1.amazonaws.com", "ec2.amazonaws.com.cn"]}, "Action": "sts:AssumeRole"}"#,
        )
        .of(PolicyKind::Trust),
        Example::good(
            "a service",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
        ),
        Example::good(
            "a part of S3 writes the access logs",
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": {"ForAllValues:StringNotEquals": {"aws:PrincipalServiceNamesList": "logging.s3.amazonaws.com"}}}"#,
        )
        .of(PolicyKind::Resource(None)),
        Example::good(
            "with its region",
            r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}"#,
        ),
    ],
);

/// What a service principal looks like at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `pods.eks.amazonaws.com`: parts of services are principals, too.
    Any,
    /// `service.amazonaws.com`, with a region behind the service at most.
    OneService,
    /// `service.eu-west-1.amazonaws.com`: what something is reached through.
    WithRegion,
}

/// Condition keys whose values are service principals.
const KEYS: &[(&str, Form)] = &[
    ("aws:CalledVia", Form::OneService),
    ("aws:CalledViaFirst", Form::OneService),
    ("aws:CalledViaLast", Form::OneService),
    ("aws:PrincipalServiceName", Form::Any),
    ("aws:PrincipalServiceNamesList", Form::Any),
    ("iam:AWSServiceName", Form::Any),
    ("iam:PassedToService", Form::Any),
];

const VIA_SERVICE: &str = ":viaservice";

const ENDINGS: &[&str] = &[
    ".amazonaws.com.cn",
    ".amazonaws.com",
    ".amazonaws.eu",
    ".amazon.com",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
    ".aws.internal",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for (kind, item) in statement.principal.iter().flat_map(|principal| &principal.items) {
            if kind.map(Text::as_str) == Some("Service") {
                judge(item.text.as_str(), Form::Any, statement, item, findings);
            }
        }
        for line in &statement.conditions {
            let Some(form) = form_of(line.key()) else { continue };
            let base = line.operator.base.as_str();
            if !starts_with_ignore_case(base, "string") {
                continue;
            }
            let any_case = base.to_ascii_lowercase().ends_with("ignorecase");
            for value in &line.values {
                if any_case {
                    judge(&value.text.to_ascii_lowercase(), form, statement, value, findings);
                } else {
                    judge(value.text, form, statement, value, findings);
                }
            }
        }
    }
}

fn judge(text: &str, form: Form, statement: &Statement<'_>, place: &impl Place, findings: &mut Findings<'_>) {
    let open = text.contains(['*', '?']) || text.contains("${") || text.contains(is_hole);
    if open || is_principal(text, form) {
        return;
    }
    let message = format!("{text:?} is no service principal");
    let draft = findings.report(&FORMAT, statement, place, message);
    let lower = text.to_ascii_lowercase();
    if is_principal(&lower, form) {
        draft.help("service principals are in lower case").fix(Fix::string(
            format!("write {lower}"),
            place.span(),
            &lower,
        ));
    } else {
        let form = if form == Form::WithRegion { "service.REGION.amazonaws.com" } else { "service.amazonaws.com" };
        draft.help(format!("write {form}, in lower case"));
    }
}

fn form_of(key: &str) -> Option<Form> {
    let known = KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, form)| *form);
    let from = key.len().saturating_sub(VIA_SERVICE.len());
    let via = from > 0 && key.get(from..).is_some_and(|end| end.eq_ignore_ascii_case(VIA_SERVICE));
    known.or_else(|| via.then_some(Form::WithRegion))
}

fn starts_with_ignore_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_principal(text: &str, form: Form) -> bool {
    let Some(name) = ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)) else { return false };
    let plain = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    if !name.split('.').all(plain) {
        return false;
    }
    let is_region = |label: &str| {
        label.bytes().filter(|b| *b == b'-').count() >= 2 && label.ends_with(|c: char| c.is_ascii_digit())
    };
    let last = name.rsplit_once('.').map(|(_, last)| last);
    match form {
        Form::Any => true,
        Form::OneService => last.is_none_or(|last| name.matches('.').count() == 1 && is_region(last)),
        Form::WithRegion => last.is_some_and(is_region),
    }
}
