//! Talking to AWS: whose account, which region, and the clients that may only read.

pub mod api;
mod causes;
mod clients;
mod credentials;
mod failure;
mod guard;
mod observe;
mod pace;
pub mod session;
mod wire;

pub use causes::describe;
pub use clients::Clients;
pub use credentials::CredentialFacts;
pub use failure::Failure;
pub use observe::{Exchange, Observer};
pub use session::{Opening, Session, SessionError, SessionOptions};
