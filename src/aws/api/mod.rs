//! The client that is driven by AWS's own API models.
//!
//! The model says how a request and a reply look; retries, timeouts, credentials and signing are those of the official
//! runtime.

mod client;
mod endpoint;
pub mod model;
pub mod protocol;
mod read;

pub use client::ApiClient;
pub(in crate::aws) use endpoint::own;
pub use endpoint::{Endpoint, is_in};
pub use model::{Api, ModelError};
pub use read::is_read;
