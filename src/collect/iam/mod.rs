//! IAM: principals and policies in pages, the credential report, and the account's own settings.

mod authorization;
mod credentials;
mod last_accessed;
mod report;
mod settings;

use super::Collector;
use crate::inventory::Iam;
use crate::rule::Need;

impl Collector<'_> {
    /// All of IAM that is needed.
    pub(super) async fn iam(&self) -> Iam {
        let step = self.progress.step("IAM", 3);
        let mut iam = Iam::unread();
        let (principals, report, ()) = tokio::join!(
            async {
                let principals = self.principals().await;
                step.done();
                principals
            },
            async {
                let report = self.credential_report().await;
                step.done();
                report
            },
            async {
                self.iam_settings(&mut iam).await;
                step.done();
            },
        );
        iam.users = principals.users;
        iam.groups = principals.groups;
        iam.roles = principals.roles;
        iam.policies = principals.policies;
        self.join_credentials(&mut iam, report).await;
        self.services_last_accessed(&mut iam).await;
        iam
    }

    /// Whether users and the like are needed, by whatever need.
    fn needs_principals(&self) -> bool {
        self.options.needs.contains_any(&[
            Need::IamPrincipals,
            Need::IamAwsPolicies,
            Need::IamCredentials,
            Need::IamRoleServicesLastAccessed,
            Need::IamUserServicesLastAccessed,
        ])
    }
}
