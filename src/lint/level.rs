//! How bad a lint's finding is, in IAM Access Analyzer's classes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rule::Severity;

/// How bad a finding is; the order is from the mildest to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It could be said better.
    Suggestion,
    /// It probably does not do what was meant, or is against good practice.
    Warning,
    /// It allows more than it should.
    SecurityWarning,
    /// AWS refuses the policy, or a part of it never works.
    Error,
}

impl Level {
    /// The level as AWS's API writes it: `SECURITY_WARNING`.
    #[must_use]
    pub fn as_aws(self) -> &'static str {
        match self {
            Self::Suggestion => "SUGGESTION",
            Self::Warning => "WARNING",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Error => "ERROR",
        }
    }

    /// The severity that a finding of this level has among those of a scan.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Suggestion => Severity::Info,
            Self::Warning => Severity::Low,
            Self::SecurityWarning => Severity::Medium,
            Self::Error => Severity::High,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suggestion => "suggestion",
            Self::Warning => "warning",
            Self::SecurityWarning => "security-warning",
            Self::Error => "error",
        })
    }
}
