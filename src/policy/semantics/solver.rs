//! Is there a text that some patterns match and others do not: exact, with the text.
//!
//! The automata of all patterns are run side by side over the letters that matter. The number of steps is bounded; who
//! asks for more gets [`Exhausted`], never a guess.

use std::collections::HashMap;
use std::rc::Rc;

use super::automata::{self, Query};
use super::glob::{Dialect, Letter, Token, Variables, letters, matches, tokens};
use super::near::{Beginnings, of_pattern, of_text};

/// States that one question may visit altogether.
const MOST_STATES: usize = 2_000_000;
/// Lists of so many patterns are compared pattern by pattern.
const SHORT: usize = 4;

/// More steps were needed than are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it takes more steps than the budget allows")]
pub(super) struct Exhausted;

/// A pattern, by its number in the [`Solver`].
pub(super) type GlobId = u32;

/// A list of patterns of which one must match, by its number in the [`Solver`].
pub(super) type UnionId = u32;

/// The texts that match one pattern of each list of `within`, and none of the lists of `without`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TextSet {
    within: Vec<UnionId>,
    without: Vec<UnionId>,
}

impl TextSet {
    /// The texts of one list.
    pub(super) fn of(list: UnionId) -> Self {
        Self { within: vec![list], without: Vec::new() }
    }

    /// The texts of it that are in a list, or that are not.
    pub(super) fn add(&mut self, list: UnionId, is_in: bool) {
        let lists = if is_in { &mut self.within } else { &mut self.without };
        if let Err(place) = lists.binary_search(&list) {
            lists.insert(place, list);
        }
    }

    /// The texts that are in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        other.within.iter().for_each(|list| both.add(*list, true));
        other.without.iter().for_each(|list| both.add(*list, false));
        both
    }

    /// The lists of which one pattern each must match.
    pub(super) fn within(&self) -> &[UnionId] {
        &self.within
    }

    /// The lists of which no pattern may match.
    pub(super) fn without(&self) -> &[UnionId] {
        &self.without
    }
}

/// A pattern with what is quickly known about it.
#[derive(Debug)]
struct Glob {
    tokens: Rc<[Token]>,
    /// The same with wildcards in the place of variables; itself when it has none.
    upper: GlobId,
    /// The one text that it matches, if there is only one.
    literal: Option<Rc<[Letter]>>,
    has_variables: bool,
}

/// A list of patterns, sorted by their numbers.
#[derive(Debug)]
struct Union {
    globs: Rc<[GlobId]>,
    beginnings: Rc<Beginnings>,
}

/// Patterns, lists of them, and what was found out about them.
#[derive(Debug)]
pub(super) struct Solver {
    globs: Vec<Glob>,
    glob_ids: HashMap<Rc<[Token]>, GlobId>,
    unions: Vec<Union>,
    union_ids: HashMap<Rc<[GlobId]>, UnionId>,
    known: HashMap<TextSet, Option<Rc<[Letter]>>>,
    states: usize,
    /// The policy variables of all patterns.
    pub(super) variables: Variables,
}

impl Default for Solver {
    fn default() -> Self {
        Self {
            globs: Vec::new(),
            glob_ids: HashMap::new(),
            unions: Vec::new(),
            union_ids: HashMap::new(),
            known: HashMap::new(),
            states: MOST_STATES,
            variables: Variables::default(),
        }
    }
}

impl Solver {
    /// The list of these patterns. `has_variables` is false in policies of version 2008-10-17.
    pub(super) fn list<'p>(
        &mut self,
        patterns: impl IntoIterator<Item = &'p str>,
        dialect: Dialect,
        has_variables: bool,
    ) -> UnionId {
        let globs = patterns.into_iter().map(|pattern| {
            let tokens = tokens(pattern, dialect, has_variables.then_some(&mut self.variables));
            self.glob(tokens)
        });
        let globs: Vec<_> = globs.collect();
        self.union(globs)
    }

    /// The list of these patterns, given in tokens.
    pub(super) fn list_of_tokens(&mut self, patterns: impl IntoIterator<Item = Vec<Token>>) -> UnionId {
        let globs: Vec<_> = patterns.into_iter().map(|tokens| self.glob(tokens)).collect();
        self.union(globs)
    }

    /// The tokens of each pattern of a list.
    pub(super) fn tokens(&self, list: UnionId) -> impl Iterator<Item = &[Token]> {
        self.unions[list as usize].globs.iter().map(|glob| &*self.globs[*glob as usize].tokens)
    }

    fn union(&mut self, mut globs: Vec<GlobId>) -> UnionId {
        globs.sort_unstable();
        globs.dedup();
        let globs: Rc<[GlobId]> = globs.into();
        let next = id(self.unions.len());
        let known = *self.union_ids.entry(Rc::clone(&globs)).or_insert(next);
        if known == next {
            let beginnings = Beginnings::of(globs.iter().map(|glob| (*glob, &*self.globs[*glob as usize].tokens)));
            self.unions.push(Union { globs, beginnings: Rc::new(beginnings) });
        }
        known
    }

    fn glob(&mut self, tokens: Vec<Token>) -> GlobId {
        let tokens: Rc<[Token]> = tokens.into();
        if let Some(known) = self.glob_ids.get(&tokens) {
            return *known;
        }
        let has_variables = tokens.iter().any(|token| matches!(token, Token::Variable(_)));
        let upper = has_variables.then(|| {
            let open =
                tokens.iter().map(|token| if matches!(token, Token::Variable(_)) { Token::Many } else { *token });
            let mut open: Vec<_> = open.collect();
            open.dedup_by(|a, b| *a == Token::Many && *b == Token::Many);
            self.glob(open)
        });
        let letter = |token: &Token| if let Token::Char(c) = token { Some(Letter::Char(*c)) } else { None };
        let literal = tokens.iter().map(letter).collect::<Option<Rc<[Letter]>>>();
        let number = id(self.globs.len());
        self.globs.push(Glob { tokens: Rc::clone(&tokens), upper: upper.unwrap_or(number), literal, has_variables });
        self.glob_ids.insert(tokens, number);
        number
    }

    /// Whether a plain text is in a set; variables match nothing.
    pub(super) fn contains(&self, set: &TextSet, text: &str) -> bool {
        self.contains_letters(set, &letters(text))
    }

    /// Whether a text is in a set, whatever its variables stand for.
    pub(super) fn contains_letters(&self, set: &TextSet, text: &[Letter]) -> bool {
        let beginning = of_text(text);
        let near = |list: &UnionId| self.unions[*list as usize].beginnings.near(&beginning);
        let one_of = |list: &UnionId| near(list).any(|glob| self.is_match(glob, text));
        set.within.iter().all(one_of) && !set.without.iter().any(one_of)
    }

    fn is_match(&self, glob: GlobId, text: &[Letter]) -> bool {
        let glob = &self.globs[glob as usize];
        match &glob.literal {
            Some(literal) => **literal == *text,
            None => matches(&glob.tokens, text),
        }
    }

    /// A text of a set; `None` when there is none. Where patterns have variables, there may be none although one is given,
    /// never the other way round.
    pub(super) fn find(&mut self, set: &TextSet) -> Result<Option<Rc<[Letter]>>, Exhausted> {
        if let Some(known) = self.known.get(set) {
            return Ok(known.clone());
        }
        let found = self.search(set)?.map(Rc::from);
        self.known.insert(set.clone(), found.clone());
        Ok(found)
    }

    fn search(&mut self, set: &TextSet) -> Result<Option<Vec<Letter>>, Exhausted> {
        if set.within.iter().any(|list| set.without.contains(list)) {
            return Ok(None);
        }
        let Some((base, others)) = self.base(set) else {
            return self.search_below(&[Token::Many], &[], &set.without);
        };
        for glob in Rc::clone(&self.unions[base as usize].globs).iter().copied() {
            if set.without.iter().any(|list| self.has(*list, glob)) {
                continue;
            }
            if let Some(literal) = self.globs[glob as usize].literal.clone() {
                let beginning = of_text(&literal);
                let near = |list: &UnionId| self.unions[*list as usize].beginnings.near(&beginning);
                let open_one_of =
                    |list: &UnionId| near(list).any(|other| self.is_match(self.globs[other as usize].upper, &literal));
                let one_of = |list: &UnionId| near(list).any(|other| self.is_match(other, &literal));
                if others.iter().all(open_one_of) && !set.without.iter().any(one_of) {
                    return Ok(Some(literal.to_vec()));
                }
                continue;
            }
            let tokens = Rc::clone(&self.globs[glob as usize].tokens);
            let unions: Vec<_> = others.iter().filter_map(|list| self.narrowed(*list, glob)).collect();
            if let Some(found) = self.search_below(&tokens, &unions, &set.without)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether a list has this very pattern.
    fn has(&self, list: UnionId, glob: GlobId) -> bool {
        self.unions[list as usize].globs.binary_search(&glob).is_ok()
    }

    /// The list to go through pattern by pattern, and the others: one with variables, as the texts of their patterns are
    /// the only ones that hold variables in one piece; or the one that is least work.
    fn base(&self, set: &TextSet) -> Option<(UnionId, Vec<UnionId>)> {
        let base = match set.within.as_slice() {
            [only] => *only,
            all => *all.iter().min_by_key(|list| self.work(**list, set))?,
        };
        Some((base, set.within.iter().copied().filter(|list| *list != base).collect()))
    }

    /// Whether a list has no variables, and how much work it is to go through it: what a pattern costs grows with the
    /// patterns of all lists that its automaton would have to follow.
    fn work(&self, list: UnionId, set: &TextSet) -> (bool, usize) {
        let (mut plain, mut steps) = (true, 0_usize);
        for glob in self.unions[list as usize].globs.iter().map(|glob| &self.globs[*glob as usize]) {
            plain &= !glob.has_variables;
            steps += 1;
            if glob.literal.is_none() {
                let beginning = of_pattern(&glob.tokens);
                let others = set.within.iter().chain(&set.without).filter(|other| **other != list);
                let near = others.map(|other| self.unions[*other as usize].beginnings.near(&beginning).count());
                steps += near.sum::<usize>().pow(2);
            }
        }
        (plain, steps)
    }

    /// Whether a set has no text of a list, as far as two short lists show it at once; never wrongly so.
    pub(super) fn clearly_misses(&self, set: &TextSet, list: UnionId) -> bool {
        let is_short = |list: UnionId| self.unions[list as usize].globs.len() <= SHORT;
        let meets = |own: &[Token]| self.tokens(list).any(|other| automata::may_meet(own, other));
        is_short(list) && set.within.iter().any(|own| is_short(*own) && !self.tokens(*own).any(meets))
    }

    /// The patterns of a list that have a text in common with another pattern, variables opened; `None` when one of them
    /// is that pattern, so that the list demands nothing more.
    fn narrowed(&self, list: UnionId, glob: GlobId) -> Option<Vec<GlobId>> {
        if self.has(list, glob) && !self.globs[glob as usize].has_variables {
            return None;
        }
        let tokens = &self.globs[glob as usize].tokens;
        let beginning = of_pattern(tokens);
        let near = self.unions[list as usize].beginnings.near(&beginning);
        let upper: Vec<GlobId> = near.map(|other| self.globs[other as usize].upper).collect();
        if upper.iter().any(|other| automata::clearly_covers(&self.globs[*other as usize].tokens, tokens)) {
            return None;
        }
        let may_meet = |other: &GlobId| automata::may_meet(tokens, &self.globs[*other as usize].tokens);
        Some(upper.into_iter().filter(may_meet).collect())
    }

    /// A text of a pattern that each list takes in and no excluded one does.
    fn search_below(
        &mut self,
        base: &[Token],
        unions: &[Vec<GlobId>],
        excluded: &[UnionId],
    ) -> Result<Option<Vec<Letter>>, Exhausted> {
        if unions.iter().any(Vec::is_empty) {
            return Ok(None);
        }
        let tokens = |glob: &GlobId| &*self.globs[*glob as usize].tokens;
        let beginning = of_pattern(base);
        let near = excluded.iter().flat_map(|list| self.unions[*list as usize].beginnings.near(&beginning));
        let mut near: Vec<GlobId> = near.collect();
        near.sort_unstable();
        near.dedup();
        let near = near.iter().map(tokens).filter(|other| automata::may_meet(base, other));
        let mut query = Query { base, unions: Vec::new(), excluded: Vec::new() };
        for other in near {
            if automata::clearly_covers(other, base) {
                return Ok(None);
            }
            query.excluded.push(other);
        }
        query.unions = unions.iter().map(|globs| globs.iter().map(tokens).collect()).collect();
        let mut states = self.states;
        let found = query.run(&mut states);
        self.states = states;
        found
    }
}

/// Policies are at most some MiB, so that their patterns can be counted.
fn id(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
