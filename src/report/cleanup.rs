//! A plan that ends what is left over, as a script for people to read and run.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde::Serialize;

use super::Report;
use crate::cost::dollars;
use crate::finding::Finding;
use crate::text::{count, printable};

/// What comes first, by the beginning of the type: what uses others before what is used.
const ORDER: &[&str] = &[
    "AWS::Bedrock::ProvisionedModelThroughput",
    "AWS::SageMaker::",
    "AWS::Comprehend::Endpoint",
    "AWS::Personalize::",
    "AWS::EKS::",
    "AWS::AppRunner::",
    "AWS::ElasticLoadBalancing",
    "AWS::EC2::Instance",
    "AWS::RDS::DBInstance",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::TransitGateway",
    "AWS::EC2::VPN",
    "AWS::EC2::Volume",
    "AWS::EC2::EIP",
    "AWS::EC2::Snapshot",
    "AWS::RDS::DBSnapshot",
];

/// A plan that ends what is left over.
#[derive(Debug, Serialize)]
pub struct Plan<'r> {
    afterlab_cleanup: u32,
    account: &'r str,
    read_at: jiff::Timestamp,
    usd_per_month: Decimal,
    /// Whether something could not be read, so that there may be more.
    incomplete: bool,
    steps: Vec<Step<'r>>,
}

#[derive(Debug, Serialize)]
struct Step<'r> {
    rule: &'static str,
    resource: &'r crate::inventory::ResourceRef,
    message: &'r str,
    usd_per_month: Option<Decimal>,
    commands: &'r [String],
    /// What the rule's documentation says about ending it.
    advice: &'static str,
}

impl<'r> Plan<'r> {
    /// The plan for the findings of a report.
    #[must_use]
    pub fn of(report: &'r Report<'_>) -> Self {
        let mut steps: Vec<Step<'r>> = report.findings.iter().map(step).collect();
        steps.sort_by_key(|step| {
            let kind = &step.resource.kind;
            let place = ORDER.iter().position(|prefix| kind.starts_with(prefix)).unwrap_or(ORDER.len() / 2);
            (place, kind.clone(), step.resource.region.clone(), step.resource.id.clone())
        });
        Self {
            afterlab_cleanup: 1,
            account: report.inventory.account.id.as_str(),
            read_at: report.inventory.collected_at,
            usd_per_month: report.usd_per_month().unwrap_or_default(),
            incomplete: !report.unknown.is_empty() || report.stopped.is_some(),
            steps,
        }
    }

    /// The plan as a script for a POSIX shell.
    #[must_use]
    pub fn script(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let when = self.read_at.strftime("%Y-%m-%d %H:%M UTC");
        writeln!(out, "#!/bin/sh")?;
        writeln!(
            out,
            "# What is left over in account {}, read {when}: {} a month.",
            self.account,
            dollars(self.usd_per_month)
        )?;
        writeln!(
            out,
            "# afterlab has changed nothing and never does. Read every line, take out what you want to keep."
        )?;
        if self.incomplete {
            writeln!(out, "# NOT COMPLETE: something could not be read; `afterlab scan --kind leftover` says what.")?;
        }
        writeln!(out, "set -eu")?;
        writeln!(out, "account=$(aws sts get-caller-identity --query Account --output text)")?;
        writeln!(out, "if [ \"$account\" != {} ]; then", self.account)?;
        writeln!(
            out,
            "  echo \"these commands are for account {}, and you are in $account\" >&2; exit 2",
            self.account
        )?;
        writeln!(out, "fi")?;
        let number = count(self.steps.iter().filter(|step| !step.commands.is_empty()).count(), "resource");
        writeln!(out, "printf 'Delete {number} of account {} for good? Type yes: '", self.account)?;
        writeln!(out, "read -r answer; [ \"$answer\" = yes ] || exit 1")?;
        let mut kind = "";
        for step in &self.steps {
            if step.resource.kind != kind {
                kind = &step.resource.kind;
                writeln!(out, "\n# == {} ==", comment(kind))?;
                writeln!(out, "# {}", comment(step.advice))?;
            }
            let region = step.resource.region.as_deref().unwrap_or("global");
            let saves = step.usd_per_month.map(|usd| format!(": saves {} a month", dollars(usd))).unwrap_or_default();
            writeln!(out, "\n# {} in {}{saves} ({})", comment(&step.resource.name), comment(region), step.rule)?;
            if step.commands.is_empty() {
                writeln!(out, "# no command: see `afterlab explain {}`", step.rule)?;
            }
            for command in step.commands {
                writeln!(out, "{command}")?;
            }
        }
        Ok(())
    }
}

fn step(finding: &Finding) -> Step<'_> {
    let docs = finding.rule.docs;
    let advice = docs.split_once("## How to fix it\n").map_or("", |(_, advice)| advice.trim());
    Step {
        rule: finding.rule.id,
        resource: &finding.resource,
        message: &finding.problem.message,
        usd_per_month: finding.problem.cost.as_ref().map(|cost| cost.usd_per_month),
        commands: &finding.problem.fix,
        advice,
    }
}

/// Text that stays one line of a comment.
fn comment(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
