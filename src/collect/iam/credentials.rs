//! Joins the credential report to the users, and asks IAM directly about users that are newer than the report.
//!
//! AWS makes a new report at most every four hours, so that a user of this afternoon's lab is not in it yet.

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::super::Collector;
use super::super::call::{About, none_if};
use super::report::{ROOT, Report};
use crate::aws::Failure;
use crate::inventory::iam::{AccessKey, Credentials};
use crate::inventory::{GapId, Iam, Known};
use crate::rule::{Operation, operation};
use crate::time::timestamp;

impl Collector<'_> {
    /// Gives every user, and the root user, their row.
    pub(super) async fn join_credentials(&self, iam: &mut Iam, report: Result<Report, GapId>) {
        let mut report = match report {
            Ok(report) => report,
            Err(gap) => {
                iam.root = Known::Gap(gap);
                iam.users.items_mut().iter_mut().for_each(|user| user.credentials = Known::Gap(gap));
                return;
            }
        };
        let root = report.remove(ROOT);
        let root = root.ok_or_else(|| Failure::malformed("the report has no row for the root user".to_owned()));
        iam.root = self.known(operation::GET_CREDENTIAL_REPORT, About::default(), root);
        let (in_report, newer): (Vec<_>, Vec<_>) =
            iam.users.items_mut().iter_mut().partition(|user| report.contains_key(&user.user_name));
        for user in in_report {
            if let Some(row) = report.remove(&user.user_name) {
                user.credentials = Known::Value(row);
            }
        }
        stream::iter(newer)
            .for_each_concurrent(self.options.concurrency, async |user| {
                user.credentials = match self.credentials_of(&user.user_name).await {
                    Ok(credentials) => Known::Value(credentials),
                    Err((operation, failure)) => {
                        let about = About { resource: Some(&user.arn), ..About::default() };
                        Known::Gap(self.gap(operation, about, &failure))
                    }
                };
            })
            .await;
    }

    async fn credentials_of(&self, name: &str) -> Result<Credentials, (Operation, Failure)> {
        let client = self.clients.iam();
        let during = |operation: Operation| move |failure: Failure| (operation, failure);
        let (password, devices, keys) = tokio::join!(
            self.call(client.get_login_profile().user_name(name).send()),
            self.call(client.list_mfa_devices().user_name(name).send()),
            self.call(client.list_access_keys().user_name(name).send()),
        );
        let password = none_if(&["NoSuchEntity"], password).map_err(during(operation::GET_LOGIN_PROFILE))?;
        let devices = devices.map_err(during(operation::LIST_MFA_DEVICES))?;
        let keys = keys.map_err(during(operation::LIST_ACCESS_KEYS))?.access_key_metadata;
        let mut access_keys = Vec::new();
        for (slot, key) in (1..).zip(keys) {
            access_keys.push(self.access_key(slot, key).await.map_err(during(operation::GET_ACCESS_KEY_LAST_USED))?);
        }
        let profile = password.and_then(|reply| reply.login_profile);
        Ok(Credentials {
            password_enabled: profile.is_some(),
            password_last_used: None,
            password_last_changed: profile.as_ref().and_then(|profile| timestamp(&profile.create_date)),
            mfa_active: !devices.mfa_devices.is_empty(),
            access_keys,
        })
    }

    async fn access_key(&self, slot: u8, key: aws_sdk_iam::types::AccessKeyMetadata) -> Result<AccessKey, Failure> {
        let id = key.access_key_id.unwrap_or_default();
        let used = self.call(self.clients.iam().get_access_key_last_used().access_key_id(id).send()).await?;
        let used = used.access_key_last_used;
        // AWS writes "N/A" for a key that was never used.
        let known = |text: Option<String>| text.filter(|text| !text.is_empty() && text != "N/A");
        let last_used: Option<Timestamp> =
            used.as_ref().and_then(|used| used.last_used_date.as_ref()).and_then(timestamp);
        Ok(AccessKey {
            slot,
            active: key.status == Some(aws_sdk_iam::types::StatusType::Active),
            last_rotated: key.create_date.as_ref().and_then(timestamp),
            last_used,
            last_used_region: known(used.as_ref().map(|used| used.region.clone())),
            last_used_service: known(used.map(|used| used.service_name)),
        })
    }
}
