//! What the list shows: findings, rules that broke, and checks that nobody could judge, each as a line that opens.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::cost::{Estimate, dollars};
use crate::finding::{Finding, fingerprint};
use crate::inventory::{Gap, ResourceRef};
use crate::report::{Report, UnknownOutcome, explain};
use crate::rule::{OutcomeStatus, Rule};
use crate::text::printable;

/// One line of the list.
pub(super) struct Item {
    /// `fail`, `error` or `unknown`.
    pub(super) status: OutcomeStatus,
    /// Its id within the page; the fingerprint is in it.
    pub(super) anchor: String,
    /// The rule that says so.
    pub(super) rule: &'static Rule,
    /// `S3`.
    pub(super) service: String,
    /// `S3 Bucket`.
    pub(super) kind: String,
    /// What a person calls the resource.
    pub(super) name: String,
    /// Its ARN, or what stands for it.
    pub(super) id: String,
    /// Where it lives; `global` where it has no region.
    pub(super) region: String,
    /// What is wrong with it.
    pub(super) message: String,
    /// The values that decided, by property.
    pub(super) evidence: Vec<(String, String)>,
    /// What it costs, where it costs.
    pub(super) bill: Option<Bill>,
    /// The commands that mend it, one a line.
    pub(super) commands: String,
}

/// What a finding costs.
pub(super) struct Bill {
    /// US dollars a month.
    pub(super) usd: Decimal,
    /// The same for people: `~$12.30`.
    pub(super) shown: String,
    /// How long it has been billed, in days; none where the API does not tell.
    pub(super) days: Option<Decimal>,
    /// How the sum came about.
    pub(super) lines: Vec<String>,
}

/// All of a report: what failed first, the worst at the top.
pub(super) fn of(report: &Report<'_>, today: Date) -> Vec<Item> {
    let account = report.inventory.account.id.as_str();
    let findings = report.findings.iter().map(|finding| finding_item(finding, today));
    let errors = report.errors.iter().map(|(rule, resource, message)| {
        let message = format!("the rule broke: {}", printable(message));
        let id = fingerprint(&[rule.id, account, &resource.id]);
        item(OutcomeStatus::Error, &id, rule, resource, message)
    });
    let mut unknown: Vec<&UnknownOutcome> = report.unknown.iter().collect();
    unknown.sort_by(|a, b| {
        let worst_first = b.rule.severity.cmp(&a.rule.severity);
        worst_first.then_with(|| a.rule.id.cmp(b.rule.id)).then_with(|| a.resource.id.cmp(&b.resource.id))
    });
    let unknown = unknown.into_iter().map(|outcome| {
        let message = not_judged(report.inventory.gaps.get(outcome.gap));
        let id = fingerprint(&[outcome.rule.id, account, &outcome.resource.id]);
        item(OutcomeStatus::Unknown, &id, outcome.rule, &outcome.resource, message)
    });
    findings.chain(errors).chain(unknown).collect()
}

fn not_judged(gap: Option<&Gap>) -> String {
    let why = gap.map(|gap| format!("{} {}: {}", gap.operation, gap.kind.describe(), gap.message));
    let why = why.unwrap_or_else(|| "what decides was never read".to_owned());
    format!("not judged: {}", printable(&why))
}

fn finding_item(finding: &Finding, today: Date) -> Item {
    let problem = &finding.problem;
    let value = |value: &serde_json::Value| value.as_str().map_or_else(|| format!("{value:#}"), str::to_owned);
    Item {
        evidence: problem
            .evidence
            .iter()
            .map(|evidence| (printable(&evidence.property), printable_lines(&value(&evidence.value))))
            .collect(),
        bill: problem.cost.as_ref().map(|cost| bill(cost, today)),
        commands: problem.fix.iter().map(|command| printable(command)).collect::<Vec<_>>().join("\n"),
        ..item(OutcomeStatus::Fail, &finding.fingerprint, finding.rule, &finding.resource, printable(&problem.message))
    }
}

/// Keeps the lines of indented JSON and nothing else that could be obeyed.
fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

fn item(status: OutcomeStatus, id: &str, rule: &'static Rule, resource: &ResourceRef, message: String) -> Item {
    Item {
        status,
        anchor: format!("{}-{id}", status.as_str()),
        rule,
        service: printable(resource.kind.split("::").nth(1).unwrap_or("other")),
        kind: printable(&resource.kind.trim_start_matches("AWS::").replace("::", " ")),
        name: printable(&resource.name),
        id: printable(&resource.id),
        region: resource.region.as_deref().map_or_else(|| "global".to_owned(), printable),
        message,
        evidence: Vec::new(),
        bill: None,
        commands: String::new(),
    }
}

fn bill(cost: &Estimate, today: Date) -> Bill {
    let hours = cost.usd_so_far.and_then(|usd| usd.checked_div(cost.usd_per_hour));
    let shared = cost.usd_per_month.is_zero() && cost.basis.iter().any(|line| line.once.is_some());
    let about = if cost.is_estimate { "~" } else { "" };
    Bill {
        usd: cost.usd_per_month,
        shown: if shared { "counted elsewhere".to_owned() } else { format!("{about}{}", dollars(cost.usd_per_month)) },
        days: hours.map(|hours| (hours / Decimal::from(24)).round_dp(1)),
        lines: explain::cost_lines(cost, today),
    }
}

impl Item {
    /// Whether the commands are worth a box.
    pub(super) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// For sorting by dollars: what has no price comes last.
    pub(super) fn usd(&self) -> Decimal {
        self.bill.as_ref().map(|bill| bill.usd).unwrap_or_default()
    }

    /// For sorting by age: what has none comes last.
    pub(super) fn days(&self) -> String {
        self.bill.as_ref().and_then(|bill| bill.days).map(|days| days.to_string()).unwrap_or_default()
    }

    /// The id of its note within the page.
    pub(super) fn note(&self) -> String {
        super::library::note_id(self.rule.note)
    }
}
