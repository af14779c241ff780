use super::condition_key;
use crate::inventory::{Partition, REGIONS, REGIONS_AS_OF};
use crate::lint::prelude::*;
use crate::policy::catalogue::arn_words::{self, OTHER_NAMES, services_of};
use crate::policy::catalogue::{Catalogue, Service};
use crate::policy::matching::fields;
use crate::policy::pattern::{is_star, overlaps_field};
use crate::policy::syntax::node::is_hole;
use crate::text::closest;

const DOCS: &str = "\
## What it finds

Resources that are no ARN, or an ARN that no resource of its service can have: too few fields, an unknown partition,
region or service, an account that is no account, a region or account where the service has none or none where it
needs one, and a last part in a form that the service does not know.

## Why it matters

Such a pattern matches nothing. An `Allow` does not work; a `Deny` does not protect.

## How to fix it

Compare it with the ARN forms of the service, which `afterlab policy actions` and the service authorization reference
name. `*` stands for any text within one field.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "resource_arn",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    since: "0.1.0",
    lints: &[
        &PREFIX,
        &FIELDS,
        &PARTITION,
        &CASE,
        &SERVICE,
        &REGION,
        &ACCOUNT,
        &NO_REGION,
        &NO_ACCOUNT,
        &NEEDS_REGION,
        &NEEDS_ACCOUNT,
        &RESOURCE,
    ],
    check,
};

static PREFIX: Lint = Lint::aws(
    "INVALID_ARN_PREFIX",
    "Resource does not begin with arn:",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "s3:::amzn-s3-demo-bucket"}"#,
            &[r#""s3:::amzn-s3-demo-bucket""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
        Example::good("right", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
        Example::good(
            "the short form of API Gateway",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/*"}"#,
        )
        .of(PolicyKind::Resource(None)),
    ],
);

static FIELDS: Lint = Lint::aws(
    "MISSING_ARN_FIELD",
    "Resource has too few fields for an ARN",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3::amzn-s3-demo-bucket"}"#,
            &[r#""arn:aws:s3::amzn-s3-demo-bucket""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
    ],
);

static PARTITION: Lint = Lint::aws(
    "INVALID_PARTITION",
    "Partition of an ARN does not exist",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aw:s3:::amzn-s3-demo-bucket/*"}"#,
            &[r#""arn:aw:s3:::amzn-s3-demo-bucket/*""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws-cn:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
        Example::good("right", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:*:s3:::x/*"}"#),
    ],
);

static CASE: Lint = Lint::aws(
    "INVALID_ARN_SERVICE_CASE",
    "Service of an ARN has upper-case letters",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:S3:::amzn-s3-demo-bucket/*"}"#,
            &[r#""arn:aws:S3:::amzn-s3-demo-bucket/*""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
    ],
);

/// Of ARNs, and of the prefixes of condition keys.
static SERVICE: Lint = Lint::aws(
    "INVALID_SERVICE",
    "Service does not exist",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s4:::amzn-s3-demo-bucket/*"}"#,
            &[r#""arn:aws:s4:::amzn-s3-demo-bucket/*""#],
        ),
        Example::bad(
            "in a condition key",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s4:prefix": "a/"}}}"#,
            &[r#""s4:prefix""#],
        ),
        Example::good(
            "the key of an identity provider",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml", "accounts.google.com:aud": "lab"}}}"#,
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"}"#,
        ),
    ],
);

static REGION: Lint = Lint::aws(
    "INVALID_ARN_REGION",
    "Region of an ARN does not exist",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-9:111122223333:lab"}"#,
            &[r#""arn:aws:sqs:us-east-9:111122223333:lab""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-?:111122223333:lab"}"#,
        ),
    ],
);

static ACCOUNT: Lint = Lint::aws(
    "INVALID_ARN_ACCOUNT",
    "Account of an ARN is no account",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:1111:lab"}"#,
            &[r#""arn:aws:sqs:us-east-1:1111:lab""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:lab"}"#,
        ),
    ],
);

static NO_REGION: Lint = Lint::aws(
    "ARN_REGION_NOT_ALLOWED",
    "ARN has a region, which its service does not take",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:us-east-1:111122223333:role/x"}"#,
            &[r#""arn:aws:iam:us-east-1:111122223333:role/x""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::111122223333:role/x"}"#,
        ),
    ],
);

static NO_ACCOUNT: Lint = Lint::aws(
    "ARN_ACCOUNT_NOT_ALLOWED",
    "ARN has an account, which its service does not take",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3::111122223333:amzn-s3-demo-bucket"}"#,
            &[r#""arn:aws:s3::111122223333:amzn-s3-demo-bucket""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
        ),
    ],
);

static NEEDS_REGION: Lint = Lint::aws(
    "MISSING_ARN_REGION",
    "ARN has no region, which its service needs",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs::111122223333:lab"}"#,
            &[r#""arn:aws:sqs::111122223333:lab""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:111122223333:lab"}"#,
        ),
    ],
);

static NEEDS_ACCOUNT: Lint = Lint::aws(
    "MISSING_ARN_ACCOUNT",
    "ARN has no account, which its service needs",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1::lab"}"#,
            &[r#""arn:aws:sqs:us-east-1::lab""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:*:lab"}"#,
        ),
        Example::good(
            "AWS's own document",
            r#"{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ssm:us-east-1::document/AWS-RunShellScript"}"#,
        ),
    ],
);

static RESOURCE: Lint = Lint::aws(
    "INVALID_ARN_RESOURCE",
    "No resource of the service has such an ARN",
    Level::Error,
    &[
        Example::bad(
            "wrong",
            r#"{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::111122223333:roles/x"}"#,
            &[r#""arn:aws:iam::111122223333:roles/x""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::111122223333:role/x"}"#,
        ),
        Example::good(
            "the root user, which STS knows",
            r#"{"Effect": "Deny", "Action": "sts:AssumeRoot", "Resource": "arn:aws:iam::111122223333:root"}"#,
        ),
        Example::good(
            "what AWS provides, and the second form of a type",
            r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31", "arn:aws:lex:us-east-1:111122223333:bot/ABCDEFGHIJ"]}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for item in statement.resource.iter().flat_map(|resource| &resource.items) {
            if !is_star(item.text.as_str()) {
                arn(subject, statement, item, findings);
            }
        }
        for line in &statement.conditions {
            key(subject, statement, line, findings);
        }
    }
}

fn key(subject: &Subject<'_>, statement: &Statement<'_>, line: &ConditionLine<'_>, findings: &mut Findings<'_>) {
    let Some((prefix, name)) = line.key().split_once(':').filter(|_| !line.member.key.has_holes()) else { return };
    let is_known = prefix.eq_ignore_ascii_case("aws")
        || subject.catalogue.service(prefix).is_some()
        || Catalogue::is_retired(prefix)
        || !condition_key::is_of_a_service(prefix)
        || condition_key::is_known_elsewhere(subject, line.key());
    if is_known {
        return;
    }
    let message = format!("there is no service {prefix:?} for {:?}, as of {}", line.key(), subject.catalogue.date());
    let level = if subject.catalogue.is_fresh() { Level::Error } else { Level::Warning };
    let draft = findings.report(&SERVICE, statement, line, message).level(level);
    let prefixes = subject.catalogue.services().iter().map(|service| service.prefix).chain(["aws"]);
    if let Some(near) = closest(&prefix.to_ascii_lowercase(), prefixes) {
        draft.help(format!("did you mean {near}:{name}?"));
    }
}

fn arn(subject: &Subject<'_>, statement: &Statement<'_>, item: &Item<'_>, findings: &mut Findings<'_>) {
    let text = item.text.as_str();
    let is_fresh = subject.catalogue.is_fresh();
    let mut report = |lint: &'static Lint, message: String, help: &str| {
        let by_list = [&SERVICE, &REGION, &RESOURCE].iter().any(|dated| dated.code == lint.code);
        let level = if by_list && !is_fresh { Level::Warning } else { lint.level };
        findings.report(lint, statement, item, message).help(help).level(level);
    };
    let first = text.split(':').next().unwrap_or_default();
    // API Gateway puts the ARN of the API before what begins so.
    let is_short = text.starts_with("execute-api:/") && subject.kind.is_resource();
    if is_plain(first) && first != "arn" {
        if is_short {
            return;
        }
        return report(
            &PREFIX,
            format!("{text:?} does not begin with arn:"),
            "write arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE, or *",
        );
    }
    let Some([_, partition, service, region, account, resource]) = fields(text) else {
        if !text.contains("${") && !item.text.has_holes() {
            let help = "an ARN has six fields: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE";
            report(&FIELDS, format!("{text:?} has fewer than six fields"), help);
        }
        return;
    };
    if is_plain(partition) && !PARTITIONS.iter().any(|known| known.as_str() == partition) {
        report(
            &PARTITION,
            format!("there is no partition {partition:?}"),
            "it is aws, aws-cn, aws-us-gov or another that AWS has",
        );
    }
    if is_plain(region) && !region.is_empty() && !REGIONS.contains(&region) {
        report(
            &REGION,
            format!("there is no region {region:?}, as of {REGIONS_AS_OF}"),
            "write a region such as eu-west-1, or *",
        );
    }
    // AWS's own resources, such as managed policies, stand in the account "aws".
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_word = account.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    if is_plain(account) && !account.is_empty() && !is_account && !is_word {
        report(&ACCOUNT, format!("{account:?} is no account"), "an account id has 12 digits");
    }
    if !is_plain(service) {
        return;
    }
    if service.bytes().any(|b| b.is_ascii_uppercase()) {
        let lower = service.to_ascii_lowercase();
        let message = format!("the service {service:?} of the ARN has upper-case letters");
        let draft = findings.report(&CASE, statement, item, message).help(format!("write {lower}"));
        let start = "arn:".len() + partition.len() + 1;
        if item.text.is_verbatim() && text.starts_with("arn:") && !services_of(&lower).is_empty() {
            draft.fix(Fix::replace(format!("write {lower}"), item.text.part(start, start + service.len()), lower));
        }
        return;
    }
    let services = services_of(service);
    if services.is_empty() {
        if !Catalogue::is_retired(service) && !OTHER_NAMES.contains(&service) && !service.is_empty() {
            let all = subject.catalogue.services().iter().map(|known| known.prefix);
            let help = closest(service, all)
                .map_or("look it up in `afterlab policy actions`".to_owned(), |near| format!("did you mean {near}?"));
            report(&SERVICE, format!("there is no service {service:?}, as of {}", subject.catalogue.date()), &help);
        }
        return;
    }
    // What AWS provides to all accounts has ARNs in forms of its own.
    let of_aws = !account.is_empty() && account.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    let provided = account.is_empty() && arn_words::is_provided(service, resource);
    if of_aws || provided || arn_words::has_other_form(service, resource) {
        return;
    }
    forms(&services, service, text, [region, account, resource], &mut report);
}

/// Judges region, account and resource by the forms of the service's resources.
///
/// A wildcard in one field can run across the next ones when AWS matches the whole text, so that only fields before
/// the first wildcard are certain.
fn forms(
    services: &[&Service],
    word: &str,
    text: &str,
    [region, account, resource]: [&str; 3],
    report: &mut impl FnMut(&'static Lint, String, &str),
) {
    let types = || {
        services
            .iter()
            .flat_map(|service| service.resource_types())
            // A few types have two forms; some services list types of others.
            .flat_map(|kind| kind.arn.split(", "))
            .filter_map(|arn| Some((arn, fields(arn)?)))
            .filter(|(_, form)| form[2] == word || form[2].contains("${"))
    };
    if resource.is_empty() || types().next().is_none() {
        return;
    }
    let certain = is_plain(region) && is_plain(account);
    let fits: Vec<_> = types().filter(|(_, form)| overlaps_field(resource, form[5])).collect();
    let Some((example, form)) = fits.first() else {
        // A pattern whose wildcards run across fields may still match.
        if certain || !types().any(|(arn, _)| overlaps_field(text, arn)) {
            let help = types().next().map(|(arn, _)| format!("for example {arn}")).unwrap_or_default();
            report(&RESOURCE, format!("no resource of this service has an ARN that ends in {resource:?}"), &help);
        }
        return;
    };
    let help = format!("for example {example}");
    let service = form[2];
    let every = |field: usize, empty: bool| fits.iter().all(|(_, form)| form[field].is_empty() == empty);
    if is_plain(region) && !region.is_empty() && every(3, true) {
        report(&NO_REGION, format!("an ARN of {service} like this has no region, but this one has {region:?}"), &help);
    }
    if certain && !account.is_empty() && every(4, true) {
        report(
            &NO_ACCOUNT,
            format!("an ARN of {service} like this has no account, but this one has {account:?}"),
            &help,
        );
    }
    if region.is_empty() && every(3, false) {
        report(&NEEDS_REGION, format!("an ARN of {service} like this has a region"), &help);
    }
    if certain && account.is_empty() && every(4, false) {
        report(&NEEDS_ACCOUNT, format!("an ARN of {service} like this has an account"), &help);
    }
}

/// All partitions that AWS has.
const PARTITIONS: &[Partition] = &[
    Partition::Aws,
    Partition::China,
    Partition::UsGov,
    Partition::EuSovereign,
    Partition::Iso,
    Partition::IsoB,
    Partition::IsoE,
    Partition::IsoF,
];

/// Whether a field says the same whatever the request: no wildcard, variable or unknown part.
fn is_plain(field: &str) -> bool {
    !field.contains(['*', '?']) && !field.contains("${") && !field.contains(is_hole)
}
