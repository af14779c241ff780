//! Policies of which a part is known only to a deployment: what holds whatever the part will be.
//!
//! A text of a template or a plan may have holes ([`is_hole`](crate::policy::syntax::node::is_hole)), the same one where
//! the same expression stands. That nothing is granted is said when it holds of the most that each side can be, with holes
//! taken for policy variables where these can stand for them. That something is granted is said when it is so whatever
//! stands in the holes.

mod any_value;
mod bounds;
mod variables;

use std::borrow::Cow;

use self::bounds::{Toward, blank, bounded, has_holes};
pub(super) use self::variables::is_of_hole;
use self::variables::with_variables;
use super::answer::{Answer, Grant};
use super::public::own_values;
use super::question::Question;
use super::shared::shared;
use crate::policy::model::{Document, Effect};

/// What was found, with the question that was decided. It speaks for the one that was asked whatever stands in the holes.
#[derive(Debug)]
pub(super) struct Finding<'q> {
    /// The question; its resources may still have holes.
    pub(super) question: Cow<'q, Question<'q>>,
    /// What it found.
    pub(super) grants: Vec<Grant>,
}

impl Question<'_> {
    /// As [`Question::decide`], of policies that may have holes.
    pub(super) fn decide_partly_known(&self, is_identity: bool) -> Answer<Finding<'_>> {
        if !self.has_holes() {
            return match self.decide(is_identity) {
                Answer::Pass => Answer::Pass,
                Answer::Fail(grants) => Answer::Fail(vec![Finding { question: Cow::Borrowed(self), grants }]),
                Answer::Unknown(reasons) => Answer::Unknown(reasons),
            };
        }
        if self.at_most().decide(is_identity).is_pass() {
            return Answer::Pass;
        }
        let mut findings: Vec<Finding<'_>> = Vec::new();
        for question in std::iter::once(self.at_least()).chain(self.with_any_value()) {
            let Answer::Fail(mut grants) = question.decide(is_identity) else { continue };
            let is_known =
                |statement: usize| findings.iter().flat_map(|own| &own.grants).any(|own| own.statement == statement);
            grants.retain(|grant| !is_known(grant.statement));
            findings.push(Finding { question: Cow::Owned(question), grants });
        }
        if findings.iter().all(|own| own.grants.is_empty()) {
            let mut reasons: Vec<String> = own_values(self.subject()).collect();
            if reasons.is_empty() {
                reasons.push("it depends on values that only a deployment knows".to_owned());
            }
            return Answer::Unknown(reasons);
        }
        Answer::Fail(findings)
    }

    fn has_holes(&self) -> bool {
        self.documents().into_iter().any(|document| document.statements.iter().any(has_holes))
    }

    /// The question that finds everything that this one may find.
    fn at_most(&self) -> Question<'static> {
        use Toward::{Least, Most};
        let bounded =
            |document: &Document, allows, denies| Cow::Owned(bounded(&with_variables(document), allows, denies));
        match self {
            Self::NewAccess { existing, new } => Question::NewAccess {
                existing: bounded(existing, Least, Most),
                new: bounded(&without_common(new, existing), Most, Least),
            },
            Self::NoLongerDenied { existing, new } => Question::NoLongerDenied {
                existing: bounded(&without_same_denials(existing, new), Most, Most),
                new: bounded(new, Least, Least),
            },
            Self::Granted { policy, access, guards } => {
                Question::Granted { policy: bounded(policy, Most, Least), access: access.clone(), guards: *guards }
            }
        }
    }

    /// The question that finds only what this one finds in any case, for statements without holes.
    fn at_least(&self) -> Question<'static> {
        use Toward::{Least, Most};
        let bounded = |document: &Document, allows, denies| Cow::Owned(bounded(document, allows, denies));
        match self {
            Self::NewAccess { existing, new } => {
                Question::NewAccess { existing: bounded(existing, Most, Least), new: bounded(new, Least, Most) }
            }
            Self::NoLongerDenied { existing, new } => {
                Question::NoLongerDenied { existing: bounded(existing, Least, Least), new: bounded(new, Most, Most) }
            }
            Self::Granted { policy, access, guards } => {
                Question::Granted { policy: bounded(policy, Least, Most), access: access.clone(), guards: *guards }
            }
        }
    }
}

/// `new` without what it allows in the words of `existing`, which is no new access as long as all denials stay.
fn without_common(new: &Document, existing: &Document) -> Document {
    let mut rest = new.clone();
    let kept = shared(existing, new);
    if existing.with_effect(Effect::Deny).all(|(place, _)| kept.contains(&place)) {
        let common = shared(new, existing);
        blank(&mut rest, |place, statement| statement.effect == Effect::Allow && common.contains(&place));
    }
    rest
}

/// `existing` without the denials that `new` has, too.
fn without_same_denials(existing: &Document, new: &Document) -> Document {
    let mut rest = existing.clone();
    let kept = shared(existing, new);
    blank(&mut rest, |place, statement| statement.effect == Effect::Deny && kept.contains(&place));
    rest
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::syntax::Hole;
    use crate::policy::syntax::node::hole;

    fn policy(statements: &Value) -> Document {
        Document::from_value(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy")
    }

    fn say<P>(answer: &Answer<P>) -> &'static str {
        match answer {
            Answer::Pass => "pass",
            Answer::Fail(_) => "fail",
            Answer::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn what_holds_whatever_stands_in_the_holes_is_said_and_nothing_else() {
        let (one, other) = (format!("arn:aws:s3:::{}/*", hole(0)), format!("arn:aws:s3:::{}/*", hole(1)));
        let get = |resource: &str| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource});
        let deny = |resource: &str| json!({"Effect": "Deny", "Action": "s3:GetObject", "Resource": resource});
        let put = |resource: &str| json!({"Effect": "Allow", "Action": "s3:PutObject", "Resource": resource});
        let fixed = "arn:aws:s3:::lab/*";
        let partition = Hole::of("Ref \"AWS::Partition\"").letter();
        let within = |name: &str| get(&format!("arn:{partition}:s3:::{name}/*"));
        for (existing, new, expected) in [
            (json!([get(&one)]), json!([get(&one)]), "pass"),
            (json!([get(&one)]), json!([get(&other)]), "unknown"),
            // A partition has no colon, so that the rest of the ARN stays what it is.
            (json!([within("lab")]), json!([within("lab")]), "pass"),
            (json!([within("lab")]), json!([within("corp")]), "fail"),
            (json!([get(fixed)]), json!([within("lab")]), "unknown"),
            (json!([get("arn:aws:s3:::*")]), json!([get(&one)]), "pass"),
            (json!([get(&one)]), json!([get(&one), get(fixed)]), "unknown"),
            (json!([get(&one)]), json!([get(&one), {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]), "fail"),
            (json!([get("*"), deny(&one)]), json!([get("*"), deny(&one)]), "pass"),
            (json!([get("*"), deny(&one)]), json!([get("*"), deny(&other)]), "unknown"),
            (json!([get(&one), deny(fixed)]), json!([get(&one)]), "unknown"),
            (json!([get("*")]), json!([get("*"), deny(&one)]), "pass"),
            (json!([get(&one)]), json!([put(&one)]), "fail"),
            (json!([get(&one), put(fixed)]), json!([put(&one)]), "unknown"),
            (json!([get(&one)]), json!([get(&format!("arn:aws:s3:::{}/lab/*", hole(0)))]), "pass"),
            (json!([get(&format!("{}/*", hole(2)))]), json!([get(&format!("{}/a?", hole(2)))]), "pass"),
            (json!([get("*"), deny(&one)]), json!([get("*"), deny(&one), deny(fixed)]), "pass"),
            (json!([get("*"), deny("arn:aws:s3:::*")]), json!([get("*"), get(&one), deny(&one)]), "fail"),
        ] {
            let (existing, new) = (policy(&existing), policy(&new));
            let question = Question::new_access(&existing, &new);
            let answer = question.decide_partly_known(true);
            assert_eq!(say(&answer), expected, "{existing:?}\n{new:?}\n{answer:?}");
        }
    }

    #[test]
    fn the_same_words_of_another_version_are_not_the_same() {
        let one = hole(0);
        let version = |version: &str| {
            let resource = format!("arn:aws:s3:::lab/${{aws:username}}/{one}*");
            let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource});
            Document::from_value(&json!({"Version": version, "Statement": [statement]})).expect("a policy")
        };
        let (old, new) = (version("2008-10-17"), version("2012-10-17"));
        assert_eq!(say(&Question::new_access(&new, &new).decide_partly_known(true)), "pass");
        assert_eq!(say(&Question::new_access(&old, &new).decide_partly_known(true)), "fail");
    }

    #[test]
    fn a_stranger_is_sure_or_not() {
        let role = hole(3).to_string();
        let allow =
            |principal: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "sqs:*", "Resource": "*"});
        for (statements, expected) in [
            (json!([allow(json!({"AWS": role}))]), "unknown"),
            (json!([allow(json!({"AWS": role})), allow(json!("*"))]), "fail"),
            (json!([allow(json!({"AWS": "111122223333"}))]), "pass"),
        ] {
            let policy = policy(&statements);
            assert_eq!(say(&Question::public(&policy).decide_partly_known(false)), expected, "{statements}");
        }
    }

    #[test]
    fn denials_that_go_are_seen() {
        let deny = |action: &str| json!({"Effect": "Deny", "Action": action, "Resource": "*"});
        let allow = json!({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"});
        for (existing, new, expected) in [
            (json!([deny("s3:*")]), json!([allow]), "fail"),
            (json!([deny("s3:Get*")]), json!([allow]), "pass"),
            (json!([deny("s3:Get*")]), json!([deny("s3:GetObject")]), "fail"),
            (json!([deny("s3:Get*")]), json!([deny("s3:*")]), "pass"),
        ] {
            let (existing, new) = (policy(&existing), policy(&new));
            let question = Question::no_longer_denied(&existing, &new);
            let answer = question.decide_partly_known(true);
            assert_eq!(say(&answer), expected, "{existing:?}\n{new:?}\n{answer:?}");
        }
    }

    /// Policies of one or two statements, with a hole in some.
    fn with_holes() -> Vec<Document> {
        let one = hole(0);
        let allow = |action: &str, resource: &str| json!({"Effect": "Allow", "Action": action, "Resource": resource});
        let statements = [
            allow("s3:GetObject", &format!("arn:aws:s3:::{one}/*")),
            allow("s3:*", "arn:aws:s3:::lab/*"),
            allow("s3:GetObject", &format!("arn:aws:s3:::{one}/lab*")),
            allow("s3:PutObject", &format!("{one}")),
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": format!("arn:aws:s3:::{one}*")}),
            json!({"Effect": "Deny", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{one}/*")}),
            json!({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::lab/?"}),
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
                   "Condition": {"StringLike": {"aws:SourceVpce": format!("{one}*")}}}),
            json!({"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",
                   "Condition": {"StringNotEquals": {"aws:SourceVpce": [format!("{one}"), "lab"]}}}),
        ];
        let mut policies = Vec::new();
        for (place, first) in statements.iter().enumerate() {
            policies.push(policy(&json!([first])));
            policies.extend(statements[..place].iter().map(|second| policy(&json!([first, second]))));
        }
        policies
    }

    /// A policy with a value in the place of holes.
    fn with_value(document: &Document, value: &str) -> Document {
        let mut filled = document.clone();
        let fill = |text: &mut String| *text = text.replace(hole(0), value);
        for statement in &mut filled.statements {
            statement.resource.iter_mut().flat_map(|list| &mut list.patterns).for_each(fill);
            statement.conditions.iter_mut().flat_map(|condition| &mut condition.values).for_each(fill);
        }
        filled
    }

    #[test]
    fn no_value_contradicts_what_is_said_of_all() {
        let policies = with_holes();
        let (mut passed, mut failed) = (0, 0);
        for existing in &policies {
            for new in &policies {
                for question in [Question::new_access(existing, new), Question::no_longer_denied(existing, new)] {
                    let answer = question.decide_partly_known(true);
                    let is_pass = match &answer {
                        Answer::Pass => true,
                        Answer::Fail(_) => false,
                        Answer::Unknown(_) => continue,
                    };
                    passed += usize::from(is_pass);
                    failed += usize::from(!is_pass);
                    for value in ["lab", "x", "", "*", "arn:aws:s3:::lab/a", "lab/b?"] {
                        let (before, after) = (with_value(existing, value), with_value(new, value));
                        let decided = match &question {
                            Question::NewAccess { .. } => Question::new_access(&before, &after).decide(true),
                            _ => Question::no_longer_denied(&before, &after).decide(true),
                        };
                        let agrees = if is_pass { decided.proofs().is_empty() } else { !decided.is_pass() };
                        assert!(agrees, "{value:?} {question:?}\n{answer:?}\n{decided:?}");
                    }
                }
            }
        }
        assert!(passed > 100 && failed > 100, "{passed} passed, {failed} failed");
    }
}
