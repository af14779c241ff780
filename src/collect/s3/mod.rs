//! S3: the account's public-access block, the list of buckets, and what is needed of each.

mod bucket;
mod contents;
mod convert;
mod storage;

use aws_sdk_s3::types::BucketLocationConstraint;
use futures_util::{StreamExt, stream};

use super::Collector;
use super::call::{About, Pages, none_if};
use crate::aws::Failure;
use crate::inventory::s3::{Bucket, PublicAccessBlock};
use crate::inventory::{Known, Listing, Region, S3};
use crate::rule::{Need, operation};
use crate::time::timestamp;

/// Buckets a page. Giving a number at all makes AWS say each bucket's region.
const PAGE: i32 = 10_000;

/// The code with which AWS says that Block Public Access was never set.
const NO_PUBLIC_ACCESS_BLOCK: &str = "NoSuchPublicAccessBlockConfiguration";

impl Collector<'_> {
    /// All of S3 that is needed.
    pub(super) async fn s3(&self) -> S3 {
        let (account_public_access_block, buckets) = tokio::join!(self.account_public_access_block(), self.buckets());
        S3 { account_public_access_block, buckets }
    }

    async fn account_public_access_block(&self) -> Known<Option<PublicAccessBlock>> {
        if !self.options.needs.contains(Need::AccountPublicAccessBlock) {
            return Known::unread();
        }
        let request = self.clients.s3control().get_public_access_block().account_id(self.session.account.as_str());
        let reply = none_if(&[NO_PUBLIC_ACCESS_BLOCK], self.call(request.send()).await);
        let block = reply.map(|reply| {
            let block = reply?.public_access_block_configuration?;
            Some(convert::block_of([
                block.block_public_acls,
                block.ignore_public_acls,
                block.block_public_policy,
                block.restrict_public_buckets,
            ]))
        });
        self.known(operation::GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, About::default(), block)
    }

    async fn buckets(&self) -> Listing<Bucket> {
        if !self.options.needs.contains(Need::Buckets) {
            return Listing::unread();
        }
        let mut buckets = Vec::new();
        let failure = self.list_buckets(&mut buckets).await.err();
        let missing = failure.map(|failure| self.gap(operation::LIST_BUCKETS, About::default(), &failure));
        let mut buckets = self.locate(buckets).await;
        if self.options.needs.iter().any(Need::is_of_bucket) {
            let step = self.progress.step("buckets", buckets.len());
            stream::iter(&mut buckets)
                .for_each_concurrent(self.options.concurrency, async |bucket| {
                    self.read_bucket(bucket).await;
                    step.done();
                })
                .await;
        }
        self.storage(&mut buckets).await;
        match missing {
            None => Listing::whole(buckets),
            Some(gap) => Listing::partial(buckets, gap),
        }
    }

    async fn list_buckets(&self, buckets: &mut Vec<Bucket>) -> Result<(), Failure> {
        let client = self.clients.s3(&self.session.region);
        // AWS can limit the list to one region; several are sorted out afterwards.
        let one_region = match self.options.regions.as_slice() {
            [region] => Some(region.to_string()),
            _ => None,
        };
        let mut pages = Pages::default();
        loop {
            let request = client
                .list_buckets()
                .max_buckets(PAGE)
                .set_bucket_region(one_region.clone())
                .set_continuation_token(pages.token());
            let reply = self.call(request.send()).await?;
            for bucket in reply.buckets.unwrap_or_default() {
                let name = bucket.name.ok_or_else(|| Failure::malformed("a bucket has no name".to_owned()))?;
                let region = bucket.bucket_region.and_then(|region| region.parse().ok());
                buckets.push(Bucket {
                    creation_date: bucket.creation_date.as_ref().and_then(timestamp),
                    bucket_region: region.map_or_else(Known::unread, Known::Value),
                    ..Bucket::unread(name)
                });
            }
            if !pages.more(reply.continuation_token)? {
                return Ok(());
            }
        }
    }

    /// Asks where the buckets are of which the list did not say it, and drops those outside the regions in scope. A
    /// bucket whose region cannot be told stays, with its gap.
    async fn locate(&self, mut buckets: Vec<Bucket>) -> Vec<Bucket> {
        let homeless = buckets.iter_mut().filter(|bucket| bucket.bucket_region.is_unread());
        stream::iter(homeless)
            .for_each_concurrent(self.options.concurrency, async |bucket| {
                bucket.bucket_region = self.bucket_location(&bucket.name).await;
            })
            .await;
        let scope = &self.options.regions;
        buckets.retain(|bucket| match &bucket.bucket_region {
            Known::Value(region) => scope.is_empty() || scope.contains(region),
            Known::Gap(_) => true,
        });
        buckets
    }

    async fn bucket_location(&self, name: &str) -> Known<Region> {
        let reply = self.call(self.clients.s3(&self.session.region).get_bucket_location().bucket(name).send()).await;
        let region = reply.and_then(|reply| {
            // The oldest region has no name here, and the second oldest an old one.
            let name = match reply.location_constraint.as_ref().map_or("", BucketLocationConstraint::as_str) {
                "" => "us-east-1",
                "EU" => "eu-west-1",
                name => name,
            };
            name.parse().map_err(Failure::malformed)
        });
        self.known(operation::GET_BUCKET_LOCATION, About { resource: Some(name), ..About::default() }, region)
    }
}
