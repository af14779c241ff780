//! `afterlab policy lints`: the list of lints.

use crate::cli::output::{print, width};
use crate::cli::{CliError, Exit};
use crate::grid;
use crate::lint::{CheckOrigin, registry};
use crate::text::count;

pub(super) fn run() -> Result<Exit, CliError> {
    let mut table = grid::table(width());
    table.set_header(["Code", "Level", "Whose", "What is wrong"]);
    let mut lints: Vec<_> = registry::all().map(|(_, lint)| lint).collect();
    lints.sort_by_key(|lint| lint.code);
    for lint in &lints {
        let whose = match lint.origin {
            CheckOrigin::AccessAnalyzer => "Access Analyzer",
            CheckOrigin::Afterlab => "afterlab",
        };
        let title = match lint.opt_in {
            Some(_) => format!("{} (opt-in)", lint.title),
            None => lint.title.to_owned(),
        };
        table.add_row([lint.code.to_owned(), lint.level.to_string(), whose.to_owned(), title]);
    }
    print(&format!("{table}\n{}; `afterlab explain CODE` tells more\n", count(lints.len(), "lint")))?;
    Ok(Exit::Clean)
}
