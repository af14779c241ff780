//! `afterlab policy catalogue`: what the built-in facts are, and of when.

use jiff::Timestamp;

use crate::cli::output::print;
use crate::cli::{CliError, Exit};
use crate::policy::catalogue::Catalogue;

pub(super) fn run() -> Result<Exit, CliError> {
    let catalogue = Catalogue::embedded();
    print(&catalogue.describe(Timestamp::now()))?;
    Ok(Exit::Clean)
}
