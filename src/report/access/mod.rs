//! What is said of who can do what, and who can become whom.

mod answer;
mod drawing;
mod escalations;
mod shrink;

pub use answer::{answer_table, answers_json, answers_table};
pub use drawing::{dot, svg};
pub use escalations::{escalations_json, escalations_table};
pub use shrink::{proposal_json, proposal_policy, proposal_table, unknown_json, unknown_table};
