//! Talking to AWS: whose account, which region, and the clients that may only read.

pub mod api;
mod causes;
mod clients;
mod failure;
mod guard;
mod pace;
pub mod session;
mod wire;

pub use causes::describe;
pub use clients::Clients;
pub use failure::Failure;
pub use session::{Session, SessionError, SessionOptions};
