//! AWS's own price list: what is asked of it, and what its products say.
//!
//! The form of a product is that of `GetProducts` (<https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html>).

mod saved;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use super::Price;
use crate::inventory::Region;

pub use saved::{SavedPrices, SavedPricesError};

/// AWS's model of the price list's API, cut to what is asked.
pub const API: &[u8] = include_bytes!("api.json");

/// The regions whose endpoints answer for all regions.
pub const HOME: &str = "us-east-1";

/// Prices of one sort, and how they are found in the price list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The price list's code of the service: `AmazonEC2`.
    pub service: String,
    /// The name of the price here, with attributes of the product in braces.
    item: String,
    /// What one unit is here.
    unit: String,
    /// What one unit is in the price list; products with another are left out.
    list_unit: String,
    /// Attributes that a product must have.
    pub filters: BTreeMap<String, String>,
    /// Attributes and what they must end with.
    #[serde(default)]
    ends: BTreeMap<String, String>,
}

impl Query {
    /// All queries.
    #[must_use]
    pub fn all() -> Vec<Self> {
        // A test reads them.
        serde_json::from_str(include_str!("queries.json")).unwrap_or_default()
    }

    /// The price that a product of the list states, if it is one of this sort in this region.
    #[must_use]
    pub fn price(&self, product: &Value, region: &Region) -> Option<Price> {
        let attributes = &product["product"]["attributes"];
        let attribute = |name: &str| match name {
            "productFamily" => product["product"]["productFamily"].as_str(),
            name => attributes[name].as_str(),
        };
        let is_so = self.filters.iter().all(|(name, value)| attribute(name) == Some(value))
            && self.ends.iter().all(|(name, end)| attribute(name).is_some_and(|value| value.ends_with(end.as_str())))
            && attribute("regionCode") == Some(region.as_str());
        if !is_so {
            return None;
        }
        let item = filled(&self.item, attribute)?;
        let (usd, effective) = first_dollars(&product["terms"]["OnDemand"], &self.list_unit)?;
        let sku = product["product"]["sku"].as_str().unwrap_or("unknown");
        Some(Price {
            item,
            unit: self.unit.clone(),
            usd,
            region: region.to_string(),
            as_of: effective,
            verified: true,
            source: format!("AWS price list: {} SKU {sku}", self.service),
            note: None,
        })
    }
}

/// A name with attributes put into its braces; none where one is missing.
fn filled<'a>(template: &str, attribute: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut name = String::new();
    for (at, part) in template.split(['{', '}']).enumerate() {
        name.push_str(if at % 2 == 0 { part } else { attribute(part)? });
    }
    Some(name)
}

/// Dollars for the first unit on demand, and the day from which they hold.
fn first_dollars(terms: &Value, unit: &str) -> Option<(Decimal, String)> {
    let found = terms.as_object()?.values().find_map(|term| {
        let from = term["effectiveDate"].as_str()?.get(..10)?.to_owned();
        let dimensions = term["priceDimensions"].as_object()?;
        let first = dimensions.values().find(|dimension| {
            dimension["unit"] == unit && dimension["beginRange"].as_str().is_none_or(|begin| begin == "0")
        })?;
        Some((first["pricePerUnit"]["USD"].as_str()?.parse::<Decimal>().ok()?.normalize(), from))
    });
    // A product for nothing is one that is paid otherwise: a dedicated host's instance, a reservation.
    found.filter(|(usd, _)| *usd > Decimal::ZERO)
}

/// Prices by item; what two products state differently is left out and counted, as it cannot be known which one holds.
#[derive(Debug, Default)]
pub struct Found {
    prices: BTreeMap<(String, String), Option<Price>>,
}

impl Found {
    /// Adds a price.
    pub fn add(&mut self, price: Price) {
        let key = (price.item.clone(), price.region.clone());
        let is_other = |known: &Option<Price>| known.as_ref().is_none_or(|known| known.usd != price.usd);
        match self.prices.get_mut(&key) {
            Some(known) if is_other(known) => *known = None,
            Some(_) => {}
            None => {
                self.prices.insert(key, Some(price));
            }
        }
    }

    /// How many prices are stated in two ways.
    #[must_use]
    pub fn ambiguous(&self) -> usize {
        self.prices.values().filter(|price| price.is_none()).count()
    }

    /// The prices.
    #[must_use]
    pub fn into_prices(self) -> Vec<Price> {
        self.prices.into_values().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::PriceBook;

    fn product(instance: &str, usd: &str, os: &str) -> Value {
        serde_json::json!({
            "product": {"sku": "ABC", "productFamily": "Compute Instance", "attributes": {
                "instanceType": instance, "operatingSystem": os, "tenancy": "Shared", "preInstalledSw": "NA",
                "capacitystatus": "Used", "regionCode": "eu-west-1"}},
            "terms": {"OnDemand": {"ABC.JRTCKXETXF": {"effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": {
                "ABC.JRTCKXETXF.6YS6EN2CT7": {"unit": "Hrs", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": usd}}}}}},
        })
    }

    #[test]
    fn every_query_is_of_a_sort_that_the_book_has() {
        let queries = Query::all();
        assert!(queries.len() >= 14);
        for query in &queries {
            let prefix = query.item.split('{').next().expect("a beginning");
            assert!(PriceBook::embedded().items().any(|item| item.starts_with(prefix)), "{}", query.item);
        }
    }

    #[test]
    fn a_product_states_its_price_with_its_source() {
        let region: Region = "eu-west-1".parse().expect("a region");
        let query = &Query::all()[0];
        let price = query.price(&product("m5.large", "0.1070000000", "Linux"), &region).expect("a price");
        assert_eq!((price.item.as_str(), price.usd.to_string().as_str()), ("ec2/instance/m5.large", "0.107"));
        assert_eq!((price.as_of.as_str(), price.source.as_str()), ("2026-11-01", "AWS price list: AmazonEC2 SKU ABC"));
        assert!(query.price(&product("m5.large", "0.107", "Windows"), &region).is_none());
        assert!(query.price(&product("m5.large", "0.0000000000", "Linux"), &region).is_none());
        assert!(query.price(&product("m5.large", "0.107", "Linux"), &"us-east-1".parse().expect("a region")).is_none());
        assert!(query.price(&serde_json::json!({"product": null}), &region).is_none());
    }

    #[test]
    fn what_is_stated_in_two_ways_is_left_out() {
        let region: Region = "eu-west-1".parse().expect("a region");
        let query = &Query::all()[0];
        let mut found = Found::default();
        for usd in ["0.107", "0.107", "0.2"] {
            found.add(query.price(&product("m5.large", usd, "Linux"), &region).expect("a price"));
        }
        found.add(query.price(&product("m5.xlarge", "0.3", "Linux"), &region).expect("a price"));
        assert_eq!(found.ambiguous(), 1);
        assert_eq!(found.into_prices().len(), 1);
    }
}
