//! What one policy says by itself, as if no other had a say.

use super::decide::reasons;
use super::policies::{Layer, Said};
use super::statement::Setting;
use super::{Decision, Did, Named, Reason, Request, Verdict};

/// Decides a request by one policy. `is_pattern` says that it asks about everything that its resource matches.
#[must_use]
pub fn decide_by(policy: &Named<'_>, request: &Request, is_pattern: bool) -> Decision {
    let statements = policy.document.as_ref().map(|document| document.statements.as_slice()).unwrap_or_default();
    let layer = if statements.iter().any(|own| own.principal.is_some()) { Layer::Resource } else { Layer::Identity };
    let setting = Setting { resource_is_pattern: is_pattern, ..Setting::default() };
    let said = Said::of(layer, [policy], request, setting);
    let verdict = if said.denies().is_yes() {
        Verdict::ExplicitlyDenied
    } else {
        Verdict::of(said.allows().and(said.denies().negated()))
    };
    let reasons = match &verdict {
        Verdict::ExplicitlyDenied => reasons(&said, Did::Deny),
        Verdict::Allowed => reasons(&said, Did::Allow),
        Verdict::Unknown(_) => reasons(&said, Did::MayDecide),
        Verdict::ImplicitlyDenied => {
            vec![Reason { layer, part: Did::NotAllow, policy: Some(policy.name.clone()), statements: Vec::new() }]
        }
    };
    Decision { verdict, reasons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Document;
    use crate::policy::eval::{Caller, Context};

    #[test]
    fn one_policy_is_all_that_counts() {
        let policy = Document::from_value(&serde_json::json!({"Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Sid": "Keep", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
            {"Effect": "Allow", "Action": "sqs:*", "Resource": "*",
             "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}))
        .expect("a policy");
        let named = Named::read("p.json", &policy);
        let decide = |action: &str| {
            let principal = Caller::parse("arn:aws:iam::111122223333:role/example").expect("a role");
            let (action, resource) = (action.to_owned(), "arn:aws:s3:::lab/a".to_owned());
            decide_by(&named, &Request { principal, action, resource, context: Context::open() }, false)
        };
        assert_eq!(decide("s3:GetObject").verdict, Verdict::Allowed);
        let denied = decide("s3:DeleteObject");
        assert_eq!(denied.verdict, Verdict::ExplicitlyDenied);
        assert_eq!(denied.reasons[0].statements, ["statement 2 (Sid Keep)"]);
        assert!(matches!(decide("sqs:SendMessage").verdict, Verdict::Unknown(_)));
        assert_eq!(decide("sns:Publish").verdict, Verdict::ImplicitlyDenied);
    }
}
