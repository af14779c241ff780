//! Which operations only read.

/// The first words of operations that read.
const READS: &[&str] =
    &["BatchDescribe", "BatchGet", "Describe", "Get", "List", "Lookup", "Search", "SelectResourceConfig"];

/// Operations that begin like reads and hand out what nobody should have: secrets and the rights of others.
const REVEALING: &[&str] = &[
    "GetAuthorizationToken",
    "GetClusterCredentials",
    "GetCredentials",
    "GetFederationToken",
    "GetLoginToken",
    "GetSecretValue",
    "GetSessionToken",
    "GetWorkspaceCredential",
];

/// Whether an operation reads, and reads nothing that is secret, by its name.
#[must_use]
pub fn is_read(operation: &str) -> bool {
    let begins = |word: &str| {
        operation
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    READS.iter().any(|word| begins(word)) && !REVEALING.iter().any(|name| operation.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        for name in [
            "DescribeIndex",
            "ListIndices",
            "GetMetricData",
            "BatchGetCollection",
            "LookupEvents",
            "SelectResourceConfig",
        ] {
            assert!(is_read(name), "{name}");
        }
        for name in [
            "DeleteIndex",
            "Listen",
            "GetSecretValue",
            "GetSessionToken",
            "PutObject",
            "StartQuery",
            "SelectObjectContent",
            "list",
        ] {
            assert!(!is_read(name), "{name}");
        }
    }
}
