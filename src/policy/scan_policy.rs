//! The least-privilege policy that a scan itself needs, made from the needs of its rules.

use serde_json::{Value, json};

use crate::rule::NeedSet;

/// Characters that IAM lets a managed policy have, white space not counted.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
pub const MANAGED_POLICY_LIMIT: usize = 6_144;

/// Managed policies that IAM lets a role have, unless the account asks for more. Source as above.
pub const POLICIES_OF_A_ROLE: usize = 10;

/// The policy as JSON text, with a final line break. All actions are reads, and AWS offers no narrower resource for a
/// scan of everything.
#[must_use]
pub fn write(needs: &NeedSet) -> String {
    text(needs.iam_actions())
}

/// A policy of these actions as JSON text, with a final line break.
#[must_use]
pub fn text<'a>(actions: impl IntoIterator<Item = &'a str>) -> String {
    format!("{:#}\n", policy(&actions.into_iter().collect::<Vec<_>>()))
}

/// How many characters IAM counts of a policy of these actions.
#[must_use]
pub fn counted(actions: &[&str]) -> usize {
    // Compact JSON of ASCII names has no white space, so that its bytes are what IAM counts.
    policy(actions).to_string().len()
}

/// The actions in as few parts as managed policies hold, in their order.
#[must_use]
pub fn parts(needs: &NeedSet) -> Vec<Vec<&'static str>> {
    let mut parts: Vec<Vec<&'static str>> = Vec::new();
    for action in needs.iam_actions() {
        match parts.last_mut() {
            Some(part) if counted(part) + action.len() + r#","""#.len() <= MANAGED_POLICY_LIMIT => part.push(action),
            _ => parts.push(vec![action]),
        }
    }
    parts
}

fn policy(actions: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AfterlabScan",
            "Effect": "Allow",
            "Action": actions,
            "Resource": "*",
        }],
    })
}

#[cfg(test)]
mod tests {
    use crate::rule::{Selection, select};

    use super::*;

    fn default_needs() -> NeedSet {
        NeedSet::of_rules(&select(&Selection::default()).expect("rules"))
    }

    #[test]
    fn the_committed_policy_is_the_one_that_the_default_rules_need() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/scan.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == write(&default_needs()),
            "policies/scan.json is old: run `cargo run -- permissions > policies/scan.json`"
        );
    }

    #[test]
    fn parts_fit_and_together_are_the_whole() {
        let needs = default_needs();
        let parts = parts(&needs);
        assert!(parts.len() <= POLICIES_OF_A_ROLE, "a role holds no {} policies", parts.len());
        for part in &parts {
            let without_space: String = text(part.iter().copied()).split_whitespace().collect();
            assert_eq!(without_space.len(), counted(part));
            assert!(counted(part) <= MANAGED_POLICY_LIMIT, "{}", counted(part));
        }
        for pair in parts.windows(2) {
            let next = pair[1].first().copied();
            let more: Vec<&str> = pair[0].iter().copied().chain(next).collect();
            assert!(counted(&more) > MANAGED_POLICY_LIMIT, "a part has room for the first action of the next");
        }
        let together: Vec<&str> = parts.concat();
        assert_eq!(together, needs.iam_actions().into_iter().collect::<Vec<_>>());
    }
}
