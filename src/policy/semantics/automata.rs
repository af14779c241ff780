//! Automata of several patterns, run side by side as sets of bits.

use std::collections::{HashMap, HashSet, VecDeque};

use super::glob::{Letter, Take, Token, arrive, matches, takes};
use super::solver::Exhausted;

/// Is there a text of `base` that one pattern of each of `unions` matches, and none of `excluded`?
///
/// A variable of `base` is a letter of its own. For `unions` (whose own variables were opened before) it may be any text;
/// `excluded` patterns match it only where they do so whatever it is.
#[derive(Debug)]
pub(super) struct Query<'t> {
    pub(super) base: &'t [Token],
    pub(super) unions: Vec<Vec<&'t [Token]>>,
    pub(super) excluded: Vec<&'t [Token]>,
}

/// Whether two patterns may have a text in common, by their fixed beginnings and ends.
pub(super) fn may_meet(a: &[Token], b: &[Token]) -> bool {
    let differ = |pair: (&Token, &Token)| match pair {
        (Token::Char(a), Token::Char(b)) | (Token::Fold(a), Token::Fold(b)) => a != b,
        (Token::Char(c), Token::Fold(f)) | (Token::Fold(f), Token::Char(c)) => c.to_ascii_lowercase() != *f,
        _ => false,
    };
    let both_fixed = |pair: &(&Token, &Token)| is_fixed(*pair.0) && is_fixed(*pair.1);
    if a.iter().zip(b).take_while(both_fixed).any(differ)
        || a.iter().rev().zip(b.iter().rev()).take_while(both_fixed).any(differ)
    {
        return false;
    }
    let all_fixed = |tokens: &[Token]| tokens.iter().all(|token| is_fixed(*token));
    let least = |tokens: &[Token]| tokens.iter().filter(|token| is_fixed(**token) || is_one(**token)).count();
    !(all_fixed(a) && least(b) > a.len() || all_fixed(b) && least(a) > b.len())
}

/// Whether a pattern takes in whatever another one does, as far as their tokens show it one by one; never wrongly so.
pub(super) fn clearly_covers(outer: &[Token], inner: &[Token]) -> bool {
    let stays = |token: Token, other: Token| match token {
        Token::Many => true,
        Token::FieldMany => match other {
            Token::FieldMany | Token::FieldOne => true,
            Token::Char(c) | Token::Fold(c) => c != ':',
            Token::Many | Token::One | Token::Variable(_) => false,
        },
        _ => false,
    };
    let passes = |token: Token, other: Token| match (token, other) {
        (Token::One, Token::One | Token::FieldOne | Token::Char(_) | Token::Fold(_)) => true,
        (Token::FieldOne, Token::Char(c) | Token::Fold(c)) => c != ':',
        (Token::Fold(own), Token::Char(c)) => own == c.to_ascii_lowercase(),
        (own, other) => own == other && !matches!(own, Token::Many | Token::FieldMany),
    };
    // Few places are open at a time.
    let (mut places, mut next) = (Vec::with_capacity(4), Vec::with_capacity(4));
    arrive(outer, 0, &mut places);
    for other in inner {
        next.clear();
        for place in &places {
            let Some(token) = outer.get(*place) else { continue };
            if stays(*token, *other) {
                arrive(outer, *place, &mut next);
            }
            if passes(*token, *other) {
                arrive(outer, place + 1, &mut next);
            }
        }
        if next.is_empty() {
            return false;
        }
        std::mem::swap(&mut places, &mut next);
    }
    places.contains(&outer.len())
}

fn is_fixed(token: Token) -> bool {
    matches!(token, Token::Char(_) | Token::Fold(_))
}

fn is_one(token: Token) -> bool {
    matches!(token, Token::One | Token::FieldOne)
}

/// Where each automaton is: one bit a token and one for the end, pattern after pattern.
type State = Box<[u64]>;

/// What a letter does: which places pass on, which stay.
struct Step {
    passes: State,
    stays: State,
}

/// The automata of a query.
struct Machine<'t> {
    patterns: Vec<&'t [Token]>,
    starts: Vec<usize>,
    words: usize,
    stars: State,
    /// The first pattern of each union, and one behind the last; the base is a union of its own.
    unions: Vec<(usize, usize)>,
    /// The first excluded pattern.
    excluded: usize,
    fresh: char,
    steps: HashMap<Letter, Step>,
}

impl Query<'_> {
    /// A text, `None` when there is none; each state that is visited is taken off the budget.
    pub(super) fn run(&self, budget: &mut usize) -> Result<Option<Vec<Letter>>, Exhausted> {
        let mut machine = Machine::of(self);
        if let Some(quick) = self.guess(machine.fresh) {
            return Ok(Some(quick));
        }
        let start = machine.start();
        if machine.is_hopeless(&start) {
            return Ok(None);
        }
        let mut from: Vec<(usize, Letter)> = vec![(0, Letter::Char(machine.fresh))];
        let mut seen: HashSet<State> = HashSet::from([start.clone()]);
        let mut open = VecDeque::from([(0, start)]);
        while let Some((number, state)) = open.pop_front() {
            if machine.is_end(&state) {
                return Ok(Some(path(&from, number)));
            }
            for letter in machine.letters(&state) {
                let next = machine.step(&state, letter);
                if machine.is_hopeless(&next) || seen.contains(&next) {
                    continue;
                }
                // What a state costs grows with the number of patterns.
                let cost = 1 + machine.words / 8;
                *budget = budget.checked_sub(cost).ok_or(Exhausted)?;
                seen.insert(next.clone());
                from.push((number, letter));
                open.push_back((from.len() - 1, next));
            }
        }
        Ok(None)
    }

    /// Most sets that are not empty have a text in which every star stands for nothing, or for one strange letter.
    fn guess(&self, fresh: char) -> Option<Vec<Letter>> {
        [false, true].into_iter().find_map(|fill| {
            let letter = |token: &Token| match token {
                Token::Char(c) | Token::Fold(c) => Some(Letter::Char(*c)),
                Token::One | Token::FieldOne => Some(Letter::Char(fresh)),
                Token::Many | Token::FieldMany => fill.then_some(Letter::Char(fresh)),
                Token::Variable(number) => Some(Letter::Variable(*number)),
            };
            let text: Vec<_> = self.base.iter().filter_map(letter).collect();
            let taken = |union: &Vec<&[Token]>| union.iter().any(|tokens| matches(tokens, &text));
            let is_one = self.unions.iter().all(taken) && !self.excluded.iter().any(|tokens| matches(tokens, &text));
            is_one.then_some(text)
        })
    }
}

fn path(from: &[(usize, Letter)], mut number: usize) -> Vec<Letter> {
    let mut text = Vec::new();
    while number != 0 {
        let (before, letter) = from[number];
        text.push(letter);
        number = before;
    }
    text.reverse();
    text
}

impl<'t> Machine<'t> {
    fn of(query: &Query<'t>) -> Self {
        let mut patterns = vec![query.base];
        let mut unions = vec![(0, 1)];
        for union in &query.unions {
            unions.push((patterns.len(), patterns.len() + union.len()));
            patterns.extend(union);
        }
        let excluded = patterns.len();
        patterns.extend(&query.excluded);
        let mut starts = Vec::with_capacity(patterns.len());
        let mut bits = 0;
        for pattern in &patterns {
            starts.push(bits);
            bits += pattern.len() + 1;
        }
        let words = bits.div_ceil(64);
        let mut stars = vec![0; words].into_boxed_slice();
        for (start, pattern) in starts.iter().zip(&patterns) {
            for (i, token) in pattern.iter().enumerate() {
                if matches!(token, Token::Many | Token::FieldMany) {
                    set(&mut stars, start + i);
                }
            }
        }
        let fresh = fresh(&patterns);
        Self { patterns, starts, words, stars, unions, excluded, fresh, steps: HashMap::new() }
    }

    fn start(&self) -> State {
        let mut state = vec![0; self.words].into_boxed_slice();
        self.starts.iter().for_each(|start| set(&mut state, *start));
        self.rest_at_stars(&mut state);
        state
    }

    /// Stars that stand together are of different sorts, at most two of them; so going on twice is enough.
    fn rest_at_stars(&self, state: &mut [u64]) {
        for _ in 0..2 {
            let mut carry = 0;
            for (word, stars) in state.iter_mut().zip(&self.stars) {
                let at = *word & stars;
                *word |= (at << 1) | carry;
                carry = at >> 63;
            }
        }
    }

    fn end(&self, pattern: usize) -> usize {
        self.starts[pattern] + self.patterns[pattern].len()
    }

    fn is_end(&self, state: &[u64]) -> bool {
        let ended = |pattern: usize| is_set(state, self.end(pattern));
        self.unions.iter().all(|(from, to)| (*from..*to).any(ended)) && !(self.excluded..self.patterns.len()).any(ended)
    }

    /// Whether no text that goes on from here can be one: a union has come to nothing, or an excluded pattern takes in
    /// whatever follows.
    fn is_hopeless(&self, state: &[u64]) -> bool {
        let alive = |pattern: usize| (self.starts[pattern]..=self.end(pattern)).any(|bit| is_set(state, bit));
        let takes_all = |pattern: usize| {
            self.patterns[pattern].last() == Some(&Token::Many) && is_set(state, self.end(pattern) - 1)
        };
        !self.unions.iter().all(|(from, to)| (*from..*to).any(alive))
            || (self.excluded..self.patterns.len()).any(takes_all)
    }

    /// The letters that make a difference in a state; all others do what the fresh one does.
    fn letters(&self, state: &[u64]) -> Vec<Letter> {
        let mut of_base = Vec::new();
        let (mut is_open, mut has_fields) = (false, false);
        for token in self.active(state, 0) {
            match token {
                Token::Char(c) => of_base.push(Letter::Char(c)),
                Token::Fold(c) => of_base.extend([c, c.to_ascii_uppercase()].map(Letter::Char)),
                Token::Variable(number) => of_base.push(Letter::Variable(number)),
                Token::One | Token::Many | Token::FieldOne | Token::FieldMany => is_open = true,
            }
        }
        if is_open {
            of_base.push(Letter::Char(self.fresh));
            for pattern in 0..self.patterns.len() {
                for token in self.active(state, pattern) {
                    match token {
                        Token::Char(c) => of_base.push(Letter::Char(c)),
                        Token::Fold(c) => of_base.extend([c, c.to_ascii_uppercase()].map(Letter::Char)),
                        Token::FieldOne | Token::FieldMany => has_fields = true,
                        Token::One | Token::Many | Token::Variable(_) => {}
                    }
                }
            }
            if has_fields {
                of_base.push(Letter::Char(':'));
            }
        }
        let mut seen = HashSet::with_capacity(of_base.len());
        of_base.retain(|letter| seen.insert(*letter));
        of_base
    }

    fn active(&self, state: &[u64], pattern: usize) -> impl Iterator<Item = Token> {
        let start = self.starts[pattern];
        self.patterns[pattern].iter().enumerate().filter(move |(i, _)| is_set(state, start + i)).map(|(_, t)| *t)
    }

    fn step(&mut self, state: &[u64], letter: Letter) -> State {
        if !self.steps.contains_key(&letter) {
            let step = self.make_step(letter);
            self.steps.insert(letter, step);
        }
        let mut next = vec![0; self.words].into_boxed_slice();
        if let Some(step) = self.steps.get(&letter) {
            let mut carry = 0;
            for i in 0..self.words {
                let passing = state[i] & step.passes[i];
                next[i] = (passing << 1) | carry | (state[i] & step.stays[i]);
                carry = passing >> 63;
            }
        }
        if matches!(letter, Letter::Variable(_)) {
            self.open_variable(state, &mut next);
        }
        self.rest_at_stars(&mut next);
        next
    }

    /// A variable may be any text, so that a pattern of a union may be anywhere behind its first place.
    fn open_variable(&self, state: &[u64], next: &mut [u64]) {
        for pattern in 1..self.excluded {
            let range = self.starts[pattern]..=self.end(pattern);
            if let Some(first) = range.clone().find(|bit| is_set(state, *bit)) {
                (first..=*range.end()).for_each(|bit| set(next, bit));
            }
        }
    }

    fn make_step(&self, letter: Letter) -> Step {
        let empty = || vec![0; self.words].into_boxed_slice();
        let mut step = Step { passes: empty(), stays: empty() };
        for (start, pattern) in self.starts.iter().zip(&self.patterns) {
            for (i, token) in pattern.iter().enumerate() {
                match takes(*token, letter) {
                    Take::Stays => set(&mut step.stays, start + i),
                    Take::Passes => set(&mut step.passes, start + i),
                    Take::Refuses => {}
                }
            }
        }
        step
    }
}

/// A character that no pattern has, one that reads well if there is one.
fn fresh(patterns: &[&[Token]]) -> char {
    let used: HashSet<char> = patterns
        .iter()
        .flat_map(|tokens| tokens.iter())
        .flat_map(|token| match token {
            Token::Char(c) | Token::Fold(c) => vec![*c, c.to_ascii_uppercase()],
            _ => Vec::new(),
        })
        .collect();
    let readable = ('a'..='z').rev().chain('0'..='9').chain('A'..='Z');
    let mut all = readable.chain('\u{a1}'..=char::MAX);
    all.find(|c| !used.contains(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn set(state: &mut [u64], bit: usize) {
    state[bit / 64] |= 1 << (bit % 64);
}

fn is_set(state: &[u64], bit: usize) -> bool {
    state[bit / 64] & (1 << (bit % 64)) != 0
}
