//! Keys that follow from who asks, as demands on callers.

use super::compile::{Dimension, Region, World};
use super::glob::Token;
use super::key::{KeyState, Presence};
use super::principal::{ANONYMOUS, Owners, any_session, literal, with_arn};
use super::solver::{TextSet, UnionId};
use crate::policy::eval::ANONYMOUS as ANONYMOUS_ACCOUNT;

/// The keys.
pub(super) const TIES: &[&str] =
    &["aws:principalarn", "aws:principalaccount", "aws:username", "aws:principalisawsservice"];

/// Whose value of a key is in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// All who may have such a value.
    May,
    /// Those who surely have.
    Surely,
}

impl World {
    /// The callers of a region, with what its keys say about them.
    pub(super) fn callers(&mut self, region: &Region) -> TextSet {
        let mut set = region.sides[Dimension::Principal.place()].clone();
        let state = |world: &Self, name: &str| region.keys.get(&world.keys.find(name)?).cloned();
        if let Some(state) = state(self, "aws:principalarn") {
            let owners = self.universe.arn;
            self.tie(&mut set, &state, owners, Self::whose_arn);
        }
        if let Some(state) = state(self, "aws:principalaccount") {
            let owners = self.universe.account;
            self.tie(&mut set, &state, owners, |world, list, _| world.in_account(list));
        }
        if let Some(state) = state(self, "aws:username") {
            let owners = self.universe.username;
            self.tie(&mut set, &state, owners, |world, list, whose| world.with_name(list, whose));
        }
        if let Some(state) = state(self, "aws:principalisawsservice") {
            let owners = self.universe.is_service;
            self.tie(&mut set, &state, owners, |world, list, _| world.services_or_not(list));
        }
        set
    }

    /// Binds the callers to one key, by the texts of those whose value is in a list.
    fn tie(
        &mut self,
        set: &mut TextSet,
        state: &KeyState,
        owners: Owners,
        texts: impl Fn(&mut Self, UnionId, Whose) -> Vec<Vec<Token>>,
    ) {
        if state.all.ranges.is_some() {
            return;
        }
        let star = [Token::Many];
        let is_all = |world: &Self, list: &UnionId| world.solver.tokens(*list).any(|tokens| tokens == star);
        match state.presence {
            Presence::Absent => return set.add(owners.has, false),
            Presence::Present => set.add(owners.may_have, true),
            // No value is left.
            Presence::Any if state.all.texts.without().iter().any(|list| is_all(self, list)) => {
                return set.add(owners.has, false);
            }
            Presence::Any => {}
        }
        let unbound: Vec<Vec<Token>> = self.solver.tokens(owners.may_lack).map(<[Token]>::to_vec).collect();
        for list in state.all.texts.within() {
            let allowed = texts(self, *list, Whose::May).into_iter().chain(unbound.iter().cloned());
            let allowed = self.solver.list_of_tokens(allowed);
            set.add(allowed, true);
        }
        for list in state.all.texts.without() {
            let denied = texts(self, *list, Whose::Surely);
            let strange = self.universe.strange;
            let denied: Vec<_> =
                denied.into_iter().filter(|text| is_plain(text) && !self.meets(text, strange)).collect();
            let denied = self.solver.list_of_tokens(denied);
            set.add(denied, false);
        }
    }

    /// Whether a text of callers could be one of a list.
    fn meets(&mut self, text: &[Token], list: UnionId) -> bool {
        let text = self.solver.list_of_tokens([text.to_vec()]);
        let mut both = TextSet::of(text);
        both.add(list, true);
        !matches!(self.solver.find(&both), Ok(None))
    }

    /// The callers with one of these ARNs. Of a session the key has its role, whose path the session does not show.
    fn whose_arn(&mut self, list: UnionId, whose: Whose) -> Vec<Vec<Token>> {
        let of_aws = |arn: &[Token]| literal("AWS:").into_iter().chain(arn.iter().copied()).collect();
        let mut texts: Vec<Vec<Token>> = self.solver.tokens(list).map(of_aws).collect();
        if self.universe.has_sessions && whose == Whose::May {
            texts.push(any_session());
        } else if self.universe.has_sessions {
            let sessions = self.solver.list_of_tokens([any_session()]);
            texts.retain(|text| !self.meets(text, sessions));
        }
        texts
    }

    /// The users with one of these names, in whatever path.
    fn with_name(&self, list: UnionId, whose: Whose) -> Vec<Vec<Token>> {
        let is_exact = |name: &&[Token]| name.iter().all(|token| matches!(token, Token::Char(_) | Token::Fold(_)));
        // A wildcard would take in paths.
        let names = self.solver.tokens(list).filter(|name| whose == Whose::May || is_exact(name));
        let user = |before: &str, path: &[Token], name: &[Token]| {
            with_arn(&[Token::FieldMany], &[Token::FieldMany], &[&literal(before), path, name].concat())
        };
        names
            .flat_map(|name| [user("user/", &[], name), user("user/", &[Token::Many, Token::Char('/')], name)])
            .collect()
    }

    /// Services where a list takes in `true`, and all others where it takes in `false`.
    fn services_or_not(&self, list: UnionId) -> Vec<Vec<Token>> {
        let is_in = |word: &&(&str, UnionId)| self.solver.contains(&TextSet::of(list), word.0);
        let callers = [("true", self.universe.services), ("false", self.universe.aws)];
        callers
            .iter()
            .filter(is_in)
            .flat_map(|(_, callers)| self.solver.tokens(*callers))
            .map(<[Token]>::to_vec)
            .collect()
    }

    /// The callers of one of these accounts, and those of none where the list takes in what they have.
    fn in_account(&self, list: UnionId) -> Vec<Vec<Token>> {
        let in_field = |token: &Token| match token {
            Token::Many => Token::FieldMany,
            Token::One => Token::FieldOne,
            other => *other,
        };
        let of = |account: &[Token]| {
            let account: Vec<Token> = account.iter().map(in_field).collect();
            with_arn(&[Token::FieldMany], &account, &[Token::Many])
        };
        let mut texts: Vec<Vec<Token>> = self.solver.tokens(list).map(of).collect();
        if self.solver.contains(&TextSet::of(list), ANONYMOUS_ACCOUNT) {
            texts.push(literal(ANONYMOUS));
        }
        texts
    }
}

/// Whether a text has no variables, so that it stands for the same whatever they are.
fn is_plain(text: &[Token]) -> bool {
    !text.iter().any(|token| matches!(token, Token::Variable(_)))
}
