//! What buckets store, by storage type: CloudWatch's daily metrics, some hundred buckets a call.
//!
//! CloudWatch bills `GetMetricData` at 0.01 USD per 1,000 metrics; this asks for each existing series once, and for
//! nothing that `ListMetrics` does not name.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudwatch::types::Metric;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::super::Collector;
use super::super::call::{About, Pages};
use super::super::metrics;
use crate::aws::Failure;
use crate::inventory::s3::{Bucket, Storage};
use crate::inventory::{Known, Region};
use crate::rule::{Need, Operation, operation};
use crate::time::timestamp;

/// Storage metrics come once a day and up to two days late.
const LOOK_BACK: Duration = Duration::from_hours(72);

/// What a series tells: the bucket, and its storage type for bytes or none for the number of objects.
struct Subject {
    bucket: String,
    storage_type: Option<String>,
}

impl Collector<'_> {
    /// Fills in what the buckets store, region by region.
    pub(super) async fn storage(&self, buckets: &mut [Bucket]) {
        if !self.options.needs.contains(Need::BucketStorage) {
            return;
        }
        let mut by_region: BTreeMap<Region, Vec<&mut Bucket>> = BTreeMap::new();
        for bucket in buckets {
            match &bucket.bucket_region {
                Known::Value(region) => by_region.entry(region.clone()).or_default().push(bucket),
                Known::Gap(gap) => bucket.storage = Known::Gap(*gap),
            }
        }
        let step = self.progress.step("storage", by_region.len());
        stream::iter(by_region)
            .for_each_concurrent(None, async |(region, buckets)| {
                self.storage_in(&region, buckets).await;
                step.done();
            })
            .await;
    }

    async fn storage_in(&self, region: &Region, buckets: Vec<&mut Bucket>) {
        let read = Box::pin(self.read_storage(region)).await;
        let mut by_bucket = match read {
            Ok(by_bucket) => by_bucket,
            Err((operation, failure)) => {
                let gap = self.gap(operation, About { region: Some(region), resource: None }, &failure);
                for bucket in buckets {
                    bucket.storage = Known::Gap(gap);
                }
                return;
            }
        };
        for bucket in buckets {
            bucket.storage = Known::Value(by_bucket.remove(&bucket.name));
        }
    }

    async fn read_storage(&self, region: &Region) -> Result<BTreeMap<String, Storage>, (Operation, Failure)> {
        let client = self.clients.cloudwatch(region);
        let listed = self.list_series(&client).await.map_err(|failure| (operation::LIST_METRICS, failure))?;
        let (subjects, series): (Vec<Subject>, Vec<metrics::Series>) = listed.into_iter().unzip();
        let read = self.datapoints(&client, &series, LOOK_BACK).await;
        let read = read.map_err(|failure| (operation::GET_METRIC_DATA, failure))?;
        let mut by_bucket: BTreeMap<String, Storage> = BTreeMap::new();
        for (subject, points) in subjects.iter().zip(read) {
            // The newest datapoint counts, in whatever order they come.
            if let Some(newest) = points.iter().max_by_key(|point| point.time.secs()) {
                let storage = by_bucket.entry(subject.bucket.clone()).or_default();
                storage.set(subject, newest.value, timestamp(&newest.time));
            }
        }
        Ok(by_bucket)
    }

    async fn list_series(
        &self,
        client: &aws_sdk_cloudwatch::Client,
    ) -> Result<Vec<(Subject, metrics::Series)>, Failure> {
        let (mut series, mut pages) = (Vec::new(), Pages::default());
        loop {
            let request = client.list_metrics().namespace("AWS/S3").set_next_token(pages.token());
            let reply = self.call(request.send()).await?;
            series.extend(reply.metrics.unwrap_or_default().into_iter().filter_map(storage_series));
            if !pages.more(reply.next_token)? {
                return Ok(series);
            }
        }
    }
}

impl Storage {
    fn set(&mut self, subject: &Subject, value: f64, as_of: Option<Timestamp>) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
        let value = value.round() as u64;
        match &subject.storage_type {
            Some(storage_type) => {
                self.bytes.insert(storage_type.clone(), value);
            }
            None => self.objects = Some(value),
        }
        self.as_of = self.as_of.max(as_of);
    }
}

/// A metric that tells what a bucket stores; none for request metrics and the like.
fn storage_series(metric: Metric) -> Option<(Subject, metrics::Series)> {
    let dimension = |name: &str| {
        let dimensions = metric.dimensions.as_deref().unwrap_or_default();
        dimensions.iter().find(|d| d.name.as_deref() == Some(name)).and_then(|d| d.value.clone())
    };
    let storage_type = match metric.metric_name.as_deref()? {
        "BucketSizeBytes" => Some(dimension("StorageType")?),
        "NumberOfObjects" => None,
        _ => return None,
    };
    let subject = Subject { bucket: dimension("BucketName")?, storage_type };
    Some((subject, metrics::Series { metric, statistic: "Average".to_owned() }))
}
