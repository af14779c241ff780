//! Which operation a request is, told from what goes over the wire.

use http::request::Parts;

/// Sub-resources of a bucket by their query key.
const BUCKET: &[(&str, &str)] = &[
    ("acl", "GetBucketAcl"),
    ("encryption", "GetBucketEncryption"),
    ("lifecycle", "GetBucketLifecycleConfiguration"),
    ("location", "GetBucketLocation"),
    ("logging", "GetBucketLogging"),
    ("ownershipControls", "GetBucketOwnershipControls"),
    ("policy", "GetBucketPolicy"),
    ("policyStatus", "GetBucketPolicyStatus"),
    ("publicAccessBlock", "GetPublicAccessBlock"),
    ("tagging", "GetBucketTagging"),
    ("uploadId", "ListParts"),
    ("uploads", "ListMultipartUploads"),
    ("versioning", "GetBucketVersioning"),
    ("versions", "ListObjectVersions"),
    ("website", "GetBucketWebsite"),
];

/// The operation as afterlab's list names it: `s3:GetBucketPolicy`. What is not recognised keeps its method and path,
/// so that it is on no list.
pub fn operation(parts: &Parts, body: &[u8]) -> String {
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    if let Some((_, name)) = path.split_once("/operation/") {
        return format!("cloudwatch:{name}");
    }
    match (method, path) {
        ("POST", "/listRegions") => return "account:ListRegions".to_owned(),
        ("GET", "/v20180820/configuration/publicAccessBlock") => return "s3control:GetPublicAccessBlock".to_owned(),
        ("GET", "/") => return "s3:ListBuckets".to_owned(),
        _ => {}
    }
    if let Some(target) = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
        let name = target.rsplit('.').next().unwrap_or(target);
        return format!("{}:{name}", signed_service(parts).unwrap_or("unsigned"));
    }
    if let Some(action) = form_value(&String::from_utf8_lossy(body), "Action") {
        return format!("{}:{action}", signed_service(parts).unwrap_or("unsigned"));
    }
    let keys = || query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    let sub_resource = BUCKET.iter().find(|(key, _)| keys().any(|k| k == *key));
    match (method, sub_resource) {
        ("GET", Some((_, name))) => format!("s3:{name}"),
        _ => format!("{method} {path}?{query}"),
    }
}

fn form_value<'a>(body: &'a str, key: &str) -> Option<&'a str> {
    body.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

/// The service of the signature's scope: `Credential=AKIA…/20261122/us-east-1/iam/aws4_request`.
fn signed_service(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get("authorization")?.to_str().ok()?;
    header.split_once("Credential=")?.1.split('/').nth(3)
}
