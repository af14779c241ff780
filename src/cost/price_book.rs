//! Unit prices with their region, source and date.

use std::sync::OnceLock;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The embedded prices. Facts only; each names where it was read.
const PRICES: &str = include_str!("prices.json");

/// One unit price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// What it is the price of: `s3/StandardStorage`.
    pub item: String,
    /// What one unit is: `GB-month`.
    pub unit: String,
    /// US dollars for one unit.
    pub usd: Decimal,
    /// The region it was read for.
    pub region: String,
    /// When it was valid: a day, a month or a year.
    pub as_of: String,
    /// Whether it was checked against AWS's own price list.
    pub verified: bool,
    /// Where it was read.
    pub source: String,
}

/// All unit prices.
#[derive(Debug)]
pub struct PriceBook(Vec<Price>);

impl PriceBook {
    /// The prices of this build.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static BOOK: OnceLock<PriceBook> = OnceLock::new();
        // A test reads the embedded prices; an empty book would make every cost "unknown", never a wrong number.
        BOOK.get_or_init(|| Self(serde_json::from_str(PRICES).unwrap_or_default()))
    }

    /// The price of an item: in this region if it is known there, otherwise in the region that is known.
    #[must_use]
    pub fn find(&self, item: &str, region: &str) -> Option<&Price> {
        let of_item = || self.0.iter().filter(|price| price.item == item);
        of_item().find(|price| price.region == region).or_else(|| of_item().next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_prices_are_read_and_name_their_source() {
        let prices: Vec<Price> = serde_json::from_str(PRICES).expect("prices.json");
        assert!(!prices.is_empty());
        for price in &prices {
            assert!(price.usd > Decimal::ZERO, "{}", price.item);
            assert!(!price.source.is_empty() && !price.as_of.is_empty(), "{}", price.item);
        }
    }

    #[test]
    fn a_region_without_a_price_of_its_own_gets_the_known_one() {
        let price = PriceBook::embedded().find("s3/StandardStorage", "eu-south-2").expect("a price");
        assert_eq!(price.region, "us-east-1");
    }
}
