//! `afterlab policy fmt`: policy JSON in its usual form.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::read_text;
use crate::cli::output::{complain, mention, print, say};
use crate::cli::{CliError, Exit};
use crate::file::{NewFile, Readers};
use crate::policy::format::format;
use crate::policy::syntax::{Lines, Origin, parse};

/// Write policy JSON in its usual form
///
/// Elements come in the order in which AWS documents them, two spaces a level. Values and the order of lists stay, so
/// that the policy means the same.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy fmt policies/*.json
  afterlab policy fmt --check policies/*.json      in CI: exit 1 if one is not in that form")]
pub(super) struct Args {
    /// Policy files (JSON), which are rewritten; - reads standard input and prints
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Change nothing, name the files that are not in that form, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let mut exit = Exit::Clean;
    for path in &args.files {
        match one(path, args.check) {
            Ok(false) if exit == Exit::Clean => exit = Exit::Findings,
            Ok(_) => {}
            Err(error) => {
                complain(&error);
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

/// Formats one file; whether nothing is left to do.
fn one(path: &Path, check: bool) -> Result<bool, CliError> {
    let text = read_text(path)?;
    let parsed = parse(&text, &Origin::file());
    if let Some(error) = parsed.errors.first() {
        let position = Lines::of(&text).position(error.span.start);
        return Err(CliError::new(format!(
            "{}:{}:{} {}; it was left as it is",
            path.display(),
            position.line,
            position.column,
            error.message
        )));
    }
    let Some(root) = &parsed.root else { return Ok(true) };
    let formatted = format(root);
    if path == Path::new("-") {
        if !check {
            print(&formatted)?;
        }
        return Ok(!check || formatted == text);
    }
    if formatted == text {
        return Ok(true);
    }
    if check {
        say(&format!("{} is not in the usual form", path.display()));
        return Ok(false);
    }
    rewrite(path, &formatted)?;
    mention(&format!("{} rewritten", path.display()));
    Ok(true)
}

/// Puts a new text in the place of a file's.
pub(super) fn rewrite(path: &Path, text: &str) -> Result<(), CliError> {
    let write = || {
        let permissions = std::fs::metadata(path)?.permissions();
        let mut file = NewFile::begin(path, Readers::Umask)?;
        file.write_all(text.as_bytes())?;
        file.finish()?;
        std::fs::set_permissions(path, permissions)
    };
    write().map_err(|error| CliError::new(format!("{} cannot be written: {error}", path.display())))
}
