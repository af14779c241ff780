//! What policies mean: whether one allows what another does not, whether it ever grants an action, whether it lets the
//! public in.
//!
//! A request is (principal, action, resource, context), and a statement is a product of one demand a dimension. So the
//! questions are about sets of requests, of which `search` takes some away from others; `solver` decides in each
//! dimension whether anything is left. What cannot be described exactly is taken for more than it is, never for less: a
//! set that is empty then is empty, and a request that is found counts only when the evaluator
//! ([`crate::policy::eval`]) confirms it. All else is [`Answer::Unknown`], with the reason.

mod actions;
mod answer;
mod automata;
mod callers;
mod check;
mod compile;
mod condition;
mod glob;
mod key;
mod near;
mod partial;
mod principal;
mod public;
mod question;
mod ranges;
mod search;
mod shared;
mod solver;
mod tell;
mod witness;

pub use answer::{Answer, Grant, Reason};
pub use check::new_access;
pub use question::{Access, Question};
pub use tell::{Circumstance, Is, Target, Told};
