//! Whether a request is allowed: one concrete request against policies, as AWS decides it.
//!
//! [`Request`] is who asks for what on what, with the context of the call; [`condition`] and [`statement`] answer
//! [`Truth`] about parts of a policy, [`document`] about a whole one. Nothing fails open: what is not understood, or
//! depends on what is not given, is [`Truth::Unknown`] with its [`Doubt`]s.

mod caller;
pub mod condition;
pub mod context;
pub mod document;
pub mod principal;
mod request;
pub mod statement;
mod truth;
mod values;
mod variables;

pub use caller::{Caller, NotACaller};
pub use context::{Context, Found, Values};
pub use document::{Effects, Part, evaluate};
pub use request::Request;
pub use truth::{Doubt, Truth};
