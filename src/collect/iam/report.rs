//! The credential report: generated, waited for, and read.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_iam::types::ReportStateType;
use jiff::Timestamp;

use super::super::Collector;
use super::super::call::About;
use crate::aws::Failure;
use crate::inventory::GapId;
use crate::inventory::iam::{AccessKey, Credentials};
use crate::rule::{Need, operation};

/// How the report names the root user.
pub(super) const ROOT: &str = "<root_account>";

/// How long the report may take. AWS needs seconds; a new account or a very large one longer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The rows of the report by user name.
pub(super) type Report = HashMap<String, Credentials>;

impl Collector<'_> {
    /// The credential report, or the gap that hides it.
    pub(super) async fn credential_report(&self) -> Result<Report, GapId> {
        if !self.options.needs.contains(Need::IamCredentials) {
            return Err(GapId::UNREAD);
        }
        if let Err(failure) = self.generate_report().await {
            return Err(self.gap(operation::GENERATE_CREDENTIAL_REPORT, About::default(), &failure));
        }
        let reply = self.call(self.clients.iam().get_credential_report().send()).await;
        let report = reply.and_then(|reply| match reply.content {
            Some(content) => parse(content.as_ref()),
            None => Err(Failure::malformed("the report is empty".to_owned())),
        });
        report.map_err(|failure| self.gap(operation::GET_CREDENTIAL_REPORT, About::default(), &failure))
    }

    /// Asks for the report until it is there.
    async fn generate_report(&self) -> Result<(), Failure> {
        let client = self.clients.iam();
        let started = tokio::time::Instant::now();
        let mut pause = Duration::from_millis(100);
        loop {
            let reply = self.call(client.generate_credential_report().send()).await?;
            if reply.state == Some(ReportStateType::Complete) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                return Err(Failure::unreachable(format!("the report was not ready after {PATIENCE:?}")));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(4));
        }
    }
}

fn parse(content: &[u8]) -> Result<Report, Failure> {
    let malformed = |error: csv::Error| Failure::malformed(format!("the report is no CSV: {error}"));
    let mut reader = csv::Reader::from_reader(content);
    let columns: HashMap<String, usize> =
        reader.headers().map_err(malformed)?.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    if !columns.contains_key("user") || !columns.contains_key("mfa_active") {
        return Err(Failure::malformed("the report lacks the columns user and mfa_active".to_owned()));
    }
    let mut report = Report::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let row = Row { columns: &columns, record: &record };
        report.insert(row.text("user").unwrap_or_default().to_owned(), row.credentials());
    }
    Ok(report)
}

/// A row by column names.
struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    /// A cell; none for the words with which the report says "nothing".
    fn text(&self, column: &str) -> Option<&str> {
        let text = self.record.get(*self.columns.get(column)?)?;
        (!matches!(text, "" | "N/A" | "no_information" | "not_supported")).then_some(text)
    }

    fn yes(&self, column: &str) -> bool {
        self.text(column) == Some("true")
    }

    fn time(&self, column: &str) -> Option<Timestamp> {
        self.text(column)?.parse().ok()
    }

    fn credentials(&self) -> Credentials {
        Credentials {
            password_enabled: self.yes("password_enabled"),
            password_last_used: self.time("password_last_used"),
            password_last_changed: self.time("password_last_changed"),
            mfa_active: self.yes("mfa_active"),
            access_keys: [1, 2].into_iter().filter_map(|slot| self.access_key(slot)).collect(),
        }
    }

    /// A key that exists: an active one, or an inactive one that has a date.
    fn access_key(&self, slot: u8) -> Option<AccessKey> {
        let column = |name: &str| format!("access_key_{slot}_{name}");
        let active = self.yes(&column("active"));
        let last_rotated = self.time(&column("last_rotated"));
        (active || last_rotated.is_some()).then(|| AccessKey {
            slot,
            active,
            last_rotated,
            last_used: self.time(&column("last_used_date")),
            last_used_region: self.text(&column("last_used_region")).map(ToOwned::to_owned),
            last_used_service: self.text(&column("last_used_service")).map(ToOwned::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
        password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
        access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service";

    #[test]
    fn rows_become_credentials() {
        let text = format!(
            "{HEAD}\n\
             <root_account>,arn,2024-01-01T00:00:00+00:00,not_supported,2026-11-01T10:00:00+00:00,not_supported,\
             not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A\n\
             eve,arn,2024-01-01T00:00:00+00:00,true,no_information,2024-01-01T00:00:00+00:00,N/A,false,\
             true,2024-02-01T00:00:00+00:00,N/A,N/A,N/A,false,2024-03-01T00:00:00+00:00,2024-04-01T00:00:00Z,us-east-1,s3\n"
        );
        let report = parse(text.as_bytes()).expect("a report");
        let root = &report[ROOT];
        assert!(root.mfa_active && !root.password_enabled && root.access_keys.is_empty());
        assert!(root.password_last_used.is_some());
        let eve = &report["eve"];
        assert!(eve.password_enabled && !eve.mfa_active && eve.password_last_used.is_none());
        assert_eq!(eve.access_keys.len(), 2);
        assert!(eve.access_keys[0].active && eve.access_keys[0].last_used.is_none());
        assert!(!eve.access_keys[1].active);
        assert_eq!(eve.access_keys[1].last_used_service.as_deref(), Some("s3"));
    }

    #[test]
    fn a_report_without_its_columns_is_refused() {
        assert!(parse(b"<html></html>").is_err());
        assert!(parse(b"").is_err());
        assert!(parse(b"user,mfa_active\nx\n").is_err(), "a row that is too short");
    }
}
