//! One self-contained page for people: what bills, what is dangerous, what to type, and the notes that say why.
//!
//! Nothing is loaded from anywhere. All that comes from an account is text that the templates escape; there is no data in
//! the script. Without the script the page still shows all of it: the script only filters, sorts, copies and puts the note
//! beside the finding.

mod charts;
mod headline;
mod items;
mod library;
mod markdown;
mod scores;

use std::collections::BTreeSet;
use std::io::{self, Write};

use askama::Template;
use aws_smithy_types::base64;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{GapGroup, Report};
use crate::rule::{OutcomeStatus, Severity};
use crate::text::{count, join_some, printable};
use charts::Chart;
use headline::Headline;
use items::Item;
use library::Library;
use scores::Score;

const STYLE: &str = include_str!("assets/report.css");
const SCRIPT: &str = include_str!("assets/report.js");

/// From the worst to the least.
const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// How many resources and regions of a gap are named.
const NAMED: usize = 8;

/// Writes the report as one page of HTML. Prices are as old as on that day.
///
/// # Errors
/// When the writer fails.
pub fn write(report: &Report<'_>, today: Date, out: &mut dyn Write) -> io::Result<()> {
    Page::render(report, today, out)
}

/// The page. Its sections come in the order of the template.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'r> {
    policy: String,
    account: String,
    read_at: String,
    about: Vec<(&'static str, String)>,
    stopped: Option<String>,
    headline: Headline<'r>,
    scores: Vec<Score>,
    charts: Vec<Chart>,
    gaps: Vec<GapRow>,
    unknown: usize,
    errors: usize,
    items: &'r [Item],
    filters: Vec<Filter>,
    library: Library,
    idle: Vec<&'static str>,
}

/// What could not be read, and what to do about it.
struct GapRow {
    what: String,
    message: String,
    about: String,
    advice: String,
    blinds: Vec<&'static str>,
}

/// One choice among the values of a column.
struct Filter {
    key: &'static str,
    label: &'static str,
    values: Vec<String>,
}

impl Page<'_> {
    fn render(report: &Report<'_>, today: Date, out: &mut dyn Write) -> io::Result<()> {
        let items = items::of(report, today);
        let library = Library::of(&items);
        let account = printable(report.inventory.account.id.as_str());
        let page = Page {
            policy: content_policy(),
            about: about(report),
            read_at: report.inventory.collected_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            account,
            stopped: report.stopped.as_deref().map(printable),
            headline: Headline::of(report, &items),
            scores: scores::of(report, &library),
            charts: charts::of(report, &items),
            gaps: report.gaps.iter().map(gap_row).collect(),
            unknown: report.count(OutcomeStatus::Unknown),
            errors: report.count(OutcomeStatus::Error),
            filters: filters(&items),
            items: &items,
            library,
            idle: report.idle_rules.iter().map(|rule| rule.id).collect(),
        };
        page.write_into(out).map_err(io::Error::other)
    }
}

/// What the page may do: run its one script and its one style, and load nothing.
fn content_policy() -> String {
    let hash = |text: &str| base64::encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// Whose account it is, and how it was read.
fn about(report: &Report<'_>) -> Vec<(&'static str, String)> {
    let inventory = report.inventory;
    let account = &inventory.account;
    let regions: Vec<&str> = inventory.regions.iter().map(crate::inventory::Region::as_str).collect();
    let alias = account.alias.known().ok().and_then(Option::as_deref);
    let lines = [
        ("Alias", alias.map(printable)),
        ("Partition", Some(account.partition.to_string())),
        ("Read by", account.caller_arn.as_deref().map(printable)),
        ("Read from", Some(printable(&report.source))),
        ("Regions", Some(if regions.is_empty() { "all".to_owned() } else { printable(&regions.join(", ")) })),
        ("Requests", report.requests.map(|requests| requests.to_string())),
        ("Rules", Some(report.rules.len().to_string())),
        ("Resources", Some(inventory.resource_count().to_string())),
        ("Passed", Some(report.count(OutcomeStatus::Pass).to_string())),
        ("Not applicable", Some(report.count(OutcomeStatus::NotApplicable).to_string())),
        ("afterlab", Some(env!("CARGO_PKG_VERSION").to_owned())),
    ];
    lines.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn gap_row(gap: &GapGroup) -> GapRow {
    let what = if gap.operation == "snapshot" { "A part of the account" } else { &gap.operation };
    let about: Vec<&str> = gap.resources.iter().chain(&gap.regions).map(String::as_str).collect();
    let about = printable(&join_some(about.into_iter(), NAMED));
    GapRow {
        what: printable(&format!("{what} {}", gap.kind.describe())),
        message: printable(&gap.message),
        about: if gap.calls > 1 { format!("{}: {about}", count(gap.calls, "call")) } else { about },
        advice: gap.advice(),
        blinds: gap.blinds.iter().copied().collect(),
    }
}

/// The values that there are, so that no choice finds nothing.
fn filters(items: &[Item]) -> Vec<Filter> {
    let values = |of: fn(&Item) -> &str| {
        let values: BTreeSet<&str> = items.iter().map(of).collect();
        values.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut severities = values(|item| item.rule.severity.as_str());
    severities.sort_by_key(|name| SEVERITIES.iter().position(|severity| severity.as_str() == name));
    vec![
        Filter { key: "severity", label: "Severity", values: severities },
        Filter { key: "kind", label: "Kind", values: values(|item| item.rule.kind.as_str()) },
        Filter { key: "service", label: "Service", values: values(|item| &item.service) },
        Filter { key: "region", label: "Region", values: values(|item| &item.region) },
        Filter { key: "status", label: "Status", values: values(|item| item.status.as_str()) },
    ]
}
