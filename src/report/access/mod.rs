//! What is said of who can do what.

mod answer;
mod shrink;

pub use answer::{answer_table, answers_json, answers_table};
pub use shrink::{proposal_json, proposal_policy, proposal_table, unknown_json, unknown_table};
