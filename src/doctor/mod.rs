//! `afterlab doctor`: whether a scan would work here, and what to do where it would not.

mod clock;
mod live;
mod machine;
mod permissions;
mod text;

use serde::Serialize;

pub use live::examine;
pub use machine::{caches, facts, prices, proxies};
pub use text::write;

/// How well something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// Nothing to do.
    Ok,
    /// A scan works, and would be better after what is advised; also what could not be looked at.
    Warn,
    /// A scan does not work.
    Fail,
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What: `credentials`, `clock`.
    pub name: &'static str,
    /// How well it is.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What to do; none where nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// All of what `found` tells only the first of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
}

impl Check {
    /// Something that is well.
    pub fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, health: Health::Ok, found: found.into(), advice: None, all: Vec::new() }
    }

    /// Something with which a scan works, and what to do.
    pub fn warn(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { health: Health::Warn, advice: Some(advice.into()), ..Self::ok(name, found) }
    }

    /// Something with which a scan does not work, and what to do.
    pub fn fail(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { health: Health::Fail, advice: Some(advice.into()), ..Self::ok(name, found) }
    }
}

/// All that was looked at, for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// The version of the form.
    afterlab_doctor: u32,
    /// The worst of all.
    pub health: Health,
    /// What was looked at, in its order.
    pub checks: Vec<Check>,
}

impl Diagnosis {
    /// Sums up what was looked at.
    #[must_use]
    pub fn of(checks: Vec<Check>) -> Self {
        let health = checks.iter().map(|check| check.health).max().unwrap_or(Health::Ok);
        Self { afterlab_doctor: 1, health, checks }
    }

    /// How many are of this health.
    #[must_use]
    pub fn count(&self, health: Health) -> usize {
        self.checks.iter().filter(|check| check.health == health).count()
    }
}
