//! `afterlab quiz`: the check-yourself questions of the course.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use clap::Parser;

use super::output::{print, width};
use super::{CliError, Exit};
use crate::notes::quiz::{Question, questions};
use crate::notes::terminal::render;
use crate::text::{closest, count};

/// Ask the check-yourself questions of the course
///
/// A question is shown, you think, Enter shows the answer, and you say whether you knew it. At the end stands which pages
/// to read again.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab quiz                       ten questions of all pages
  afterlab quiz bedrock sagemaker     of these pages
  afterlab quiz s3 --list             all questions of a page with their answers")]
pub(super) struct Args {
    /// Pages of the notes; all without it
    #[arg(value_name = "PAGE")]
    pages: Vec<String>,

    /// How many questions to ask
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    count: usize,

    /// Print the questions with their answers, in order, and ask nothing
    #[arg(long)]
    list: bool,

    /// Ask in the order of this number, to have the same questions again
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let mut chosen = choose(&args.pages)?;
    if args.list {
        let items = chosen.iter().map(|item| format!("- **{}** {}\n", item.question, item.answer));
        print(&render(&items.collect::<String>(), width()))?;
        return Ok(Exit::Clean);
    }
    args.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed).shuffle(&mut chosen);
    chosen.truncate(args.count);
    let (asked, missed) = ask(&chosen, &mut io::stdin().lock(), &mut anstream::stdout().lock())
        .map_err(|error| CliError::new(format!("the quiz could not go on: {error}")))?;
    let mut end = format!("\n{} of {} known.", asked - missed.len(), count(asked, "question"));
    let pages: BTreeSet<&str> = missed.iter().map(|question| question.page).collect();
    for page in pages {
        // Writing to a String cannot fail.
        let _ = write!(end, " Read again: `afterlab notes {page}`.");
    }
    print(&render(&end, width()))?;
    Ok(Exit::Clean)
}

fn choose(pages: &[String]) -> Result<Vec<Question>, CliError> {
    let all = questions();
    if let Some(unknown) = pages.iter().find(|page| all.iter().all(|question| question.page != page.as_str())) {
        let error = CliError::new(format!("no page {unknown:?} asks questions"));
        return Err(match closest(unknown, all.iter().map(|question| question.page)) {
            Some(page) => error.help(format!("did you mean {page}?")),
            None => error.help("`afterlab notes` shows all pages"),
        });
    }
    Ok(all.into_iter().filter(|item| pages.is_empty() || pages.iter().any(|page| page == item.page)).collect())
}

/// Asks until the input ends or says `q`: how many were asked, and which were not known.
fn ask<'q>(
    questions: &'q [Question],
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> io::Result<(usize, Vec<&'q Question>)> {
    let (mut asked, mut missed) = (0, Vec::new());
    for (place, item) in (1..).zip(questions) {
        writeln!(out, "\n{place}/{} [{}]", questions.len(), item.page)?;
        write!(out, "{}\nEnter shows the answer, q ends: ", render(&item.question, width()))?;
        let Some(_) = line(input, out)? else { break };
        write!(out, "{}\nDid you know it? [y/n] ", render(&item.answer, width()))?;
        let Some(said) = line(input, out)? else { break };
        asked += 1;
        if !said.starts_with(['y', 'Y']) {
            missed.push(item);
        }
    }
    Ok((asked, missed))
}

/// What is typed; none at the end of the input and for `q`.
fn line(input: &mut impl BufRead, out: &mut impl Write) -> io::Result<Option<String>> {
    out.flush()?;
    let mut text = String::new();
    let is_end = input.read_line(&mut text)? == 0;
    let text = text.trim().to_owned();
    Ok((!is_end && text != "q").then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_known_is_told() {
        let all = questions();
        let mut out = Vec::new();
        let (asked, missed) = ask(&all[..4], &mut "\ny\n\nn\n\n".as_bytes(), &mut out).expect("a quiz");
        assert_eq!((asked, missed), (2, vec![&all[1]]), "the third was asked and not answered");
        let out = String::from_utf8(out).expect("text");
        assert!(out.contains("3/4") && !out.contains("4/4"), "{out}");
    }
}
