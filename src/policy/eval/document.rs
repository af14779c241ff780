//! What one policy document says to a request, and by which of its statements.

use super::super::model::{Document, Effect};
use super::principal::Reach;
use super::statement::{Applies, Setting, applies};
use super::{Doubt, Request, Truth};

/// What one policy says: whether it denies and whether it allows, each by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Whether a statement denies.
    pub denies: Part,
    /// Whether a statement allows.
    pub allows: Part,
}

/// The statements of one effect that apply, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whether one of them applies.
    pub truth: Truth,
    /// Those that do not surely miss the request, in their order.
    pub statements: Vec<Applying>,
}

/// A statement that applies, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applying {
    /// Its place, from 0.
    pub index: usize,
    /// Whether it applies; never a no.
    pub truth: Truth,
    /// How its principal takes the caller in; none of a policy without principals, or where that is not known.
    pub reach: Option<Reach>,
}

/// What a document says to a request.
#[must_use]
pub fn evaluate(document: &Document, request: &Request) -> Effects {
    evaluate_in(document, request, Setting::default())
}

/// As [`evaluate`], in a setting; whether there are variables, the document itself says.
#[must_use]
pub fn evaluate_in(document: &Document, request: &Request, setting: Setting) -> Effects {
    let setting = Setting { has_variables: document.has_variables(), ..setting };
    let part = |effect| {
        let mut part = Part { truth: Truth::No, statements: Vec::new() };
        for (index, statement) in document.with_effect(effect) {
            let Applies { truth, reach, .. } = applies(statement, request, setting);
            if !truth.is_no() {
                part.truth = part.truth.or(truth.clone());
                part.statements.push(Applying { index, truth, reach });
            }
        }
        part
    };
    Effects { denies: part(Effect::Deny), allows: part(Effect::Allow) }
}

impl Part {
    /// The places of the statements that decide: those that surely apply; when none does, those that may.
    #[must_use]
    pub fn by(&self) -> Vec<usize> {
        let sure = self.truth.is_yes();
        self.statements.iter().filter(|own| !sure || own.truth.is_yes()).map(|own| own.index).collect()
    }

    /// Whether a statement applies whose principal takes the caller in like this. One counts, too, of which that is not
    /// known; of a policy that was not read, nothing is.
    #[must_use]
    pub fn truth_where(&self, reaches: impl Fn(Reach) -> bool) -> Truth {
        if self.statements.is_empty() {
            return self.truth.clone();
        }
        Truth::any(self.statements.iter().filter(|own| own.reach.is_none_or(&reaches)).map(|own| own.truth.clone()))
    }
}

impl Effects {
    /// What is to be said of a policy whose text is not there: nothing.
    #[must_use]
    pub fn unread(reason: &str) -> Self {
        let part = || Part { truth: Truth::unknown(Doubt::Other(reason.to_owned())), statements: Vec::new() };
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
        assert_eq!((own.allows.truth.clone(), own.allows.by()), (Truth::Yes, vec![1]));
        assert_eq!(own.grants(), Truth::Yes);
        let other = ask(&policy, "s3:GetObject", "arn:aws:s3:::bob/x");
        assert_eq!(other.grants(), Truth::unknown(Doubt::Key("aws:SecureTransport".into())));
        assert_eq!(other.allows.by(), [0]);
        let deleted = ask(&policy, "s3:DeleteObject", "arn:aws:s3:::ann/x");
        assert_eq!((deleted.grants(), deleted.denies.by()), (Truth::No, vec![2]));
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
