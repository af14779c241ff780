//! What is demanded of one condition key: whether it is there, and which values it has.

use std::rc::Rc;

use super::ranges::Ranges;
use super::solver::{Exhausted, Solver, TextSet, UnionId};

/// Whether a request has the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Presence {
    /// It may or may not.
    #[default]
    Any,
    /// It has.
    Present,
    /// It has not.
    Absent,
}

/// How many values the key has, if it has any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Arity {
    /// Any number.
    #[default]
    Any,
    /// One.
    One,
    /// Two or more.
    Many,
}

/// The values that a condition names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Texts that match a list.
    Texts(UnionId),
    /// Numbers, times or addresses.
    Ranges(Rc<Ranges>),
}

/// A set of values of a key. Text and what is measured do not mix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ValueSet {
    /// The texts.
    pub(super) texts: TextSet,
    /// What is measured; `None` when the key holds text, or nothing is demanded.
    pub(super) ranges: Option<Rc<Ranges>>,
}

/// What a region demands of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct KeyState {
    /// Whether it is there.
    pub(super) presence: Presence,
    /// How many values it has.
    pub(super) arity: Arity,
    /// What every value is in.
    pub(super) all: ValueSet,
    /// For each of these, some value is in it.
    pub(super) some: Vec<ValueSet>,
}

/// One way in which a condition holds, or fails, as far as one key goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Whether it must be there.
    pub(super) presence: Presence,
    /// How many values it must have.
    pub(super) arity: Arity,
    /// What every value must be in, or (`false`) out of.
    pub(super) all: Option<(Named, bool)>,
    /// What some value must be in, or (`false`) out of.
    pub(super) some: Option<(Named, bool)>,
}

impl ValueSet {
    fn add(&mut self, named: &Named, is_in: bool) {
        match named {
            Named::Texts(list) => self.texts.add(*list, is_in),
            Named::Ranges(ranges) => {
                let ranges = if is_in { Rc::clone(ranges) } else { Rc::new(ranges.not()) };
                self.ranges = Some(self.ranges.as_ref().map_or(Rc::clone(&ranges), |own| Rc::new(own.and(&ranges))));
            }
        }
    }

    fn and(&self, other: &Self) -> Self {
        let ranges = match (&self.ranges, &other.ranges) {
            (Some(own), Some(other)) => Some(Rc::new(own.and(other))),
            (own, other) => own.clone().or_else(|| other.clone()),
        };
        Self { texts: self.texts.and(&other.texts), ranges }
    }

    fn is_empty(&self, solver: &mut Solver) -> Result<bool, Exhausted> {
        match &self.ranges {
            Some(ranges) => Ok(ranges.is_empty()),
            None => Ok(solver.find(&self.texts)?.is_none()),
        }
    }
}

impl KeyState {
    /// With one more demand; `None` when it contradicts by the presence or the number of values alone.
    pub(super) fn with(&self, change: &Change) -> Option<Self> {
        let mut state = self.clone();
        state.presence = match (self.presence, change.presence) {
            (own, Presence::Any) => own,
            (Presence::Any, other) => other,
            (own, other) if own == other => own,
            _ => return None,
        };
        state.arity = match (self.arity, change.arity) {
            (own, Arity::Any) => own,
            (Arity::Any, other) => other,
            (own, other) if own == other => own,
            // One value at most and two at least: only a request without the key is left, if that.
            _ if state.presence == Presence::Present => return None,
            _ => {
                state.presence = Presence::Absent;
                Arity::Any
            }
        };
        if let Some((named, is_in)) = &change.all {
            state.all.add(named, *is_in);
        }
        if let Some((named, is_in)) = &change.some {
            let mut some = ValueSet::default();
            some.add(named, *is_in);
            if !state.some.contains(&some) {
                state.some.push(some);
            }
        }
        let is_needed = !state.some.is_empty() || state.arity == Arity::Many;
        match state.presence {
            Presence::Absent if is_needed => None,
            Presence::Any if is_needed => {
                state.presence = Presence::Present;
                Some(state)
            }
            _ => Some(state),
        }
    }

    /// The sets of which a request must have a value each; none when it may do without the key.
    pub(super) fn wanted(&self) -> Vec<ValueSet> {
        if self.presence != Presence::Present {
            return Vec::new();
        }
        if self.arity == Arity::One {
            return vec![self.some.iter().fold(self.all.clone(), |all, some| all.and(some))];
        }
        if self.some.is_empty() {
            return vec![self.all.clone()];
        }
        self.some.iter().map(|some| some.and(&self.all)).collect()
    }

    /// Whether no request is like this. Of two or more values it is not looked whether they can differ.
    pub(super) fn is_impossible(&self, solver: &mut Solver) -> Result<bool, Exhausted> {
        for set in self.wanted() {
            if set.is_empty(solver)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
