use crate::inventory::iam::SamlProvider;
use crate::rule::age::{dated, days_until, given};
use crate::rule::prelude::*;
use crate::text::shell_quote;

/// Days ahead that are reported, so that somebody can still act.
const SOON: Param = Param::days("days_ahead", 30, "Metadata that expires within so many days is found.");

const DOCS: &str = "\
## What it finds
A SAML identity provider whose metadata document has expired or does so within 30 days.

## Why it matters
The people who sign in through this provider are locked out on that day. A provider that nobody has missed since then is
a leftover, and a way in that nobody watches.

## How to fix it
Download the provider's current metadata from your identity provider and upload it, or delete the provider if nobody
signs in through it. Roles that trust it tell what it is for.
";

pub static RULE: Rule = Rule {
    id: "iam-saml-provider-expiring",
    title: "SAML provider's metadata has expired or expires soon",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::High,
    note: "iam#certificates-and-providers",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html"],
    needs: &[Need::IamSamlProviders],
    since: "0.1.0",
    opt_in: None,
    params: &[SOON],
    check: Check::SamlProvider(check),
    examples: EXAMPLES,
};

fn check(provider: &SamlProvider, cx: &Context<'_>) -> Verdict {
    let end = given(provider.valid_until)?;
    if days_until(end, cx) > cx.value(&SOON) {
        return pass();
    }
    let name = provider.arn.rsplit('/').next().unwrap_or(&provider.arn);
    let verb = if end > cx.now() { "expires" } else { "expired" };
    fail(format!("Metadata of SAML provider {name} {verb} on {}", dated(end, cx)))
        .evidence("ValidUntil", end.to_string())
        .fix(format!(
            "aws iam update-saml-provider --saml-metadata-document file://metadata.xml --saml-provider-arn {}",
            shell_quote(&provider.arn)
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "ends in exactly 30 days, and ended in summer",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"SAMLProviders": [
            {"Arn": "arn:aws:iam::111122223333:saml-provider/University", "ValidUntil": "2026-12-22T12:00:00Z"},
            {"Arn": "arn:aws:iam::111122223333:saml-provider/OldCourse", "ValidUntil": "2026-07-01T00:00:00Z"}]}}"#,
    },
    Example {
        name: "good for ten years",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"SAMLProviders": [
            {"Arn": "arn:aws:iam::111122223333:saml-provider/Company", "ValidUntil": "2036-11-22T12:00:00Z"}]}}"#,
    },
    Example {
        name: "providers could not be listed",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"SAMLProviders": {"$gap": 1}}, "gaps": [{
            "id": 1, "kind": "denied", "operation": "iam:ListSAMLProviders", "code": "AccessDenied",
            "message": "not authorized to perform: iam:ListSAMLProviders"}]}"#,
    },
];
