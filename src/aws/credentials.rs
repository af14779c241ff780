//! What may be told of credentials: where they came from and until when they hold, never what they are.

use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature as Feature;
use jiff::Timestamp;

/// What may be told of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialFacts {
    /// Where they came from, in words; `somewhere` where the SDK does not tell.
    pub from: String,
    /// The kind and the last characters of the access key id: `AKIA…MPLE`.
    pub key: String,
    /// Whether they are the keys of a user that hold until somebody ends them.
    pub are_permanent: bool,
    /// When they end, as far as the provider tells.
    pub expires: Option<Timestamp>,
}

impl CredentialFacts {
    pub(super) fn of(credentials: &Credentials) -> Self {
        let features = credentials.get_property::<Vec<Feature>>().map(Vec::as_slice).unwrap_or_default();
        let mut from: Vec<&str> = features.iter().filter_map(origin).collect();
        from.dedup();
        Self {
            from: if from.is_empty() { "somewhere".to_owned() } else { from.join(", then ") },
            key: shortened(credentials.access_key_id()),
            are_permanent: credentials.session_token().is_none(),
            expires: credentials.expiry().and_then(|time| Timestamp::try_from(time).ok()),
        }
    }
}

/// A step of the way to credentials, in words.
fn origin(feature: &Feature) -> Option<&'static str> {
    Some(match feature {
        Feature::CredentialsEnvVars => "the environment (AWS_ACCESS_KEY_ID)",
        Feature::CredentialsEnvVarsStsWebIdToken => "a web identity token (AWS_WEB_IDENTITY_TOKEN_FILE)",
        Feature::CredentialsProfile | Feature::CredentialsProfileSourceProfile => "a profile",
        Feature::CredentialsProfileNamedProvider => "a profile's credential_source",
        Feature::CredentialsProfileStsWebIdToken => "a profile's web identity token",
        Feature::CredentialsProfileSso | Feature::CredentialsSso => "IAM Identity Center (aws sso login)",
        Feature::CredentialsProfileLogin | Feature::CredentialsLogin => "a console sign-in (aws login)",
        Feature::CredentialsProfileProcess | Feature::CredentialsProcess => "a profile's credential_process",
        Feature::CredentialsHttp => "the container's credentials endpoint",
        Feature::CredentialsImds => "the instance's metadata service",
        Feature::CredentialsStsAssumeRole
        | Feature::CredentialsStsAssumeRoleSaml
        | Feature::CredentialsStsAssumeRoleWebId => "an assumed role",
        Feature::CredentialsStsFederationToken => "a federation token",
        Feature::CredentialsStsSessionToken => "a session token",
        _ => return None,
    })
}

/// Enough of an access key id to recognize it.
fn shortened(id: &str) -> String {
    let characters: Vec<char> = id.chars().collect();
    if characters.len() < 16 {
        return "a short key".to_owned();
    }
    let part = |range: &[char]| range.iter().collect::<String>();
    format!("{}…{}", part(&characters[..4]), part(&characters[characters.len() - 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_told() {
        let mut credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", "the secret", Some("the token".to_owned()), None, "a test");
        credentials.set_property(vec![Feature::CredentialsProfile, Feature::CredentialsStsAssumeRole]);
        let facts = CredentialFacts::of(&credentials);
        assert_eq!((facts.key.as_str(), facts.are_permanent), ("AKIA…MPLE", false));
        assert_eq!(facts.from, "a profile, then an assumed role");
        assert!(!format!("{facts:?}").contains("the "), "{facts:?}");
        assert_eq!(shortened("test"), "a short key");
    }
}
