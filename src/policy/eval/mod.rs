//! Whether a request is allowed: one concrete request against policies, as AWS decides it.
//!
//! [`Request`] is who asks for what on what, with the context of the call; [`condition`] and [`statement`] answer
//! [`Truth`] about parts of a policy, [`document`] about a whole one, and [`decide`] follows AWS's
//! evaluation logic over all [`Policies`] that have a say. Nothing fails open: what is not understood, or
//! depends on what is not given, is [`Truth::Unknown`] with its [`Doubt`]s.

mod alone;
mod caller;
pub mod condition;
pub mod context;
mod decide;
pub mod document;
mod policies;
pub mod principal;
mod request;
pub mod statement;
mod truth;
mod values;
mod variables;

pub use alone::decide_by;
pub use caller::{Caller, NotACaller};
pub use context::{Context, Found, Values};
pub use decide::{Circumstances, Decision, Did, Reason, Verdict, decide, decides_alone};
pub use document::{Applying, Effects, Part, evaluate, evaluate_in};
pub use policies::{Layer, Named, Policies};
pub use request::{ANONYMOUS, Request};
pub use truth::{Doubt, Truth};
pub use variables::variable_keys;
