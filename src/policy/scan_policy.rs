//! The least-privilege policy that a scan itself needs, made from the needs of its rules.

use serde_json::json;

use crate::rule::NeedSet;

/// The policy as JSON text, with a final line break. All actions are reads, and AWS offers no narrower resource for a
/// scan of everything.
#[must_use]
pub fn write(needs: &NeedSet) -> String {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AfterlabScan",
            "Effect": "Allow",
            "Action": needs.iam_actions(),
            "Resource": "*",
        }],
    });
    format!("{policy:#}\n")
}

#[cfg(test)]
mod tests {
    use crate::rule::{Selection, select};

    use super::*;

    #[test]
    fn the_committed_policy_is_the_one_that_the_default_rules_need() {
        let needs = NeedSet::of_rules(&select(&Selection::default()).expect("rules"));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/policies/scan.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == write(&needs),
            "policies/scan.json is old: run `cargo run -- permissions > policies/scan.json`"
        );
    }
}
