//! What is said of who can do what.

mod answer;

pub use answer::{answer_table, answers_json, answers_table};
