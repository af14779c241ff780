use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

Conditions that bind less than they seem to: keys that the caller sets (`aws:Referer`, `aws:UserAgent`), keys that
need another one beside them (`aws:VpcSourceIp` without its VPC), and wildcards or variables that leave a key for
accounts, organizations or networks open.

## Why it matters

Whoever sends a request can write any referer or user agent. The private address 10.0.0.7 exists in a million VPCs.
`aws:PrincipalOrgID` like `o-*` is every organization.

## How to fix it

Use a key that AWS sets, with values in full.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "weak_condition",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"],
    since: "0.1.0",
    lints: &[&UNTRUSTWORTHY, &PAIR, &WILDCARD, &VARIABLE],
    check,
};

static UNTRUSTWORTHY: Lint = Lint::aws(
    "UNTRUSTWORTHY_CONDITION_KEY",
    "Condition key that the caller can set at will",
    Level::SecurityWarning,
    &[
        Example::bad("the referer", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}}"#, &[r#""aws:Referer""#]),
        Example::good("the network", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#),
        Example::good("in a Deny", r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": "x*"}}}"#),
    ],
).limits("AWS keeps the list; here are the keys whose documentation warns");

static PAIR: Lint = Lint::aws(
    "MISSING_PAIRED_CONDITION_KEYS",
    "Condition key that needs another one beside it",
    Level::SecurityWarning,
    &[
        Example::bad("an address without its VPC", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}}"#, &[r#""aws:VpcSourceIp""#]),
        Example::good("with its VPC", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}}"#),
    ],
).limits("AWS keeps the list of pairs; here is the documented one");

static WILDCARD: Lint = Lint::aws(
    "WILDCARD_USAGE_TOO_PERMISSIVE",
    "Wildcard opens a key that should bind",
    Level::Error,
    &[
        Example::bad("any organization", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}"#, &[r#""o-*""#]),
        Example::good("one", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}"#),
    ],
).limits("AWS keeps the list of such keys; here are accounts, organizations and networks");

static VARIABLE: Lint = Lint::aws(
    "VARIABLE_USAGE_TOO_PERMISSIVE",
    "Variable that the caller can choose opens a key that should bind",
    Level::Error,
    &[
        Example::bad("a tag of the request", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "${aws:RequestTag/org}"}}}"#, &[r#""${aws:RequestTag/org}""#]),
        Example::good("the resource's organization", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}}"#),
    ],
).limits("AWS keeps the list of such keys and variables; here are those that a caller sets in the request itself");

const SET_BY_CALLER: &[&str] = &["aws:Referer", "aws:UserAgent"];

/// Keys that say whose a principal, a resource or a network is.
const BINDING: &[&str] =
    &["aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceOrgID", "aws:SourceVpc", "aws:SourceVpce", "aws:VpceOrgID"];

/// Variables whose value a caller writes into the request.
const CHOSEN: &[&str] = &["${aws:requesttag/", "${aws:referer", "${aws:useragent", "${aws:sourceidentity"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in subject.allows() {
        let has = |key: &str| statement.conditions_on(key).next().is_some();
        for line in &statement.conditions {
            let key = line.key();
            let is_one_of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(key));
            let positive = !line.operator.is_negated() && !line.operator.is("Null");
            if is_one_of(SET_BY_CALLER) && positive {
                let message = format!("whoever calls can send any {key}");
                findings
                    .report(&UNTRUSTWORTHY, statement, line, message)
                    .help("use a key that AWS sets, such as aws:SourceVpce");
            }
            if key.eq_ignore_ascii_case("aws:VpcSourceIp")
                && !(has("aws:SourceVpc") || has("aws:SourceVpce") || has("aws:SourceVpcArn"))
            {
                let message = "a private address says nothing without the VPC that it is in";
                findings
                    .report(&PAIR, statement, line, message)
                    .help("add a condition on aws:SourceVpc or aws:SourceVpce");
            }
            if is_one_of(BINDING) && positive {
                values(statement, line, findings);
            }
        }
    }
}

fn values(statement: &Statement<'_>, line: &ConditionLine<'_>, findings: &mut Findings<'_>) {
    for value in &line.values {
        // A lone star only asks whether the key is there, which is EQUIVALENT_TO_NULL_FALSE.
        let wildcard = line.operator.is("StringLike")
            && value.text != "*"
            && value.text.contains(['*', '?'])
            && !value.text.contains("${");
        if wildcard {
            let message = format!("{:?} matches others than the one that is meant", value.text);
            findings.report(&WILDCARD, statement, value, message).help("write the whole id");
        }
        let lower = value.text.to_ascii_lowercase();
        if CHOSEN.iter().any(|variable| lower.contains(variable)) {
            let message = format!("{:?} is what the caller chooses to send", value.text);
            findings.report(&VARIABLE, statement, value, message).help("compare with a fixed value");
        }
    }
}
