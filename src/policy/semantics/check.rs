//! How the questions are decided: by a hunt for a request that proves them wrong.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::answer::{Answer, Grant, Reason};
use super::compile::{Dimension, Region, Rule, Rules, World};
use super::glob::Dialect;
use super::question::{Access, Question};
use super::shared::shared;
use super::solver::Exhausted;
use super::witness::confirmed;
use crate::policy::eval::statement::Setting;
use crate::policy::eval::{Request, Truth};
use crate::policy::model::Document;

/// Regions without a confirmed request after which no further is looked at.
const MOST_UNCONFIRMED: usize = 16;

impl Question<'_> {
    /// Decides it. `is_identity` says that the policies belong to principals, so that the caller is one of AWS's and
    /// named nowhere.
    #[must_use]
    pub fn decide(&self, is_identity: bool) -> Answer {
        match self {
            Self::NewAccess { existing, new } | Self::NoLongerDenied { existing, new } => {
                self.compare(existing, new, is_identity)
            }
            Self::Granted { policy, access, .. } => self.search(policy, access, is_identity),
        }
    }

    fn compare(&self, existing: &Document, new: &Document, is_identity: bool) -> Answer {
        let mut world = World::of(&[existing, new], is_identity);
        let (mut old_rules, new_rules) = (world.compile(existing), world.compile(new));
        // What both deny cannot be what is not denied any more.
        let kept = shared(existing, new);
        old_rules.denies.retain(|deny| !kept.contains(&deny.index));
        let confirms = |request: &Request| self.is_so(request, Setting::default());
        let mut hunt = Hunt::new(&mut world, &confirms);
        hunt.doubts.extend(old_rules.caveats.iter().map(|caveat| format!("existing policy, {caveat}")));
        hunt.doubts.extend(new_rules.caveats.iter().map(|caveat| format!("new policy, {caveat}")));
        if matches!(self, Self::NewAccess { .. }) {
            hunt.new_access(&old_rules, &new_rules, &shared(new, existing));
        } else {
            hunt.no_longer_denied(&old_rules, &new_rules);
        }
        hunt.answer()
    }

    fn search(&self, policy: &Document, access: &Access, is_identity: bool) -> Answer {
        let mut world = World::of(&[policy], is_identity);
        let rules = world.compile(policy);
        let mut region = world.everything();
        if !access.actions.is_empty() {
            let actions = world.solver.list(access.actions.iter().map(String::as_str), Dialect::Action, false);
            region.sides[Dimension::Action.place()].add(actions, true);
        }
        if !access.resources.is_empty() {
            let resources = world.solver.list(access.resources.iter().map(String::as_str), Dialect::Arn, false);
            region.sides[Dimension::Resource.place()].add(resources, true);
        }
        let confirms = |request: &Request| self.is_so(request, Setting::default());
        let mut hunt = Hunt::new(&mut world, &confirms);
        hunt.doubts.extend(rules.caveats.iter().cloned());
        let denies: Vec<&Rule> = rules.denies.iter().collect();
        for allow in &rules.allows {
            hunt.outside_of_all(&region, allow, &denies, Reason::Listed);
        }
        hunt.answer()
    }
}

/// Whether every request that `new` allows is allowed by `existing`, too.
///
/// `is_identity` says that both belong to principals, so that the caller is one of AWS's and named nowhere.
#[must_use]
pub fn new_access(existing: &Document, new: &Document, is_identity: bool) -> Answer {
    Question::new_access(existing, new).decide(is_identity)
}

/// The hunt for requests that prove a check wrong.
struct Hunt<'h> {
    world: &'h mut World,
    confirms: &'h dyn Fn(&Request) -> Truth,
    grants: Vec<Grant>,
    doubts: BTreeSet<String>,
}

impl<'h> Hunt<'h> {
    fn new(world: &'h mut World, confirms: &'h dyn Fn(&Request) -> Truth) -> Self {
        Self { world, confirms, grants: Vec::new(), doubts: BTreeSet::new() }
    }

    /// What was found.
    fn answer(self) -> Answer {
        if !self.grants.is_empty() {
            Answer::Fail(self.grants)
        } else if self.doubts.is_empty() {
            Answer::Pass
        } else {
            Answer::Unknown(self.doubts.into_iter().collect())
        }
    }

    /// Looks in a region for what one statement of `new` allows and `old` does not; whether something was found. Of a
    /// statement that `old` has, too, that can only be what `old` denies.
    fn beyond(&mut self, region: &Region, allow: &Rule, new: &Rules, old: &Rules, is_shared: bool) -> bool {
        if is_shared && old.denies.is_empty() {
            return false;
        }
        let all: Vec<&Rule> = old.allows.iter().chain(&new.denies).collect();
        let denies: Vec<&Rule> = new.denies.iter().collect();
        self.try_out(|hunt| {
            for part in hunt.world.within(region, allow)? {
                if !is_shared && hunt.outside(&part, &all, allow.index, Reason::NotAllowed)? {
                    return Ok(true);
                }
                for deny in &old.denies {
                    for denied in hunt.world.within(&part, deny)? {
                        if hunt.outside(&denied, &denies, allow.index, Reason::Denied(deny.index))? {
                            return Ok(true);
                        }
                    }
                }
            }
            Ok(false)
        })
    }

    fn new_access(&mut self, old: &Rules, new: &Rules, shared: &BTreeSet<usize>) {
        for allow in &new.allows {
            let everything = self.world.everything();
            self.beyond(&everything, allow, new, old, shared.contains(&allow.index));
        }
    }

    fn no_longer_denied(&mut self, old: &Rules, new: &Rules) {
        let rest: Vec<&Rule> = new.denies.iter().chain(&new.allows).collect();
        for deny in &old.denies {
            let everything = self.world.everything();
            self.outside_of_all(&everything, deny, &rest, Reason::NotDenied);
        }
    }

    /// Looks in a region for what one statement takes in and none of others.
    fn outside_of_all(&mut self, region: &Region, statement: &Rule, others: &[&Rule], reason: Reason) -> bool {
        self.try_out(|hunt| {
            for part in hunt.world.within(region, statement)? {
                if hunt.outside(&part, others, statement.index, reason)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn try_out(&mut self, hunt: impl FnOnce(&mut Self) -> Result<bool, Exhausted>) -> bool {
        hunt(self).unwrap_or_else(|exhausted| {
            self.doubts.insert(exhausted.to_string());
            false
        })
    }

    /// Looks in a region, outside of rules, for a request that is confirmed.
    fn outside(
        &mut self,
        region: &Region,
        rules: &[&Rule],
        statement: usize,
        reason: Reason,
    ) -> Result<bool, Exhausted> {
        let (mut found, mut doubts, mut unconfirmed) = (None, BTreeSet::new(), 0);
        let mut exhausted = None;
        let confirms = self.confirms;
        let mut visit = |world: &mut World, region: &Region| match confirmed(world, region, confirms) {
            Ok(Ok(request)) => {
                found = Some(request);
                ControlFlow::Break(())
            }
            Ok(Err(reasons)) => {
                if reasons.is_empty() {
                    doubts.insert(format!("statement {}: no request could be made up that shows it", statement + 1));
                }
                doubts.extend(reasons);
                unconfirmed += 1;
                if unconfirmed < MOST_UNCONFIRMED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            }
            Err(error) => {
                exhausted = Some(error);
                ControlFlow::Break(())
            }
        };
        let flow = self.world.outside(region, rules, &mut visit);
        self.doubts.extend(doubts);
        if let Some(request) = found {
            self.grants.push(Grant { statement, request, reason });
            return Ok(true);
        }
        exhausted.map_or(flow.map(|_| false), Err)
    }
}
