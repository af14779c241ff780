//! Whose resources have which word in their ARNs, and what the list of resource types does not say of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Catalogue, Service};
use crate::policy::matching::fields;

/// The services whose resources have this word in their ARNs: mostly the one of that prefix, but the API of Amazon API
/// Gateway's `apigateway` and others share words.
pub(crate) fn services_of(word: &str) -> Vec<&'static Service> {
    static BY_WORD: OnceLock<HashMap<&'static str, Vec<&'static Service>>> = OnceLock::new();
    if let Some(own) = Catalogue::embedded().service(word)
        && own.resource_types().iter().filter_map(|kind| fields(kind.arn)).all(|form| form[2] == word)
        && !SHARED.contains(&word)
    {
        return vec![own];
    }
    let all = BY_WORD.get_or_init(|| {
        let mut by_word: HashMap<&'static str, Vec<&'static Service>> = HashMap::new();
        for service in Catalogue::embedded().services() {
            let words = service.resource_types().iter().filter_map(|kind| Some(fields(kind.arn)?[2]));
            for word in words.chain([service.prefix]) {
                let of_word = by_word.entry(word).or_default();
                if of_word.last().is_none_or(|last| last.prefix != service.prefix) {
                    of_word.push(service);
                }
            }
        }
        by_word
    });
    all.get(word).cloned().unwrap_or_default()
}

/// Resources that AWS provides, by service and start: their ARNs have no account, unlike the forms of their service.
const PROVIDED: &[(&str, &str)] = &[
    ("braket", "device/"),
    ("cloudformation", "type/"),
    ("controltower", "control/"),
    ("personalize", "recipe/"),
    ("resource-explorer-2", "view/"),
    ("securityhub", "product/"),
    ("securityhub", "ruleset/"),
    ("securityhub", "standards/"),
    ("ssm", "document/"),
    ("ssm", "parameter/aws/"),
];

/// Resources in forms that the list of resource types lacks.
const OTHER_FORMS: &[(&str, &str)] = &[("appsync", "/")];

/// Whether AWS provides the resource, so that its ARN has no account.
pub(crate) fn is_provided(service: &str, resource: &str) -> bool {
    begins(PROVIDED, service, resource)
}

/// Whether the resource has a form that the list of resource types lacks.
pub(crate) fn has_other_form(service: &str, resource: &str) -> bool {
    begins(OTHER_FORMS, service, resource)
}

fn begins(list: &[(&str, &str)], service: &str, resource: &str) -> bool {
    list.iter().any(|(of, start)| *of == service && resource.starts_with(start))
}

/// Words of ARNs that resources of several services have.
const SHARED: &[&str] = &[
    "compute-optimizer",
    "iam",
    "qdeveloper",
    "s3",
    "elasticloadbalancing",
    "rds",
    "execute-api",
    "apigateway",
    "sso",
    "cognito-idp",
    "iot",
    "aws-marketplace",
    "catalog",
    "bedrock",
    "wafv2",
    "ssm",
    "tag",
];

/// Words of ARNs that no list of resource types has, but ARNs do.
pub(crate) const OTHER_NAMES: &[&str] =
    &["cloudwatch", "autoscaling", "cloudfront", "aws-external-anthropic", "catalog", "ebs", "support"];
