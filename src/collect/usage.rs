//! Whether found leftovers are used: CloudWatch's metrics, 500 a call, only for what bills.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::Collector;
use super::call::{About, Pages};
use crate::aws::Failure;
use crate::inventory::{Region, Resource, Resources, Usage};
use crate::pack::{self, Idle, PackRule};
use crate::rule::{Check, Need, operation};

/// Metrics a call, the most that CloudWatch takes.
const BATCH: usize = 500;

/// How many days are looked back; each is one datapoint.
const DAYS: u32 = 14;

const DAY_SECONDS: i32 = 86_400;

/// A metric of a resource.
struct Series {
    kind: String,
    place: usize,
    name: String,
    statistic: String,
    metric: Metric,
}

impl Collector<'_> {
    /// Fills in how much the resources that bill were used.
    pub(super) async fn usage(&self, resources: &mut Resources) {
        if !self.options.needs.contains(Need::ResourceUsage) {
            return;
        }
        let root = pack::context(Timestamp::now());
        let mut by_region: BTreeMap<Region, Vec<Series>> = BTreeMap::new();
        for rule in pack::registry::rules() {
            let Check::Pack(logic) = &rule.check else { continue };
            let (Some(idle), Some(list)) = (&logic.idle, resources.of(logic.kind.name)) else { continue };
            for (place, resource) in list.items().iter().enumerate() {
                if let Some(region) = &resource.region
                    && let Some(metric) = self.metric(&root, logic, idle, resource)
                {
                    by_region.entry(region.clone()).or_default().push(Series {
                        kind: logic.kind.name.to_owned(),
                        place,
                        name: idle.name(),
                        statistic: idle.statistic.clone(),
                        metric,
                    });
                }
            }
        }
        let read =
            by_region.iter().map(|(region, series)| async move { (series, self.read_usage(region, series).await) });
        for (series, values) in join_all(read).await {
            for (series, value) in series.iter().zip(values.into_iter().flatten()) {
                let usage =
                    Usage { metric: series.name.clone(), statistic: series.statistic.clone(), days: DAYS, value };
                let list = resources.0.get_mut(&series.kind).and_then(|list| list.items_mut().get_mut(series.place));
                if let Some(resource) = list {
                    resource.usage.push(usage);
                }
            }
        }
    }

    /// The metric of a resource that bills; none for others.
    fn metric(
        &self,
        root: &cel::Context<'static, 'static>,
        logic: &PackRule,
        idle: &Idle,
        resource: &Resource,
    ) -> Option<Metric> {
        let variables = pack::variables(resource, self.session.account.as_str(), self.session.partition.as_str());
        if !logic.bills(root, &variables) {
            return None;
        }
        let mut metric = Metric::builder().namespace(&idle.namespace).metric_name(&idle.metric);
        for (name, value) in &idle.dimensions {
            let value = value.string(root, &variables).ok()??;
            metric = metric.dimensions(Dimension::builder().name(name).value(value).build());
        }
        Some(metric.build())
    }

    /// The value of each series over the days; none where there is no datapoint, which is not a zero.
    async fn read_usage(&self, region: &Region, series: &[Series]) -> Option<Vec<Option<f64>>> {
        let mut values = Vec::with_capacity(series.len());
        for batch in series.chunks(BATCH) {
            match Box::pin(self.read_batch(region, batch)).await {
                Ok(read) => values.extend(read),
                Err(failure) => {
                    self.gap(operation::GET_METRIC_DATA, About { region: Some(region), resource: None }, &failure);
                    return None;
                }
            }
        }
        Some(values)
    }

    async fn read_batch(&self, region: &Region, batch: &[Series]) -> Result<Vec<Option<f64>>, Failure> {
        let client = self.clients.cloudwatch(region);
        let now = Timestamp::now().as_second();
        let start = now - i64::from(DAYS) * i64::from(DAY_SECONDS);
        let queries: Vec<MetricDataQuery> = batch
            .iter()
            .enumerate()
            .map(|(at, series)| {
                let stat =
                    MetricStat::builder().metric(series.metric.clone()).period(DAY_SECONDS).stat(&series.statistic);
                MetricDataQuery::builder().id(format!("m{at}")).metric_stat(stat.build()).build()
            })
            .collect();
        let (mut values, mut pages) = (vec![None; batch.len()], Pages::default());
        loop {
            let request = client
                .get_metric_data()
                .start_time(aws_smithy_types::DateTime::from_secs(start))
                .end_time(aws_smithy_types::DateTime::from_secs(now))
                .set_metric_data_queries(Some(queries.clone()))
                .set_next_token(pages.token());
            let reply = self.call(request.send()).await?;
            for result in reply.metric_data_results.unwrap_or_default() {
                let at = result.id.as_deref().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                let Some(value) = at.and_then(|at| values.get_mut(at)) else { continue };
                let points = result.values.unwrap_or_default();
                let sum = points.iter().sum::<f64>();
                let most = points.iter().copied().fold(f64::MIN, f64::max);
                let is_sum = at.and_then(|at| batch.get(at)).is_some_and(|series| series.statistic == "Sum");
                if !points.is_empty() {
                    *value = Some(if is_sum {
                        value.unwrap_or_default() + sum
                    } else {
                        value.map_or(most, |v: f64| v.max(most))
                    });
                }
            }
            if !pages.more(reply.next_token)? {
                return Ok(values);
            }
        }
    }
}
