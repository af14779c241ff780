//! The diagnosis for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Check, Diagnosis, Health};
use crate::text::printable;

const DIM: Style = Style::new().dimmed();

/// Columns before the text of a check.
const MARGIN: usize = 22;

/// Columns beyond which a line is hard to read.
const WIDEST: usize = 110;

impl Health {
    fn mark(self) -> &'static str {
        match self {
            Self::Ok => "✓ ok",
            Self::Warn => "! warn",
            Self::Fail => "✗ FAIL",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => AnsiColor::Green.on_default(),
            Self::Warn => AnsiColor::Yellow.on_default().bold(),
            Self::Fail => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// Each check in a line with what to do below it, and what they come to.
#[must_use]
pub fn write(diagnosis: &Diagnosis, width: u16) -> String {
    let mut text: String = diagnosis.checks.iter().map(|check| line(check, usize::from(width).min(WIDEST))).collect();
    let sum = match (diagnosis.count(Health::Fail), diagnosis.count(Health::Warn)) {
        (0, 0) => "A scan works here.".to_owned(),
        (0, warn) => format!("A scan works here, and would be better after what is advised ({warn} warn)."),
        (fail, warn) => format!("A scan does not work here yet ({fail} fail, {warn} warn)."),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{sum}");
    text
}

fn line(check: &Check, width: usize) -> String {
    let style = check.health.style();
    let (mark, name) = (check.health.mark(), check.name);
    let mut text = format!("{style}{mark:<7}{style:#} {name:<12}  ");
    let options =
        || textwrap::Options::new(width.saturating_sub(MARGIN)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let margin = " ".repeat(MARGIN);
    let found = textwrap::wrap(&printable(&check.found), options()).join(&format!("\n{margin}"));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{found}");
    if let Some(advice) = &check.advice {
        let advice = textwrap::wrap(
            &printable(advice),
            options().initial_indent("→ ").subsequent_indent("  ").break_words(false),
        )
        .join(&format!("\n{margin}"));
        let _ = writeln!(text, "{margin}{DIM}{advice}{DIM:#}");
    }
    text
}
