//! `afterlab policy lints`: the list of lints.

use std::fmt::Write as _;

use crate::cli::output::print;
use crate::cli::{CliError, Exit};
use crate::lint::{CheckOrigin, registry};
use crate::text::count;

pub(super) fn run() -> Result<Exit, CliError> {
    let mut lints: Vec<_> = registry::all().map(|(_, lint)| lint).collect();
    lints.sort_by_key(|lint| lint.code);
    // Codes are long and must stay whole, so that they can be copied: two lines each instead of a table.
    let mut text = String::new();
    for lint in &lints {
        let whose = match lint.origin {
            CheckOrigin::AccessAnalyzer => "Access Analyzer",
            CheckOrigin::Afterlab => "afterlab",
        };
        let opt_in = if lint.opt_in.is_some() { ", opt-in" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}\n    {} ({}, {whose}{opt_in})", lint.code, lint.title, lint.level);
    }
    print(&format!("{text}{}; `afterlab explain CODE` tells more\n", count(lints.len(), "lint")))?;
    Ok(Exit::Clean)
}
