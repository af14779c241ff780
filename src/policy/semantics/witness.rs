//! From a region to one request in it, which is then put to the evaluator: what it does not confirm is no proof.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::{Dimension, Region, World};
use super::glob::{Dialect, Letter, Token};
use super::key::{Arity, KeyState, Presence, ValueSet};
use super::principal::{ANONYMOUS, caller, is_role_of, literal};
use super::solver::{Exhausted, TextSet};
use crate::policy::catalogue::Catalogue;
use crate::policy::eval::{Caller, Context, Found, Request, Truth, Values};
use crate::policy::pattern::overlaps_type;
use crate::policy::trust::account_of;

/// Actions that people know, looked at first.
const WELL_KNOWN: &[&str] =
    &["s3:GetObject", "s3:PutObject", "s3:ListBucket", "ec2:RunInstances", "iam:CreateUser", "sts:AssumeRole"];
/// Actions of the catalogue that are tried, until the automaton's own text has to do.
const MOST_ACTIONS: usize = 4_000;
/// The account of callers and resources that are made up.
const ACCOUNT: &str = "111122223333";
/// Accounts that AWS uses in examples.
const ACCOUNTS: [&str; 3] = [ACCOUNT, "444455556666", "777788889999"];

/// Requests of a region, the most readable first, until one is confirmed; otherwise why none was.
pub(super) fn confirmed(
    world: &mut World,
    region: &Region,
    confirms: &dyn Fn(&Request) -> Truth,
) -> Result<Result<Request, BTreeSet<String>>, Exhausted> {
    let mut doubts: BTreeSet<String> = region.facts.keys().map(|fact| world.keys.reason(*fact).to_owned()).collect();
    let callers = world.caller_texts(region)?;
    let named: Vec<_> = callers
        .iter()
        .filter_map(|text| plain(text, &BTreeMap::new()))
        .map(|text| caller(&text, &world.universe))
        .collect();
    if named.iter().all(Result::is_err) {
        doubts.extend(named.into_iter().filter_map(Result::err));
    }
    let actions = world.action_texts(region)?;
    for action in &actions {
        for resource in world.resource_texts(region, action)? {
            for text in &callers {
                let Some(request) = world.request(region, text, action, &resource)? else { continue };
                let filled = world.with_variables(region, &request, text)?;
                for request in [Some(request), filled].into_iter().flatten() {
                    match confirms(&request) {
                        Truth::Yes => return Ok(Ok(request)),
                        Truth::No => {}
                        Truth::Unknown(reasons) => doubts.extend(reasons.iter().map(ToString::to_string)),
                    }
                }
            }
        }
    }
    Ok(Err(doubts))
}

impl World {
    fn request(
        &mut self,
        region: &Region,
        caller_text: &[Letter],
        action: &str,
        resource: &[Letter],
    ) -> Result<Option<Request>, Exhausted> {
        let mut variables: BTreeMap<u16, String> = BTreeMap::new();
        let mut context = Context::complete();
        let mut values: BTreeMap<String, Vec<Vec<Letter>>> = BTreeMap::new();
        for (number, state) in &region.keys {
            let name = self.keys.get(*number).name.clone();
            if state.presence == Presence::Absent {
                context.set_absent(&name);
            } else if state.presence == Presence::Present {
                let state =
                    if name == "aws:principalarn" { self.of_session(state, caller_text) } else { state.clone() };
                values.insert(name, self.values(&state)?);
            }
        }
        let texts = values.values().flatten().flatten().chain(caller_text).chain(resource);
        let used: BTreeSet<u16> = texts
            .filter_map(|letter| if let Letter::Variable(number) = letter { Some(*number) } else { None })
            .collect();
        for number in used {
            let key = self.solver.variables.key(number).to_owned();
            let known = values.get(&key).and_then(|all| all.first()).and_then(|letters| plain(letters, &variables));
            let value = match known {
                Some(value) => value,
                None => match self.variable_value(region, &key, caller_text)? {
                    Some(value) => value,
                    None => return Ok(None),
                },
            };
            if !values.contains_key(&key) {
                context.set_one(&key, value.clone());
            }
            variables.insert(number, value);
        }
        for (name, all) in &values {
            let Some(all) = all.iter().map(|letters| plain(letters, &variables)).collect::<Option<Vec<_>>>() else {
                return Ok(None);
            };
            let is_set = self.keys.find(name).is_some_and(|key| {
                let is_one = region.keys.get(&key).is_some_and(|state| state.arity == Arity::One);
                self.keys.get(key).has_sets && !is_one
            });
            let mut all = all;
            match all.pop() {
                Some(only) if all.is_empty() && !is_set => context.set_one(name, only),
                Some(last) => {
                    all.push(last);
                    context.set(name, Values::Many(all));
                }
                None => {}
            }
        }
        let principal = plain(caller_text, &variables).and_then(|text| caller(&text, &self.universe).ok());
        let (Some(mut principal), Some(resource)) = (principal, plain(resource, &variables)) else { return Ok(None) };
        if let (Caller::Session { arn, role }, Found::Present(Values::One(wanted))) =
            (&mut principal, context.get("aws:PrincipalArn"))
            && is_role_of(wanted, arn)
        {
            *role = Some(wanted.clone());
        }
        Ok(Some(Request { principal, action: action.to_owned(), resource, context }.with_true_keys()))
    }

    /// What is demanded of `aws:PrincipalArn`, of a session: that it is the ARN of its role, in whatever path.
    fn of_session(&mut self, state: &KeyState, caller_text: &[Letter]) -> KeyState {
        let mut state = state.clone();
        let text = plain(caller_text, &BTreeMap::new());
        if let Some(Ok(Caller::Session { role: Some(role), .. })) = text.map(|text| caller(&text, &self.universe))
            && let Some((account, name)) = role.split_once(":role/")
        {
            let name = name.rsplit('/').next().unwrap_or(name);
            let roles = [format!("{account}:role/{name}"), format!("{account}:role/*/{name}"), role];
            let roles = self.solver.list(roles.iter().map(String::as_str), Dialect::Like, false);
            state.all.texts.add(roles, true);
        }
        state
    }

    /// The request with a value for every variable of the policies that may have one; `None` when all have.
    fn with_variables(
        &mut self,
        region: &Region,
        request: &Request,
        caller_text: &[Letter],
    ) -> Result<Option<Request>, Exhausted> {
        let keys = self.solver.variables.keys();
        let missing: Vec<_> = keys.filter(|key| request.context.get(key) == Found::Absent).map(str::to_owned).collect();
        let mut filled = None;
        for key in missing {
            if let Some(value) = self.variable_value(region, &key, caller_text)? {
                filled.get_or_insert_with(|| request.clone()).context.set_one(&key, value);
            }
        }
        Ok(filled)
    }

    /// The values that a key must have.
    fn values(&mut self, state: &KeyState) -> Result<Vec<Vec<Letter>>, Exhausted> {
        let mut all: Vec<Vec<Letter>> = Vec::new();
        for set in state.wanted() {
            all.extend(self.value(&set)?);
        }
        all.sort_by_key(|letters| plain(letters, &BTreeMap::new()));
        all.dedup();
        if state.arity == Arity::Many && all.len() == 1 {
            all.extend(all.first().cloned());
        }
        Ok(all)
    }

    fn value(&mut self, set: &ValueSet) -> Result<Option<Vec<Letter>>, Exhausted> {
        if let Some(ranges) = &set.ranges {
            return Ok(ranges.any().map(|text| super::glob::letters(&text)));
        }
        match self.readable(&set.texts, Dimension::Resource).into_iter().next() {
            Some(text) => Ok(Some(text)),
            None => Ok(self.solver.find(&set.texts)?.map(|text| text.to_vec())),
        }
    }

    /// The value of a variable of which nothing is demanded but that it has one.
    fn variable_value(
        &mut self,
        region: &Region,
        key: &str,
        caller_text: &[Letter],
    ) -> Result<Option<String>, Exhausted> {
        let state = self.keys.find(key).and_then(|number| region.keys.get(&number)).cloned().unwrap_or_default();
        if state.presence == Presence::Absent {
            return Ok(None);
        }
        let text = plain(caller_text, &BTreeMap::new()).unwrap_or_default();
        let own = match key {
            "aws:username" if !text.contains(":user/") => return Ok(None),
            "aws:username" => text.rsplit('/').next(),
            "aws:principalaccount" => account_of(text.strip_prefix("AWS:").unwrap_or_default()),
            _ => None,
        };
        if own.is_some() {
            return Ok(own.map(str::to_owned));
        }
        let usual = match key {
            "aws:principalaccount" | "aws:resourceaccount" | "aws:sourceaccount" => ACCOUNT,
            "aws:userid" => "AIDAEXAMPLE",
            "aws:requestedregion" => "us-east-1",
            _ => "example",
        };
        if state.all == ValueSet::default() || self.solver.contains(&state.all.texts, usual) {
            return Ok(Some(usual.to_owned()));
        }
        Ok(self.value(&state.all)?.and_then(|letters| plain(&letters, &BTreeMap::new())))
    }

    /// Callers of a region, the most telling first.
    fn caller_texts(&mut self, region: &Region) -> Result<Vec<Vec<Letter>>, Exhausted> {
        let set = self.callers(region);
        let wants_user = self.keys.find("aws:username").is_some();
        let role = format!("AWS:arn:aws:iam::{ACCOUNT}:role/example");
        let user = format!("AWS:arn:aws:iam::{ACCOUNT}:user/example");
        let usual = if wants_user { [ANONYMOUS, &user, &role] } else { [ANONYMOUS, &role, &user] };
        let mut texts: Vec<Vec<Letter>> = Vec::new();
        for text in usual {
            if self.solver.contains(&set, text) {
                texts.push(super::glob::letters(text));
            }
        }
        if texts.is_empty() {
            texts = self.readable(&set, Dimension::Principal);
            texts.truncate(4);
        }
        // Accounts that are for examples, then any, then whatever there is.
        let in_account = |account: &str| {
            let (mut text, colon) = (literal("AWS:arn:aws:"), Token::Char(':'));
            text.extend([Token::FieldMany, colon, colon]);
            text.extend(if account.is_empty() { vec![Token::FieldMany] } else { literal(account) });
            text.extend([colon, Token::Many]);
            text
        };
        for accounts in [&ACCOUNTS[..], &[""]] {
            let mut readable = set.clone();
            readable.add(self.solver.list_of_tokens(accounts.iter().copied().map(in_account)), true);
            if let Some(text) = self.solver.find(&readable)? {
                texts.push(text.to_vec());
                return Ok(texts);
            }
        }
        texts.extend(self.solver.find(&set)?.map(|text| text.to_vec()));
        Ok(texts)
    }

    /// Actions of a region: one that AWS has, if there is one.
    fn action_texts(&mut self, region: &Region) -> Result<Vec<String>, Exhausted> {
        let set = &region.sides[Dimension::Action.place()];
        let is_in = |name: &str| self.solver.contains(set, &name.to_ascii_lowercase());
        if let Some(known) = WELL_KNOWN.iter().find(|name| is_in(name)) {
            return Ok(vec![(*known).to_owned()]);
        }
        let text = self.solver.find(set)?;
        let found = text.and_then(|letters| plain(&letters, &BTreeMap::new()));
        let catalogue = Catalogue::embedded();
        if let Some((service, action)) = found.as_deref().and_then(|name| catalogue.action(name)) {
            return Ok(vec![format!("{}:{}", service.prefix, action.name)]);
        }
        // The shortest of the lists leads to an action that AWS has most quickly.
        let is_in = |name: &str| self.solver.contains(set, &name.to_ascii_lowercase());
        let list = set.within().iter().min_by_key(|list| self.solver.tokens(**list).map(weight).sum::<usize>());
        let patterns = list.map(|list| self.solver.tokens(*list).map(written).collect::<Vec<_>>()).unwrap_or_default();
        let known = patterns.iter().flat_map(|pattern| catalogue.matching(pattern));
        let mut names = known.map(|(service, action)| format!("{}:{}", service.prefix, action.name)).take(MOST_ACTIONS);
        Ok(names.find(|name| is_in(name)).or(found).into_iter().collect())
    }

    /// Resources of a region, such as the action has first.
    fn resource_texts(&mut self, region: &Region, action: &str) -> Result<Vec<Vec<Letter>>, Exhausted> {
        let set = region.sides[Dimension::Resource.place()].clone();
        let mut texts = Vec::new();
        if let Some((service, action)) = Catalogue::embedded().action(action) {
            for kind in service.types_of(action) {
                let arn = instance(kind.arn);
                if self.solver.contains(&set, &arn) {
                    texts.push(super::glob::letters(&arn));
                    break;
                }
            }
            if !action.supports_resources() && self.solver.contains(&set, "*") {
                texts.push(super::glob::letters("*"));
            }
        }
        if texts.is_empty() {
            let mut readable = self.readable(&set, Dimension::Resource);
            readable.sort_by_key(|text| !is_of_action(text, action));
            texts.extend(readable.into_iter().take(2));
        }
        texts.extend(self.solver.find(&set)?.map(|text| text.to_vec()));
        texts.dedup();
        Ok(texts)
    }

    /// Texts of a set that are made by filling the wildcards of its own patterns.
    fn readable(&self, set: &TextSet, dimension: Dimension) -> Vec<Vec<Letter>> {
        let lists = set.within().iter().flat_map(|list| self.solver.tokens(*list));
        let filled = lists.map(|tokens| fill(tokens, dimension));
        filled.filter(|text| self.solver.contains_letters(set, text)).take(8).collect()
    }
}

/// Whether a text is a resource such as an action is about.
fn is_of_action(text: &[Letter], action: &str) -> bool {
    let Some((service, action)) = Catalogue::embedded().action(action) else { return true };
    let text = plain(text, &BTreeMap::new()).unwrap_or_default();
    service.types_of(action).any(|kind| overlaps_type(&text, kind.arn))
}

/// A text with the values of its variables; `None` when one has none.
fn plain(letters: &[Letter], variables: &BTreeMap<u16, String>) -> Option<String> {
    let mut text = String::with_capacity(letters.len());
    for letter in letters {
        match letter {
            Letter::Char(c) => text.push(*c),
            Letter::Variable(number) => text.push_str(variables.get(number)?),
        }
    }
    Some(text)
}

/// Tokens as a pattern again.
pub(super) fn written(tokens: &[Token]) -> String {
    let letter = |token: &Token| match token {
        Token::Char(c) | Token::Fold(c) => *c,
        Token::One | Token::FieldOne => '?',
        Token::Many | Token::FieldMany | Token::Variable(_) => '*',
    };
    tokens.iter().map(letter).collect()
}

/// How much a pattern leaves open, roughly.
fn weight(tokens: &[Token]) -> usize {
    if tokens.iter().any(|token| matches!(token, Token::Many | Token::One)) {
        100_usize.saturating_sub(tokens.len()) + 2
    } else {
        1
    }
}

/// A pattern with readable text in the place of its wildcards.
fn fill(tokens: &[Token], dimension: Dimension) -> Vec<Letter> {
    let mut text: Vec<Letter> = Vec::with_capacity(tokens.len() + 16);
    let (service, colon) = (super::glob::letters("Service:"), Letter::Char(':'));
    let mut colons = 0;
    for (i, token) in tokens.iter().enumerate() {
        let word = match token {
            Token::Char(c) | Token::Fold(c) => {
                colons += usize::from(*c == ':');
                text.push(Letter::Char(*c));
                continue;
            }
            Token::Variable(number) => {
                text.push(Letter::Variable(*number));
                continue;
            }
            Token::FieldOne => "1",
            Token::FieldMany => match colons - usize::from(dimension == Dimension::Principal).min(colons) {
                1 => "aws",
                3 => "us-east-1",
                4 => ACCOUNT,
                _ => "example",
            },
            // The star behind it is filled with more than nothing.
            Token::One if tokens.get(i + 1) == Some(&Token::Many) => continue,
            Token::Many if text == service => "example.amazonaws.com",
            Token::Many if dimension == Dimension::Principal && colons > 1 && text.last() == Some(&colon) => {
                "role/example"
            }
            Token::Many if i > 0 && i + 1 == tokens.len() || tokens.len() == 1 => "example",
            Token::One | Token::Many => "x",
        };
        text.extend(word.chars().map(Letter::Char));
    }
    text
}

/// An ARN of the catalogue with readable text in the place of its variables.
fn instance(arn: &str) -> String {
    let mut text = String::with_capacity(arn.len());
    let mut rest = arn;
    while let Some(start) = rest.find("${") {
        text.push_str(&rest[..start]);
        let end = rest[start..].find('}').map_or(rest.len(), |end| start + end + 1);
        text.push_str(match &rest[start..end] {
            "${Partition}" => "aws",
            "${Region}" => "us-east-1",
            "${Account}" => ACCOUNT,
            _ => "example",
        });
        rest = &rest[end..];
    }
    text.push_str(rest);
    text
}
