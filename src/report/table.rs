//! Tables for people: findings by severity, then what could not be judged, then the totals.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ColumnConstraint, Width};
use jiff::civil::Date;

use super::{GapGroup, Report, controls, explain};
use crate::cost::dollars;
use crate::finding::Finding;
use crate::grid;
use crate::rule::{OutcomeStatus, Severity};
use crate::text::{count, printable};

/// How a table is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether to print the commands that mend each finding.
    pub fix: bool,
    /// Whether to print where the numbers of each finding come from.
    pub explain: bool,
    /// The day on which prices are old or not.
    pub today: Date,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How many rules that saw no resource are named.
const MOST_IDLE: usize = 8;

/// How many resources of a gap are named.
const NAMED: usize = 3;

/// The report for a terminal, with colours; whoever prints it takes them out where they are not wanted.
#[must_use]
pub fn write(report: &Report<'_>, options: Options) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut text, report, options);
    text
}

fn write_report(out: &mut String, report: &Report<'_>, options: Options) -> std::fmt::Result {
    head(out, report)?;
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info] {
        let findings: Vec<&Finding> = report.findings.iter().filter(|f| f.rule.severity == severity).collect();
        if !findings.is_empty() {
            group(out, severity, &findings, options)?;
        }
    }
    not_judged(out, report, options)?;
    if let Some(framework) = report.framework {
        out.push_str(&controls::table(framework, &controls::judge(framework, report), options.width));
    }
    totals(out, report)
}

fn head(out: &mut String, report: &Report<'_>) -> std::fmt::Result {
    let account = &report.inventory.account;
    let alias = report.alias().map(|alias| format!(" ({})", printable(alias))).unwrap_or_default();
    let when = report.inventory.collected_at.strftime("%Y-%m-%d %H:%M UTC");
    writeln!(out, "{BOLD}Account {}{alias}{BOLD:#} from {}, read {when}", account.id, printable(&report.source))?;
    if let Some(plan) = plan(report) {
        writeln!(out, "{DIM}{}{DIM:#}", printable(&plan))?;
    }
    if !report.inventory.regions.is_empty() {
        let regions: Vec<&str> = report.inventory.regions.iter().map(super::super::inventory::Region::as_str).collect();
        writeln!(out, "{DIM}Regions: {}{DIM:#}", regions.join(", "))?;
    }
    Ok(())
}

/// Which plan the account is on and what is left of its credits, where the scan read that.
fn plan(report: &Report<'_>) -> Option<String> {
    let plan = &report.inventory.resources.of("AWS::FreeTier::AccountPlan")?.items().first()?.properties;
    let text = |name: &str| plan.get(name).and_then(serde_json::Value::as_str);
    let credits = plan.get("accountPlanRemainingCredits").and_then(|credits| credits["amount"].as_f64());
    let credits = credits.map(|usd| format!(", ${usd:.2} of credits left")).unwrap_or_default();
    let end = text("accountPlanExpirationDate").and_then(|end| end.get(..10));
    let end = end.map(|end| format!(", ends {end}")).unwrap_or_default();
    Some(format!("Plan: {}{credits}{end}", text("accountPlanType")?.to_lowercase()))
}

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Critical => AnsiColor::Magenta,
        Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Blue,
        Severity::Info => AnsiColor::Cyan,
    };
    color.on_default().bold()
}

fn group(out: &mut String, severity: Severity, findings: &[&Finding], options: Options) -> std::fmt::Result {
    let style = style(severity);
    let name = severity.as_str().to_uppercase();
    writeln!(out, "\n{style}{name}{style:#}  {}", count(findings.len(), "finding"))?;
    let costs = findings.iter().any(|finding| finding.problem.cost.is_some());
    let mut table = grid::table(options.width);
    let mut header = vec!["Resource".to_owned(), "What is wrong".to_owned()];
    if costs {
        header.push("A month".to_owned());
    }
    table.set_header(header);
    for finding in findings {
        let mut row = vec![resource_cell(finding), finding_cell(finding)];
        if costs {
            row.push(finding.problem.cost.as_ref().map_or_else(String::new, cost_cell));
        }
        table.add_row(row);
    }
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::UpperBoundary(Width::Percentage(34)));
    }
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(11)));
    }
    writeln!(out, "{table}")?;
    if options.explain {
        explanations(out, findings, options.today)?;
    }
    if options.fix {
        commands(out, findings)?;
    }
    Ok(())
}

fn resource_cell(finding: &Finding) -> String {
    let resource = &finding.resource;
    let kind = resource.kind.trim_start_matches("AWS::").replace("::", " ");
    let place = resource.region.as_ref().map_or(kind.clone(), |region| format!("{kind}, {}", printable(region)));
    format!("{}\n{DIM}{place}{DIM:#}", printable(&resource.name))
}

fn finding_cell(finding: &Finding) -> String {
    let rule = finding.rule;
    format!("{}\n{DIM}{}: afterlab notes {}{DIM:#}", printable(&finding.problem.message), rule.id, rule.note)
}

fn cost_cell(estimate: &crate::cost::Estimate) -> String {
    if estimate.usd_per_month.is_zero() && estimate.basis.iter().any(|line| line.once.is_some()) {
        return "counted above".to_owned();
    }
    let about = if estimate.is_estimate { "~" } else { "" };
    format!("{about}{}", estimate.per_month())
}

fn explanations(out: &mut String, findings: &[&Finding], today: Date) -> std::fmt::Result {
    for finding in findings {
        writeln!(out, "\n{DIM}# {}: {}{DIM:#}", finding.rule.id, printable(&finding.resource.name))?;
        explain::lines(finding, today).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(())
}

/// Commands stand outside of the table, so that they can be copied whole.
fn commands(out: &mut String, findings: &[&Finding]) -> std::fmt::Result {
    for finding in findings.iter().filter(|finding| !finding.problem.fix.is_empty()) {
        writeln!(out, "\n{DIM}# {}: {}{DIM:#}", finding.rule.id, printable(&finding.resource.name))?;
        for command in &finding.problem.fix {
            writeln!(out, "{}", printable(command))?;
        }
    }
    Ok(())
}

fn not_judged(out: &mut String, report: &Report<'_>, options: Options) -> std::fmt::Result {
    for (rule, resource, message) in &report.errors {
        let style = style(Severity::High);
        let (name, message) = (printable(&resource.name), printable(message));
        writeln!(out, "\n{style}ERROR{style:#}  rule {} broke on {name}: {message}", rule.id)?;
    }
    let (blinding, harmless): (Vec<_>, Vec<_>) = report.gaps.iter().partition(|gap| !gap.blinds.is_empty());
    if !blinding.is_empty() {
        let unknown = report.count(OutcomeStatus::Unknown);
        let style = AnsiColor::Yellow.on_default().bold();
        writeln!(out, "\n{style}NOT JUDGED{style:#}  {}: nothing unread passes", count(unknown, "check"))?;
        let mut table = grid::table(options.width);
        table.set_header(["What could not be read", "What to do", "Blind rules"]);
        for gap in blinding {
            table.add_row([gap_cell(gap), gap.advice(), blind_cell(gap)]);
        }
        // Ids and actions are there to be copied, so they are not broken.
        for column in [1, 2] {
            if let Some(column) = table.column_mut(column) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        writeln!(out, "{table}")?;
    }
    for gap in harmless {
        let message = printable(&gap.message);
        writeln!(
            out,
            "{DIM}Not read, and no rule needs it: {} {} ({message}){DIM:#}",
            gap.operation,
            gap.kind.describe()
        )?;
    }
    Ok(())
}

fn gap_cell(gap: &GapGroup) -> String {
    let calls = if gap.calls > 1 { format!(" {} times", gap.calls) } else { String::new() };
    let mut named: Vec<String> = gap.resources.iter().take(NAMED).map(|name| printable(name)).collect();
    if gap.resources.len() > NAMED {
        named.push(format!("and {} more", gap.resources.len() - NAMED));
    }
    let about = if named.is_empty() { String::new() } else { format!("\n{DIM}{}{DIM:#}", named.join(", ")) };
    let subject = if gap.operation == "snapshot" { "A part of the account" } else { &gap.operation };
    format!("{subject} {}{calls}: {}{about}", gap.kind.describe(), printable(&gap.message))
}

fn blind_cell(gap: &GapGroup) -> String {
    gap.blinds.iter().copied().collect::<Vec<_>>().join("\n")
}

fn totals(out: &mut String, report: &Report<'_>) -> std::fmt::Result {
    if let Some(reason) = &report.stopped {
        let style = style(Severity::High);
        writeln!(out, "\n{style}INCOMPLETE{style:#}  {reason}; what was read until then is above")?;
    }
    let number = |status| report.count(status);
    writeln!(
        out,
        "\n{BOLD}{}{BOLD:#} on {} by {}: {} passed, {} unknown, {} not applicable, {} errors",
        count(report.findings.len(), "finding"),
        count(report.inventory.resource_count(), "resource"),
        count(report.rules.len(), "rule"),
        number(OutcomeStatus::Pass),
        number(OutcomeStatus::Unknown),
        number(OutcomeStatus::NotApplicable),
        number(OutcomeStatus::Error),
    )?;
    let of = |severity| report.findings_of(severity);
    writeln!(
        out,
        "{} critical, {} high, {} medium, {} low, {} info",
        of(Severity::Critical),
        of(Severity::High),
        of(Severity::Medium),
        of(Severity::Low),
        of(Severity::Info),
    )?;
    if let Some(usd) = report.usd_per_month() {
        let hour = usd / rust_decimal::Decimal::from(crate::cost::HOURS_A_MONTH);
        let so_far = report.usd_so_far().map(|usd| format!(", {} so far", dollars(usd))).unwrap_or_default();
        let what = "for what the findings above say is billed";
        writeln!(out, "{BOLD}{} a month{BOLD:#} (730 hours), {} an hour{so_far} {what}", dollars(usd), dollars(hour))?;
        let shares = |shares: Vec<(String, rust_decimal::Decimal)>| {
            shares.iter().map(|(name, usd)| format!("{name} {}", dollars(*usd))).collect::<Vec<_>>().join(", ")
        };
        writeln!(
            out,
            "{DIM}By pillar: {}. By service: {}{DIM:#}",
            shares(report.by_pillar()),
            shares(report.by_service())
        )?;
    }
    if !report.idle_rules.is_empty() {
        let rules: Vec<&str> = report.idle_rules.iter().map(|rule| rule.id).collect();
        let named = crate::text::join_some(rules.iter().copied(), MOST_IDLE);
        writeln!(out, "{DIM}Saw no resource: {named}{DIM:#}")?;
    }
    if !report.findings.is_empty() {
        writeln!(
            out,
            "{DIM}Why and how: afterlab explain RULE. The commands that mend: scan --fix. Where numbers come from: scan --explain.{DIM:#}"
        )?;
    }
    Ok(())
}
