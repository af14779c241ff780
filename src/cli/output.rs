//! Where output goes: the report to standard output or a file, the talk to standard error.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::CliError;
use crate::file::{NewFile, Readers};
use crate::text::printable;

/// Columns when nothing is known about the terminal.
const DEFAULT_WIDTH: u16 = 100;

/// Columns below which a table cannot be read.
const MIN_WIDTH: u16 = 60;

/// A line on standard error.
pub(super) fn say(line: &str) {
    // Standard error may be closed; nobody can be told then.
    let _ = writeln!(anstream::stderr().lock(), "{}", printable(line));
}

/// A text on standard output, without colours where they are not wanted.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    print_with(|out| out.write_all(text.as_bytes()))
}

/// Whatever writes itself on standard output. A reader who has gone away is no error.
fn print_with(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let mut out = BufWriter::new(anstream::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::new(format!("the output could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// The day in UTC.
pub(super) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Columns of the terminal.
pub(super) fn width() -> u16 {
    terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| width.0).max(MIN_WIDTH)
}

/// Where a report goes. A file is opened before the work begins, so that a wrong path costs no scan, and appears whole
/// or not at all.
#[derive(Debug)]
pub(super) enum Target {
    /// Standard output.
    Terminal,
    /// A file.
    File(NewFile, PathBuf),
}

impl Target {
    /// Opens the file, if there is one.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, CliError> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { return Ok(Self::Terminal) };
        let failed = |error: io::Error| {
            CliError::new(format!("{} cannot be written: {error}", path.display()))
                .help("choose a file in a folder that exists and that you may write to")
        };
        Ok(Self::File(NewFile::begin(path, Readers::Umask).map_err(failed)?, path.to_owned()))
    }

    /// Whether it goes to standard output.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal)
    }

    /// Lets the report write itself. If the file fails at the last moment, standard output gets it, so that nothing is
    /// lost.
    pub(super) fn write(self, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        let (file, path) = match self {
            Self::Terminal => return print_with(write),
            Self::File(file, path) => (file, path),
        };
        let Err(error) = write_file(file, &write) else { return Ok(()) };
        print_with(write)?;
        Err(CliError::new(format!("{} could not be written: {error}", path.display()))
            .help("the report was printed instead"))
    }
}

fn write_file(file: NewFile, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
}
