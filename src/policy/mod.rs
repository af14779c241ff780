//! The IAM policy language: model, matching, and what a text grants.
//!
//! `document` holds a text with its `model`; `matching` and `pattern` decide about wildcards; `grant` says what a
//! document allows by itself; `catalogue` knows the actions, `escalation` what some of them together lead to.

pub mod catalogue;
mod document;
pub mod matching;
pub mod pattern;

pub use document::PolicyDocument;
