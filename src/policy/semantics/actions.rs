//! One request with many actions: what does not depend on the action is decided once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::question::{Question, Sides};
use crate::policy::eval::statement::{Setting, applies};
use crate::policy::eval::{Request, Truth, variable_keys};
use crate::policy::matching;
use crate::policy::model::{Document, Effect, Match, Statement};

/// A question's policies, made to be asked about many actions.
pub(super) struct ActionLists {
    /// Of each policy, its statements.
    policies: Vec<Vec<Part>>,
    /// What statements list as actions; many list the same.
    lists: Vec<ActionList>,
}

/// A statement in two parts.
struct Part {
    effect: Effect,
    /// The place of its list of actions.
    actions: usize,
    /// What it demands but for the action.
    rest: Statement,
    /// The condition keys that decide about it, in lower case.
    keys: HashSet<String>,
}

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
    lists: &'q ActionLists,
    question: &'q Question<'q>,
    request: Request,
    setting: Setting,
    /// Of each policy, what its statements say but for the action.
    truths: Vec<Vec<Truth>>,
    /// The same of all statements with one effect and one list of actions; of several reasons for a doubt, the first.
    together: Vec<BTreeMap<(Effect, usize), Truth>>,
}

impl ActionLists {
    pub(super) fn of(question: &Question<'_>) -> Self {
        let (mut lists, mut known) = (Vec::new(), HashMap::new());
        let mut place = |actions: &Match| {
            *known.entry((actions.negated, actions.patterns.clone())).or_insert_with(|| {
                lists.push(ActionList::of(actions));
                lists.len() - 1
            })
        };
        let mut parts = |document: &Document| {
            document.statements.iter().map(|own| Part::of(own, place(&own.action))).collect::<Vec<_>>()
        };
        let policies = question.documents().into_iter().map(&mut parts).collect();
        Self { policies, lists }
    }

    /// The question about a request with any action.
    pub(super) fn about<'q>(&'q self, question: &'q Question<'q>, request: Request, setting: Setting) -> AnyAction<'q> {
        let truths = self.policies.iter().map(|parts| vec![Truth::No; parts.len()]).collect();
        let mut any = AnyAction { lists: self, question, request, setting, truths, together: Vec::new() };
        any.renew(|_| true);
        any
    }
}

impl Part {
    fn of(statement: &Statement, actions: usize) -> Self {
        let action = Match { negated: false, patterns: vec!["*".to_owned()] };
        let values = statement.conditions.iter().flat_map(|own| &own.values);
        let texts = values.chain(statement.resource.iter().flat_map(|list| &list.patterns));
        let variables = texts.flat_map(|text| variable_keys(text));
        let keys = statement.conditions.iter().map(|own| own.key.as_str()).chain(variables);
        let keys = keys.map(str::to_ascii_lowercase).collect();
        Self { effect: statement.effect, actions, rest: Statement { action, sid: None, ..statement.clone() }, keys }
    }
}

impl<'q> AnyAction<'q> {
    /// Asks again what some statements say; whether one says something else now.
    fn renew(&mut self, which: impl Fn(&Part) -> bool) -> bool {
        let mut has_changed = false;
        let policies = self.question.documents().into_iter().zip(&self.lists.policies).zip(&mut self.truths);
        for ((document, parts), truths) in policies {
            let has_variables = document.has_variables();
            let setting = Setting { has_variables, ..self.setting };
            for (part, truth) in parts.iter().zip(truths).filter(|(part, _)| which(part)) {
                let now = applies(&part.rest, &self.request, setting).truth;
                has_changed |= now != *truth;
                *truth = now;
            }
        }
        self.together = self.lists.policies.iter().zip(&self.truths).map(|(parts, own)| together(parts, own)).collect();
        has_changed
    }

    /// The same with one value of a key; `None` where this changes nothing.
    pub(super) fn with(&self, key: &str, value: &str) -> Option<AnyAction<'q>> {
        let mut request = self.request.clone();
        request.context.set_one(key, value);
        let mut with = AnyAction { request, truths: self.truths.clone(), together: Vec::new(), ..*self };
        let key = key.to_ascii_lowercase();
        with.renew(|part| part.keys.contains(&key)).then_some(with)
    }

    /// Whether it is so of the request with this action.
    pub(super) fn is_so(&self, action: &str) -> Truth {
        let lower = action.to_ascii_lowercase();
        let sides = |policy: usize| {
            let of = |effect: Effect| {
                let own = self.together[policy]
                    .iter()
                    .filter(|((own, list), _)| *own == effect && self.lists.lists[*list].takes(&lower));
                Truth::any(own.map(|(_, truth)| truth.clone()))
            };
            Sides { allows: of(Effect::Allow), denies: of(Effect::Deny) }
        };
        self.question.is_so_by(sides, action, &self.request.resource, self.setting)
    }
}

/// What statements say together that have one effect and one list of actions, unless that is no.
fn together(parts: &[Part], truths: &[Truth]) -> BTreeMap<(Effect, usize), Truth> {
    let mut together: BTreeMap<(Effect, usize), Truth> = BTreeMap::new();
    for (part, truth) in parts.iter().zip(truths).filter(|(_, truth)| !truth.is_no()) {
        let known = together.entry((part.effect, part.actions)).or_insert(Truth::No);
        if known.is_no() || truth.is_yes() {
            *known = truth.clone();
        }
    }
    together
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
