//! What several findings share: floors that are counted once, and what an account has for nothing.

use std::collections::{BTreeSet, HashMap};

use crate::finding::Finding;
use crate::rule::Kind;

/// Takes shared floors out of all but the first, and allowances off what they cover. Leftovers that cost nothing
/// thereby are no findings; says how many those were.
pub(super) fn settle(findings: &mut Vec<Finding>) -> usize {
    let mut counted: BTreeSet<(Option<String>, String)> = BTreeSet::new();
    let mut used = HashMap::new();
    for finding in findings.iter_mut() {
        let region = finding.resource.region.clone();
        let scope = format!("{} ", finding.rule.id);
        if let Some(cost) = &mut finding.problem.cost {
            // What one resource has several lines of under one key is its own share, not another's.
            let mut own = BTreeSet::new();
            cost.count_once(|key| {
                let key = (region.clone(), format!("{scope}{key}"));
                let is_counted = counted.contains(&key);
                own.insert(key);
                is_counted
            });
            counted.append(&mut own);
            cost.take_allowances(&mut used);
        }
    }
    let is_free = |finding: &mut Finding| {
        let cost = finding.problem.cost.as_ref();
        finding.rule.kind == Kind::Leftover && cost.is_some_and(crate::cost::Estimate::is_within_allowance)
    };
    findings.extract_if(.., is_free).count()
}
