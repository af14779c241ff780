//! The account's alias and regions.

use super::Collector;
use super::call::{About, Pages};
use crate::aws::Failure;
use crate::inventory::{Known, Region};
use crate::rule::{Need, operation};

impl Collector<'_> {
    /// The account's alias and the regions that it has enabled.
    pub(super) async fn account(&self) -> (Known<Option<String>>, Known<Vec<Region>>) {
        tokio::join!(self.account_alias(), self.account_regions())
    }

    async fn account_alias(&self) -> Known<Option<String>> {
        if !self.options.needs.contains(Need::AccountAlias) {
            return Known::unread();
        }
        let reply = self.call(self.clients.iam().list_account_aliases().send()).await;
        let alias = reply.map(|reply| reply.account_aliases.into_iter().next());
        self.known(operation::LIST_ACCOUNT_ALIASES, About::default(), alias)
    }

    async fn account_regions(&self) -> Known<Vec<Region>> {
        if !self.options.needs.contains(Need::AccountRegions) {
            return Known::unread();
        }
        let regions = self.list_regions().await;
        self.known(operation::LIST_REGIONS, About::default(), regions)
    }

    async fn list_regions(&self) -> Result<Vec<Region>, Failure> {
        use aws_sdk_account::types::RegionOptStatus::{Enabled, EnabledByDefault};
        let client = self.clients.account();
        let (mut regions, mut pages) = (Vec::new(), Pages::default());
        loop {
            let request = client
                .list_regions()
                .region_opt_status_contains(Enabled)
                .region_opt_status_contains(EnabledByDefault)
                .set_next_token(pages.token());
            let reply = self.call(request.send()).await?;
            let names = reply.regions.unwrap_or_default().into_iter().filter_map(|region| region.region_name);
            regions.extend(names.filter_map(|name| name.parse().ok()));
            if !pages.more(reply.next_token)? {
                regions.sort();
                return Ok(regions);
            }
        }
    }
}
