//! Where output goes: the report to standard output or a file, the talk to standard error.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use super::{CliError, links, pager, terminal};
use crate::file::{NewFile, Readers};
use crate::text::printable;

/// Columns when nothing is known about the terminal.
const DEFAULT_WIDTH: u16 = 100;

/// Columns below which a table cannot be read.
const MIN_WIDTH: u16 = 60;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// A line on standard error: what went wrong, or what the user must know to trust the result.
pub(super) fn say(line: &str) {
    // Standard error may be closed; nobody can be told then.
    let _ = writeln!(anstream::stderr().lock(), "{}", printable(line));
}

/// Lines on standard error that were made to be printed.
pub(super) fn say_lines(lines: &str) {
    let _ = anstream::stderr().lock().write_all(lines.as_bytes());
}

/// A line on standard error that `--quiet` silences: the result is the same without it.
pub(super) fn mention(line: &str) {
    if !terminal::is_quiet() {
        say(line);
    }
}

/// An error with its help, on standard error.
pub(super) fn complain(error: &CliError) {
    say_lines(&format!("{ERROR}error:{ERROR:#} {}\n", printable(&error.what)));
    if let Some(help) = &error.help {
        say_lines(&format!("  {HELP}help:{HELP:#} {}\n", printable(help)));
    }
}

/// A text on standard output, without colours where they are not wanted.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    print_with(|out| out.write_all(text.as_bytes()))
}

/// Whatever writes itself on standard output; what is longer than the screen goes to the pager. A reader who has gone
/// away is no error.
pub(super) fn print_with(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let written = if io::stdout().is_terminal() {
        let mut text = Vec::new();
        write(&mut text).and_then(|()| on_terminal(&String::from_utf8_lossy(&text)))
    } else {
        let mut out = BufWriter::new(anstream::stdout().lock());
        write(&mut out).and_then(|()| out.flush())
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::new(format!("the output could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

fn on_terminal(text: &str) -> io::Result<()> {
    if terminal::may_page() && pager::is_long(text) && pager::show(text)? {
        return Ok(());
    }
    let mut out = anstream::stdout().lock();
    if links::are_wanted() { out.write_all(links::add(text).as_bytes()) } else { out.write_all(text.as_bytes()) }?;
    out.flush()
}

/// Columns of the terminal.
pub(super) fn width() -> u16 {
    terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| width.0).max(MIN_WIDTH)
}

/// Where a report goes.
#[derive(Debug)]
pub(super) enum Target {
    /// Standard output.
    Terminal,
    /// A file.
    File(OutFile),
}

impl Target {
    /// Opens the file, if there is one.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, CliError> {
        match path.filter(|path| *path != Path::new("-")) {
            Some(path) => Ok(Self::File(OutFile::open(path)?)),
            None => Ok(Self::Terminal),
        }
    }

    /// Whether it goes to standard output.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal)
    }

    /// Lets the report write itself. If the file fails at the last moment, standard output gets it, so that nothing is
    /// lost.
    pub(super) fn write(self, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        let Self::File(file) = self else { return print_with(write) };
        let Err(error) = file.write(&write) else { return Ok(()) };
        print_with(write)?;
        Err(CliError::new(error).help("the report was printed instead"))
    }
}

/// A file for a report. It is opened before the work begins, so that a wrong path costs no scan, and appears whole or not
/// at all.
#[derive(Debug)]
pub(super) struct OutFile(NewFile, PathBuf);

impl OutFile {
    /// Opens it.
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        let failed = |error: io::Error| {
            CliError::new(format!("{} cannot be written: {error}", path.display()))
                .help("choose a file in a folder that exists and that you may write to")
        };
        Ok(Self(NewFile::begin(path, Readers::Umask).map_err(failed)?, path.to_owned()))
    }

    /// Lets the report write itself.
    ///
    /// # Errors
    /// In words, when it cannot be written to its end.
    pub(super) fn write(self, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let Self(file, path) = self;
        write_file(file, write).map_err(|error| format!("{} could not be written: {error}", path.display()))
    }
}

fn write_file(file: NewFile, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
}
