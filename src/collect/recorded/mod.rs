//! What AWS Config has recorded, in the place of lists: one query a region instead of a list for each type.
//!
//! A type is taken from there only where nothing can be missing: the recorder is on, records the type as it changes, with
//! AWS's own role, and has done so for a day; AWS Config tells every member that a rule reads; and each resource's members
//! were understood. Otherwise its list is read as ever.

mod convert;
mod properties;
mod recorder;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Collector;
use crate::aws::Failure;
use crate::aws::api::{Api, ApiClient, is_in};
use crate::inventory::Region;
use crate::pack::{ResourceType, registry};

/// AWS's model of AWS Config, cut to what is called here.
const API: &[u8] = include_bytes!("api.json");

/// Resources a page: the most that AWS gives.
const PAGE: u32 = 100;

/// Pages of one query.
const MOST_PAGES: usize = 10_000;

/// Types that one query names: an expression has at most 4,096 characters.
const TYPES_A_QUERY: usize = 40;

/// Resources by type and region, in the form of their own API; what is not here is to be listed.
#[derive(Debug, Default)]
pub(super) struct Recorded(HashMap<(&'static str, Region), Vec<Value>>);

impl Recorded {
    /// The resources of a type in a region, once.
    pub(super) fn of(&self, kind: &ResourceType, region: &Region) -> Option<&Vec<Value>> {
        self.0.get(&(kind.name, region.clone()))
    }

    /// The types that were taken from AWS Config somewhere, sorted.
    pub(super) fn types(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.0.keys().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// A type that AWS Config can stand in for, and what of it must be understood.
struct Wanted {
    kind: &'static ResourceType,
    api: Arc<Api>,
    needed: Vec<Vec<String>>,
}

impl Collector<'_> {
    /// Asks AWS Config for what it has of these types. A region where that fails has its resources listed instead, so that
    /// a failure here leaves no gap.
    pub(super) async fn recorded(&self, kinds: &[&'static ResourceType], regions: &[Region]) -> Recorded {
        let wanted: Vec<Wanted> = kinds
            .iter()
            .filter_map(|kind| {
                let needed = properties::needed(kind)?;
                Some(Wanted { kind, api: registry::model(kind).ok()?, needed })
            })
            .collect();
        let Some(api) = Api::parse(API).ok().map(Arc::new).filter(|_| !wanted.is_empty()) else {
            return Recorded::default();
        };
        let (api, wanted) = (&api, &wanted);
        let in_region = regions.iter().map(async |region| {
            let client = self.clients.api(api, region);
            (region, self.recorded_in(&client, region, wanted).await.unwrap_or_default())
        });
        let mut all = Recorded::default();
        for (region, found) in join_all(in_region).await {
            all.0.extend(found.into_iter().map(|(name, items)| ((name, region.clone()), items)));
        }
        all
    }

    async fn recorded_in(
        &self,
        client: &ApiClient,
        region: &Region,
        wanted: &[Wanted],
    ) -> Result<HashMap<&'static str, Vec<Value>>, Failure> {
        let ask = async |operation: &str| self.within_limits(client.call(operation, &json!({}))).await;
        let statuses = ask("DescribeConfigurationRecorderStatus").await?;
        let recorders = ask("DescribeConfigurationRecorders").await?;
        let is_recorded = |wanted: &&Wanted| {
            is_in(&wanted.api, region) != Some(false)
                && recorder::records(&recorders, &statuses, wanted.kind.name, jiff::Timestamp::now())
        };
        let wanted: Vec<&Wanted> = wanted.iter().filter(is_recorded).collect();
        let mut found = HashMap::new();
        for some in wanted.chunks(TYPES_A_QUERY) {
            let mut items: HashMap<&str, Vec<Value>> = HashMap::new();
            for result in self.query(client, region, some).await? {
                let name = result["resourceType"].as_str().unwrap_or_default();
                if let Some(wanted) = some.iter().find(|wanted| wanted.kind.name == name) {
                    items.entry(wanted.kind.name).or_default().push(result);
                }
            }
            // A type of which one resource is not understood is listed.
            found.extend(some.iter().filter_map(|wanted| {
                let results = items.remove(wanted.kind.name).unwrap_or_default();
                let shapes = wanted.kind.shapes(&wanted.api);
                let understood = results
                    .iter()
                    .map(|result| convert::item(&shapes, &result["configuration"], &result["tags"], &wanted.needed));
                Some((wanted.kind.name, understood.collect::<Result<Vec<_>, _>>().ok()?))
            }));
        }
        Ok(found)
    }

    /// The results of one query, each read from its text.
    async fn query(&self, client: &ApiClient, region: &Region, wanted: &[&Wanted]) -> Result<Vec<Value>, Failure> {
        let names: Vec<String> = wanted.iter().map(|wanted| format!("'{}'", wanted.kind.name)).collect();
        let expression = format!(
            "SELECT resourceId, resourceType, tags, configuration WHERE awsRegion = '{region}' AND resourceType IN ({})",
            names.join(", ")
        );
        let mut input = json!({"Expression": expression, "Limit": PAGE});
        let (mut results, mut seen) = (Vec::new(), Vec::new());
        for _ in 0..MOST_PAGES {
            let reply = self.within_limits(client.call("SelectResourceConfig", &input)).await?;
            for result in reply["Results"].as_array().into_iter().flatten() {
                let text = result.as_str().ok_or_else(|| Failure::malformed("a result is no text".to_owned()))?;
                let read = serde_json::from_str(text)
                    .map_err(|error| Failure::malformed(format!("a result is no JSON: {error}")))?;
                results.push(read);
            }
            let Some(token) = reply["NextToken"].as_str().filter(|token| !token.is_empty()) else { return Ok(results) };
            if seen.iter().any(|known| known == token) {
                break;
            }
            seen.push(token.to_owned());
            input["NextToken"] = Value::from(token);
        }
        Err(Failure::malformed("the pages of a query do not end".to_owned()))
    }
}
