//! Runs rules over an inventory: one loop, no I/O.

use super::check::account_ref;
use super::{Context, Judgement, NoVerdict, Outcome, OutcomeResult, Rule};

/// Runs every rule on everything it looks at, in the order of the rules and of the inventory.
///
/// A list that could not be read to its end gives one `unknown` outcome on the account besides those of its items. A
/// rule that finds nothing to look at gives no outcome, which the report says.
#[must_use]
pub fn evaluate(rules: &[&'static Rule], cx: &Context<'_>) -> Vec<Outcome> {
    rules.iter().flat_map(|rule| evaluate_rule(rule, cx)).collect()
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
