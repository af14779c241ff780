//! Whether found leftovers are used: CloudWatch's metrics, 500 a call, only for what bills.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use aws_sdk_cloudwatch::types::{Dimension, Metric};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::Collector;
use super::call::About;
use super::metrics::{Datapoint, Series};
use crate::inventory::{Region, Resource, Resources, Usage};
use crate::pack::{self, Idle, PackRule};
use crate::rule::{Check, Need, Rule, operation};

/// How many days are looked back; each is one datapoint.
const DAYS: u32 = 14;

/// The resource that a series is of.
struct Subject {
    kind: &'static str,
    place: usize,
    name: String,
}

impl Collector<'_> {
    /// Fills in how much the resources that bill were used.
    pub(super) async fn usage(&self, resources: &mut Resources) {
        if !self.options.needs.contains(Need::ResourceUsage) {
            return;
        }
        let root = pack::context(Timestamp::now());
        let mut by_region: BTreeMap<Region, (Vec<Subject>, Vec<Series>)> = BTreeMap::new();
        // Two rules about a type may ask for the same metric, and CloudWatch bills for each.
        let mut asked = HashSet::new();
        for rule in pack::registry::rules() {
            let Check::Pack(logic) = &rule.check else { continue };
            let (Some(idle), Some(list)) = (&logic.idle, resources.of(logic.kind.name)) else { continue };
            for (place, resource) in list.items().iter().enumerate() {
                if let Some(region) = &resource.region
                    && let Some(metric) = self.metric(&root, rule, logic, idle, resource)
                    && asked.insert((logic.kind.name, place, idle.name()))
                {
                    let (subjects, series) = by_region.entry(region.clone()).or_default();
                    subjects.push(Subject { kind: logic.kind.name, place, name: idle.name() });
                    series.push(Series { metric, statistic: idle.statistic.clone() });
                }
            }
        }
        let read = by_region.iter().map(async |(region, (subjects, series))| {
            let client = self.clients.cloudwatch(region);
            let look_back = Duration::from_hours(24 * u64::from(DAYS));
            let read = self.datapoints(&client, series, look_back).await;
            let read = read.map_err(|failure| {
                self.gap(operation::GET_METRIC_DATA, About { region: Some(region), resource: None }, &failure);
            });
            (subjects, series, read.unwrap_or_default())
        });
        for (subjects, series, points) in join_all(read).await {
            for ((subject, series), points) in subjects.iter().zip(series).zip(points) {
                let list = resources.0.get_mut(subject.kind).and_then(|list| list.items_mut().get_mut(subject.place));
                if let Some(resource) = list {
                    resource.usage.push(Usage {
                        metric: subject.name.clone(),
                        statistic: series.statistic.clone(),
                        days: DAYS,
                        value: over_all_days(&series.statistic, &points),
                    });
                }
            }
        }
    }

    /// The metric of a resource that bills; none for others.
    fn metric(
        &self,
        root: &cel::Context<'static, 'static>,
        rule: &Rule,
        logic: &PackRule,
        idle: &Idle,
        resource: &Resource,
    ) -> Option<Metric> {
        let variables = pack::variables(resource, self.session.account.as_str(), self.session.partition.as_str());
        let variables = pack::with_params(variables, self.options.needs.params(rule));
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
}

/// The sum of the days' sums, otherwise the most of any day; none without a datapoint, which is not a zero.
fn over_all_days(statistic: &str, points: &[Datapoint]) -> Option<f64> {
    let values = points.iter().map(|point| point.value);
    if statistic == "Sum" { values.reduce(|sum, value| sum + value) } else { values.reduce(f64::max) }
}
