//! Policies as rules of the request algebra.

use std::collections::BTreeMap;

use super::condition::{Atom, FactId, KeyId, Keys, variables_of};
use super::glob::Dialect;
use super::key::{Change, KeyState, Presence};
use super::principal::{Callers, Universe};
use super::search::MOST_REGIONS;
use super::solver::{Solver, TextSet, UnionId};
use crate::policy::matching::fields;
use crate::policy::model::{Document, Effect, Match, Statement};

/// What a request is made of besides its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dimension {
    /// Who asks.
    Principal,
    /// What for.
    Action,
    /// On what.
    Resource,
}

/// All dimensions.
pub(super) const DIMENSIONS: [Dimension; 3] = [Dimension::Action, Dimension::Resource, Dimension::Principal];

/// What a statement demands in one dimension.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Which.
    pub(super) dimension: Dimension,
    /// Whether the lists are of what it is not about.
    pub(super) negated: bool,
    /// The list with which it takes in the most.
    pub(super) most: UnionId,
    /// The list with which it takes in the least.
    pub(super) least: UnionId,
    /// Keys without which it may not apply, as variables have no value then.
    pub(super) open: Vec<KeyId>,
    /// Set when it is not known exactly what it takes in.
    pub(super) fact: Option<FactId>,
}

/// A statement: one demand a dimension, and conditions.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Its place in its document, from 0.
    pub(super) index: usize,
    /// Whether it allows or denies.
    pub(super) effect: Effect,
    /// What it demands of who, what for, and on what; nothing of a dimension that is not there.
    pub(super) sides: Vec<Side>,
    /// What it demands of the context.
    pub(super) atoms: Vec<Atom>,
}

/// A document as rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// Those that allow.
    pub(super) allows: Vec<Rule>,
    /// Those that deny.
    pub(super) denies: Vec<Rule>,
    /// What is not judged, so that nothing can be said to be the same or less.
    pub(super) caveats: Vec<String>,
}

/// Requests: one demand a dimension, and demands on condition keys.
#[derive(Clone, Debug)]
pub(super) struct Region {
    /// Who, what for, on what, by [`Dimension`].
    pub(super) sides: [TextSet; 3],
    /// Demands on keys, by number.
    pub(super) keys: BTreeMap<KeyId, KeyState>,
    /// Conditions that are followed as a whole: whether they hold.
    pub(super) facts: BTreeMap<FactId, bool>,
}

/// What all policies in question share.
#[derive(Debug)]
pub(super) struct World {
    /// Texts.
    pub(super) solver: Solver,
    /// Condition keys.
    pub(super) keys: Keys,
    /// Callers.
    pub(super) universe: Universe,
    /// Whether the caller is always a user, a role or a root user, as of the policies of principals.
    pub(super) is_identity: bool,
    /// Regions that may still be looked at.
    pub(super) regions: usize,
}

impl World {
    /// Looks at all policies in question; none other may be compiled in it.
    pub(super) fn of(documents: &[&Document], is_identity: bool) -> Self {
        let mut solver = Solver::default();
        let mut keys = Keys::default();
        let statements = || documents.iter().flat_map(|document| &document.statements);
        statements().flat_map(|statement| &statement.conditions).for_each(|condition| keys.see(condition));
        let named = statements().filter_map(|statement| statement.principal.as_ref());
        let universe = Universe::of(&mut solver, named.flat_map(|element| &element.principals));
        Self { solver, keys, universe, is_identity, regions: MOST_REGIONS }
    }

    /// All requests.
    pub(super) fn everything(&mut self) -> Region {
        let actions = self.solver.list(["*"], Dialect::Action, false);
        let callers = if self.is_identity { self.universe.aws } else { self.universe.everybody };
        let sides = [TextSet::of(callers), TextSet::of(actions), TextSet::default()];
        Region { sides, keys: BTreeMap::new(), facts: BTreeMap::new() }
    }

    /// What is demanded of a key in any request.
    pub(super) fn start(&mut self, key: KeyId) -> KeyState {
        let start = self.keys.start(key, &mut self.solver);
        start.and_then(|change| KeyState::default().with(&change)).unwrap_or_default()
    }

    /// A document's rules.
    pub(super) fn compile(&mut self, document: &Document) -> Rules {
        let has_variables = document.has_variables();
        let mut rules = Rules::default();
        for (index, statement) in document.statements.iter().enumerate() {
            if let Some(caveat) = caveat(statement, has_variables) {
                rules.caveats.push(format!("statement {}: {caveat}", index + 1));
            }
            let rule = self.rule(index, statement, has_variables);
            match rule.effect {
                Effect::Allow => rules.allows.push(rule),
                Effect::Deny => rules.denies.push(rule),
            }
        }
        if self.keys.is_full() || self.solver.variables.is_full() {
            rules.caveats.push("there are more condition keys and variables than can be told apart".to_owned());
        }
        rules
    }

    fn rule(&mut self, index: usize, statement: &Statement, has_variables: bool) -> Rule {
        let mut sides = vec![self.side(Dimension::Action, &statement.action, Dialect::Action, false)];
        if let Some(resource) = &statement.resource {
            sides.push(self.side(Dimension::Resource, resource, Dialect::Arn, has_variables));
        }
        if let Some(principal) = &statement.principal {
            let Callers { negated, most, least } = Callers::of(principal, statement.effect, &mut self.solver);
            let reason = || "NotPrincipal of a denial must name the account and the role of whom it spares".to_owned();
            let fact = (most != least).then(|| self.keys.fact(format!("NotPrincipal {principal:?}"), reason()));
            sides.push(Side { dimension: Dimension::Principal, negated, most, least, open: Vec::new(), fact });
        }
        let conditions = statement.conditions.iter();
        let atoms = conditions.map(|condition| self.keys.atom(condition, has_variables, &mut self.solver)).collect();
        Rule { index, effect: statement.effect, sides, atoms }
    }

    fn side(&mut self, dimension: Dimension, list: &Match, dialect: Dialect, has_variables: bool) -> Side {
        let union = self.solver.list(list.patterns.iter().map(String::as_str), dialect, has_variables);
        let variables = if list.negated { variables_of(&self.solver, union) } else { Vec::new() };
        let open: Vec<_> = variables.iter().map(|name| self.keys.number(name)).collect();
        let reason = || "NotResource has a variable, which may have no value".to_owned();
        let fact = (!open.is_empty()).then(|| self.keys.fact(format!("NotResource {:?}", list.patterns), reason()));
        Side { dimension, negated: list.negated, most: union, least: union, open, fact }
    }
}

impl Dimension {
    /// Its place in a [`Region`].
    pub(super) fn place(self) -> usize {
        match self {
            Self::Principal => 0,
            Self::Action => 1,
            Self::Resource => 2,
        }
    }
}

impl Side {
    /// The demand for a key to be absent, which lets a variable be without a value.
    pub(super) fn absent() -> Change {
        Change { presence: Presence::Absent, ..Change::default() }
    }
}

/// What of a statement is outside of what is decided.
fn caveat(statement: &Statement, has_variables: bool) -> Option<String> {
    if statement.principal.is_none() && statement.resource.is_none() {
        return Some("it has no Resource".to_owned());
    }
    let resources = statement.resource.iter().flat_map(|list| &list.patterns);
    for pattern in resources.filter(|pattern| has_variables && pattern.contains("${")) {
        if pattern.rfind("${") > pattern.rfind('}') {
            return Some(format!("the variable in {pattern:?} has no end"));
        }
        // A value with a colon moves all that follows it into other fields.
        let moves = match fields(pattern) {
            Some(parts) => {
                parts[..5].iter().skip_while(|part| !part.contains("${")).skip(1).any(|part| part.contains(['*', '?']))
            }
            None => wildcards_may_be_fields(pattern),
        };
        if moves {
            return Some(format!("{pattern:?} has wildcards behind a variable, in the same part of the ARN"));
        }
    }
    None
}

/// Whether a wildcard of what is less than an ARN could be one of its first five fields, by the value of a variable.
fn wildcards_may_be_fields(pattern: &str) -> bool {
    // Names of variables have colons of their own.
    let last = pattern.rfind('}').map_or(0, |end| end + 1);
    let (start, rest) = pattern.split_at(last);
    let first = rest.find(['*', '?']).unwrap_or(rest.len());
    start.contains(['*', '?']) || rest[first..].contains(':')
}
