//! Public frameworks whose controls ask for what a rule checks.

use std::fmt;

/// A control of a public framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framework {
    /// A recommendation of the CIS AWS Foundations Benchmark v5.0.0.
    Cis(&'static str),
    /// A control of AWS Foundational Security Best Practices in Security Hub.
    Fsbp(&'static str),
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cis(control) => write!(f, "CIS AWS Foundations v5.0.0 {control}"),
            Self::Fsbp(control) => write!(f, "AWS FSBP {control}"),
        }
    }
}
