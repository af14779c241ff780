//! Who can do what in an account, by all policies that were read of it.
//!
//! [`Holder`]s are the account's users and roles with the policies that bear on them; [`ask`] puts one request through
//! the evaluator; [`graph`] finds who can become whom. A policy that was not read stays a doubt.

mod account;
mod ask;
pub mod graph;
pub mod shrink;

pub use account::{AccountView, Holder, HolderKind, NotAHolder};
pub use ask::{Answer, Given, Question, ResourcePolicy, ask, ask_outsider, ask_policy, who};
