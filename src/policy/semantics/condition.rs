//! Conditions as demands on keys: how each can hold, and how it can fail.

use std::collections::HashMap;
use std::rc::Rc;

use super::glob::{Dialect, Token};
use super::key::{Arity, Change, Named, Presence};
use super::partial::is_of_hole;
use super::ranges::{Comparison, Measure, Ranges};
use super::solver::{Solver, UnionId};
use crate::policy::model::{Condition, Quantifier};

/// A condition key, by its number in [`Keys`].
pub(super) type KeyId = u16;

/// A condition whose truth is followed as a whole, because its demands do not say all of it.
pub(super) type FactId = u16;

/// A condition key with what all policies in question do with it.
#[derive(Debug)]
pub(super) struct Key {
    /// In lower case.
    pub(super) name: String,
    /// What its values are compared as.
    pub(super) domain: Domain,
    /// Whether a condition compares it with `ForAllValues` or `ForAnyValue`.
    pub(super) has_sets: bool,
}

/// What the values of a key are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    /// Not at all.
    Nothing,
    /// Text.
    Text,
    /// `true` and `false`.
    Bool,
    /// Numbers, times, addresses.
    Measure(Measure),
    /// Several of these, which are not judged together.
    Mixed,
}

/// The condition keys of all policies in question, and the conditions that are followed as a whole.
#[derive(Debug, Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
    numbers: HashMap<String, KeyId>,
    /// Each with what makes it the same as another one, and why it is not taken apart.
    facts: Vec<(String, String)>,
}

/// How a condition can hold and fail: one of several ways each. A way is a demand on a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Atom {
    /// One of these must be so for it to hold.
    pub(super) holds: Vec<(KeyId, Change)>,
    /// One of these must be so for it to fail.
    pub(super) fails: Vec<(KeyId, Change)>,
    /// Set when these take in more than is so. When there are none, nothing is known but that it holds or fails.
    pub(super) fact: Option<FactId>,
}

/// What an operator does.
#[derive(Clone, Copy)]
enum Compare {
    Text(Dialect),
    Bool,
    Measure(Measure, Comparison),
}

/// The operators that are understood, each with whether it is a negation.
const OPERATORS: &[(&str, Compare, bool)] = &[
    ("StringEquals", Compare::Text(Dialect::Equal), false),
    ("StringNotEquals", Compare::Text(Dialect::Equal), true),
    ("StringEqualsIgnoreCase", Compare::Text(Dialect::EqualIgnoreCase), false),
    ("StringNotEqualsIgnoreCase", Compare::Text(Dialect::EqualIgnoreCase), true),
    ("StringLike", Compare::Text(Dialect::Like), false),
    ("StringNotLike", Compare::Text(Dialect::Like), true),
    ("BinaryEquals", Compare::Text(Dialect::Equal), false),
    ("ArnEquals", Compare::Text(Dialect::Arn), false),
    ("ArnLike", Compare::Text(Dialect::Arn), false),
    ("ArnNotEquals", Compare::Text(Dialect::Arn), true),
    ("ArnNotLike", Compare::Text(Dialect::Arn), true),
    ("Bool", Compare::Bool, false),
    ("NumericEquals", Compare::Measure(Measure::Number, Comparison::Is), false),
    ("NumericNotEquals", Compare::Measure(Measure::Number, Comparison::Is), true),
    ("NumericLessThan", Compare::Measure(Measure::Number, Comparison::Less), false),
    ("NumericLessThanEquals", Compare::Measure(Measure::Number, Comparison::AtMost), false),
    ("NumericGreaterThan", Compare::Measure(Measure::Number, Comparison::Greater), false),
    ("NumericGreaterThanEquals", Compare::Measure(Measure::Number, Comparison::AtLeast), false),
    ("DateEquals", Compare::Measure(Measure::Date, Comparison::Is), false),
    ("DateNotEquals", Compare::Measure(Measure::Date, Comparison::Is), true),
    ("DateLessThan", Compare::Measure(Measure::Date, Comparison::Less), false),
    ("DateLessThanEquals", Compare::Measure(Measure::Date, Comparison::AtMost), false),
    ("DateGreaterThan", Compare::Measure(Measure::Date, Comparison::Greater), false),
    ("DateGreaterThanEquals", Compare::Measure(Measure::Date, Comparison::AtLeast), false),
    ("IpAddress", Compare::Measure(Measure::Address, Comparison::Is), false),
    ("NotIpAddress", Compare::Measure(Measure::Address, Comparison::Is), true),
];

fn compare(base: &str) -> Option<(Compare, bool)> {
    let found = OPERATORS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(base));
    found.map(|(_, compare, is_negated)| (*compare, *is_negated))
}

impl Keys {
    /// The number of a key, in any case.
    pub(super) fn number(&mut self, name: &str) -> KeyId {
        let lower = name.to_ascii_lowercase();
        if let Some(known) = self.numbers.get(&lower) {
            return *known;
        }
        let number = u16::try_from(self.keys.len()).unwrap_or(u16::MAX);
        self.numbers.insert(lower.clone(), number);
        self.keys.push(Key { name: lower, domain: Domain::Nothing, has_sets: false });
        number
    }

    /// Whether there are more keys or conditions than have numbers of their own.
    pub(super) fn is_full(&self) -> bool {
        self.keys.len().max(self.facts.len()) > usize::from(u16::MAX)
    }

    /// The number of a key that some policy names.
    pub(super) fn find(&self, lower: &str) -> Option<KeyId> {
        self.numbers.get(lower).copied()
    }

    /// A key.
    pub(super) fn get(&self, number: KeyId) -> &Key {
        &self.keys[usize::from(number)]
    }

    /// Why a condition that is followed as a whole is not taken apart.
    pub(super) fn reason(&self, fact: FactId) -> &str {
        &self.facts[usize::from(fact)].1
    }

    /// Looks at a condition of any policy in question; all must be seen before any is taken apart.
    pub(super) fn see(&mut self, condition: &Condition) {
        let number = self.number(&condition.key);
        let key = &mut self.keys[usize::from(number)];
        if condition.operator.is("Null") {
            return;
        }
        key.has_sets |= condition.operator.quantifier.is_some();
        let domain = match compare(&condition.operator.base) {
            Some((Compare::Text(_), _)) => Domain::Text,
            Some((Compare::Bool, _)) => Domain::Bool,
            Some((Compare::Measure(measure, _), _)) => Domain::Measure(measure),
            None => return,
        };
        key.domain = match (key.domain, domain) {
            (Domain::Nothing, other) => other,
            (own, other) if own == other => own,
            (Domain::Text, Domain::Bool) | (Domain::Bool, Domain::Text) => Domain::Text,
            _ => Domain::Mixed,
        };
    }

    /// What every value of a key is in, before anything is demanded.
    pub(super) fn start(&self, number: KeyId, solver: &mut Solver) -> Option<Change> {
        let key = self.get(number);
        if is_of_hole(&key.name) {
            return Some(Change { presence: Presence::Present, ..Change::default() });
        }
        let everything = match key.domain {
            Domain::Bool => Named::Texts(solver.list(["true", "false"], Dialect::EqualIgnoreCase, false)),
            Domain::Measure(measure) => Named::Ranges(Rc::new(Ranges::everything(measure))),
            // A set that has nothing but an empty text counts as none.
            _ if key.has_sets => Named::Texts(solver.list_of_tokens([vec![Token::One, Token::Many]])),
            _ => return None,
        };
        let arity = if key.has_sets { Arity::Any } else { Arity::One };
        Some(Change { arity, all: Some((everything, true)), ..Change::default() })
    }

    /// A part of a statement that is followed as a whole. `identity` is the same for those that hold together.
    pub(super) fn fact(&mut self, identity: String, reason: String) -> FactId {
        let known = self.facts.iter().position(|(own, _)| *own == identity).unwrap_or_else(|| {
            self.facts.push((identity, reason));
            self.facts.len() - 1
        });
        u16::try_from(known).unwrap_or(u16::MAX)
    }

    /// Takes a condition apart.
    pub(super) fn atom(&mut self, condition: &Condition, has_variables: bool, solver: &mut Solver) -> Atom {
        let key = self.number(&condition.key);
        if condition.operator.is("Null") {
            return self.null(key, condition);
        }
        let named = self.named(key, condition, has_variables, solver);
        let (named, is_negated) = match named {
            Ok(named) => named,
            Err(reason) => {
                let reason = format!("{} of {} {reason}", condition.operator, condition.key);
                let fact = self.fact(identity(condition, has_variables), reason);
                return Atom { fact: Some(fact), ..Atom::default() };
            }
        };
        let mut atom = self.ways(key, condition, &named, is_negated);
        self.open_variables(condition, has_variables, is_negated, &named, solver, &mut atom);
        atom
    }

    /// The values that a condition names, and whether it wants them or not.
    fn named(
        &self,
        key: KeyId,
        condition: &Condition,
        has_variables: bool,
        solver: &mut Solver,
    ) -> Result<(Named, bool), &'static str> {
        let (compare, is_negated) = compare(&condition.operator.base).ok_or("is not understood")?;
        if self.get(key).domain == Domain::Mixed {
            return Err("compares a key that is also compared as something else");
        }
        let values = || condition.values.iter().map(String::as_str);
        // To a set operator a set of nothing but an empty text is none; what others make of it is not documented.
        if self.get(key).has_sets && values().any(str::is_empty) {
            return Err("names an empty text, and the key may have several values");
        }
        let named = match compare {
            Compare::Text(Dialect::EqualIgnoreCase) if !condition.values.iter().all(|value| value.is_ascii()) => {
                return Err("ignores the case of letters beyond ASCII");
            }
            Compare::Text(dialect) => {
                let mut unclosed = values().filter(|value| has_variables && value.contains("${"));
                if unclosed.any(|value| value.rfind("${") > value.rfind('}')) {
                    return Err("has a variable without an end");
                }
                Named::Texts(solver.list(values(), dialect, has_variables))
            }
            Compare::Bool => {
                if !values().all(|value| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")) {
                    return Err("has a value that is neither true nor false");
                }
                Named::Texts(solver.list(values(), Dialect::EqualIgnoreCase, false))
            }
            Compare::Measure(measure, comparison) => {
                let mut all = Ranges::nothing(measure);
                for value in values() {
                    all = all.or(&Ranges::of(measure, comparison, value).ok_or("has a value that is not understood")?);
                }
                Named::Ranges(Rc::new(all))
            }
        };
        Ok((named, is_negated))
    }

    fn ways(&self, key: KeyId, condition: &Condition, named: &Named, is_negated: bool) -> Atom {
        let all = |is_in: bool, presence| Change { presence, all: Some((named.clone(), is_in)), ..Change::default() };
        let some = |is_in: bool| Change { some: Some((named.clone(), is_in)), ..Change::default() };
        let absent = || Change { presence: Presence::Absent, ..Change::default() };
        let wanted = !is_negated;
        let if_exists = condition.operator.if_exists;
        let (holds, fails) = match condition.operator.quantifier {
            Some(Quantifier::ForAllValues) => (vec![all(wanted, Presence::Any)], vec![some(!wanted)]),
            Some(Quantifier::ForAnyValue) if if_exists => {
                (vec![absent(), some(wanted)], vec![all(!wanted, Presence::Present)])
            }
            Some(Quantifier::ForAnyValue) => (vec![some(wanted)], vec![all(!wanted, Presence::Any)]),
            None => {
                let one = |change| Change { arity: Arity::One, ..change };
                let (holds_absent, fails_absent) = if is_negated || if_exists {
                    (Presence::Any, Presence::Present)
                } else {
                    (Presence::Present, Presence::Any)
                };
                let mut ways = (vec![one(all(wanted, holds_absent))], vec![one(all(!wanted, fails_absent))]);
                if self.get(key).has_sets {
                    // What AWS says of several values without a set operator is not documented: both may be.
                    let several = || Change { arity: Arity::Many, ..Change::default() };
                    ways.0.push(several());
                    ways.1.push(several());
                }
                ways
            }
        };
        let of_key = |ways: Vec<Change>| ways.into_iter().map(|change| (key, change)).collect();
        Atom { holds: of_key(holds), fails: of_key(fails), fact: None }
    }

    /// A negated operator with a variable that has no value may hold or fail.
    fn open_variables(
        &mut self,
        condition: &Condition,
        has_variables: bool,
        is_negated: bool,
        named: &Named,
        solver: &Solver,
        atom: &mut Atom,
    ) {
        let Named::Texts(list) = named else { return };
        let variables = variables_of(solver, *list);
        let key = self.number(&condition.key);
        let has_both = self.get(key).has_sets && condition.operator.quantifier.is_none();
        if variables.is_empty() && !has_both {
            return;
        }
        let reason = format!("{} of {} depends on more than its key", condition.operator, condition.key);
        atom.fact = Some(self.fact(identity(condition, has_variables), reason));
        if is_negated {
            for name in variables {
                let absent = Change { presence: Presence::Absent, ..Change::default() };
                atom.fails.push((self.number(&name), absent));
            }
        }
    }

    fn null(&mut self, key: KeyId, condition: &Condition) -> Atom {
        let is = |word: &str| condition.values.iter().any(|value| value.eq_ignore_ascii_case(word));
        let change = |presence| (key, Change { presence, ..Change::default() });
        let (absent, present) = (change(Presence::Absent), change(Presence::Present));
        let known = |value: &String| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
        if !condition.values.iter().all(known) {
            let reason = format!("Null of {} has a value that is neither true nor false", condition.key);
            return Atom { fact: Some(self.fact(identity(condition, false), reason)), ..Atom::default() };
        }
        let mut atom = Atom::default();
        for (way, holds) in [(absent, is("true")), (present, is("false"))] {
            if holds { &mut atom.holds } else { &mut atom.fails }.push(way);
        }
        atom
    }
}

/// What makes two conditions the same.
fn identity(condition: &Condition, has_variables: bool) -> String {
    let key = condition.key.to_ascii_lowercase();
    format!("{} {key} {:?} {has_variables}", condition.operator, condition.values)
}

/// The keys of the variables in a list that have no default.
pub(super) fn variables_of(solver: &Solver, list: UnionId) -> Vec<String> {
    let tokens = solver.tokens(list).flatten();
    let numbers = tokens.filter_map(|token| if let Token::Variable(number) = token { Some(*number) } else { None });
    let mut names: Vec<_> = numbers.map(|number| solver.variables.key(number).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
