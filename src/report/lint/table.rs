//! For people: the text around each finding, with the value underlined.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Options;
use super::place::{Placed, files, findings, words};
use crate::lint::{Fix, Level, LintReport};
use crate::policy::catalogue::Catalogue;
use crate::policy::syntax::{Lines, Span};
use crate::text::{count, printable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GUTTER: Style = AnsiColor::Blue.on_default();

/// How many places of one finding are shown; the others are counted.
const MOST_PLACES: usize = 4;

pub(super) fn write(report: &LintReport, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = whole(&mut text, report, options);
    out.write_all(text.as_bytes())
}

fn whole(out: &mut String, report: &LintReport, options: Options) -> fmt::Result {
    for (file, lines) in files(report) {
        for placed in findings(file, &lines).iter().filter(|placed| placed.suppressed.is_none()) {
            finding(out, placed, &lines, options)?;
        }
        for policy in &file.policies {
            for part in &policy.unknowns {
                let at = lines.position(part.span.start);
                let place = format!("{}:{}:{}", file.path, at.line, at.column);
                let what = printable(&words(&format!("{place} {} is {}", part.path, part.expression)));
                writeln!(out, "{DIM}not judged{DIM:#}: {what}, known only at deployment\n")?;
            }
        }
        for problem in &file.problems {
            let at = problem.span.map(|span| lines.position(span.start));
            let at = at.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
            let style = style(Level::Error);
            writeln!(out, "{style}not read{style:#}: {}{at} {}\n", printable(&file.path), printable(&problem.message))?;
        }
    }
    for stale in &report.stale_suppressions {
        let style = style(Level::Warning);
        writeln!(out, "{style}suppression{style:#}: {}\n", printable(stale))?;
    }
    summary(out, report)
}

fn style(level: Level) -> Style {
    let colour = match level {
        Level::Error => AnsiColor::Red,
        Level::SecurityWarning => AnsiColor::Magenta,
        Level::Warning => AnsiColor::Yellow,
        Level::Suggestion => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

fn finding(out: &mut String, placed: &Placed<'_>, lines: &Lines<'_>, options: Options) -> fmt::Result {
    let finding = &placed.reported.finding;
    let style = style(finding.level);
    let message = printable(&words(&finding.message));
    writeln!(out, "{style}{}[{}]{style:#}{BOLD}: {message}{BOLD:#}", finding.level, finding.lint.code)?;
    let name = if placed.policy.name.is_empty() { String::new() } else { format!("{}, ", placed.policy.name) };
    let whose = printable(&format!("{name}{}", placed.policy.kind));
    let path = printable(&placed.file.path);
    writeln!(
        out,
        "  {GUTTER}-->{GUTTER:#} {path}:{}:{} {DIM}({whose}){DIM:#}",
        placed.start.line, placed.start.column
    )?;
    let mut spans: Vec<Span> = finding.spans.clone();
    spans.truncate(MOST_PLACES);
    spans.sort_unstable();
    let last = spans.last().map_or(1, |span| lines.position(span.start).line);
    let gutter = last.to_string().len();
    for (place, span) in spans.iter().enumerate() {
        let is_first = finding.spans.first() == Some(span);
        let before = place.checked_sub(1).and_then(|i| spans.get(i));
        let gap = before.is_some_and(|before| lines.position(before.start).line + 1 < lines.position(span.start).line);
        excerpt(out, *span, lines, gutter, options, if is_first { style } else { GUTTER }, gap)?;
    }
    if finding.spans.len() > MOST_PLACES {
        writeln!(out, "{:gutter$} {GUTTER}={GUTTER:#} and at {} more places", "", finding.spans.len() - MOST_PLACES)?;
    }
    if let Some(help) = &finding.help {
        writeln!(out, "{:gutter$} {GUTTER}={GUTTER:#} help: {}", "", printable(&words(help)))?;
    }
    if let Some(fix) = &finding.fix {
        snippet(out, fix, lines, gutter, options)?;
    }
    let note = note(placed);
    writeln!(out, "{:gutter$} {GUTTER}={GUTTER:#} {DIM}afterlab explain {}; {note}{DIM:#}\n", "", finding.lint.code)
}

fn note(placed: &Placed<'_>) -> String {
    crate::lint::registry::find(placed.reported.finding.lint.code)
        .map_or_else(String::new, |(family, _)| format!("afterlab notes {}", family.note))
}

/// One line of the file, cut around the value where it is long, with the value underlined.
fn excerpt(
    out: &mut String,
    span: Span,
    lines: &Lines<'_>,
    gutter: usize,
    options: Options,
    style: Style,
    gap: bool,
) -> fmt::Result {
    let start = lines.position(span.start);
    let end = lines.position(span.end.max(span.start));
    let room = usize::from(options.width).saturating_sub(gutter + 6).max(40);
    let (before, rest) = cut(lines, start.line, span.start, room);
    let line: Vec<char> = before.chars().chain(rest.chars()).collect();
    let from = before.chars().count();
    let length = if end.line == start.line { end.column - start.column } else { line.len() };
    let to = (from + length).min(line.len());
    let window = window(line.len(), from, to, room);
    let shown: String = line[window.clone()].iter().map(|c| visible(*c)).collect();
    let whole = lines.line(start.line).len() == before.len() + rest.len();
    let head = if window.start > 0 || (!whole && from > 0) { "…" } else { "" };
    let tail = if window.end < line.len() || !whole { "…" } else { "" };
    let before: usize =
        line[window.start..from].iter().map(|c| width(visible(*c))).sum::<usize>() + head.chars().count();
    let under: usize = line[from..to.min(window.end).max(from)].iter().map(|c| width(visible(*c))).sum();
    if gap {
        writeln!(out, "{GUTTER}{:gutter$}…{GUTTER:#}", "")?;
    }
    writeln!(out, "{GUTTER}{:>gutter$} |{GUTTER:#} {head}{shown}{tail}", start.line)?;
    writeln!(out, "{GUTTER}{:gutter$} |{GUTTER:#} {:before$}{style}{}{style:#}", "", "", "^".repeat(under.max(1)))
}

/// What stands before and behind a place on its line, as far as it can be shown: a line may have megabytes.
fn cut<'a>(lines: &Lines<'a>, number: usize, at: u32, room: usize) -> (&'a str, &'a str) {
    let line = lines.line(number);
    let mark = usize::from(number == 1 && lines.source().starts_with('\u{feff}')) * '\u{feff}'.len_utf8();
    let place = (at as usize).saturating_sub(lines.start(number) as usize + mark).min(line.len());
    let most = room * 4;
    let boundary = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(place.saturating_sub(most)), boundary((place + most).min(line.len())));
    (&line[start..boundary(place)], &line[boundary(place)..end])
}

/// What of a line is shown: all of it, or what is around the value.
fn window(length: usize, from: usize, to: usize, room: usize) -> std::ops::Range<usize> {
    if length <= room {
        return 0..length;
    }
    let value = (to - from).min(room);
    let start = from.saturating_sub((room - value) / 2).min(length - room);
    start..start + room
}

/// A character for a terminal; tabs and what would change the terminal become a space or a mark.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if printable(c.encode_utf8(&mut [0; 4])).chars().count() != 1 => '\u{fffd}',
        c => c,
    }
}

fn width(c: char) -> usize {
    textwrap::core::display_width(c.encode_utf8(&mut [0; 4]))
}

/// The lines that a fix changes, as they would be.
fn snippet(out: &mut String, fix: &Fix, lines: &Lines<'_>, gutter: usize, options: Options) -> fmt::Result {
    let [edit] = fix.edits.as_slice() else { return Ok(()) };
    let start = lines.position(edit.span.start);
    let line: Vec<char> = lines.line(start.line).chars().collect();
    let from = (start.column - 1).min(line.len());
    let to = (from + edit.span.slice(lines.source()).chars().count()).min(line.len());
    let mut fixed: Vec<char> = line[..from].to_vec();
    fixed.extend(edit.text.chars());
    fixed.extend(&line[to..]);
    let room = usize::from(options.width).saturating_sub(gutter + 6).max(40);
    let window = window(fixed.len(), from, from + edit.text.chars().count(), room);
    let shown: String = fixed[window].iter().map(|c| visible(*c)).collect();
    let green = AnsiColor::Green.on_default();
    writeln!(out, "{:gutter$} {GUTTER}={GUTTER:#} fix: {} (--fix)", "", printable(&fix.title))?;
    writeln!(out, "{green}{:>gutter$} + {}{green:#}", start.line, shown)
}

fn summary(out: &mut String, report: &LintReport) -> fmt::Result {
    let policies = report.policies();
    let noun = if policies == 1 { "policy" } else { "policies" };
    write!(out, "{BOLD}{}, {policies} {noun}{BOLD:#}: ", count(report.files.len(), "file"))?;
    let counts = report.counts();
    if counts.is_empty() {
        write!(out, "nothing found")?;
    }
    let each = counts.iter().rev().map(|(level, number)| {
        let name = level.to_string().replace('-', " ");
        count(*number, &name)
    });
    write!(out, "{}", each.collect::<Vec<_>>().join(", "))?;
    let suppressed: usize =
        report.files.iter().flat_map(|file| &file.policies).map(|policy| policy.suppressed.len()).sum();
    let unknown: usize = report.files.iter().flat_map(|file| &file.policies).map(|policy| policy.unknowns.len()).sum();
    if suppressed > 0 {
        write!(out, "; {suppressed} suppressed")?;
    }
    if unknown > 0 {
        write!(out, "; {} known only at deployment, not judged", count(unknown, "value"))?;
    }
    if report.files_without_policy > 0 {
        write!(out, "; {} without a policy", count(report.files_without_policy, "file"))?;
    }
    writeln!(out, " {DIM}(IAM facts of {}){DIM:#}", Catalogue::embedded().date())
}
