//! What AWS says about S3, as plain functions over the inventory: names, classes and their terms, who gets in, how much
//! is kept and what that costs.
//!
//! A room of its own because the rules share it and the command `afterlab s3-name` uses it too. It knows no rule, reads
//! nothing and prints nothing.

pub mod class;
pub mod exposure;
pub mod lifecycle;
pub mod name;
pub mod volume;
