//! JSON as the user wrote it: every key and value with its place in the file.
//!
//! [`json::parse`] reads a text and goes on after an error; [`origin::Origin`] leads from a text that was embedded in
//! another one (a policy inside of a Terraform plan) back to the file; [`span::Lines`] turns a place into line and
//! column.

pub mod hole;
pub mod json;
pub mod node;
pub mod origin;
#[cfg(test)]
mod properties;
pub mod span;

pub use hole::Hole;
pub use json::{Parsed, SyntaxError, parse};
pub use node::{Member, Node, Text, Value};
pub use origin::Origin;
pub use span::{Lines, Position, Span};
