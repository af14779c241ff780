//! Markdown of an account: for a pull request, a ticket, or the summary page of a CI job.

use std::fmt::Write as _;
use std::io::{self, Write};

use rust_decimal::Decimal;

use super::parts::markdown::{cell, code_block, rows};
use super::{GapGroup, Report, controls};
use crate::cost::dollars;
use crate::finding::Finding;
use crate::rule::{OutcomeStatus, Severity};
use crate::text::{count, join_some};

/// How many blind rules of a gap are named.
const NAMED: usize = 3;

const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// Writes the report, no longer than a comment may be: what does not fit is counted.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = whole(&mut text, report);
    out.write_all(text.as_bytes())
}

fn whole(text: &mut String, report: &Report<'_>) -> std::fmt::Result {
    head(text, report)?;
    severities(text, report)?;
    not_judged(text, report)?;
    framework(text, report)?;
    let mut is_first = true;
    for severity in SEVERITIES {
        let of: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule.severity == severity).collect();
        if !of.is_empty() {
            let open = if is_first { " open" } else { "" };
            is_first = false;
            writeln!(text, "<details{open}><summary>{}</summary>\n", count(of.len(), &format!("{severity} finding")))?;
            text.push_str(
                "| resource | what is wrong | a month | rule | fingerprint |\n| --- | --- | ---: | --- | --- |\n",
            );
            rows(text, of.into_iter().map(row).collect());
            text.push_str("\n</details>\n\n");
        }
    }
    commands(text, report)
}

fn head(text: &mut String, report: &Report<'_>) -> std::fmt::Result {
    let account = &report.inventory.account;
    let alias = report.alias().map(|alias| format!(" ({})", cell(alias))).unwrap_or_default();
    let when = report.inventory.collected_at.strftime("%Y-%m-%d %H:%M UTC");
    writeln!(text, "### AWS account {}{alias}\n", account.id)?;
    writeln!(text, "From {}, read {when}.\n", cell(&report.source))?;
    if let Some(reason) = &report.stopped {
        writeln!(text, "**Incomplete**: {}; what was read until then is below.\n", cell(reason))?;
    }
    let number = |status| report.count(status);
    writeln!(
        text,
        "**{}** on {} by {}: {} passed, {} unknown, {} not applicable, {} errors.",
        count(report.findings.len(), "finding"),
        count(report.inventory.resource_count(), "resource"),
        count(report.rules.len(), "rule"),
        number(OutcomeStatus::Pass),
        number(OutcomeStatus::Unknown),
        number(OutcomeStatus::NotApplicable),
        number(OutcomeStatus::Error),
    )?;
    if let Some(usd) = report.usd_per_month() {
        let so_far = report.usd_so_far().map(|usd| format!(", {} so far", dollars(usd))).unwrap_or_default();
        writeln!(text, "**{} a month**{so_far} for what the findings say is billed.", dollars(usd))?;
    }
    writeln!(text)
}

fn severities(text: &mut String, report: &Report<'_>) -> std::fmt::Result {
    if report.findings.is_empty() {
        return Ok(());
    }
    writeln!(text, "| severity | findings | a month |\n| --- | ---: | ---: |")?;
    for severity in SEVERITIES {
        let of: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule.severity == severity).collect();
        let usd: Decimal = of.iter().filter_map(|finding| Some(finding.problem.cost.as_ref()?.usd_per_month)).sum();
        let usd = if usd.is_zero() { String::new() } else { dollars(usd) };
        writeln!(text, "| {severity} | {} | {usd} |", of.len())?;
    }
    writeln!(text)
}

/// What could not be read or judged stands open: nobody is to take silence for a pass.
fn not_judged(text: &mut String, report: &Report<'_>) -> std::fmt::Result {
    let (blinding, harmless): (Vec<_>, Vec<_>) = report.gaps.iter().partition(|gap| !gap.blinds.is_empty());
    if !blinding.is_empty() {
        let unknown = count(report.count(OutcomeStatus::Unknown), "check");
        writeln!(text, "**Not judged**: {unknown}. Nothing unread passes.\n")?;
        writeln!(text, "| what could not be read | what to do | blind rules |\n| --- | --- | --- |")?;
        rows(text, blinding.into_iter().map(gap_row).collect());
        writeln!(text)?;
    }
    if !harmless.is_empty() {
        writeln!(text, "{} could not be read that no rule needs.\n", count(harmless.len(), "thing"))?;
    }
    for (rule, resource, message) in &report.errors {
        writeln!(text, "**Error**: rule {} broke on {}: {}\n", rule.id, cell(&resource.name), cell(message))?;
    }
    Ok(())
}

fn gap_row(gap: &GapGroup) -> String {
    let calls = if gap.calls > 1 { format!(" {} times", gap.calls) } else { String::new() };
    let what = if gap.operation == "snapshot" { "A part of the account" } else { gap.operation.as_str() };
    let blind = join_some(gap.blinds.iter().copied(), NAMED);
    let advice = cell(&gap.advice());
    format!("| {} {}{calls}: {} | {advice} | {blind} |\n", cell(what), gap.kind.describe(), cell(&gap.message))
}

fn framework(text: &mut String, report: &Report<'_>) -> std::fmt::Result {
    let Some(framework) = report.framework else { return Ok(()) };
    let judged = controls::judge(framework, report);
    writeln!(text, "<details><summary>{}</summary>\n", cell(&framework.name))?;
    writeln!(text, "| control | what it asks for | holds |\n| --- | --- | --- |")?;
    let row = |control: &controls::Judged| {
        format!("| {} | {} | {} |\n", cell(&control.id), cell(&control.title), control.status.name())
    };
    rows(text, judged.iter().map(row).collect());
    writeln!(text, "\n</details>\n")
}

fn row(finding: &Finding) -> String {
    let resource = &finding.resource;
    let place = resource.region.as_ref().map(|region| format!(", {}", cell(region))).unwrap_or_default();
    let cost = finding.problem.cost.as_ref().map(|cost| {
        let about = if cost.is_estimate { "~" } else { "" };
        cell(&format!("{about}{}", cost.per_month()))
    });
    format!(
        "| {} ({}{place}) | {} | {} | {} | `{}` |\n",
        cell(&resource.name),
        cell(resource.kind.trim_start_matches("AWS::")),
        cell(&finding.problem.message),
        cost.unwrap_or_default(),
        finding.rule.id,
        finding.fingerprint,
    )
}

/// The commands that mend, as long as there is room.
fn commands(text: &mut String, report: &Report<'_>) -> std::fmt::Result {
    if !report.findings.is_empty() {
        writeln!(text, "Why and how: `afterlab explain RULE`. All of it: `afterlab scan --format json`.\n")?;
    }
    let mended: Vec<&Finding> = report.findings.iter().filter(|finding| !finding.problem.fix.is_empty()).collect();
    if mended.is_empty() {
        return Ok(());
    }
    let heading = count(mended.len(), "finding");
    writeln!(text, "<details><summary>Commands that mend {heading}; afterlab never runs them</summary>\n")?;
    let block = |finding: &Finding| {
        let head = format!("# {}: {}", finding.rule.id, finding.resource.name);
        format!("{}\n", code_block("sh", &[&[head], finding.problem.fix.as_slice()].concat()))
    };
    rows(text, mended.into_iter().map(block).collect());
    writeln!(text, "</details>")
}
