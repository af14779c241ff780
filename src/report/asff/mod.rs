//! AWS Security Finding Format: what Security Hub takes as the input of `BatchImportFindings`.
//!
//! One request a line: a request has at most 100 findings, and all of them are of the region that it is sent to.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>

mod types;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::Report;
use super::rows::{Row, rows};
use crate::inventory::{Partition, ResourceRef};
use crate::rule::{Confidence, Kind, OutcomeStatus, Severity};
use crate::text::printable;

/// Findings of one request.
const MOST_FINDINGS: usize = 100;

/// Characters of a title.
const MOST_TITLE: usize = 256;

/// Characters of a description.
const MOST_DESCRIPTION: usize = 1024;

/// Characters of a recommendation.
const MOST_RECOMMENDATION: usize = 512;

/// Characters of a value of a field.
const MOST_VALUE: usize = 1024;

/// Controls that a finding can name.
const MOST_CONTROLS: usize = 32;

/// Writes the report, one request a line, by region.
///
/// # Errors
/// When it cannot be written.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut by_region: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in rows(report) {
        let region = row.resource.region.as_deref().unwrap_or_else(|| home(report.inventory.account.partition));
        by_region.entry(region.to_owned()).or_default().push(finding(report, &row, region));
    }
    for request in by_region.values().flat_map(|findings| findings.chunks(MOST_FINDINGS)) {
        serde_json::to_writer(&mut *out, &json!({"Findings": request}))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn finding(report: &Report<'_>, row: &Row<'_>, region: &str) -> Value {
    let account = &report.inventory.account;
    let partition = account.partition;
    let read_at = report.inventory.collected_at.to_string();
    let (title, severity) = match row.status {
        OutcomeStatus::Fail => (row.rule.title.to_owned(), severity(row.rule.severity)),
        // Nothing was found, and nothing passes.
        _ => (format!("Not judged: {}", row.rule.title), "INFORMATIONAL"),
    };
    let controls: Vec<String> = row.controls().into_iter().take(MOST_CONTROLS).collect();
    let mut compliance = json!({"Status": if row.status == OutcomeStatus::Fail { "FAILED" } else { "WARNING" }});
    if !controls.is_empty() {
        compliance["RelatedRequirements"] = controls.into();
    }
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("afterlab/{}", row.fingerprint),
        "ProductArn": format!("arn:{partition}:securityhub:{region}:{}:product/{}/default", account.id, account.id),
        "ProductName": "afterlab",
        "GeneratorId": format!("afterlab/{}", row.rule.id),
        "AwsAccountId": account.id,
        "CreatedAt": read_at,
        "UpdatedAt": read_at,
        "Title": cut(&title, MOST_TITLE),
        "Description": cut(&row.message, MOST_DESCRIPTION),
        "FindingProviderFields": {
            "Severity": {"Label": severity, "Original": row.rule.severity},
            "Types": [finding_type(row.rule.kind)],
            "Confidence": confidence(row.rule.confidence),
        },
        "Compliance": compliance,
        "Remediation": {"Recommendation": recommendation(row)},
        "ProductFields": fields(row),
        "Resources": [resource(account.id.as_str(), partition, region, row.resource)],
        "RecordState": "ACTIVE",
    })
}

/// What to do: the commands where they fit, else where they can be had.
fn recommendation(row: &Row<'_>) -> Value {
    let commands = row.fix().iter().map(|command| printable(command)).collect::<Vec<_>>().join("; ");
    let fits = !commands.is_empty() && commands.chars().count() <= MOST_RECOMMENDATION;
    let text = if fits { commands } else { format!("afterlab explain {}; afterlab scan --fix", row.rule.id) };
    let mut recommendation = json!({"Text": text});
    if let Some(page) = row.rule.references.first() {
        recommendation["Url"] = (*page).into();
    }
    recommendation
}

fn fields(row: &Row<'_>) -> Map<String, Value> {
    let cost = row.problem.and_then(|problem| problem.cost.as_ref());
    let all = [
        ("Fingerprint", Some(row.fingerprint.clone())),
        ("Outcome", Some(row.status.as_str().to_owned())),
        ("Kind", Some(row.rule.kind.to_string())),
        ("Note", Some(row.rule.note.to_owned())),
        ("UsdPerMonth", cost.map(|cost| cost.usd_per_month.to_string())),
    ];
    let fields =
        all.into_iter().filter_map(|(name, value)| Some((format!("afterlab/{name}"), cut(&value?, MOST_VALUE).into())));
    fields.collect()
}

fn resource(account: &str, partition: Partition, region: &str, resource: &ResourceRef) -> Value {
    if resource.kind == "AWS::Account" {
        return json!({"Type": "AwsAccount", "Id": format!("AWS::::Account:{account}"), "Partition": partition, "Region": region});
    }
    let other = [("Name", &resource.name), ("Type", &resource.kind)];
    // A value must have something in it.
    let other = other.into_iter().filter(|(_, value)| !value.trim().is_empty());
    let other: Map<String, Value> =
        other.map(|(name, value)| (name.to_owned(), cut(value, MOST_VALUE).into())).collect();
    json!({
        "Type": types::resource_type(&resource.kind),
        "Id": cut(&resource.id, MOST_VALUE),
        "Partition": partition,
        "Region": region,
        "Details": {"Other": other},
    })
}

/// The region to which findings about global resources go: where the partition has its IAM.
fn home(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "us-east-1",
        Partition::China => "cn-north-1",
        Partition::UsGov => "us-gov-west-1",
        Partition::EuSovereign => "eusc-de-east-1",
        Partition::Iso => "us-iso-east-1",
        Partition::IsoB => "us-isob-east-1",
        Partition::IsoE => "eu-isoe-west-1",
        Partition::IsoF => "us-isof-south-1",
    }
}

/// A namespace and category of the format's taxonomy.
///
/// Source: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html>
fn finding_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Leftover | Kind::Cost => "Effects/Resource Consumption",
        Kind::Security | Kind::Governance | Kind::Hygiene => {
            "Software and Configuration Checks/AWS Security Best Practices"
        }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
        Severity::Info => "INFORMATIONAL",
    }
}

/// In per cent.
fn confidence(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::High => 99,
        Confidence::Medium => 75,
        Confidence::Low => 50,
    }
}

/// A text of at most so many characters, on one line.
fn cut(text: &str, most: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= most {
        return text;
    }
    let mut kept: String = text.chars().take(most - 1).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äbcd", 3), "äb…");
    }

    #[test]
    fn every_home_is_a_region_of_its_partition() {
        for region in crate::inventory::REGIONS {
            let region: crate::inventory::Region = region.parse().expect("a region");
            let home: crate::inventory::Region = home(region.partition()).parse().expect("a region");
            assert_eq!(home.partition(), region.partition());
        }
    }
}
