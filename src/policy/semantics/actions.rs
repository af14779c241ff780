//! One request with many actions: what does not depend on the action is decided once.

use std::collections::{HashMap, HashSet};

use super::question::{Question, Sides};
use crate::policy::eval::statement::{Setting, applies};
use crate::policy::eval::{Request, Truth};
use crate::policy::matching;
use crate::policy::model::{Document, Effect, Match, Statement};

/// The action lists of a question's policies, made to be asked often: of each policy, those of its statements.
pub(super) struct ActionLists(Vec<Vec<ActionList>>);

/// An `Action` or `NotAction`, in lower case.
struct ActionList {
    negated: bool,
    /// Names without a wildcard.
    exact: HashSet<String>,
    /// What stands behind the colon, of patterns whose service has no wildcard.
    of_service: HashMap<String, Vec<String>>,
    /// All other patterns.
    open: Vec<String>,
}

/// A question about one request, whatever its action is.
pub(super) struct AnyAction<'q> {
    question: &'q Question<'q>,
    request: &'q Request,
    setting: Setting,
    /// Of each policy, what its statements say but for the action.
    policies: Vec<Vec<(Effect, Truth, &'q ActionList)>>,
}

impl ActionLists {
    pub(super) fn of(question: &Question<'_>) -> Self {
        let lists = |document: &Document| document.statements.iter().map(|own| ActionList::of(&own.action)).collect();
        Self(question.documents().into_iter().map(lists).collect())
    }

    /// The question about a request with any action.
    pub(super) fn about<'q>(
        &'q self,
        question: &'q Question<'q>,
        request: &'q Request,
        setting: Setting,
    ) -> AnyAction<'q> {
        let of = |(document, lists): (&Document, &'q Vec<ActionList>)| {
            // AWS reads a missing version as 2008-10-17, which has no variables.
            let setting = Setting { has_variables: document.version.as_deref() == Some("2012-10-17"), ..setting };
            let truths = document.statements.iter().map(|own| applies(&of_any_action(own), request, setting).truth);
            let statements = document.statements.iter().zip(truths).zip(lists);
            let statements = statements.map(|((own, truth), list)| (own.effect, truth, list));
            statements.filter(|(_, truth, _)| !truth.is_no()).collect()
        };
        let policies = question.documents().into_iter().zip(&self.0).map(of).collect();
        AnyAction { question, request, setting, policies }
    }
}

impl AnyAction<'_> {
    /// Whether it is so of the request with this action.
    pub(super) fn is_so(&self, action: &str) -> Truth {
        let lower = action.to_ascii_lowercase();
        let sides = |policy: usize| {
            let of = |effect: Effect| {
                let statements =
                    self.policies[policy].iter().filter(|(own, _, list)| *own == effect && list.takes(&lower));
                Truth::any(statements.map(|(_, truth, _)| truth.clone()))
            };
            Sides { allows: of(Effect::Allow), denies: of(Effect::Deny) }
        };
        self.question.is_so_by(sides, action, &self.request.resource, self.setting)
    }
}

impl ActionList {
    fn of(list: &Match) -> Self {
        let mut own =
            Self { negated: list.negated, exact: HashSet::new(), of_service: HashMap::new(), open: Vec::new() };
        for pattern in list.patterns.iter().map(|pattern| pattern.to_ascii_lowercase()) {
            let is_open = |text: &str| text.contains(['*', '?']);
            match pattern.split_once(':') {
                _ if !is_open(&pattern) => drop(own.exact.insert(pattern)),
                Some((service, name)) if !is_open(service) => {
                    own.of_service.entry(service.to_owned()).or_default().push(name.to_owned());
                }
                _ => own.open.push(pattern),
            }
        }
        own
    }

    /// Whether it takes an action in, which is in lower case.
    fn takes(&self, action: &str) -> bool {
        let (service, name) = action.split_once(':').unwrap_or((action, ""));
        let of_service = self.of_service.get(service).map(Vec::as_slice).unwrap_or_default();
        let is_listed = self.exact.contains(action)
            || of_service.iter().any(|pattern| matching::glob(pattern, name))
            || self.open.iter().any(|pattern| matching::glob(pattern, action));
        is_listed != self.negated
    }
}

/// A statement with what it demands but for the action.
fn of_any_action(statement: &Statement) -> Statement {
    Statement {
        sid: None,
        effect: statement.effect,
        principal: statement.principal.clone(),
        action: Match { negated: false, patterns: vec!["*".to_owned()] },
        resource: statement.resource.clone(),
        conditions: statement.conditions.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::catalogue::Catalogue;

    #[test]
    fn lists_take_in_what_their_patterns_do() {
        let patterns = ["s3:GetObject", "S3:List*", "ec2:*instance?", "*:TagResource", "iam:*", "sqs:?*Message"];
        for negated in [false, true] {
            let list = Match { negated, patterns: patterns.iter().map(|own| (*own).to_owned()).collect() };
            let fast = ActionList::of(&list);
            for (service, action) in Catalogue::embedded().matching("*") {
                let name = format!("{}:{}", service.prefix, action.name);
                let slow = patterns.iter().any(|pattern| matching::action(pattern, &name)) != negated;
                assert_eq!(fast.takes(&name.to_ascii_lowercase()), slow, "{name}");
            }
        }
    }
}
