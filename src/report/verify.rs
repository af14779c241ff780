//! Whether what a cleanup was to end has ended: each resource of an earlier plan, looked at again.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Report;
use crate::cost::dollars;
use crate::finding::Finding;
use crate::inventory::ResourceRef;
use crate::rule::{Outcome, OutcomeResult};
use crate::text::{count, printable};

/// What of a plan is needed to look at its resources again; what else it has is of no matter.
#[derive(Debug, Deserialize)]
pub struct EarlierPlan {
    /// The version of the form.
    pub afterlab_cleanup: u32,
    /// The account that it was made for.
    pub account: String,
    /// When the account was read.
    pub read_at: jiff::Timestamp,
    steps: Vec<EarlierStep>,
}

#[derive(Debug, Deserialize)]
struct EarlierStep {
    rule: String,
    resource: ResourceRef,
    #[serde(default)]
    usd_per_month: Option<Decimal>,
}

/// What became of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is there and bills as before.
    StillBilling,
    /// It could not be looked at.
    Unknown,
    /// It is there, in a state that does not bill.
    StillThere,
    /// It is not listed any more.
    Gone,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Self::StillBilling => "STILL BILLING",
            Self::Unknown => "unknown",
            Self::StillThere => "still there, not billing",
            Self::Gone => "gone",
        }
    }
}

/// A resource of the plan, looked at again.
#[derive(Debug, Serialize)]
struct Verified {
    fate: Fate,
    rule: String,
    resource: ResourceRef,
    usd_per_month_then: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usd_per_month_now: Option<Decimal>,
}

/// A leftover that the plan did not have.
#[derive(Debug, Serialize)]
struct New {
    rule: &'static str,
    resource: ResourceRef,
    usd_per_month: Option<Decimal>,
}

/// What became of the resources of a plan.
#[derive(Debug, Serialize)]
pub struct Verification {
    account: String,
    planned_at: jiff::Timestamp,
    verified_at: jiff::Timestamp,
    resources: Vec<Verified>,
    /// What bills and was not in the plan: made since, or left by the cleanup itself.
    not_in_the_plan: Vec<New>,
}

impl Verification {
    /// Holds a plan against the account as it is now: its leftover rules' outcomes, and the report made of them, in which
    /// shared costs are counted once and what is free is no finding.
    #[must_use]
    pub fn of(plan: EarlierPlan, outcomes: &[Outcome], now: &Report<'_>) -> Self {
        let mut resources: Vec<Verified> = plan.steps.iter().map(|step| verified(step, outcomes, now)).collect();
        resources.sort_by(|a, b| a.fate.cmp(&b.fate).then_with(|| a.resource.cmp(&b.resource)));
        let is_planned = |finding: &Finding| plan.steps.iter().any(|step| step.is_about(finding));
        let new = now.findings.iter().filter(|finding| !is_planned(finding)).map(|finding| New {
            rule: finding.rule.id,
            resource: finding.resource.clone(),
            usd_per_month: finding.problem.cost.as_ref().map(|cost| cost.usd_per_month),
        });
        let not_in_the_plan = new.collect();
        let verified_at = now.inventory.collected_at;
        Self { account: plan.account, planned_at: plan.read_at, verified_at, resources, not_in_the_plan }
    }

    /// How many resources of the plan had a fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.resources.iter().filter(|verified| verified.fate == fate).count()
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let when = self.planned_at.strftime("%Y-%m-%d %H:%M UTC");
        writeln!(out, "The plan of {when} for account {}, looked at again:\n", self.account)?;
        for Verified { fate, resource, usd_per_month_then, usd_per_month_now, .. } in &self.resources {
            let usd = usd_per_month_now.or(*usd_per_month_then).map(|usd| format!(" ({} a month)", dollars(usd)));
            let usd = usd.unwrap_or_default();
            writeln!(out, "  {:<25} {}{usd}", fate.name(), place(resource))?;
        }
        let number = |fate: Fate| self.count(fate);
        writeln!(
            out,
            "\nOf {}: {} gone, {} there without billing, {} still billing, {} not readable",
            count(self.resources.len(), "resource"),
            number(Fate::Gone),
            number(Fate::StillThere),
            number(Fate::StillBilling),
            number(Fate::Unknown)
        )?;
        if !self.not_in_the_plan.is_empty() {
            writeln!(out, "\nWhat bills and was not in the plan:")?;
        }
        for New { rule, resource, usd_per_month } in &self.not_in_the_plan {
            let usd = usd_per_month.map(|usd| format!(" ({} a month)", dollars(usd))).unwrap_or_default();
            writeln!(out, "  {}{usd}: {rule}", place(resource))?;
        }
        Ok(())
    }
}

fn place(resource: &ResourceRef) -> String {
    let region = resource.region.as_deref().map(|region| format!(" in {region}")).unwrap_or_default();
    printable(&format!("{} {}{region}", resource.kind, resource.name))
}

impl EarlierStep {
    fn is_about(&self, finding: &Finding) -> bool {
        self.rule == finding.rule.id && self.resource.id == finding.resource.id
    }
}

fn verified(step: &EarlierStep, outcomes: &[Outcome], now: &Report<'_>) -> Verified {
    let of_rule = || outcomes.iter().filter(|outcome| outcome.rule.id == step.rule);
    let is_unread = |outcome: &Outcome| matches!(outcome.result, OutcomeResult::Unknown(_) | OutcomeResult::Error(_));
    let finding = now.findings.iter().find(|finding| step.is_about(finding));
    let outcome = of_rule().find(|outcome| outcome.resource.id == step.resource.id);
    let fate = match outcome {
        _ if finding.is_some() => Fate::StillBilling,
        Some(outcome) if is_unread(outcome) => Fate::Unknown,
        Some(_) => Fate::StillThere,
        // What is not listed is gone only if the list was read to its end.
        None if of_rule().any(is_unread) => Fate::Unknown,
        None => Fate::Gone,
    };
    Verified {
        fate,
        rule: step.rule.clone(),
        resource: step.resource.clone(),
        usd_per_month_then: step.usd_per_month,
        usd_per_month_now: finding.and_then(|finding| Some(finding.problem.cost.as_ref()?.usd_per_month)),
    }
}
