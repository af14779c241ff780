//! Requests that one set of rules takes in and others do not: by splitting regions, with what is empty dropped at once.

use std::ops::ControlFlow;

use super::compile::{DIMENSIONS, Dimension, Region, Rule, Side, World};
use super::condition::KeyId;
use super::glob::Token;
use super::key::{Change, KeyState, Presence};
use super::principal::{ANONYMOUS, Owners, literal};
use super::solver::{Exhausted, TextSet, UnionId};
use crate::policy::eval::ANONYMOUS as ANONYMOUS_ACCOUNT;

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
        let mut changed = region.clone();
        changed.keys.insert(key, state);
        let is_tied = TIES.contains(&self.keys.get(key).name.as_str());
        if is_tied && self.is_empty(&changed, Dimension::Principal)? {
            return Ok(None);
        }
        Ok(Some(changed))
    }

    /// The callers of a region, with what its keys say about them.
    pub(super) fn callers(&mut self, region: &Region) -> TextSet {
        let mut set = region.sides[Dimension::Principal.place()].clone();
        let state = |world: &Self, name: &str| region.keys.get(&world.keys.find(name)?).cloned();
        if let Some(state) = state(self, "aws:principalarn") {
            let owners = self.universe.arn;
            self.tie(&mut set, &state, owners, |world, list, is_in| world.with_arn(list, is_in));
        }
        if let Some(state) = state(self, "aws:principalaccount") {
            let owners = self.universe.account;
            self.tie(&mut set, &state, owners, |world, list, _| world.in_account(list));
        }
        if let Some(state) = state(self, "aws:username") {
            tie_presence(&mut set, state.presence, self.universe.username);
        }
        if let Some(state) = state(self, "aws:principalisawsservice")
            && state.presence == Presence::Present
            && state.all.ranges.is_none()
        {
            let can_be = |word| self.solver.contains(&state.all.texts, word);
            match (can_be("true"), can_be("false")) {
                (true, false) => set.add(self.universe.services, true),
                (false, true) => set.add(self.universe.services, false),
                _ => {}
            }
        }
        set
    }

    /// Binds the callers to a key that follows from who asks. `texts` gives the callers whose value is in a list: all of
    /// them, or where they are to be left out (`false`), those of whom that is sure.
    fn tie(
        &mut self,
        set: &mut TextSet,
        state: &KeyState,
        owners: Owners,
        texts: impl Fn(&mut Self, UnionId, bool) -> Vec<Vec<Token>>,
    ) {
        if state.all.ranges.is_some() {
            return;
        }
        tie_presence(set, state.presence, owners);
        if state.presence == Presence::Absent {
            return;
        }
        let unbound: Vec<Vec<Token>> = self.solver.tokens(owners.may_lack).map(<[Token]>::to_vec).collect();
        for list in state.all.texts.within() {
            let allowed = texts(self, *list, true).into_iter().chain(unbound.iter().cloned());
            let allowed = self.solver.list_of_tokens(allowed);
            set.add(allowed, true);
        }
        for list in state.all.texts.without() {
            let denied = texts(self, *list, false);
            // A caller is out only when the key could not be anything else, which variables could.
            if !denied.iter().flatten().any(|token| matches!(token, Token::Variable(_))) {
                let denied = self.solver.list_of_tokens(denied);
                set.add(denied, false);
            }
        }
    }

    /// The callers with one of these ARNs. Of a session the key has its role, whose path the session does not show.
    fn with_arn(&mut self, list: UnionId, is_in: bool) -> Vec<Vec<Token>> {
        let of_aws = |arn: &[Token]| literal("AWS:").into_iter().chain(arn.iter().copied()).collect();
        let mut texts: Vec<Vec<Token>> = self.solver.tokens(list).map(of_aws).collect();
        if self.universe.has_sessions && is_in {
            texts.push(any_session());
        } else if self.universe.has_sessions {
            // A star takes in every role.
            let star = of_aws(&[Token::Many]);
            texts.retain(|text| *text == star || !self.may_be_session(text));
        }
        texts
    }

    /// Whether a text of callers could be that of a session.
    fn may_be_session(&mut self, text: &[Token]) -> bool {
        let (text, sessions) =
            (self.solver.list_of_tokens([text.to_vec()]), self.solver.list_of_tokens([any_session()]));
        let mut both = TextSet::of(text);
        both.add(sessions, true);
        !matches!(self.solver.find(&both), Ok(None))
    }

    /// The callers of one of these accounts, and those of none where the list takes in what they have.
    fn in_account(&self, list: UnionId) -> Vec<Vec<Token>> {
        let mut texts: Vec<Vec<Token>> = self.solver.tokens(list).map(in_account).collect();
        if self.solver.contains(&TextSet::of(list), ANONYMOUS_ACCOUNT) {
            texts.push(literal(ANONYMOUS));
        }
        texts
    }
}

/// Binds the callers to whether a key is there that follows from who asks.
fn tie_presence(set: &mut TextSet, presence: Presence, owners: Owners) {
    match presence {
        Presence::Absent => set.add(owners.has, false),
        Presence::Present => set.add(owners.may_have, true),
        Presence::Any => {}
    }
}

/// Keys that follow from who asks.
const TIES: &[&str] = &["aws:principalarn", "aws:principalaccount", "aws:username", "aws:principalisawsservice"];

/// An account's id as the text of its callers.
fn in_account(account: &[Token]) -> Vec<Token> {
    let mut tokens = literal("AWS:arn:");
    tokens.extend([Token::FieldMany, Token::Char(':'), Token::FieldMany, Token::Char(':'), Token::Char(':')]);
    tokens.extend(account);
    tokens.extend([Token::Char(':'), Token::Many]);
    tokens
}

fn any_session() -> Vec<Token> {
    let mut tokens = literal("AWS:arn:");
    tokens.push(Token::FieldMany);
    tokens.extend(literal(":sts::"));
    tokens.push(Token::FieldMany);
    tokens.extend(literal(":assumed-role/"));
    tokens.push(Token::Many);
    tokens
}
