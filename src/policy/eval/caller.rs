//! Who makes a request.

use std::fmt;

use super::super::matching::fields;
use super::super::trust::account_of;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Caller {
    /// Nobody that AWS knows: a request without a signature.
    Anonymous,
    /// The root user of an account, by the account's id.
    Root(String),
    /// An IAM user, by its ARN.
    User(String),
    /// A role, by its ARN: somebody who has taken it, in a session of any name.
    Role(String),
    /// A session of a role.
    Session {
        /// `arn:aws:sts::111122223333:assumed-role/lab/session`.
        arn: String,
        /// The role's own ARN, which has its path; none when only the session is known.
        role: Option<String>,
    },
    /// Somebody whom a user signed in with `sts:GetFederationToken`, by the ARN of the session.
    FederatedUser(String),
    /// Somebody whom an identity provider has signed in and who has no AWS credentials yet, by the provider.
    Federated(String),
    /// An AWS service on its own account: `cloudtrail.amazonaws.com`.
    Service(String),
    /// An account by the id that S3's ACLs use.
    CanonicalUser(String),
}

/// Why a text names no caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is nobody who makes requests; it is an ARN of a user, a role, a session or a root user, a service such as lambda.amazonaws.com, or *"
)]
pub struct NotACaller(pub String);

impl Caller {
    /// Reads an ARN, an account's id (its root user), a service's name, or `*` for a request without a signature.
    ///
    /// # Errors
    /// [`NotACaller`] when it is none of these.
    pub fn parse(text: &str) -> Result<Self, NotACaller> {
        let own = || text.to_owned();
        if text == "*" {
            return Ok(Self::Anonymous);
        }
        if let Some(parts) = fields(text) {
            let (service, resource) = (parts[2], parts[5]);
            let is = |kind: &str| resource.strip_prefix(kind).is_some_and(|name| !name.is_empty());
            return match (service, account_of(text)) {
                ("iam", Some(account)) if resource == "root" => Ok(Self::Root(account.to_owned())),
                ("iam", Some(_)) if is("user/") => Ok(Self::User(own())),
                // An origin access identity of CloudFront, which belongs to no account of its owner.
                ("iam", None) if parts[4] == "cloudfront" && is("user/") => Ok(Self::User(own())),
                ("iam", Some(_)) if is("role/") => Ok(Self::Role(own())),
                ("iam", Some(_)) if is("saml-provider/") || is("oidc-provider/") => Ok(Self::Federated(own())),
                ("sts", Some(_)) if is("assumed-role/") => Ok(Self::Session { arn: own(), role: None }),
                ("sts", Some(_)) if is("federated-user/") => Ok(Self::FederatedUser(own())),
                _ => Err(NotACaller(own())),
            };
        }
        if account_of(text).is_some() {
            Ok(Self::Root(own()))
        } else if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") {
            Ok(Self::Service(own()))
        } else if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self::CanonicalUser(own()))
        } else {
            Err(NotACaller(own()))
        }
    }

    /// The account it belongs to; none when it belongs to none, or only AWS knows.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root(account) => Some(account),
            Self::User(arn) | Self::Role(arn) | Self::Session { arn, .. } | Self::FederatedUser(arn) => account_of(arn),
            Self::Anonymous | Self::Federated(_) | Self::Service(_) | Self::CanonicalUser(_) => None,
        }
    }

    /// The name of the role that it is a session of.
    #[must_use]
    pub fn role_name(&self) -> Option<&str> {
        match self {
            Self::Role(arn) | Self::Session { role: Some(arn), .. } => arn.rsplit('/').next(),
            Self::Session { arn, role: None } => arn.split('/').nth(1),
            _ => None,
        }
    }

    /// What `aws:PrincipalArn` has for it: of a session, the role's ARN.
    #[must_use]
    pub fn principal_arn(&self, partition: &str) -> Option<String> {
        match self {
            Self::Root(account) => Some(format!("arn:{partition}:iam::{account}:root")),
            Self::User(arn) | Self::Role(arn) | Self::Session { role: Some(arn), .. } | Self::FederatedUser(arn) => {
                Some(arn.clone())
            }
            _ => None,
        }
    }

    /// Whether it is a role that AWS made for one of its services; SCPs and RCPs do not reach those.
    #[must_use]
    pub fn is_service_linked_role(&self) -> bool {
        match self {
            Self::Role(arn) | Self::Session { role: Some(arn), .. } => arn.contains(":role/aws-service-role/"),
            Self::Session { role: None, .. } => {
                self.role_name().is_some_and(|name| name.starts_with("AWSServiceRoleFor"))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anybody"),
            Self::Root(account) => write!(f, "the root user of {account}"),
            Self::User(name)
            | Self::Role(name)
            | Self::Session { arn: name, .. }
            | Self::FederatedUser(name)
            | Self::Federated(name)
            | Self::Service(name)
            | Self::CanonicalUser(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_read_from_what_people_write() {
        let session = "arn:aws:sts::111122223333:assumed-role/lab/me";
        for (text, account, role) in [
            ("*", None, None),
            ("111122223333", Some("111122223333"), None),
            ("arn:aws:iam::111122223333:root", Some("111122223333"), None),
            ("arn:aws:iam::111122223333:user/a/ann", Some("111122223333"), None),
            ("arn:aws:iam::111122223333:role/path/lab", Some("111122223333"), Some("lab")),
            (session, Some("111122223333"), Some("lab")),
            ("arn:aws:sts::111122223333:federated-user/ann", Some("111122223333"), None),
            ("arn:aws:iam::111122223333:oidc-provider/example.org", None, None),
            ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", None, None),
            ("lambda.amazonaws.com", None, None),
        ] {
            let caller = Caller::parse(text).expect(text);
            assert_eq!((caller.account(), caller.role_name()), (account, role), "{text}");
        }
        for text in ["", "lab", "arn:aws:iam::111122223333:user/", "arn:aws:s3:::bucket", "arn:aws:iam::1:user/a"] {
            assert!(Caller::parse(text).is_err(), "{text}");
        }
        let linked = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
        assert!(Caller::parse(linked).expect("a role").is_service_linked_role());
    }
}
