use crate::lint::prelude::*;
use crate::policy::ip::IpRange;
use crate::policy::outline::ConditionValue;

const DOCS: &str = "\
## What it finds

Private addresses in `aws:SourceIp`, which only public ones reach, and ranges whose address has bits behind the mask.

## Why it matters

`aws:SourceIp` is the public address of the caller, never a private one: such an `Allow` is dead, and such a `Deny`
with `NotIpAddress` shuts out everybody. Requests through a VPC endpoint have `aws:VpcSourceIp` instead.

## How to fix it

Use public ranges with `aws:SourceIp`, and `aws:VpcSourceIp` together with `aws:SourceVpc` for private ones. Write a
range from its first address.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "ip_range",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip",
    ],
    since: "0.1.0",
    lints: &[&PRIVATE, &NOT_PRIVATE, &SUBSET, &NOT_SUBSET, &IMPROVE],
    check,
};

static PRIVATE: Lint = Lint::aws(
    "PRIVATE_IP_ADDRESS",
    "Only private addresses are compared with the public source",
    Level::Error,
    &[
        Example::bad(
            "all private",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}"#,
            &[r#""aws:SourceIp""#],
        ),
        Example::good(
            "public",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#,
        ),
        Example::good(
            "from a VPC",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}}"#,
        ),
    ],
);

static NOT_PRIVATE: Lint = Lint::aws(
    "PRIVATE_NOT_IP_ADDRESS",
    "Only private addresses are left out by NotIpAddress",
    Level::Error,
    &[
        Example::bad(
            "all private",
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}"#,
            &[r#""aws:SourceIp""#],
        ),
        Example::good(
            "public",
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#,
        ),
    ],
);

static SUBSET: Lint = Lint::aws(
    "PRIVATE_IP_ADDRESS_SUBSET",
    "Some of the addresses are private",
    Level::Suggestion,
    &[
        Example::bad(
            "one of two",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "192.168.1.0/24"]}}}"#,
            &[r#""192.168.1.0/24""#],
        ),
        Example::good(
            "public",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}}"#,
        ),
    ],
);

static NOT_SUBSET: Lint = Lint::aws(
    "PRIVATE_NOT_IP_ADDRESS_SUBSET",
    "Some of the addresses of NotIpAddress are private",
    Level::Suggestion,
    &[
        Example::bad(
            "one of two",
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "192.168.1.0/24"]}}}"#,
            &[r#""192.168.1.0/24""#],
        ),
        Example::good(
            "public",
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}}"#,
        ),
    ],
);

static IMPROVE: Lint = Lint::aws(
    "IMPROVE_IP_RANGE",
    "Address has bits behind the mask",
    Level::Suggestion,
    &[
        Example::bad(
            "bits behind the mask",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}}"#,
            &[r#""203.0.113.7/24""#],
        ),
        Example::good(
            "the first address",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        for line in &statement.conditions {
            let negated = line.operator.is("NotIpAddress");
            if !negated && !line.operator.is("IpAddress") {
                continue;
            }
            let ranges: Vec<_> =
                line.values.iter().filter_map(|value| Some((value, value.text.parse::<IpRange>().ok()?))).collect();
            for (value, range) in &ranges {
                if let Some(better) = range.canonical().filter(|better| better != value.text) {
                    let message = format!("{:?} has bits behind its mask, which do not count", value.text);
                    findings
                        .report(&IMPROVE, statement, *value, message)
                        .help(format!("write {better}"))
                        .fix(Fix::string(format!("write {better}"), value.node.span, &better));
                }
            }
            if line.key().eq_ignore_ascii_case("aws:SourceIp") && !line.partly_unknown {
                private(statement, line, negated, &ranges, findings);
            }
        }
    }
}

fn private(
    statement: &Statement<'_>,
    line: &ConditionLine<'_>,
    negated: bool,
    ranges: &[(&ConditionValue<'_>, IpRange)],
    findings: &mut Findings<'_>,
) {
    let (all, some) = if negated { (&NOT_PRIVATE, &NOT_SUBSET) } else { (&PRIVATE, &SUBSET) };
    let private: Vec<_> = ranges.iter().filter(|(_, range)| range.is_private()).collect();
    let help = "use public ranges, or aws:VpcSourceIp with aws:SourceVpc for requests from a VPC";
    if !private.is_empty() && private.len() == line.values.len() {
        let effect = if negated { "every request is from elsewhere" } else { "no request comes from there" };
        let message = format!("aws:SourceIp is a public address and all of these are private: {effect}");
        findings.report(all, statement, line, message).help(help);
        return;
    }
    for (value, _) in private {
        let message = format!("{:?} is private; aws:SourceIp is always a public address", value.text);
        findings.report(some, statement, *value, message).help(help);
    }
}
