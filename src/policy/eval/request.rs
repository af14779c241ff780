//! One concrete request.

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
        let context = &mut self.context;
        if let Some(arn) = self.principal.principal_arn(partition(&self.resource)) {
            context.set_if_not_given("aws:PrincipalArn", arn);
        }
        if let Some(account) = self.principal.account() {
            context.set_if_not_given("aws:PrincipalAccount", account);
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
            context.set_if_not_given("aws:PrincipalType", kind);
        }
        match &self.principal {
            Caller::User(arn) => {
                context.set_if_not_given("aws:username", arn.rsplit('/').next().unwrap_or(arn));
            }
            Caller::CanonicalUser(_) => {}
            _ => context.set_absent_if_not_given("aws:username"),
        }
        if let Caller::Service(name) = &self.principal {
            context.set_if_not_given("aws:PrincipalIsAWSService", "true");
            context.set_if_not_given("aws:PrincipalServiceName", name);
        } else {
            context.set_if_not_given("aws:PrincipalIsAWSService", "false");
            context.set_absent_if_not_given("aws:PrincipalServiceName");
        }
        if let Some(account) = account_of(&self.resource) {
            context.set_if_not_given("aws:ResourceAccount", account);
        }
        if let Some(service) = &self.action.split_once(':').map(|(service, _)| service)
            && service.eq_ignore_ascii_case("iam")
            && !self.action.eq_ignore_ascii_case("iam:PassRole")
        {
            context.set_absent_if_not_given("iam:PassedToService");
        }
        self
    }
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
    }
}
