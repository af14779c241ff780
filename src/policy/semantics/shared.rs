//! Statements that two policies have in common, of which much is known without a search.

use std::collections::{BTreeSet, HashSet};

use crate::policy::model::{Document, Statement};

/// The places of statements of `own` that `other` has, too, but for their names. Whatever one of them is about in one
/// policy, it is about in the other one.
pub(super) fn shared(own: &Document, other: &Document) -> BTreeSet<usize> {
    // The version decides whether variables are any.
    if own.version != other.version {
        return BTreeSet::new();
    }
    let others: HashSet<String> = other.statements.iter().map(text).collect();
    let is_there = |(_, statement): &(usize, &Statement)| others.contains(&text(statement));
    own.statements.iter().enumerate().filter(is_there).map(|(place, _)| place).collect()
}

/// All that a statement says, which is the same of two exactly when they are.
fn text(statement: &Statement) -> String {
    format!("{:?}", Statement { sid: None, ..statement.clone() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_do_not_matter_and_versions_do() {
        let read = |version, sid, action| {
            let statements = json!([{"Effect": "Deny", "Action": "*", "Resource": "b"},
                {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "a"}]);
            Document::from_value(&json!({"Version": version, "Statement": statements})).expect("a policy")
        };
        let own = read("2012-10-17", "One", "s3:GetObject");
        let of = |other: &Document| shared(&own, other).into_iter().collect::<Vec<_>>();
        assert_eq!(of(&read("2012-10-17", "Two", "s3:GetObject")), [0, 1]);
        assert_eq!(of(&read("2012-10-17", "One", "s3:PutObject")), [0]);
        assert!(of(&read("2008-10-17", "One", "s3:GetObject")).is_empty());
    }
}
