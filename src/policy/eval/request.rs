//! One concrete request.

use super::super::conditions::has_prefix;
use super::super::matching::fields;
use super::super::trust::account_of;
use super::{Caller, Context};

/// Who asks for what on what, and the context of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub principal: Caller,
    /// What for: `s3:GetObject`; the case does not count.
    pub action: String,
    /// On what: an ARN, or `*` for an action that knows no resources.
    pub resource: String,
    /// The condition keys of the call.
    pub context: Context,
}

impl Request {
    /// Sets the keys that follow from who asks for what, unless they are given already.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    #[must_use]
    pub fn with_derived_keys(mut self) -> Self {
        for (key, value) in self.derived() {
            match value {
                Some(value) => self.context.set_if_not_given(key, value),
                None => self.context.set_absent_if_not_given(key),
            }
        }
        self
    }

    /// As [`Request::with_derived_keys`], in the place of what is given: a request that AWS could see. One without a
    /// signature loses all keys that only signed ones have.
    #[must_use]
    pub fn with_true_keys(mut self) -> Self {
        if self.principal == Caller::Anonymous {
            self.context.retain(|key| !OF_SIGNED_REQUESTS.iter().any(|own| is_of(key, own)));
        }
        for (key, value) in self.derived() {
            match value {
                Some(value) => self.context.set_one(key, value),
                None => self.context.set_absent(key),
            }
        }
        self
    }

    /// The keys that follow from who asks for what, with their values; none of those that such a request has not.
    fn derived(&self) -> Vec<(&'static str, Option<String>)> {
        let mut keys = Vec::new();
        if let Some(arn) = self.principal.principal_arn(partition(&self.resource)) {
            keys.push(("aws:PrincipalArn", Some(arn)));
        }
        if let Some(account) = self.principal.account() {
            keys.push(("aws:PrincipalAccount", Some(account.to_owned())));
        }
        let kind = match &self.principal {
            Caller::Anonymous => Some("Anonymous"),
            Caller::Root(_) => Some("Account"),
            Caller::User(_) => Some("User"),
            Caller::Role(_) | Caller::Session { .. } => Some("AssumedRole"),
            Caller::FederatedUser(_) => Some("FederatedUser"),
            Caller::Federated(_) | Caller::Service(_) | Caller::CanonicalUser(_) => None,
        };
        if let Some(kind) = kind {
            keys.push(("aws:PrincipalType", Some(kind.to_owned())));
        }
        if self.principal == Caller::Anonymous {
            keys.extend(OF_ANONYMOUS.map(|key| (key, Some(ANONYMOUS.to_owned()))));
        }
        match &self.principal {
            Caller::User(arn) => keys.push(("aws:username", Some(arn.rsplit('/').next().unwrap_or(arn).to_owned()))),
            Caller::CanonicalUser(_) => {}
            _ => keys.push(("aws:username", None)),
        }
        let service = if let Caller::Service(name) = &self.principal { Some(name.clone()) } else { None };
        match &self.principal {
            Caller::Anonymous => keys.push(("aws:PrincipalIsAWSService", None)),
            // Whether a request that an identity provider vouches for has it is not documented.
            Caller::Federated(_) => {}
            _ => keys.push(("aws:PrincipalIsAWSService", Some(service.is_some().to_string()))),
        }
        keys.push(("aws:PrincipalServiceName", service));
        if let Some(account) = account_of(&self.resource) {
            keys.push(("aws:ResourceAccount", Some(account.to_owned())));
        }
        if let Some((service, _)) = self.action.split_once(':')
            && service.eq_ignore_ascii_case("iam")
            && !self.action.eq_ignore_ascii_case("iam:PassRole")
        {
            keys.push(("iam:PassedToService", None));
        }
        keys
    }
}

/// What some keys of a request without a signature have in the place of an account or an id.
pub const ANONYMOUS: &str = "anonymous";
/// Those keys.
const OF_ANONYMOUS: [&str; 2] = ["aws:PrincipalAccount", "aws:userid"];

/// Keys, and families of them, that only signed requests have.
const OF_SIGNED_REQUESTS: &[&str] = &[
    "aws:AssumedRoot",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:SourceIdentity",
    "aws:TokenIssueTime",
];

/// Whether a key is another one or of its family.
fn is_of(key: &str, own: &str) -> bool {
    if own.ends_with('/') { has_prefix(key, own) } else { key.eq_ignore_ascii_case(own) }
}

/// The partition of an ARN; the public one for what is none.
fn partition(resource: &str) -> &str {
    fields(resource).map_or("aws", |fields| fields[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::eval::{Found, Values};

    #[test]
    fn what_follows_from_the_caller_is_set_and_what_is_given_stays() {
        let mut context = Context::open();
        context.set_one("aws:PrincipalType", "mine");
        let request = Request {
            principal: Caller::User("arn:aws:iam::111122223333:user/a/ann".into()),
            action: "s3:GetObject".into(),
            resource: "arn:aws:s3:::b/x".into(),
            context,
        }
        .with_derived_keys();
        let one = |value: &str| Values::One(value.to_owned());
        assert_eq!(request.context.get("aws:username"), Found::Present(&one("ann")));
        assert_eq!(request.context.get("aws:principalaccount"), Found::Present(&one("111122223333")));
        assert_eq!(request.context.get("aws:PrincipalType"), Found::Present(&one("mine")));
        assert_eq!(request.context.get("aws:ResourceAccount"), Found::NotGiven, "a bucket's ARN does not tell");
        assert_eq!(request.with_true_keys().context.get("aws:PrincipalType"), Found::Present(&one("User")));
    }

    #[test]
    fn a_request_without_a_signature_has_no_keys_of_signed_ones() {
        let mut context = Context::complete();
        for key in ["aws:PrincipalTag/team", "aws:PrincipalOrgID", "aws:PrincipalAccount", "aws:SourceIp"] {
            context.set_one(key, "mine");
        }
        let (principal, resource) = (Caller::Anonymous, "arn:aws:s3:::b/x".to_owned());
        let request = Request { principal, action: "s3:GetObject".into(), resource, context }.with_true_keys();
        let has: Vec<_> = request.context.present().map(|(key, values)| (key, values.as_slice()[0].as_str())).collect();
        assert_eq!(
            has,
            [
                ("aws:principalaccount", "anonymous"),
                ("aws:principaltype", "Anonymous"),
                ("aws:sourceip", "mine"),
                ("aws:userid", "anonymous"),
            ]
        );
    }
}
