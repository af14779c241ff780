//! The three scales on which a rule stands.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What sort of trouble a rule finds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ValueEnum, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody may do or see what they should not.
    Security,
    /// A resource that bills although the lab is over.
    Leftover,
    /// The same could be had for less money.
    Cost,
    /// Nobody could tell what happened, or who decided.
    Governance,
    /// Untidy in a way that leads to mistakes.
    Hygiene,
}

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ValueEnum, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; nothing has to be done.
    Info,
    /// Mend it when you pass by.
    Low,
    /// Mend it soon.
    Medium,
    /// Mend it today.
    High,
    /// Mend it now: strangers may already be using it.
    Critical,
}

/// How often a finding of a rule is a true one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A heuristic: look before you act.
    Low,
    /// Usually true; the documentation names the exceptions.
    Medium,
    /// What is reported is so.
    High,
}

macro_rules! lowercase_names {
    ($($kind:ident { $($variant:ident => $name:literal),+ $(,)? })+) => {$(
        impl $kind {
            /// As it stands in reports and on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )+};
}

lowercase_names! {
    Kind {
        Security => "security", Leftover => "leftover", Cost => "cost", Governance => "governance",
        Hygiene => "hygiene",
    }
    Severity { Info => "info", Low => "low", Medium => "medium", High => "high", Critical => "critical" }
    Confidence { Low => "low", Medium => "medium", High => "high" }
}
