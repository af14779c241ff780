//! `afterlab man`: manual pages, made of the same text as the help.

use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Command, Parser};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::output::{mention, print};
use super::{CliError, Exit, help};
use crate::text::{closest, count};

/// What the foot of a page names.
const SOURCE: &str = concat!("afterlab ", env!("CARGO_PKG_VERSION"));

/// What stands below the flags in the help, and what manual pages call it.
const SECTIONS: [(&str, &str); 4] = [
    ("Examples:", "EXAMPLES"),
    ("Exit codes:", "EXIT STATUS"),
    ("Environment:", "ENVIRONMENT"),
    ("What comes first:", "WHAT COMES FIRST"),
];

/// Print a manual page, or write all of them to a folder
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab man | man -l -                                    read the page of the program
  afterlab man policy check | man -l -                       … of a command
  afterlab man --dir ~/.local/share/man/man1 ; man afterlab-scan")]
pub(super) struct Args {
    /// The command whose page is printed; the program without it
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Vec<String>,

    /// Write the pages of all commands to this folder
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    // Pages are of the commands alone: each has its own page, and the help of all is in them.
    let mut command = help::command().disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &args.dir {
        let pages = write_all(&command, folder).map_err(|error| {
            CliError::new(format!("the pages cannot be written to {}: {error}", folder.display()))
                .help("choose a folder that you may write to")
        })?;
        mention(&format!("{} written to {}", count(pages, "page"), folder.display()));
        return Ok(Exit::Clean);
    }
    let mut wanted = &command;
    for name in &args.command {
        wanted = wanted.find_subcommand(name).ok_or_else(|| unknown(wanted, name))?;
    }
    print(&String::from_utf8_lossy(&page(wanted)))?;
    Ok(Exit::Clean)
}

fn unknown(command: &Command, name: &str) -> CliError {
    let error = CliError::new(format!("{} has no command {name:?}", command.get_name()));
    match closest(name, command.get_subcommands().map(Command::get_name)) {
        Some(meant) => error.help(format!("did you mean {meant}?")),
        None => error.help("`afterlab help` lists the commands"),
    }
}

/// The page of a command.
fn page(command: &Command) -> Vec<u8> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let below = command.get_after_long_help().or_else(|| command.get_after_help());
    let sections = sections(&below.map(ToString::to_string).unwrap_or_default());
    let command = command.clone().name(name).after_help(Resettable::Reset).after_long_help(Resettable::Reset);
    let mut page = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = Man::new(command).manual("afterlab").source(SOURCE).render(&mut page);
    page.extend(sections.to_roff().bytes());
    page
}

/// What stands below the flags in the help, as sections of a page: examples as they are set, sentences filled.
fn sections(text: &str) -> Roff {
    let mut page = Roff::new();
    for line in text.lines() {
        let begun = SECTIONS.iter().find_map(|(heading, title)| Some((title, line.strip_prefix(heading)?.trim())));
        let Some((title, sentence)) = begun else {
            page.text([roman(line)]);
            continue;
        };
        page.control("fi", []);
        page.control("SH", [*title]);
        if sentence.is_empty() {
            page.control("nf", []);
        } else {
            page.text([roman(sentence)]);
        }
    }
    page
}

/// Writes the page of a command and of all below it: how many.
fn write_all(command: &Command, folder: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    std::fs::write(folder.join(format!("{name}.1")), page(command))?;
    let below = command.get_subcommands().map(|command| write_all(command, folder));
    below.sum::<std::io::Result<usize>>().map(|pages| pages + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_flags_becomes_sections() {
        let page = sections("Examples:\n  afterlab x\n\nExit codes: 0 well, 1 not\n").to_roff();
        for part in [".SH EXAMPLES\n.nf\n  afterlab x\n", ".fi\n.SH \"EXIT STATUS\"\n0 well, 1 not\n"] {
            assert!(page.contains(part), "{part:?} is missing:\n{page}");
        }
    }

    #[test]
    fn nothing_stands_below_the_flags_outside_of_a_section() {
        let mut all = vec![help::command()];
        while let Some(command) = all.pop() {
            all.extend(command.get_subcommands().cloned());
            let below = command.get_after_long_help().or_else(|| command.get_after_help());
            let below = below.map(ToString::to_string).unwrap_or_default();
            let is_stray = |line: &&str| {
                !line.is_empty() && !line.starts_with("  ") && !SECTIONS.iter().any(|(name, _)| line.starts_with(name))
            };
            let stray: Vec<&str> = below.lines().filter(is_stray).collect();
            assert!(stray.is_empty(), "{}: {stray:?}", command.get_name());
        }
    }
}
