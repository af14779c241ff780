//! Datapoints of CloudWatch, 500 metrics a call.

use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::Collector;
use super::call::Pages;
use crate::aws::Failure;

/// Metrics a call, the most that CloudWatch takes.
const BATCH: usize = 500;

const DAY_SECONDS: i32 = 86_400;

/// A metric and what is asked of it.
pub(super) struct Series {
    /// The metric.
    pub(super) metric: Metric,
    /// `Sum`, `Average`, `Maximum` …, of a day.
    pub(super) statistic: String,
}

/// What CloudWatch has of one day.
pub(super) struct Datapoint {
    /// When the day began.
    pub(super) time: DateTime,
    /// Its value.
    pub(super) value: f64,
}

impl Collector<'_> {
    /// The daily datapoints of each series, from so long ago until now, in no order; none where CloudWatch has none, which
    /// is not a zero.
    pub(super) async fn datapoints(
        &self,
        client: &Client,
        series: &[Series],
        look_back: Duration,
    ) -> Result<Vec<Vec<Datapoint>>, Failure> {
        let end = Timestamp::now().as_second();
        let start = end - i64::try_from(look_back.as_secs()).unwrap_or_default();
        let mut all = Vec::with_capacity(series.len());
        for batch in series.chunks(BATCH) {
            all.extend(self.batch(client, batch, DateTime::from_secs(start), DateTime::from_secs(end)).await?);
        }
        Ok(all)
    }

    async fn batch(
        &self,
        client: &Client,
        batch: &[Series],
        start: DateTime,
        end: DateTime,
    ) -> Result<Vec<Vec<Datapoint>>, Failure> {
        let queries: Vec<MetricDataQuery> = (0..).zip(batch).map(|(at, series)| series.query(at)).collect();
        let mut found: Vec<Vec<Datapoint>> = batch.iter().map(|_| Vec::new()).collect();
        let mut pages = Pages::default();
        loop {
            let request = client
                .get_metric_data()
                .start_time(start)
                .end_time(end)
                .set_metric_data_queries(Some(queries.clone()))
                .set_next_token(pages.token());
            let reply = self.call(request.send()).await?;
            for result in reply.metric_data_results.unwrap_or_default() {
                let at = result.id.as_deref().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                let Some(points) = at.and_then(|at| found.get_mut(at)) else { continue };
                let pairs = result.timestamps.unwrap_or_default().into_iter().zip(result.values.unwrap_or_default());
                points.extend(pairs.map(|(time, value)| Datapoint { time, value }));
            }
            if !pages.more(reply.next_token)? {
                return Ok(found);
            }
        }
    }
}

impl Series {
    fn query(&self, at: usize) -> MetricDataQuery {
        let stat = MetricStat::builder().metric(self.metric.clone()).period(DAY_SECONDS).stat(&self.statistic).build();
        MetricDataQuery::builder().id(format!("m{at}")).metric_stat(stat).build()
    }
}
