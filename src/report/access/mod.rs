//! What is said of who can do what.

mod answer;
pub mod graph;

pub use answer::{answer_table, answers_json, answers_table};
