use serde_json::{Value, json};

use crate::inventory::s3::Bucket;
use crate::policy::PolicyDocument;
use crate::policy::matching::glob;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A bucket whose policy does not refuse requests over plain HTTP: it lacks a `Deny` for everyone and every S3 action, on
the bucket and on its objects, under the condition that `aws:SecureTransport` is `false`.

A `Deny` for old TLS versions (`s3:TlsVersion`) is no substitute: a request without TLS has no TLS version, so that it
is not caught. Nor is an `Allow` under the condition of TLS, since other policies may allow without it.

## Why it matters
S3 answers over HTTP too. A signed request over HTTP does not give the secret key away, but it shows names and
contents of objects, and presigned addresses, to everybody on the way. SDKs and the CLI use HTTPS, so refusing HTTP
hits only clients that are set up wrong, which is the way to notice them.

## How to fix it
Add the statement to the bucket's policy. `put-bucket-policy` replaces the whole policy; the command given keeps the
statements that are there. A website endpoint speaks only HTTP and stops working: put CloudFront before it first.
";

pub static RULE: Rule = Rule {
    id: "s3-bucket-tls-not-required",
    title: "Bucket answers over plain HTTP",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "s3#tls-only",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html",
    ],
    needs: &[Need::BucketPolicy],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

fn check(bucket: &Bucket, cx: &Context<'_>) -> Verdict {
    let policy = bucket.policy.known()?.as_ref().map(PolicyDocument::value);
    let arn = format!("arn:{}:s3:::{}", cx.inventory.account.partition, bucket.name);
    let statements = policy.and_then(|policy| policy.get("Statement")).map_or(&[][..], list);
    let refused = |arn: &str| statements.iter().any(|statement| refuses_http(statement) && covers(statement, arn));
    // A pattern that matches the empty key and ends in a star matches every key.
    let (of_bucket, of_objects) = (refused(&arn), refused(&format!("{arn}/")));
    let name = &bucket.name;
    let message = match (policy, of_bucket, of_objects) {
        (_, true, true) => return pass(),
        (None, ..) => format!("Bucket {name} has no policy, so nothing refuses requests over plain HTTP"),
        (_, true, false) => {
            format!("The policy of bucket {name} refuses plain HTTP for the bucket itself, but not for its objects")
        }
        (_, false, true) => {
            format!("The policy of bucket {name} refuses plain HTTP for its objects, but not for the bucket itself")
        }
        _ => format!("The policy of bucket {name} does not refuse requests over plain HTTP"),
    };
    fail(message)
        .evidence("refuses_plain_http.bucket", of_bucket)
        .evidence("refuses_plain_http.objects", of_objects)
        .fix(format!(
            "aws s3api put-bucket-policy --bucket {} --policy {}",
            shell_quote(name),
            shell_quote(&with_refusal(policy, statements, &arn).to_string())
        ))
        .verdict()
}

/// Whether a statement denies everyone every S3 action exactly when the request came without TLS.
fn refuses_http(statement: &Value) -> bool {
    statement.get("Effect").is_some_and(|effect| effect == "Deny")
        && statement.get("Principal").is_some_and(is_everyone)
        && words(statement, "Action").any(|action| action == "*" || action.eq_ignore_ascii_case("s3:*"))
        && statement.get("Condition").is_some_and(is_without_tls)
}

fn is_everyone(principal: &Value) -> bool {
    match principal {
        Value::Object(kinds) => kinds.get("AWS").is_some_and(|aws| list(aws).iter().any(|one| one == "*")),
        other => other == "*",
    }
}

/// Whether a condition asks for nothing else than that TLS was not used. Another condition beside it would narrow it.
fn is_without_tls(condition: &Value) -> bool {
    let Some((operator, keys)) = only_entry(condition) else { return false };
    let Some((key, values)) = only_entry(keys) else { return false };
    let wanted = match operator {
        "Bool"
        | "BoolIfExists"
        | "StringEquals"
        | "StringEqualsIfExists"
        | "StringEqualsIgnoreCase"
        | "StringEqualsIgnoreCaseIfExists"
        | "StringLike"
        | "StringLikeIfExists" => "false",
        "StringNotEquals"
        | "StringNotEqualsIfExists"
        | "StringNotEqualsIgnoreCase"
        | "StringNotEqualsIgnoreCaseIfExists"
        | "StringNotLike"
        | "StringNotLikeIfExists" => "true",
        _ => return false,
    };
    let is_wanted = |value: &Value| match value {
        Value::String(text) => text.eq_ignore_ascii_case(wanted),
        Value::Bool(bool) => bool.to_string() == wanted,
        _ => false,
    };
    // A negated operator holds only if none of its values matches, so that all of them must be the wanted one.
    let mut values = list(values).iter();
    let holds = if wanted == "true" { values.len() > 0 && values.all(is_wanted) } else { values.any(is_wanted) };
    holds && key.eq_ignore_ascii_case("aws:SecureTransport")
}

/// Whether a resource of the statement covers an ARN, and everything under it if that ends in a slash.
fn covers(statement: &Value, arn: &str) -> bool {
    words(statement, "Resource").any(|pattern| glob(pattern, arn) && (!arn.ends_with('/') || pattern.ends_with('*')))
}

/// The member of an object that has no other.
fn only_entry(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(key, value)| (key.as_str(), value))
}

/// The strings of a member that is one string or a list of them.
fn words<'a>(statement: &'a Value, member: &str) -> impl Iterator<Item = &'a str> {
    statement.get(member).map_or(&[][..], list).iter().filter_map(Value::as_str)
}

/// A list, or one thing as a list of one.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// The policy as it is, with one statement more.
fn with_refusal(policy: Option<&Value>, statements: &[Value], arn: &str) -> Value {
    let refusal = json!({
        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    });
    // A policy that is there keeps its version, or the lack of one: it decides what its variables mean.
    let new = || json!({"Version": "2012-10-17"});
    let mut policy = policy.cloned().unwrap_or_else(new).as_object().cloned().unwrap_or_default();
    policy.insert("Statement".to_owned(), statements.iter().cloned().chain([refusal]).collect());
    Value::Object(policy)
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "no policy",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": null}]}}"#,
    },
    Example {
        name: "a policy that says nothing about transport",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/lab"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lab-data/*"}}}]}}"#,
    },
    Example {
        name: "only the objects are covered, or only the bucket, or only reading, or only one principal",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [
            {"Name": "lab-a", "Policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": "arn:aws:s3:::lab-a/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}},
            {"Name": "lab-b", "Policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": "arn:aws:s3:::lab-b", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}},
            {"Name": "lab-c", "Policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:Get*",
                "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}},
            {"Name": "lab-d", "Policy": {"Statement": [{"Effect": "Deny",
                "Principal": {"AWS": "arn:aws:iam::111122223333:role/lab"}, "Action": "s3:*",
                "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]}}"#,
    },
    Example {
        name: "a prefix is covered, not every object",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Statement": [{"Effect": "Deny",
            "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/raw/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]}}"#,
    },
    Example {
        name: "a second condition narrows it",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Statement": [{"Effect": "Deny",
            "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"},
                          "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}}]}}"#,
    },
    Example {
        name: "a Deny for old TLS versions lets plain HTTP through",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Statement": [{"Effect": "Deny",
            "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/*"],
            "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}]}}]}}"#,
    },
    Example {
        name: "an Allow under the condition of TLS refuses nothing",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Statement": [{"Effect": "Allow",
            "Principal": {"AWS": "111122223333"}, "Action": "s3:*",
            "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}}]}}"#,
    },
    Example {
        name: "the statement that AWS recommends",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Version": "2012-10-17", "Statement": [{
            "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::lab-data", "arn:aws:s3:::lab-data/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]}}"#,
    },
    Example {
        name: "the same in other words: one statement, wildcards, lists, a boolean, another case",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [
            {"Name": "lab-a", "Policy": {"Statement": {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["*"],
                "Resource": "*", "Condition": {"BoolIfExists": {"aws:securetransport": false}}}}},
            {"Name": "lab-b", "Policy": {"Statement": [{"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": "S3:*",
                "Resource": "arn:aws:s3:::lab-b*",
                "Condition": {"StringEquals": {"aws:SecureTransport": ["false"]}}}]}},
            {"Name": "lab-c", "Policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": "arn:aws:s3:::*",
                "Condition": {"StringNotEquals": {"aws:SecureTransport": "true"}}}]}}]}}"#,
    },
    Example {
        name: "one statement for the bucket and one for its objects",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::lab-data",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::lab-data/*",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]}}"#,
    },
    Example {
        name: "the ARNs of another partition",
        expected: Expected::Pass,
        snapshot: r#"{"account": {"Id": "111122223333", "Partition": "aws-us-gov"}, "s3": {"Buckets": [{
            "Name": "lab-data", "Policy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws-us-gov:s3:::lab-data", "arn:aws-us-gov:s3:::lab-data/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}}]}}"#,
    },
    Example {
        name: "the policy could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Policy": {"$gap": 1}}]}, "gaps": [{"id": 1,
            "kind": "denied", "operation": "s3:GetBucketPolicy", "message": "Access Denied"}]}"#,
    },
];
