//! `--format` and `--output`: one or several reports of the same scan.

use std::collections::HashMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::CliError;
use super::output::{OutFile, print_with, width};
use crate::report::format::Format;

/// Where the reports go, and in which form.
#[derive(Args, Debug)]
pub(super) struct OutputArgs {
    /// Form of the report on standard output, and of files that name none [default: table]
    #[arg(long, value_enum, help_heading = "The report")]
    format: Option<Format>,

    /// Write the report to a file; may be given several times, each with its own form
    ///
    /// The form is what stands before `=` (`sarif=report.sarif`), else --format, else what the file's ending tells
    /// (`report.json`), else a table. `-` is standard output.
    #[arg(long, short, value_name = "[FORMAT=]FILE", help_heading = "The report")]
    output: Vec<PathBuf>,
}

/// What was asked for with one `--output`.
struct Wanted<'a> {
    format: Option<Format>,
    path: &'a Path,
}

/// Reports that are to be written, with their files open.
#[derive(Debug)]
pub(super) struct Outputs {
    files: Vec<(Format, OutFile)>,
    terminal: Option<Format>,
}

/// Columns of a report that goes to a file.
const FILE_WIDTH: u16 = 120;

/// How a report is to be drawn where it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawing {
    /// Columns.
    pub(super) width: u16,
    /// Whether colours may be in it.
    pub(super) colours: bool,
}

impl OutputArgs {
    /// Opens all files, so that a wrong path costs no scan.
    pub(super) fn open(&self) -> Result<Outputs, CliError> {
        let wanted = self.output.iter().map(|text| wanted(text)).collect::<Result<Vec<_>, _>>()?;
        let mut terminal = Vec::new();
        let mut files = Vec::new();
        for Wanted { format, path } in &wanted {
            let format = format.or(self.format);
            if *path == Path::new("-") {
                terminal.push(format.unwrap_or(Format::Table));
            } else {
                files.push((format.or_else(|| Format::of_path(path)).unwrap_or(Format::Table), *path));
            }
        }
        // A form that no file takes is for standard output, and so is a report that goes nowhere else.
        let is_taken = wanted.iter().any(|wanted| wanted.format.is_none());
        match self.format {
            Some(format) if !is_taken => terminal.push(format),
            _ if wanted.is_empty() => terminal.push(Format::Table),
            _ => {}
        }
        if let [first, second, ..] = terminal.as_slice() {
            let what = format!("two reports for standard output: {} and {}", first.name(), second.name());
            return Err(CliError::new(what).help("give one of them a file: --output FORMAT=FILE"));
        }
        // A page is for a browser: nobody reads a megabyte of it on a terminal. `-o -` prints it all the same.
        let asked_for = wanted.iter().any(|wanted| wanted.path == Path::new("-"));
        if terminal.contains(&Format::Html) && !asked_for && io::stdout().is_terminal() {
            return Err(CliError::new("an HTML report is for a browser, not for a terminal")
                .help("write it to a file (-o report.html), or print it all the same (-o -)"));
        }
        refuse_twice(&files)?;
        let open = |(format, path): (Format, &Path)| Ok((format, OutFile::open(path)?));
        let files = files.into_iter().map(open).collect::<Result<_, CliError>>()?;
        Ok(Outputs { files, terminal: terminal.pop() })
    }
}

/// Takes `FORMAT=FILE` apart. What stands before `=` is a form if it is a plain word; `./a=b` is a file.
fn wanted(text: &Path) -> Result<Wanted<'_>, CliError> {
    let Some((name, path)) = text.to_str().and_then(|text| text.split_once('=')) else {
        return Ok(Wanted { format: None, path: text });
    };
    if name.contains(['/', '\\', '.']) {
        return Ok(Wanted { format: None, path: text });
    }
    let format = Format::from_str(name, true).map_err(|_| unknown_format(name))?;
    if path.is_empty() {
        let what = format!("--output {name}= names no file");
        return Err(CliError::new(what).help(format!("write --output {name}=FILE, or {name}=- for standard output")));
    }
    Ok(Wanted { format: Some(format), path: Path::new(path) })
}

fn unknown_format(name: &str) -> CliError {
    let names: Vec<String> = Format::value_variants().iter().map(|format| format.name()).collect();
    let lower = name.to_ascii_lowercase();
    let by_ending = || Format::of_path(Path::new(&format!("report.{lower}"))).map(Format::name);
    let by_likeness = || names.iter().find(|name| strsim::osa_distance(name, &lower) == 1).cloned();
    let help = match by_ending().or_else(by_likeness) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("there are {}; a file with = in its name is ./{name}=…", names.join(", ")),
    };
    CliError::new(format!("there is no format {name:?} (in --output)")).help(help)
}

/// Two reports in one file would leave only the last one. A device takes as many as there are.
fn refuse_twice(files: &[(Format, &Path)]) -> Result<(), CliError> {
    let mut seen: HashMap<PathBuf, Format> = HashMap::new();
    for (format, path) in files {
        let is_device = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        if is_device {
            continue;
        }
        if let Some(first) = seen.insert(place(path), *format) {
            let what = format!("two reports for {}: {} and {}", path.display(), first.name(), format.name());
            return Err(CliError::new(what).help("give each report a file of its own"));
        }
    }
    Ok(())
}

/// The same for two ways to say the same file.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = || Some(fs::canonicalize(folder).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

impl Outputs {
    /// Lets each report write itself; what goes to standard output comes last. A report whose file fails at the last
    /// moment goes to standard output if that is free, else to a file for temporary files: nothing is lost.
    pub(super) fn write(
        self,
        report: impl Fn(Format, Drawing, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CliError> {
        let file = Drawing { width: FILE_WIDTH, colours: false };
        let mut failed = Vec::new();
        for (format, target) in self.files {
            if let Err(what) = target.write(|out| report(format, file, out)) {
                failed.push((format, what));
            }
        }
        let (mut whats, mut helps) = (Vec::new(), Vec::new());
        let mut is_free = self.terminal.is_none();
        if let Some(format) = self.terminal {
            let terminal = Drawing { width: width(), colours: true };
            whats.extend(print_with(|out| report(format, terminal, out)).err().map(|error| error.what));
        }
        for (format, what) in failed {
            whats.push(what);
            let is_printed = std::mem::take(&mut is_free) && print_with(|out| report(format, file, out)).is_ok();
            helps.push(if is_printed {
                format!("the {} report was printed instead", format.name())
            } else {
                rescue(format, |out| report(format, file, out))
            });
        }
        let help = (!helps.is_empty()).then(|| helps.join("; "));
        if whats.is_empty() { Ok(()) } else { Err(CliError { what: whats.join("; "), help }) }
    }
}

/// Writes a report to a new file among the temporary ones, readable only for its owner, and says where it is.
fn rescue(format: Format, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> String {
    let name = format.name();
    let written =
        tempfile::Builder::new().prefix("afterlab-").suffix(&format!(".{name}")).tempfile().and_then(|file| {
            let mut out = io::BufWriter::new(file);
            write(&mut out)?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            Ok(file.keep()?.1)
        });
    match written {
        Ok(path) => format!("the {name} report is {} instead", path.display()),
        Err(error) => format!("the {name} report is lost, for a temporary file could not be written either: {error}"),
    }
}
