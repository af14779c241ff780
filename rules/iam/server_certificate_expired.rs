use crate::inventory::iam::ServerCertificate;
use crate::rule::age::{dated, given};
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A TLS certificate stored in IAM whose end date has passed.

## Why it matters
A load balancer or a CloudFront distribution that still uses it shows its visitors a warning; a new one that picks it by
name will. Certificates in IAM are not renewed by anybody and no console shows them, so they are forgotten.

## How to fix it
Get a certificate from AWS Certificate Manager, which is free and renews itself, put it where the old one is in use, and
delete the old one. IAM does not know who uses a certificate: look at load balancers and CloudFront first.
";

pub static RULE: Rule = Rule {
    id: "iam-server-certificate-expired",
    title: "Server certificate in IAM has expired",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#certificates-and-providers",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html"],
    needs: &[Need::IamServerCertificates],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::ServerCertificate(check),
    examples: EXAMPLES,
};

fn check(certificate: &ServerCertificate, cx: &Context<'_>) -> Verdict {
    let end = given(certificate.expiration)?;
    if end > cx.now() {
        return pass();
    }
    let name = &certificate.server_certificate_name;
    fail(format!("Server certificate {name} expired on {}", dated(end, cx)))
        .evidence("Expiration", end.to_string())
        .fix(format!("aws iam delete-server-certificate --server-certificate-name {}", shell_quote(name)))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "expired in spring, and this very second",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"ServerCertificates": [
            {"ServerCertificateName": "web-2025", "Expiration": "2026-04-30T23:59:59Z",
                "Arn": "arn:aws:iam::111122223333:server-certificate/web-2025"},
            {"ServerCertificateName": "api", "Expiration": "2026-11-22T12:00:00Z",
                "Arn": "arn:aws:iam::111122223333:server-certificate/api"}]}}"#,
    },
    Example {
        name: "good until tomorrow",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"ServerCertificates": [
            {"ServerCertificateName": "web", "Expiration": "2026-11-23T12:00:00Z",
                "Arn": "arn:aws:iam::111122223333:server-certificate/web"}]}}"#,
    },
    Example {
        name: "certificates could not be listed",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"ServerCertificates": {"$gap": 1}}, "gaps": [{
            "id": 1, "kind": "denied", "operation": "iam:ListServerCertificates", "code": "AccessDenied",
            "message": "not authorized to perform: iam:ListServerCertificates"}]}"#,
    },
];
