//! When principals last used each service that they may use: two calls a principal, so only on demand.

use std::time::Duration;

use aws_sdk_iam::types::{
    AccessAdvisorUsageGranularityType as Granularity, JobStatusType, ServiceLastAccessed as Reply,
    TrackedActionLastAccessed as TrackedReply,
};
use futures_util::{StreamExt, stream};

use super::super::Collector;
use super::super::call::{About, Pages};
use crate::aws::Failure;
use crate::inventory::iam::{ServiceLastAccessed, TrackedActionLastAccessed};
use crate::inventory::{Iam, Known};
use crate::rule::{Need, operation};
use crate::time::timestamp;

/// How long AWS may take for one principal.
const PATIENCE: Duration = Duration::from_mins(1);

impl Collector<'_> {
    /// Fills in what roles and users last used, where a selected rule asks for it.
    pub(super) async fn services_last_accessed(&self, iam: &mut Iam) {
        let mut principals: Vec<(&str, &mut Known<Vec<ServiceLastAccessed>>)> = Vec::new();
        if self.options.needs.contains(Need::IamRoleServicesLastAccessed) {
            let own = iam.roles.items_mut().iter_mut().filter(|role| !role.is_service_linked());
            principals.extend(own.map(|role| (role.arn.as_str(), &mut role.services_last_accessed)));
        }
        if self.options.needs.contains(Need::IamUserServicesLastAccessed) {
            let users = iam.users.items_mut().iter_mut();
            principals.extend(users.map(|user| (user.arn.as_str(), &mut user.services_last_accessed)));
        }
        if principals.is_empty() {
            return;
        }
        let step = self.progress.step("last accessed", principals.len());
        stream::iter(principals)
            .for_each_concurrent(self.options.concurrency, async |(arn, services)| {
                let about = About { resource: Some(arn), ..About::default() };
                let read = self.last_accessed_of(arn).await;
                *services = self.known(operation::GET_SERVICE_LAST_ACCESSED_DETAILS, about, read);
                step.done();
            })
            .await;
    }

    async fn last_accessed_of(&self, arn: &str) -> Result<Vec<ServiceLastAccessed>, Failure> {
        let client = self.clients.iam();
        let request = client.generate_service_last_accessed_details().arn(arn).granularity(Granularity::ActionLevel);
        let job = self.call(request.send()).await?.job_id;
        let job = job.ok_or_else(|| Failure::malformed("the report has no job id".to_owned()))?;
        let started = tokio::time::Instant::now();
        let (mut services, mut pages) = (Vec::new(), Pages::default());
        let mut pause = Duration::from_millis(100);
        loop {
            let request = client.get_service_last_accessed_details().job_id(&job).set_marker(pages.token());
            let reply = self.call(request.send()).await?;
            match reply.job_status {
                JobStatusType::InProgress if started.elapsed() < PATIENCE => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                    continue;
                }
                JobStatusType::Completed => {}
                JobStatusType::InProgress => {
                    return Err(Failure::unreachable(format!("the report was not ready after {PATIENCE:?}")));
                }
                _ => {
                    let why = reply.error.map(|error| error.message).unwrap_or_default();
                    return Err(Failure::malformed(format!("IAM could not make the report: {why}")));
                }
            }
            services.extend(reply.services_last_accessed.into_iter().map(of_service));
            if !pages.more(reply.marker.filter(|_| reply.is_truncated))? {
                return Ok(services);
            }
        }
    }
}

fn of_service(service: Reply) -> ServiceLastAccessed {
    let last_authenticated = service.last_authenticated.as_ref().and_then(timestamp);
    // Of a service that was never used the list would only say so again for each of its actions, in every role.
    let tracked = service.tracked_actions_last_accessed.filter(|_| last_authenticated.is_some()).unwrap_or_default();
    let of_action = |action: TrackedReply| {
        let last_accessed_time = action.last_accessed_time.as_ref().and_then(timestamp);
        Some(TrackedActionLastAccessed { action_name: action.action_name?, last_accessed_time })
    };
    ServiceLastAccessed {
        service_namespace: service.service_namespace,
        last_authenticated,
        tracked_actions_last_accessed: tracked.into_iter().filter_map(of_action).collect(),
    }
}
