//! Trends for a terminal: one line a report, with bars.

use std::fmt::Write as _;

use anstyle::Style;
use rust_decimal::prelude::ToPrimitive;

use super::super::table::style;
use super::{Point, SEVERITIES, Series, Trend, number};
use crate::cost::dollars;
use crate::text::{count, printable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// What a severity is drawn with, the worst first: signs that can be told apart without colours.
const SIGNS: [char; 5] = ['█', '▓', '▒', '░', '·'];

/// The steps of a small line.
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Columns of a line without its bars: the time, five numbers, two sums.
const FIXED: usize = 66;

/// The trend for a terminal of some columns, with colours.
#[must_use]
pub fn chart(trend: &Trend, width: u16) -> String {
    let mut text = String::new();
    for series in &trend.series {
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write(&mut text, series, usize::from(width));
    }
    text
}

fn write(out: &mut String, series: &Series, width: usize) -> std::fmt::Result {
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else { return Ok(()) };
    let alias = series.alias.as_deref().map(|alias| format!(" ({})", printable(alias))).unwrap_or_default();
    let reports = count(series.points.len(), "report");
    writeln!(out, "{BOLD}Account {}{alias}{BOLD:#}: {reports}, {} to {}\n", series.account, day(first), day(last))?;
    summary(out, series, first, last)?;
    let room = width.saturating_sub(FIXED).clamp(8, 60);
    let (wide, narrow) = (room.div_ceil(2), room / 2);
    let head = format!("{:<16}  crit high  med  low info  {:<wide$} all  {:>11}", "When (UTC)", "Findings", "A month");
    writeln!(out, "\n{DIM}{head}{DIM:#}")?;
    let most = series.points.iter().map(Point::findings).max().unwrap_or(0);
    let dearest = series.points.iter().map(usd).fold(0.0, f64::max);
    for point in &series.points {
        let when = point.at.strftime("%Y-%m-%d %H:%M");
        let [critical, high, medium, low, info] = point.by_severity;
        let bar = findings_bar(point, most, wide);
        let money = "▆".repeat(length(usd(point), dearest, narrow));
        let other = if point.is_other { " *" } else { "" };
        writeln!(
            out,
            "{when:<16}  {critical:>4} {high:>4} {medium:>4} {low:>4} {info:>4}  {bar} {:>3}  {:>11} {money}{other}",
            point.findings(),
            dollars(point.usd_per_month)
        )?;
    }
    let signs: Vec<String> =
        SEVERITIES.iter().zip(SIGNS).map(|(severity, sign)| format!("{sign} {severity}")).collect();
    writeln!(out, "{DIM}{}{DIM:#}", signs.join("  "))?;
    if series.points.iter().any(|point| point.is_other) {
        writeln!(out, "{DIM}* other rules or regions than the last report, or it ended early{DIM:#}")?;
    }
    Ok(())
}

/// What changed from the first report to the last.
fn summary(out: &mut String, series: &Series, first: &Point, last: &Point) -> std::fmt::Result {
    let (was, is) = (first.findings(), last.findings());
    let change = i128::try_from(is).unwrap_or(0) - i128::try_from(was).unwrap_or(0);
    let findings: Vec<f64> = series.points.iter().map(|point| number(point.findings())).collect();
    writeln!(out, "Findings  {}  {was} to {is} ({change:+})", sparkline(&findings))?;
    let (was, is) = (first.usd_per_month, last.usd_per_month);
    let sign = if is < was { "-" } else { "+" };
    let usd: Vec<f64> = series.points.iter().map(usd).collect();
    let change = dollars((is - was).abs());
    writeln!(out, "A month   {}  {} to {} ({sign}{change})", sparkline(&usd), dollars(was), dollars(is))
}

fn day(point: &Point) -> String {
    point.at.strftime("%Y-%m-%d").to_string()
}

fn usd(point: &Point) -> f64 {
    point.usd_per_month.to_f64().unwrap_or(0.0)
}

/// The findings of a report, the worst first, each severity with its own sign and colour; filled up with blanks.
fn findings_bar(point: &Point, most: usize, room: usize) -> String {
    let (mut bar, mut drawn, mut sum) = (String::new(), 0, 0);
    for ((severity, sign), number_of) in SEVERITIES.iter().zip(SIGNS).zip(point.by_severity) {
        sum += number_of;
        // Rounded by the sum, so that the whole bar is as long as it should be.
        let end = length(number(sum), number(most), room).max(drawn + usize::from(number_of > 0)).min(room);
        if end > drawn {
            let style = style(*severity);
            let signs = sign.to_string().repeat(end - drawn);
            let _ = write!(bar, "{style}{signs}{style:#}");
            drawn = end;
        }
    }
    bar + &" ".repeat(room - drawn)
}

/// How long a bar is; whatever is more than nothing shows.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between nothing and the room")]
fn length(value: f64, most: f64, room: usize) -> usize {
    if value <= 0.0 || most <= 0.0 {
        return 0;
    }
    ((value / most * number(room)).round() as usize).clamp(1, room)
}

/// A line of the last values, one sign each, from nothing to the most.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step of eight")]
fn sparkline(values: &[f64]) -> String {
    /// How many values are drawn.
    const DRAWN: usize = 40;
    let values = &values[values.len().saturating_sub(DRAWN)..];
    let most = values.iter().copied().fold(0.0, f64::max);
    let step = |value: &f64| if most > 0.0 { ((value / most * 7.0).round() as usize).min(7) } else { 0 };
    values.iter().map(|value| STEPS[step(value)]).collect()
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::super::tests::reports;
    use super::super::{files, read};
    use super::*;

    #[test]
    fn bars_are_as_long_as_what_they_show() {
        let folder = reports();
        let trend = read(&files(&[folder.path().join("[ab].json").to_string_lossy().into_owned()]).0);
        let text = strip_str(&chart(&trend, 82)).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "Account 111122223333 (lab): 2 reports, 2026-11-01 to 2026-11-03");
        assert_eq!(lines[2], "Findings  █▅  2 to 1 (-1)");
        assert_eq!(lines[3], "A month   █▂  $12.25 to $1.50 (-$10.75)");
        let first = "2026-11-01 00:00     1    1    0    0    0  ████▓▓▓▓   2       $12.25 ▆▆▆▆▆▆▆▆ *";
        let second = "2026-11-03 00:00     0    1    0    0    0  ▓▓▓▓       1        $1.50 ▆";
        assert_eq!((lines[6], lines[7]), (first, second));
        let empty = Trend { series: Vec::new(), bad: Vec::new() };
        assert!(chart(&empty, 80).is_empty());
    }

    #[test]
    fn one_of_many_still_shows() {
        let point = |by_severity| Point { by_severity, ..read_one() };
        assert_eq!(strip_str(&findings_bar(&point([1, 0, 0, 0, 999]), 1_000, 10)).to_string(), "█·········");
        assert_eq!(strip_str(&findings_bar(&point([1, 1, 1, 1, 1]), 5_000, 4)).to_string(), "█▓▒░");
        assert_eq!(sparkline(&[0.0, 0.0]), "▁▁");
    }

    fn read_one() -> Point {
        let folder = reports();
        read(&[folder.path().join("b.json")]).series[0].points[0].clone()
    }
}
