//! For people: the text around each finding, with the value underlined.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Options;
use super::place::{Placed, files, findings, unknown, words};
use crate::lint::{Edit, Fix, Level, LintFinding, LintReport, fixes};
use crate::policy::catalogue::Catalogue;
use crate::policy::syntax::{Lines, Span};
use crate::text::printable;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GUTTER: Style = AnsiColor::Blue.on_default();

/// How many places of one finding are shown; the others are counted.
const MOST_PLACES: usize = 4;

/// A fix of this many lines or more is named, not shown.
const MOST_FIXED_LINES: usize = 6;
/// The same for lines of so many bytes: a file may have all of its text on one.
const MOST_FIXED_BYTES: usize = 16 * 1024;

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
                let path = printable(&file.path);
                let what = printable(&unknown(part));
                writeln!(out, "{DIM}not judged{DIM:#}: {path}:{}:{} {what}\n", at.line, at.column)?;
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
    let places = places(finding, lines);
    let last = places.last().map_or(1, |(line, _)| *line);
    let gutter = last.to_string().len();
    let mut before = None;
    for (line, spans) in &places {
        let is_first = finding.spans.first().is_some_and(|span| spans.contains(span));
        if before.is_some_and(|before| before + 1 < *line) {
            writeln!(out, "{GUTTER}{:gutter$}…{GUTTER:#}", "")?;
        }
        before = Some(*line);
        excerpt(out, spans, lines, gutter, options, if is_first { style } else { GUTTER })?;
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
    for line in read_on(placed) {
        writeln!(out, "{:gutter$} {GUTTER}={GUTTER:#} {DIM}{line}{DIM:#}", "")?;
    }
    writeln!(out)
}

/// The explanation, the note, and AWS's page.
fn read_on(placed: &Placed<'_>) -> impl Iterator<Item = String> {
    let code = placed.reported.finding.lint.code;
    let family = crate::lint::registry::find(code).map(|(family, _)| family);
    let note = family.map(|family| format!("; afterlab notes {}", family.note)).unwrap_or_default();
    let page = family.and_then(|family| family.references.first()).map(|page| (*page).to_owned());
    [format!("afterlab explain {code}{note}")].into_iter().chain(page)
}

/// The places that are shown, by line.
fn places(finding: &LintFinding, lines: &Lines<'_>) -> Vec<(usize, Vec<Span>)> {
    let mut spans: Vec<Span> = finding.spans.iter().copied().take(MOST_PLACES).collect();
    spans.sort_unstable();
    let mut places: Vec<(usize, Vec<Span>)> = Vec::new();
    for span in spans {
        let line = lines.position(span.start).line;
        match places.last_mut() {
            Some((last, of_line)) if *last == line => of_line.push(span),
            _ => places.push((line, vec![span])),
        }
    }
    places
}

/// One line of the file, cut around the first value where it is long, with the values underlined.
fn excerpt(
    out: &mut String,
    spans: &[Span],
    lines: &Lines<'_>,
    gutter: usize,
    options: Options,
    style: Style,
) -> fmt::Result {
    let Some(first) = spans.first() else { return Ok(()) };
    let start = lines.position(first.start);
    let room = usize::from(options.width).saturating_sub(gutter + 6).max(40);
    let (before, rest) = cut(lines, start.line, first.start, room);
    let line: Vec<char> = before.chars().chain(rest.chars()).collect();
    let from = before.chars().count();
    // A value's first and last character, counted in what was cut out; one of several lines goes on to the end.
    let marked: Vec<(usize, usize)> = spans
        .iter()
        .map(|span| {
            let (at, end) = (lines.position(span.start), lines.position(span.end.max(span.start)));
            let begin = (from + at.column - start.column).min(line.len());
            let length = if end.line == at.line { (end.column - at.column).max(1) } else { line.len() };
            (begin, (begin + length).min(line.len()).max(begin))
        })
        .collect();
    let window = window(line.len(), from, marked.first().map_or(from, |(_, to)| *to), room);
    let whole = lines.line(start.line).len() == before.len() + rest.len();
    let head = if window.start > 0 || (!whole && from > 0) { "…" } else { "" };
    let tail = if window.end < line.len() || !whole { "…" } else { "" };
    let (mut shown, mut under) = (head.to_owned(), " ".repeat(head.chars().count()));
    for at in window.clone() {
        let c = visible(line[at]);
        let is_marked = marked.iter().any(|(from, to)| *from <= at && at < *to);
        shown.push(c);
        under.push_str(&if is_marked { "^" } else { " " }.repeat(width(c)));
    }
    if from == window.end {
        under.push('^'); // a place behind the last character
    }
    let under = under.trim_end();
    let blank = under.len() - under.trim_start().len();
    let (blank, marks) = under.split_at(blank);
    writeln!(out, "{GUTTER}{:>gutter$} |{GUTTER:#} {shown}{tail}", start.line)?;
    writeln!(out, "{GUTTER}{:gutter$} |{GUTTER:#} {blank}{style}{marks}{style:#}", "")
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

/// The lines that a fix changes, as they would be; a fix of many lines is only named.
fn snippet(out: &mut String, fix: &Fix, lines: &Lines<'_>, gutter: usize, options: Options) -> fmt::Result {
    writeln!(out, "{:gutter$} {GUTTER}={GUTTER:#} fix: {} (--fix)", "", printable(&fix.title))?;
    let start = fix.edits.iter().map(|edit| edit.span.start).min().unwrap_or_default();
    let end = fix.edits.iter().map(|edit| edit.span.end).max().unwrap_or_default();
    let (first, last) = (lines.position(start).line, lines.position(end).line);
    if last - first >= MOST_FIXED_LINES || fix.edits.iter().any(|edit| edit.text.contains('\n')) {
        return Ok(());
    }
    let base = lines.start(first);
    let until = lines.start(last) as usize + lines.line(last).len();
    let Some(old) = lines.source().get(base as usize..until).filter(|old| old.len() <= MOST_FIXED_BYTES) else {
        return Ok(());
    };
    let shift = |at: u32| (at - base) as usize;
    let edits: Vec<Edit> = fix
        .edits
        .iter()
        .map(|edit| Edit { span: Span::new(shift(edit.span.start), shift(edit.span.end)), text: edit.text.clone() })
        .collect();
    let (new, _) = fixes::apply(old, [edits.as_slice()]);
    let room = usize::from(options.width).saturating_sub(gutter + 6).max(40);
    let green = AnsiColor::Green.on_default();
    for (place, line) in new.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let before: Vec<char> = old.lines().nth(place).unwrap_or_default().chars().collect();
        let line: Vec<char> = line.chars().collect();
        let same = before.iter().zip(&line).take_while(|(a, b)| a == b).count();
        if before == line {
            continue;
        }
        let behind = before[same..].iter().rev().zip(line[same..].iter().rev()).take_while(|(a, b)| a == b).count();
        let window = window(line.len(), same, line.len() - behind, room);
        let shown: String = line[window].iter().map(|c| visible(*c)).collect();
        writeln!(out, "{green}{:>gutter$} + {shown}{green:#}", first + place)?;
    }
    Ok(())
}

fn summary(out: &mut String, report: &LintReport) -> fmt::Result {
    let (read, found) = super::place::summary(report);
    writeln!(out, "{BOLD}{read}{BOLD:#}: {found} {DIM}(IAM facts of {}){DIM:#}", Catalogue::embedded().date())
}
