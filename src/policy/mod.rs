//! The IAM policy language: model, matching, and what a text grants.
//!
//! `document` holds a text with its `model`; `matching` and `pattern` decide about wildcards; `grant` says what a
//! document allows by itself, `eval` whether one request is allowed; `catalogue` knows the actions, `escalation` what
//! some of them together lead to.

pub mod admin;
pub mod catalogue;
pub mod conditions;
mod document;
pub mod escalation;
pub mod eval;
pub mod format;
pub mod grant;
pub mod guardrail;
pub mod input;
pub mod ip;
pub mod kind;
pub mod matching;
pub mod model;
pub mod outline;
pub mod pattern;
pub mod scan_policy;
pub mod scan_role;
pub mod semantics;
pub mod syntax;
pub mod trust;
pub mod whole_services;
pub mod write;

pub use document::PolicyDocument;
pub use kind::{PolicyKind, ResourceType};
pub use model::{Document, NotAPolicy};
