//! `afterlab notes`: the course's knowledge in the terminal.

use std::fmt::Write as _;

use clap::{Parser, Subcommand};

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
  afterlab notes s3#bucket-naming     a section, as findings name it
  afterlab notes search glacier       the sections in which a word stands
  afterlab quiz s3                    the check-yourself items of a page, asked")]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    /// PAGE or PAGE#SECTION; without it the table of contents
    #[arg(value_name = "NOTE")]
    note: Option<String>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the sections in which all these words stand
    #[command(after_help = "\
Examples:
  afterlab notes search glacier
  afterlab notes search knowledge base vector")]
    Search {
        /// Words or parts of words, in any case
        #[arg(required = true)]
        words: Vec<String>,
    },
}

/// How many sections a search lists.
const MOST_HITS: usize = 15;

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let markdown = match (&args.command, &args.note) {
        (Some(Command::Search { words }), _) => search(words)?,
        (None, None) => contents(),
        (None, Some(address)) => find(address)?,
    };
    print(&terminal::render(&markdown, width()))?;
    Ok(Exit::Clean)
}

fn search(words: &[String]) -> Result<String, CliError> {
    let hits = notes::search::search(words);
    if hits.is_empty() {
        return Err(CliError::new(format!("no section of the notes has all of: {}", words.join(" ")))
            .help("try fewer words, or a part of one; `afterlab notes` shows the table of contents"));
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    for hit in hits.iter().take(MOST_HITS) {
        let _ = writeln!(text, "**{}**\n\n> {}\n\n`afterlab notes {}`\n", hit.title, hit.line, hit.address);
    }
    if hits.len() > MOST_HITS {
        let _ = writeln!(text, "And {} more sections; another word narrows it down.", hits.len() - MOST_HITS);
    }
    Ok(text)
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
