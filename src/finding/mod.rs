//! Findings: outcomes that say `fail`, with a fingerprint that outlives reordering.

pub mod baseline;
mod earlier;
mod suppression;

use sha2::{Digest, Sha256};

use crate::inventory::ResourceRef;
use crate::rule::{Problem, Rule};

pub use baseline::{Baseline, BaselineUse, Compared};
pub use earlier::{EarlierAccount, EarlierCost, EarlierError, EarlierFinding, EarlierReport, EarlierResource, Sight};
pub use suppression::{Muted, Suppressed, Suppression, suppress};

/// A rule that failed on a resource.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The same for the same rule, account and resource in every scan: 32 hexadecimal digits.
    pub fingerprint: String,
    /// The rule.
    pub rule: &'static Rule,
    /// The resource.
    pub resource: ResourceRef,
    /// What is wrong.
    pub problem: Box<Problem>,
}

impl Finding {
    /// Makes a finding of a failure.
    #[must_use]
    pub fn new(account: &str, rule: &'static Rule, resource: ResourceRef, problem: Box<Problem>) -> Self {
        Self { fingerprint: fingerprint(&[rule.id, account, &resource.id]), rule, resource, problem }
    }
}

/// A name that these parts, and no others, have: 32 hexadecimal digits.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().take(16).fold(String::with_capacity(32), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether a text has the form of a fingerprint.
#[must_use]
pub fn is_fingerprint(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_depends_on_all_three_parts() {
        let all = [
            fingerprint(&["a", "b", "c"]),
            fingerprint(&["a", "b", "d"]),
            fingerprint(&["a", "x", "c"]),
            fingerprint(&["y", "b", "c"]),
            fingerprint(&["ab", "", "c"]),
        ];
        assert!(all.iter().all(|f| f.len() == 32));
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), all.len());
        assert_eq!(all[0], fingerprint(&["a", "b", "c"]));
    }
}
