//! Runs rules over an inventory: one loop, no I/O.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::check::account_ref;
use super::{Context, Judgement, NoVerdict, Outcome, OutcomeResult, Rule};

/// Runs every rule on everything it looks at; the outcomes come in the order of the rules and of the inventory.
///
/// A list that could not be read to its end gives one `unknown` outcome on the account besides those of its items. A
/// rule that finds nothing to look at gives no outcome, which the report says.
#[must_use]
pub fn evaluate(rules: &[&'static Rule], cx: &Context<'_>) -> Vec<Outcome> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(rules.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((place, rule)) = claim(rules, &next) {
            done.push((place, evaluate_rule(rule, cx)));
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
    by_rule.into_iter().flat_map(|(_, outcomes)| outcomes).collect()
}

/// The next rule that no thread has taken.
fn claim(rules: &[&'static Rule], next: &AtomicUsize) -> Option<(usize, &'static Rule)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    rules.get(place).map(|rule| (place, *rule))
}

fn evaluate_rule(rule: &'static Rule, cx: &Context<'_>) -> Vec<Outcome> {
    let scopes = rule.check.scopes(cx.inventory);
    let judged = scopes.found.into_iter().map(|scope| {
        let result = match scope.call(cx) {
            Ok(Judgement::Pass) => OutcomeResult::Pass,
            Ok(Judgement::NotApplicable(why)) => OutcomeResult::NotApplicable(why),
            Ok(Judgement::Fail(problem)) => OutcomeResult::Fail(problem),
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
