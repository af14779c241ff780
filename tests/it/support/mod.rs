//! What the tests share: the binary in a clean environment, the emulator, and a proxy that misbehaves on demand.

pub mod browser;
pub mod emulator;
pub mod proxy;
pub mod python;
pub mod run;
pub mod wire;

pub use emulator::{Emulator, as_botocore, botocore_sources};
pub use proxy::{Proxy, Turn};
pub use run::{Run, afterlab};
