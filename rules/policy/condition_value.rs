use jiff::Timestamp;
use jiff::civil::Date;

use crate::inventory::{REGIONS, REGIONS_AS_OF};
use crate::lint::prelude::*;
use crate::policy::ip::IpRange;
use crate::policy::matching::fields;
use crate::policy::outline::ConditionValue;
use crate::policy::syntax::node::is_hole;

const DOCS: &str = "\
## What it finds

Values that their operator or key cannot have: text for a number, a date in no known form, an address that is none,
two Booleans, a region that does not exist, a VPC or endpoint id or a KMS key in the wrong form.

## Why it matters

The comparison never holds, or, negated, always does.

## How to fix it

Write the value in the form that the message names. Dates in ISO 8601 (`2027-01-31T00:00:00Z`), addresses in CIDR
notation (`203.0.113.0/24`).";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "condition_value",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    ],
    since: "0.1.0",
    lints: &[&DATA_TYPE, &BOOLEANS, &BOOLEAN, &DATE, &EPOCH, &NUMBER, &STRING, &IP, &REGION, &VPC, &VPCE, &KMS],
    check,
};

static DATA_TYPE: Lint = Lint::aws(
    "INVALID_CONDITION_DATA_TYPE",
    "Values of one condition have different JSON types",
    Level::Error,
    &[
        Example::bad(
            "a number and a string",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericEquals": {"s3:max-keys": [10, "20"]}}}"#,
            &[r#"[10, "20"]"#],
        ),
        Example::good(
            "strings",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericEquals": {"s3:max-keys": ["10", "20"]}}}"#,
        ),
    ],
);

static BOOLEANS: Lint = Lint::aws(
    "INVALID_CONDITION_MULTIPLE_BOOLEAN",
    "Several values for a Boolean",
    Level::Error,
    &[
        Example::bad(
            "both",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}}"#,
            &[r#""aws:SecureTransport""#],
        ),
        Example::good(
            "one",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": ["true"]}}}"#,
        ),
    ],
);

static BOOLEAN: Lint = Lint::aws(
    "TYPE_MISMATCH_BOOLEAN",
    "Value is neither true nor false",
    Level::Warning,
    &[
        Example::bad(
            "yes",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "yes"}}}"#,
            &[r#""yes""#],
        ),
        Example::good(
            "true",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true}, "Null": {"aws:SourceIp": "False"}}}"#,
        ),
    ],
);

static DATE: Lint = Lint::aws(
    "TYPE_MISMATCH_DATE",
    "Value is no date",
    Level::Warning,
    &[
        Example::bad(
            "words",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}}"#,
            &[r#""tomorrow""#],
        ),
        Example::good(
            "a date",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-31T00:00:00Z"}}}"#,
        ),
    ],
);

static EPOCH: Lint = Lint::aws(
    "INVALID_DATE_VALUE",
    "Date in seconds since 1970",
    Level::Warning,
    &[
        Example::bad(
            "seconds",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "1801353600"}}}"#,
            &[r#""1801353600""#],
        ),
        Example::good(
            "a day",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-31"}}}"#,
        ),
    ],
);

static NUMBER: Lint = Lint::aws(
    "TYPE_MISMATCH_NUMBER",
    "Value is no number",
    Level::Warning,
    &[
        Example::bad(
            "a word",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericEquals": {"s3:max-keys": "ten"}}}"#,
            &[r#""ten""#],
        ),
        Example::good(
            "numbers",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericEquals": {"s3:max-keys": ["10", "1.5"]}}}"#,
        ),
    ],
);

static STRING: Lint = Lint::aws(
    "TYPE_MISMATCH_STRING",
    "Value is not in Base64",
    Level::Warning,
    &[
        Example::bad(
            "plain text",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"BinaryEquals": {"lab:key": "not encoded"}}}"#,
            &[r#""not encoded""#],
        ),
        Example::good(
            "encoded, and a number, which is taken for its text",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"BinaryEquals": {"lab:key": "bGFi"}, "StringEquals": {"aws:SourceAccount": 111122223333}}}"#,
        ),
    ],
);

static IP: Lint = Lint::aws(
    "TYPE_MISMATCH_IP_RANGE",
    "Value is no address or range",
    Level::Error,
    &[
        Example::bad(
            "a range that is none",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/40"}}}"#,
            &[r#""203.0.113.0/40""#],
        ),
        Example::good(
            "ranges",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "2001:db8::/32"]}}}"#,
        ),
    ],
);

static REGION: Lint = Lint::aws(
    "INVALID_REGION",
    "Region does not exist",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west1"}}}"#,
            &[r#""eu-west1""#],
        ),
        Example::good(
            "regions",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-*"]}}}"#,
        ),
    ],
);

static VPC: Lint = Lint::aws(
    "INVALID_VPC_FORMAT",
    "Value is no VPC id",
    Level::Error,
    &[
        Example::bad(
            "a name",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "lab"}}}"#,
            &[r#""lab""#],
        ),
        Example::good(
            "an id",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f67890"}}}"#,
        ),
    ],
);

static VPCE: Lint = Lint::aws(
    "INVALID_VPCE_FORMAT",
    "Value is no VPC endpoint id",
    Level::Error,
    &[
        Example::bad(
            "a VPC",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpc-1a2b3c4d"}}}"#,
            &[r#""vpc-1a2b3c4d""#],
        ),
        Example::good(
            "an id",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}}"#,
        ),
    ],
);

static KMS: Lint = Lint::aws(
    "INVALID_KMS_KEY_VALUE",
    "Value is no ARN of a KMS key",
    Level::Error,
    &[
        Example::bad(
            "an alias",
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/lab"}}}"#,
            &[r#""alias/lab""#],
        ),
        Example::good(
            "an ARN",
            r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}}}"#,
        ),
    ],
);

/// Keys whose values are ARNs of KMS keys.
const KMS_KEYS: &[&str] =
    &["s3:x-amz-server-side-encryption-aws-kms-key-id", "s3express:x-amz-server-side-encryption-aws-kms-key-id"];

/// Keys whose values are regions.
const REGION_KEYS: &[&str] =
    &["account:TargetRegion", "aws:RequestedRegion", "ec2:Region", "kms:PrimaryRegion", "kms:ReplicaRegion"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            whole(statement, line, findings);
            for value in &line.values {
                let open = value.text.contains("${") || value.text.contains(is_hole);
                if open {
                    continue;
                }
                if let Some((lint, message, help)) = by_operator(line, value).or_else(|| by_key(line, value.text)) {
                    findings.report(lint, statement, value, message).help(help);
                }
            }
        }
    }
}

fn whole(statement: &Statement<'_>, line: &ConditionLine<'_>, findings: &mut Findings<'_>) {
    let kind = |value: &ConditionValue<'_>| std::mem::discriminant(&value.node.value);
    let mixed = line.values.windows(2).any(|pair| kind(&pair[0]) != kind(&pair[1]));
    if mixed {
        let place = (line.path.clone(), line.member.value.span);
        let message = format!("the values of {:?} have different JSON types", line.key());
        findings.report(&DATA_TYPE, statement, &place, message).help("write all of them as strings");
    }
    if line.operator.is("Bool") && line.operator.quantifier.is_none() && line.values.len() > 1 {
        let message = format!("{:?} has one Boolean value, but is compared with {}", line.key(), line.values.len());
        findings.report(&BOOLEANS, statement, line, message).help("keep one of them");
    }
}

type Wrong = (&'static Lint, String, &'static str);

fn by_operator(line: &ConditionLine<'_>, value: &ConditionValue<'_>) -> Option<Wrong> {
    let (operator, text) = (line.operator.base.to_ascii_lowercase(), value.text);
    let wrong = |lint, what: &str, help| Some((lint, format!("{text:?} is {what}"), help));
    if matches!(operator.as_str(), "bool" | "null") {
        let boolean = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
        return if boolean { None } else { wrong(&BOOLEAN, "neither true nor false", "write \"true\" or \"false\"") };
    }
    if operator.starts_with("numeric") {
        let number = text.parse::<f64>().is_ok_and(f64::is_finite);
        return if number { None } else { wrong(&NUMBER, "no number", "write a number") };
    }
    if operator.starts_with("date") {
        if text.parse::<f64>().is_ok() && !is_year(text) {
            return wrong(
                &EPOCH,
                "a time in seconds, which can be read in two ways",
                "write it in ISO 8601: 2027-01-31T00:00:00Z",
            );
        }
        return if is_date(text) {
            None
        } else {
            wrong(&DATE, "no date", "write it in ISO 8601: 2027-01-31T00:00:00Z")
        };
    }
    if operator.ends_with("ipaddress") {
        let range = text.parse::<IpRange>().is_ok();
        return if range {
            None
        } else {
            wrong(&IP, "neither an address nor a range", "write 203.0.113.0/24 or 2001:db8::/32")
        };
    }
    if operator == "binaryequals" && !is_base64(text) {
        return wrong(&STRING, "not in Base64", "write the bytes in Base64: bGFi");
    }
    None
}

fn is_base64(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - letters.len() <= 2
        && letters.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

fn by_key(line: &ConditionLine<'_>, text: &str) -> Option<Wrong> {
    let key = line.key();
    let is = |other: &str| key.eq_ignore_ascii_case(other);
    if text.contains(['*', '?']) || !line.operator.base.to_ascii_lowercase().starts_with("string") {
        return None;
    }
    let wrong = |lint, what: &str, help| Some((lint, format!("{text:?} is {what}"), help));
    let is_region = REGIONS.contains(&text) || text.ends_with("-global");
    if REGION_KEYS.iter().any(|known| is(known)) && !is_region {
        return wrong(&REGION, &format!("no region, as of {REGIONS_AS_OF}"), "write a region such as eu-west-1");
    }
    if is("aws:SourceVpc") && !is_id(text, "vpc-") {
        return wrong(&VPC, "no VPC id", "write vpc- and 8 or 17 hexadecimal digits");
    }
    if is("aws:SourceVpce") && !is_id(text, "vpce-") {
        return wrong(&VPCE, "no VPC endpoint id", "write vpce- and 8 or 17 hexadecimal digits");
    }
    let kms = fields(text).is_some_and(|of| of[0] == "arn" && of[2] == "kms" && of[5].starts_with("key/"));
    if KMS_KEYS.iter().any(|known| is(known)) && !kms {
        return wrong(
            &KMS,
            "no ARN of a KMS key, which is what requests have",
            "write arn:aws:kms:REGION:ACCOUNT:key/ID",
        );
    }
    None
}

fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|id| matches!(id.len(), 8 | 17) && id.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The forms of ISO 8601 that W3C's note on dates names: a year, a month, a day, or a time with its zone.
fn is_date(text: &str) -> bool {
    let month = || format!("{text}-01").parse::<Date>().is_ok() && text.len() == 7;
    is_year(text) || month() || text.parse::<Date>().is_ok() || text.parse::<Timestamp>().is_ok() || short_time(text)
}

/// A time without its seconds: `2027-01-31T00:00Z`.
fn short_time(text: &str) -> bool {
    let Some(at) = text.find(['Z', 'z', '+']).or_else(|| text.rfind('-')) else { return false };
    text.get(..at).is_some_and(|start| format!("{start}:00{}", &text[at..]).parse::<Timestamp>().is_ok())
}
