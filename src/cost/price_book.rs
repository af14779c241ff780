//! Unit prices with their region, source and date.

use std::collections::HashMap;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};
use jiff::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The embedded prices, one file a service. Facts only; each names where it was read.
static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/cost/prices");

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
    /// When it was valid: a day, a month, a year or years; `unknown` where the source does not say, which counts as old.
    pub as_of: String,
    /// Whether it goes back to AWS's price list, documentation or price page, be it as others quote them; what is not
    /// verified is recalled, second-hand or stale.
    pub verified: bool,
    /// Where it was read.
    pub source: String,
    /// What else is to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Prices of one sort that differ by their last name only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    item: String,
    unit: String,
    region: String,
    as_of: String,
    verified: bool,
    source: String,
    prices: HashMap<String, Decimal>,
}

impl Table {
    fn into_prices(self) -> impl Iterator<Item = Price> {
        let Self { item, unit, region, as_of, verified, source, prices } = self;
        prices.into_iter().map(move |(name, usd)| Price {
            item: format!("{item}/{name}"),
            unit: unit.clone(),
            usd,
            region: region.clone(),
            as_of: as_of.clone(),
            verified,
            source: source.clone(),
            note: None,
        })
    }
}

/// All unit prices.
#[derive(Clone, Debug)]
pub struct PriceBook(HashMap<String, Vec<Price>>);

impl PriceBook {
    /// The prices of this build.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static BOOK: OnceLock<PriceBook> = OnceLock::new();
        // A test reads every file; one that cannot be read would make costs "unknown", never a wrong number.
        BOOK.get_or_init(|| {
            let singles = FOLDER.files().filter_map(|file| serde_json::from_slice::<Vec<Price>>(file.contents()).ok());
            let tables = FOLDER.dirs().flat_map(Dir::files);
            let tables = tables.filter_map(|file| serde_json::from_slice::<Table>(file.contents()).ok());
            Self::of(singles.flatten().chain(tables.flat_map(Table::into_prices)))
        })
    }

    /// A book of these prices.
    #[must_use]
    pub fn of(prices: impl IntoIterator<Item = Price>) -> Self {
        let mut book: HashMap<String, Vec<Price>> = HashMap::new();
        for price in prices {
            book.entry(price.item.clone()).or_default().push(price);
        }
        Self(book)
    }

    /// The embedded prices with these laid over them: each stands in for the one of its item and region.
    #[must_use]
    pub fn with(prices: Vec<Price>) -> Self {
        let mut book = Self::embedded().clone();
        for price in prices {
            let of_item = book.0.entry(price.item.clone()).or_default();
            of_item.retain(|other| other.region != price.region);
            of_item.push(price);
        }
        book
    }

    /// The price of an item: in this region if it is known there, otherwise in the region that is known.
    #[must_use]
    pub fn find(&self, item: &str, region: &str) -> Option<&Price> {
        let prices = self.0.get(item)?;
        prices.iter().find(|price| price.region == region).or_else(|| prices.first())
    }

    /// The prices in whose item, unit or note a text stands, in whatever case, sorted by item.
    #[must_use]
    pub fn find_all(&self, query: &str) -> Vec<&Price> {
        let query = query.to_lowercase();
        let has = |part: &str| part.to_lowercase().contains(&query);
        let of = |price: &&Price| has(&price.item) || has(&price.unit) || price.note.as_deref().is_some_and(has);
        let mut found: Vec<&Price> = self.0.values().flatten().filter(of).collect();
        found.sort_unstable_by_key(|price| (&price.item, &price.region));
        found
    }

    /// The names of all items.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Price {
    /// What speaks against relying on it: `not verified`, `older than 12 months`.
    #[must_use]
    pub fn doubts(&self, today: Date) -> Vec<&'static str> {
        let marks = [(!self.verified, "not verified"), (self.is_old(today), "older than 12 months")];
        marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark).collect()
    }

    /// Whether it was read more than 12 months before a day.
    #[must_use]
    pub fn is_old(&self, today: Date) -> bool {
        // A month, a year or a range of years counts from its beginning.
        let from = format!("{}-01-01", self.as_of.get(..4).unwrap_or_default());
        let day = [self.as_of.as_str(), &format!("{}-01", self.as_of), &from]
            .iter()
            .find_map(|text| text.parse::<Date>().ok());
        day.is_none_or(|day| day.saturating_add(Span::new().months(12)) < today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_every_price_names_its_source() {
        for file in FOLDER.files() {
            let prices: Vec<Price> = serde_json::from_slice(file.contents()).expect("a file of prices");
            let service = file.path().file_stem().and_then(|name| name.to_str()).expect("a name");
            for price in &prices {
                assert!(price.item.starts_with(&format!("{service}/")), "{}", price.item);
                assert!(price.usd >= Decimal::ZERO && !price.source.is_empty(), "{}", price.item);
                let is_dated = price.as_of != "unknown";
                assert_eq!(
                    !price.is_old("2020-01-01".parse().expect("a day")),
                    is_dated,
                    "{}: {}",
                    price.item,
                    price.as_of
                );
                assert!(price.is_old("2040-01-01".parse().expect("a day")));
            }
        }
        for file in FOLDER.dirs().flat_map(Dir::files) {
            let table: Table = serde_json::from_slice(file.contents()).expect("a table of prices");
            assert!(table.prices.values().all(|usd| *usd > Decimal::ZERO));
        }
        for prices in PriceBook::embedded().0.values() {
            let mut regions: Vec<&str> = prices.iter().map(|price| price.region.as_str()).collect();
            regions.sort_unstable();
            regions.dedup();
            assert_eq!(regions.len(), prices.len(), "{}", prices[0].item);
        }
    }

    #[test]
    fn a_region_without_a_price_of_its_own_gets_the_known_one() {
        let price = PriceBook::embedded().find("s3/StandardStorage", "eu-south-2").expect("a price");
        assert_eq!(price.region, "us-east-1");
        assert!(PriceBook::embedded().find("ec2/instance/m5.large", "us-east-1").is_some());
        assert!(PriceBook::embedded().find_all("kendra").len() > 5);
    }

    #[test]
    fn what_costs_nothing_is_known_to_be_free() {
        let prices = PriceBook::embedded().0.values().flatten();
        let mut free: Vec<&str> = prices.filter(|price| price.usd.is_zero()).map(|price| price.item.as_str()).collect();
        free.sort_unstable();
        let known = [
            "aoss/nextgen-collection-group-idle-10-min-min-ocu-0",
            "bedrock/agents-guardrails-flows-prompt-mgmt-inference-profiles-kb-at-rest",
            "freetier/getaccountplanstate-getfreetierusage",
            "pricing/getproducts-bulk-price-files",
        ];
        assert_eq!(free, known);
    }

    #[test]
    fn given_prices_stand_in_for_the_embedded_ones() {
        let embedded = PriceBook::embedded().find("kendra/ENTERPRISE_EDITION", "us-east-1").expect("a price");
        let of = |item: &str, region: &str, usd| Price {
            item: item.to_owned(),
            region: region.to_owned(),
            usd: Decimal::from(usd),
            ..embedded.clone()
        };
        let book = PriceBook::with(vec![
            of("kendra/ENTERPRISE_EDITION", "us-east-1", 7),
            of("kendra/ENTERPRISE_EDITION", "eu-west-1", 8),
            of("kendra/NEW", "eu-west-1", 9),
        ]);
        let usd = |item, region| book.find(item, region).map(|price| price.usd);
        assert_eq!(usd("kendra/ENTERPRISE_EDITION", "us-east-1"), Some(Decimal::from(7)));
        assert_eq!(usd("kendra/ENTERPRISE_EDITION", "eu-west-1"), Some(Decimal::from(8)));
        assert_eq!(usd("kendra/NEW", "us-east-1"), Some(Decimal::from(9)));
        let other = PriceBook::embedded().find("kendra/DEVELOPER_EDITION", "us-east-1").map(|price| price.usd);
        assert_eq!(usd("kendra/DEVELOPER_EDITION", "us-east-1"), other);
        assert_eq!(book.find_all("kendra/enterprise_edition").len(), 4, "two of the index, two of its units");
    }

    #[test]
    fn a_price_is_old_after_twelve_months() {
        let known = PriceBook::embedded().find("s3/StandardStorage", "us-east-1").expect("a price");
        let is_old = |as_of: &str, today: &str| {
            Price { as_of: as_of.to_owned(), ..known.clone() }.is_old(today.parse().expect("a day"))
        };
        assert!(!is_old("2025-11-24", "2026-11-24"));
        assert!(is_old("2025-11-24", "2026-11-25"));
        assert!(!is_old("2026-06", "2027-06-01"));
        assert!(is_old("2026-06", "2027-06-02"));
        assert!(!is_old("2026", "2026-12-31"));
        assert!(is_old("2024-2026", "2026-01-01"));
        assert!(is_old("2024-25", "2026-01-01"));
        assert!(is_old("unknown", "2026-01-01"));
    }
}
