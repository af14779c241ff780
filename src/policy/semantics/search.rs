//! Requests that one set of rules takes in and others do not: by splitting regions, with what is empty dropped at once.

use std::ops::ControlFlow;

use super::callers::TIES;
use super::compile::{DIMENSIONS, Dimension, Region, Rule, Side, World};
use super::condition::KeyId;
use super::key::Change;
use super::solver::Exhausted;

/// Regions that one question may look at.
pub(super) const MOST_REGIONS: usize = 100_000;

/// What goes on, or is done.
pub(super) type Flow = Result<ControlFlow<()>, Exhausted>;

impl World {
    /// Gives each region of a region that no rule takes in, until told to stop. Regions may overlap.
    pub(super) fn outside(
        &mut self,
        region: &Region,
        rules: &[&Rule],
        visit: &mut dyn FnMut(&mut World, &Region) -> ControlFlow<()>,
    ) -> Flow {
        let mut region = region.clone();
        let mut rules: Vec<&Rule> = rules.to_vec();
        loop {
            self.regions = self.regions.checked_sub(1).ok_or(Exhausted)?;
            let mut best: Option<(usize, Vec<Region>)> = None;
            let mut left: Vec<&Rule> = Vec::with_capacity(rules.len());
            let mut forced = None;
            for (i, rule) in rules.iter().enumerate() {
                if self.within(&region, rule)?.is_empty() {
                    continue;
                }
                let mut ways = self.escapes(&region, rule)?;
                match ways.len() {
                    0 => return Ok(ControlFlow::Continue(())),
                    // One way out has to be taken, whatever else is to come.
                    1 => {
                        forced = ways.pop();
                        left.extend(&rules[i + 1..]);
                        break;
                    }
                    _ => {
                        if best.as_ref().is_none_or(|(_, least)| ways.len() < least.len()) {
                            best = Some((left.len(), ways));
                        }
                        left.push(rule);
                    }
                }
            }
            if let Some(way) = forced {
                region = way;
                rules = left;
                continue;
            }
            let Some((place, ways)) = best else { return Ok(visit(self, &region)) };
            left.remove(place);
            for way in ways {
                if self.outside(&way, &left, visit)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            return Ok(ControlFlow::Continue(()));
        }
    }

    /// The parts of a region that a rule may take in.
    pub(super) fn within(&mut self, region: &Region, rule: &Rule) -> Result<Vec<Region>, Exhausted> {
        let misses =
            |side: &Side| !side.negated && self.solver.clearly_misses(&region.sides[side.dimension.place()], side.most);
        if rule.sides.iter().any(misses) {
            return Ok(Vec::new());
        }
        let mut whole = region.clone();
        for side in &rule.sides {
            whole.sides[side.dimension.place()].add(side.most, !side.negated);
            if !whole.assume(side.fact, true) {
                return Ok(Vec::new());
            }
        }
        for dimension in DIMENSIONS {
            if self.is_empty(&whole, dimension)? {
                return Ok(Vec::new());
            }
        }
        let mut parts = vec![whole];
        for atom in &rule.atoms {
            let mut next = Vec::with_capacity(parts.len());
            for mut part in parts {
                if !part.assume(atom.fact, true) {
                    continue;
                }
                if atom.holds.is_empty() && atom.fact.is_some() {
                    next.push(part);
                    continue;
                }
                for (key, change) in &atom.holds {
                    next.extend(self.changed(&part, *key, change)?);
                }
            }
            self.regions = self.regions.checked_sub(next.len() / 8).ok_or(Exhausted)?;
            parts = next;
        }
        Ok(parts)
    }

    /// The parts of a region that a rule may leave out.
    fn escapes(&mut self, region: &Region, rule: &Rule) -> Result<Vec<Region>, Exhausted> {
        let mut ways = Vec::new();
        for side in &rule.sides {
            let mut way = region.clone();
            if !way.assume(side.fact, false) {
                continue;
            }
            for key in &side.open {
                ways.extend(self.changed(&way, *key, &Side::absent())?);
            }
            way.sides[side.dimension.place()].add(side.least, side.negated);
            if !self.is_empty(&way, side.dimension)? {
                ways.push(way);
            }
        }
        for atom in &rule.atoms {
            let mut way = region.clone();
            if !way.assume(atom.fact, false) {
                continue;
            }
            if atom.fails.is_empty() && atom.holds.is_empty() && atom.fact.is_some() {
                ways.push(way);
                continue;
            }
            for (key, change) in &atom.fails {
                ways.extend(self.changed(&way, *key, change)?);
            }
        }
        Ok(ways)
    }
}

impl Region {
    /// Takes a condition to hold or to fail; whether that does not contradict.
    fn assume(&mut self, fact: Option<u16>, holds: bool) -> bool {
        let Some(fact) = fact else { return true };
        *self.facts.entry(fact).or_insert(holds) == holds
    }
}

impl World {
    /// Whether no text is left in one dimension of a region.
    pub(super) fn is_empty(&mut self, region: &Region, dimension: Dimension) -> Result<bool, Exhausted> {
        let set = match dimension {
            Dimension::Principal => self.callers(region),
            _ => region.sides[dimension.place()].clone(),
        };
        Ok(self.solver.find(&set)?.is_none())
    }

    /// A region with one more demand on a key; `None` when nothing is left.
    pub(super) fn changed(
        &mut self,
        region: &Region,
        key: KeyId,
        change: &Change,
    ) -> Result<Option<Region>, Exhausted> {
        let state = match region.keys.get(&key) {
            Some(state) => state.with(change),
            None => self.start(key).with(change),
        };
        let Some(state) = state else { return Ok(None) };
        if state.is_impossible(&mut self.solver)? {
            return Ok(None);
        }
        // What is large takes long to copy.
        self.regions = self.regions.checked_sub(region.keys.len() / 64).ok_or(Exhausted)?;
        let mut changed = region.clone();
        changed.keys.insert(key, state);
        let is_tied = TIES.contains(&self.keys.get(key).name.as_str());
        if is_tied && self.is_empty(&changed, Dimension::Principal)? {
            return Ok(None);
        }
        Ok(Some(changed))
    }
}
