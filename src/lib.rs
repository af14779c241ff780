//! afterlab audits an AWS account after a lab: best practices, forgotten resources and what they cost, IAM policies.
//!
//! The way of the data, which is also the map of this crate:
//!
//! ```text
//! source ──collect──▶ Inventory ──evaluate──▶ Vec<Outcome> ──filter──▶ Report ──write──▶ table, JSON …
//! (AWS, emulator,      │ (plain values,         (rules never             (pure functions,
//!  snapshot, demo)     ▼  no client in it)       do I/O)                  one file a format)
//!                   snapshot file
//! ```
//!
//! One direction, no way back: rules get an immutable [`inventory::Inventory`] and never a client; reports get findings
//! and never an inventory; only [`collect`] (and [`doctor`], which judges nothing) talks to AWS, through [`aws`]; only [`cli`] reads flags and prints.

pub mod aws;
pub mod cli;
pub mod collect;
pub mod config;
pub mod cost;
pub mod doctor;
mod file;
pub mod finding;
mod grid;
pub mod inventory;
pub mod lint;
pub mod notes;
pub mod pack;
pub mod policy;
pub mod report;
pub mod rule;
pub mod s3;
pub mod text;
mod time;

#[path = "../rules/mod.rs"]
pub mod rules;
