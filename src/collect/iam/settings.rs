//! What IAM keeps for the account as a whole.

use aws_sdk_iam::types::{AssignmentStatusType, SummaryKeyType};

use super::super::Collector;
use super::super::call::{About, Pages, none_if};
use crate::aws::Failure;
use crate::inventory::iam::{AccountSummary, PasswordPolicy, SamlProvider, ServerCertificate, VirtualMfaDevice};
use crate::inventory::{Iam, Listing};
use crate::rule::{Need, operation};
use crate::time::timestamp;

impl Collector<'_> {
    /// Fills in what the account as a whole has.
    pub(super) async fn iam_settings(&self, iam: &mut Iam) {
        let wanted = |need| self.options.needs.contains(need);
        let none = About::default();
        tokio::join!(
            async {
                if wanted(Need::IamAccountSummary) {
                    let summary = self.account_summary().await;
                    iam.account_summary = self.known(operation::GET_ACCOUNT_SUMMARY, none, summary);
                }
            },
            async {
                if wanted(Need::IamPasswordPolicy) {
                    let policy = self.password_policy().await;
                    iam.password_policy = self.known(operation::GET_ACCOUNT_PASSWORD_POLICY, none, policy);
                }
            },
            async {
                if wanted(Need::IamVirtualMfaDevices) {
                    let devices = self.virtual_mfa_devices().await;
                    iam.virtual_mfa_devices = self.known(operation::LIST_VIRTUAL_MFA_DEVICES, none, devices);
                }
            },
            async {
                if wanted(Need::IamServerCertificates) {
                    iam.server_certificates = self.server_certificates().await;
                }
            },
            async {
                if wanted(Need::IamSamlProviders) {
                    iam.saml_providers = self.saml_providers().await;
                }
            },
        );
    }

    async fn account_summary(&self) -> Result<AccountSummary, Failure> {
        let reply = self.call(self.clients.iam().get_account_summary().send()).await?;
        let map = reply.summary_map.unwrap_or_default();
        let positive = |key: SummaryKeyType| {
            map.get(&key).map(|number| *number > 0).ok_or_else(|| Failure::malformed(format!("{key} is missing")))
        };
        Ok(AccountSummary {
            account_mfa_enabled: positive(SummaryKeyType::AccountMfaEnabled)?,
            account_access_keys_present: positive(SummaryKeyType::AccountAccessKeysPresent)?,
            account_password_present: map.get(&SummaryKeyType::AccountPasswordPresent).map(|number| *number > 0),
        })
    }

    async fn password_policy(&self) -> Result<Option<PasswordPolicy>, Failure> {
        let reply = self.call(self.clients.iam().get_account_password_policy().send()).await;
        let policy = none_if(&["NoSuchEntity"], reply)?.and_then(|reply| reply.password_policy);
        let number = |value: i32| u32::try_from(value).unwrap_or(0);
        Ok(policy.map(|policy| PasswordPolicy {
            minimum_password_length: policy.minimum_password_length.map_or(0, number),
            require_symbols: policy.require_symbols,
            require_numbers: policy.require_numbers,
            require_uppercase_characters: policy.require_uppercase_characters,
            require_lowercase_characters: policy.require_lowercase_characters,
            allow_users_to_change_password: policy.allow_users_to_change_password,
            max_password_age: policy.max_password_age.map(number),
            password_reuse_prevention: policy.password_reuse_prevention.map(number),
            hard_expiry: policy.hard_expiry,
        }))
    }

    async fn virtual_mfa_devices(&self) -> Result<Vec<VirtualMfaDevice>, Failure> {
        let client = self.clients.iam();
        let (mut devices, mut pages) = (Vec::new(), Pages::default());
        loop {
            let request = client
                .list_virtual_mfa_devices()
                .assignment_status(AssignmentStatusType::Assigned)
                .set_marker(pages.token());
            let reply = self.call(request.send()).await?;
            devices.extend(reply.virtual_mfa_devices.into_iter().map(|device| VirtualMfaDevice {
                serial_number: device.serial_number,
                user_arn: device.user.map(|user| user.arn),
            }));
            if !pages.more(reply.marker.filter(|_| reply.is_truncated))? {
                return Ok(devices);
            }
        }
    }

    async fn server_certificates(&self) -> Listing<ServerCertificate> {
        let client = self.clients.iam();
        let (mut certificates, mut pages) = (Vec::new(), Pages::default());
        loop {
            let page = self.call(client.list_server_certificates().set_marker(pages.token()).send()).await;
            let more = page.and_then(|page| {
                certificates.extend(page.server_certificate_metadata_list.into_iter().map(|item| ServerCertificate {
                    server_certificate_name: item.server_certificate_name,
                    arn: item.arn,
                    upload_date: item.upload_date.as_ref().and_then(timestamp),
                    expiration: item.expiration.as_ref().and_then(timestamp),
                }));
                pages.more(page.marker.filter(|_| page.is_truncated))
            });
            match more {
                Ok(true) => {}
                Ok(false) => return Listing::whole(certificates),
                Err(failure) => {
                    let gap = self.gap(operation::LIST_SERVER_CERTIFICATES, About::default(), &failure);
                    return Listing::partial(certificates, gap);
                }
            }
        }
    }

    async fn saml_providers(&self) -> Listing<SamlProvider> {
        match self.call(self.clients.iam().list_saml_providers().send()).await {
            Ok(reply) => {
                let provider = |item: aws_sdk_iam::types::SamlProviderListEntry| {
                    Some(SamlProvider {
                        arn: item.arn?,
                        create_date: item.create_date.as_ref().and_then(timestamp),
                        valid_until: item.valid_until.as_ref().and_then(timestamp),
                    })
                };
                Listing::whole(reply.saml_provider_list.unwrap_or_default().into_iter().filter_map(provider).collect())
            }
            Err(failure) => {
                let gap = self.gap(operation::LIST_SAML_PROVIDERS, About::default(), &failure);
                Listing::partial(Vec::new(), gap)
            }
        }
    }
}
