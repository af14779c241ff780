//! Where the numbers of a finding come from: the values that decided, and each line of its cost.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::cost::{CostLine, Estimate, Price, dollars};
use crate::finding::Finding;
use crate::text::printable;

/// The lines that explain a finding, indented: its values, its cost, and the fingerprint that tells it from all others.
/// Prices are as old as on that day.
#[must_use]
pub(super) fn lines(finding: &Finding, today: Date) -> Vec<String> {
    let value = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let evidence = finding.problem.evidence.iter();
    let mut lines: Vec<String> =
        evidence.map(|evidence| printable(&format!("  {}: {}", evidence.property, value(&evidence.value)))).collect();
    if let Some(cost) = &finding.problem.cost {
        lines.extend(cost_lines(cost, today));
    }
    lines.push(format!("  fingerprint: {}", finding.fingerprint));
    lines
}

/// The lines of a cost: each part with the origin of its price, and the sum.
pub(super) fn cost_lines(cost: &Estimate, today: Date) -> Vec<String> {
    let parts = cost.basis.iter().flat_map(|line| [printable(&product(line)), printable(&origin(&line.price, today))]);
    parts.chain([sum(cost)]).collect()
}

fn product(line: &CostLine) -> String {
    let price = &line.price;
    let usd = dollars(line.usd_per_month);
    let mut text = format!("  {} {} of {} x {} USD = {usd} a month", line.quantity, price.unit, price.item, price.usd);
    if !line.free.is_zero() {
        let of = line.allowance.as_ref().map(|allowance| allowance.name.as_str()).unwrap_or_default();
        let _ = write!(text, "; {} more for nothing ({of} of the account)", line.free.normalize());
    }
    if let Some(once) = &line.once {
        let _ = write!(text, "; counted once for {once}");
    }
    text
}

fn origin(price: &Price, today: Date) -> String {
    let doubts = price.doubts(today);
    let doubts = if doubts.is_empty() { String::new() } else { format!(" ({})", doubts.join(", ")) };
    format!("    price of {} as of {}, from {}{doubts}", price.region, price.as_of, price.source)
}

fn sum(cost: &Estimate) -> String {
    let so_far = cost.usd_so_far.map_or_else(
        || "so far unknown: the API does not tell since when".to_owned(),
        |usd| format!("{} so far, if it was always as it is now", dollars(usd)),
    );
    let about = if cost.is_estimate { "~" } else { "" };
    format!(
        "  = {about}{} a month of 730 hours, {} an hour ({}); {so_far}",
        cost.per_month(),
        cost.usd_per_hour.round_dp(6).normalize(),
        cost.pillar.name()
    )
}
