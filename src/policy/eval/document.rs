//! What one policy document says to a request, and by which of its statements.

use super::super::model::{Document, Effect};
use super::principal::Reach;
use super::statement::applies;
use super::{Doubt, Request, Truth};

/// What one policy says: whether it denies and whether it allows, each by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Whether a statement denies.
    pub denies: Part,
    /// Whether a statement allows.
    pub allows: Part,
}

/// Whether some statement of one effect applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whether one does.
    pub truth: Truth,
    /// The places, from 0, of the statements that apply; when none surely does, of those that may.
    pub by: Vec<usize>,
    /// The closest way in which the principals of those that surely apply take the caller in.
    pub reach: Option<Reach>,
}

/// What a document says to a request.
#[must_use]
pub fn evaluate(document: &Document, request: &Request) -> Effects {
    // AWS reads a missing version as 2008-10-17, which has no variables.
    let has_variables = document.version.as_deref() == Some("2012-10-17");
    let part = |effect| {
        let mut part = Part { truth: Truth::No, by: Vec::new(), reach: None };
        for (index, statement) in document.with_effect(effect) {
            let applies = applies(statement, request, has_variables);
            if applies.truth.is_no() {
                continue;
            }
            let is_first_sure = applies.truth.is_yes() && !part.truth.is_yes();
            if is_first_sure {
                part.by.clear();
            }
            if applies.truth.is_yes() || !part.truth.is_yes() {
                part.by.push(index);
            }
            if applies.truth.is_yes() {
                part.reach = part.reach.max(applies.reach);
            }
            part.truth = part.truth.or(applies.truth);
        }
        part
    };
    Effects { denies: part(Effect::Deny), allows: part(Effect::Allow) }
}

impl Effects {
    /// What is to be said of a policy whose text is not there: nothing.
    #[must_use]
    pub fn unread(reason: &str) -> Self {
        let part = || Part { truth: Truth::unknown(Doubt::Other(reason.to_owned())), by: Vec::new(), reach: None };
        Self { denies: part(), allows: part() }
    }

    /// Whether this policy by itself lets the request through: it allows and does not deny.
    #[must_use]
    pub fn grants(&self) -> Truth {
        self.allows.truth.clone().and(self.denies.truth.clone().negated())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::eval::{Caller, Context};

    fn ask(policy: &Value, action: &str, resource: &str) -> Effects {
        let document = Document::from_value(policy).expect("a policy");
        let principal = Caller::User("arn:aws:iam::111122223333:user/ann".into());
        let request = Request { principal, action: action.into(), resource: resource.into(), context: Context::open() };
        evaluate(&document, &request.with_derived_keys())
    }

    #[test]
    fn names_the_statements_that_decide() {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::${aws:username}/*"},
            {"Effect": "Deny", "Action": "s3:Delete*", "NotResource": "arn:aws:s3:::b/*"}]});
        let own = ask(&policy, "S3:getobject", "arn:aws:s3:::ann/x");
        assert_eq!((own.allows.truth.clone(), own.allows.by.as_slice()), (Truth::Yes, &[1][..]));
        assert_eq!(own.grants(), Truth::Yes);
        let other = ask(&policy, "s3:GetObject", "arn:aws:s3:::bob/x");
        assert_eq!(other.grants(), Truth::unknown(Doubt::Key("aws:SecureTransport".into())));
        assert_eq!(other.allows.by, [0]);
        let deleted = ask(&policy, "s3:DeleteObject", "arn:aws:s3:::ann/x");
        assert_eq!((deleted.grants(), deleted.denies.by), (Truth::No, vec![2]));
        assert_eq!(ask(&policy, "iam:GetUser", "*").grants(), Truth::No);
    }

    #[test]
    fn variables_are_letters_in_an_old_version() {
        let policy =
            json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}/*"}});
        assert_eq!(ask(&policy, "s3:GetObject", "arn:aws:s3:::ann/x").grants(), Truth::No);
        assert_eq!(ask(&policy, "s3:GetObject", "arn:aws:s3:::${aws:username}/x").grants(), Truth::Yes);
    }

    #[test]
    fn an_unread_policy_says_nothing() {
        assert!(!Effects::unread("it was not read").grants().doubts().is_empty());
    }
}
