//! Runs rules over an inventory: one loop, no I/O.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::check::account_ref;
use super::{Context, Judgement, NoVerdict, Outcome, OutcomeResult, OutcomeStatus, Rule};

/// What came of one rule: how many outcomes of each status, and those that a report shows.
///
/// Passes are many and alike, so that only their number is kept; the memory of a scan is that of what it found.
#[derive(Clone, Debug)]
pub struct RuleResult {
    /// The rule.
    pub rule: &'static Rule,
    /// How many outcomes there are of each status; none at all when the rule saw no resource.
    pub counts: BTreeMap<OutcomeStatus, usize>,
    /// What failed, is unknown, or broke.
    pub notable: Vec<Outcome>,
}

impl RuleResult {
    /// Counts the outcomes of a rule and keeps those that a report shows.
    #[must_use]
    pub fn of(rule: &'static Rule, mut outcomes: Vec<Outcome>) -> Self {
        let mut counts = BTreeMap::new();
        for outcome in &outcomes {
            *counts.entry(outcome.status()).or_insert(0) += 1;
        }
        outcomes.retain(|outcome| !matches!(outcome.status(), OutcomeStatus::Pass | OutcomeStatus::NotApplicable));
        outcomes.shrink_to_fit();
        Self { rule, counts, notable: outcomes }
    }
}

/// Runs every rule on everything it looks at; the outcomes come in the order of the rules and of the inventory.
///
/// A list that could not be read to its end gives one `unknown` outcome on the account besides those of its items. A
/// rule that finds nothing to look at gives no outcome, which the report says.
#[must_use]
pub fn evaluate(rules: &[&'static Rule], cx: &Context<'_>) -> Vec<Outcome> {
    evaluate_each(rules, cx, |_, outcomes| outcomes).into_iter().flatten().collect()
}

/// As [`evaluate`], with the outcomes of each rule turned into something as soon as they are there.
pub fn evaluate_each<T: Send>(
    rules: &[&'static Rule],
    cx: &Context<'_>,
    turn: impl Fn(&'static Rule, Vec<Outcome>) -> T + Sync,
) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(rules.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((place, rule)) = claim(rules, &next) {
            done.push((place, turn(rule, evaluate_rule(rule, cx))));
        }
        done
    };
    let mut by_rule = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut by_rule = work();
        for other in others {
            match other.join() {
                Ok(done) => by_rule.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        by_rule
    });
    by_rule.sort_unstable_by_key(|(place, _)| *place);
    by_rule.into_iter().map(|(_, result)| result).collect()
}

/// The next rule that no thread has taken.
fn claim(rules: &[&'static Rule], next: &AtomicUsize) -> Option<(usize, &'static Rule)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    rules.get(place).map(|rule| (place, *rule))
}

fn evaluate_rule(rule: &'static Rule, cx: &Context<'_>) -> Vec<Outcome> {
    let (scopes, cx) = (rule.check.scopes(cx.inventory), &cx.of_rule(rule));
    let judged = scopes.found.into_iter().map(|scope| {
        let result = match scope.call(cx) {
            Ok(Judgement::Pass) => OutcomeResult::Pass,
            Ok(Judgement::NotApplicable(why)) => OutcomeResult::NotApplicable(why),
            Ok(Judgement::Fail(problem)) => OutcomeResult::Fail(Box::new(problem.params(rule.params))),
            Err(NoVerdict::Unknown(unknown)) => OutcomeResult::Unknown(unknown.0),
            Err(NoVerdict::Broken(why)) => OutcomeResult::Error(why),
        };
        Outcome { rule, resource: scope.resource, result }
    });
    let unseen = scopes.missing.into_iter().map(|gap| Outcome {
        rule,
        resource: account_ref(cx.inventory),
        result: OutcomeResult::Unknown(gap),
    });
    judged.chain(unseen).collect()
}
