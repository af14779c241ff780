//! `afterlab notes`: the course's knowledge in the terminal.

use std::fmt::Write as _;

use clap::Parser;

use super::output::{print, width};
use super::{CliError, Exit};
use crate::notes::{self, Page, terminal};
use crate::text::closest;

/// Read the notes of the course
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab notes                      the table of contents
  afterlab notes s3                   a page
  afterlab notes s3#bucket-naming     a section, as findings name it")]
pub(super) struct Args {
    /// PAGE or PAGE#SECTION; without it the table of contents
    #[arg(value_name = "NOTE")]
    note: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let markdown = match &args.note {
        None => contents(),
        Some(address) => find(address)?,
    };
    print(&terminal::render(&markdown, width()))?;
    Ok(Exit::Clean)
}

fn contents() -> String {
    let mut text = "# Notes\n".to_owned();
    for page in notes::pages() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n## {}\n\n{}\n", page.title, page.intro);
        for section in &page.sections {
            let _ = writeln!(text, "- `afterlab notes {}#{}`: {}", page.name, section.anchor, section.title);
        }
    }
    text
}

fn find(address: &str) -> Result<String, CliError> {
    let unknown = || {
        let error = CliError::new(format!("there is no note {address:?}"));
        let addresses: Vec<String> = notes::addresses().collect();
        let names = notes::pages().iter().map(|page| page.name).chain(addresses.iter().map(String::as_str));
        match closest(address, names) {
            Some(name) => error.help(format!("did you mean {name}?")),
            None => error.help("`afterlab notes` shows the table of contents"),
        }
    };
    let parsed = notes::Address::parse(address);
    let page = notes::page(parsed.page).ok_or_else(unknown)?;
    match parsed.anchor {
        None => Ok(whole(page)),
        Some(anchor) => {
            let section = page.section(anchor).ok_or_else(unknown)?;
            Ok(format!("# {}\n\n{}\n", section.title, section.body))
        }
    }
}

fn whole(page: &Page) -> String {
    let sections = page.sections.iter().map(|section| format!("## {}\n\n{}\n", section.title, section.body));
    format!("# {}\n\n{}\n\n{}", page.title, page.intro, sections.collect::<Vec<_>>().join("\n"))
}
