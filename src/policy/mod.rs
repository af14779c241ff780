//! The IAM policy language: model, matching, and what a text grants.

mod document;
pub mod matching;
pub mod scan_policy;

pub use document::PolicyDocument;
