//! Asks AWS's price list.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

use crate::aws::api::Api;
use crate::aws::{Failure, Session};
use crate::cost::price_list::{API, Found, HOME, Query};
use crate::inventory::Region;

/// Pages of one query; AWS gives 100 products a page.
const MOST_PAGES: usize = 500;

/// Queries that are asked at the same time.
const CONCURRENCY: usize = 8;

/// What came of all queries.
#[derive(Debug, Default)]
pub struct Refreshed {
    /// The prices.
    pub found: Found,
    /// What could not be read: service, region and why.
    pub failures: Vec<(String, Region, Failure)>,
}

/// Asks for the prices of all queries in these regions.
///
/// # Errors
/// [`Failure`] when the built-in model of the API is broken.
pub async fn price_list(session: &Session, regions: &[Region]) -> Result<Refreshed, Failure> {
    let malformed = |why: String| Failure::malformed(why);
    let api = Arc::new(Api::parse(API).map_err(|error| malformed(error.to_string()))?);
    let home: Region = HOME.parse().map_err(malformed)?;
    let queries = Query::all();
    let asked = queries.iter().flat_map(|query| regions.iter().map(move |region| (query, region)));
    let answers: Vec<_> = stream::iter(asked)
        .map(|(query, region)| {
            let client = session.clients.api(&api, &home);
            async move { (query, region, products(&client, query, region).await) }
        })
        .buffered(CONCURRENCY)
        .collect()
        .await;
    let mut refreshed = Refreshed::default();
    for (query, region, (products, failure)) in answers {
        let prices = products.iter().filter_map(|product| query.price(product, region));
        prices.for_each(|price| refreshed.found.add(price));
        refreshed.failures.extend(failure.map(|failure| (query.service.clone(), region.clone(), failure)));
    }
    Ok(refreshed)
}

/// A product, which is JSON within text.
fn product(item: &Value) -> Option<Value> {
    match item {
        Value::String(text) => serde_json::from_str(text).ok(),
        read => Some(read.clone()),
    }
}

/// The products of a query in a region, and what kept from reading further ones.
async fn products(
    client: &crate::aws::api::ApiClient,
    query: &Query,
    region: &Region,
) -> (Vec<Value>, Option<Failure>) {
    let filter = |(name, value): (&str, &str)| json!({"Type": "TERM_MATCH", "Field": name, "Value": value});
    let named = query.filters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let filters: Vec<Value> = named.chain([("regionCode", region.as_str())]).map(filter).collect();
    let mut input = json!({"ServiceCode": query.service, "Filters": filters, "FormatVersion": "aws_v1"});
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let reply = match client.call("GetProducts", &input).await {
            Ok(reply) => reply,
            Err(failure) => return (all, Some(failure)),
        };
        all.extend(reply["PriceList"].as_array().into_iter().flatten().filter_map(product));
        match reply["NextToken"].as_str() {
            None | Some("") => return (all, None),
            Some(token) if input["NextToken"] == token => {
                return (all, Some(Failure::malformed("a page token came twice".to_owned())));
            }
            Some(token) => input["NextToken"] = json!(token),
        }
    }
    (all, Some(Failure::malformed(format!("the list has more than {MOST_PAGES} pages"))))
}
