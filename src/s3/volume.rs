//! How much a bucket holds, and what keeping it costs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::class::{Class, billed_as};
use crate::cost::{Estimate, Pillar, Price, PriceBook};
use crate::inventory::Unknown;
use crate::inventory::s3::{Bucket, ObjectSample};
use crate::text::bytes;

/// A GB as AWS bills storage: 2^30 bytes.
pub const GB: u64 = 1 << 30;

/// Bytes of so many GB.
#[must_use]
pub fn bytes_of_gb(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default().saturating_mul(GB)
}

/// Why a question about the volume does not arise yet.
pub const NO_FIGURE_YET: &str = "CloudWatch has no storage figure for it yet, and what can be listed is not all of it";

/// What a bucket holds, as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume<'a> {
    bytes: BTreeMap<&'a str, u64>,
    /// Bytes of older versions, whose class the listing does not keep.
    unclassed: u64,
    is_whole: bool,
}

/// Whether a bucket holds more than some limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount<'a> {
    /// It holds more.
    More(Volume<'a>),
    /// It does not.
    NotMore,
    /// CloudWatch has no datapoint yet and what was listed leaves it open.
    NoFigureYet,
}

/// Whether a bucket holds more than a limit, in one storage type or in all.
///
/// CloudWatch's daily figure counts everything: all versions, and the parts of unfinished uploads, which are taken off
/// again as far as they were read, since they are a finding of their own. It has no datapoint for a bucket that is
/// empty or younger than a day or two, which is not a zero. Then what was listed stands in: more than the limit is more
/// than the limit whatever else there is; less settles the question only if the listing was complete.
///
/// # Errors
/// [`Unknown`] when a gap could turn the answer.
pub fn holds_more<'a>(bucket: &'a Bucket, limit: u64, storage_type: Option<&str>) -> Result<Amount<'a>, Unknown> {
    let figure = bucket.storage.known();
    if let Ok(Some(storage)) = figure {
        let mut bytes: BTreeMap<_, _> = storage.bytes.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let parts = bucket.multipart_uploads.known().map_or(0, |uploads| uploads.bytes);
        if let Some(standard) = bytes.get_mut("StandardStorage") {
            *standard = standard.saturating_sub(parts);
        }
        let volume = Volume { bytes, unclassed: 0, is_whole: true };
        return Ok(if volume.of(storage_type) > limit { Amount::More(volume) } else { Amount::NotMore });
    }
    let (sample, listed) = match bucket.sample.known() {
        Ok(sample) => (sample, listed(sample)),
        Err(gap) => return Err(figure.err().unwrap_or(gap)),
    };
    if listed.of(storage_type) > limit {
        return Ok(Amount::More(listed));
    }
    // An older version may lie in any class.
    let at_most = listed.of(storage_type) + storage_type.map_or(0, |_| listed.unclassed);
    if !sample.truncated && at_most <= limit {
        return Ok(Amount::NotMore);
    }
    figure.map(|_| Amount::NoFigureYet)
}

/// What was listed, by storage type; a class that afterlab does not know keeps its own name.
fn listed(sample: &ObjectSample) -> Volume<'_> {
    let mut bytes = BTreeMap::new();
    for (name, class) in &sample.classes {
        *bytes.entry(Class::find(name).map_or(name.as_str(), |class| class.storage_type)).or_default() += class.bytes;
    }
    Volume { bytes, unclassed: sample.noncurrent_bytes, is_whole: false }
}

impl<'a> Volume<'a> {
    /// Bytes of one storage type, or of all.
    #[must_use]
    pub fn of(&self, storage_type: Option<&str>) -> u64 {
        match storage_type {
            Some(name) => self.bytes.get(name).copied().unwrap_or(0),
            None => self.bytes.values().sum::<u64>() + self.unclassed,
        }
    }

    /// Storage types that hold anything, with their bytes.
    pub fn types(&self) -> impl Iterator<Item = (&'a str, u64)> {
        self.bytes.iter().map(|(name, bytes)| (*name, *bytes)).filter(|(_, bytes)| *bytes > 0)
    }

    /// A number of bytes for a sentence: `at least 2.0 GiB` where the bucket may hold more than was seen.
    #[must_use]
    pub fn say(&self, number: u64) -> String {
        if self.is_whole { bytes(number) } else { format!("at least {}", bytes(number)) }
    }

    /// What keeping it costs a month; none if no storage type has a price.
    #[must_use]
    pub fn cost(&self, bucket: &Bucket, prices: &PriceBook) -> Option<Estimate> {
        let lines: Vec<_> =
            self.types().filter_map(|(name, bytes)| Some((gigabytes(bytes), price(prices, bucket, name)?))).collect();
        (!lines.is_empty()).then(|| Estimate::monthly(Pillar::Storage, region(bucket), lines))
    }
}

/// The price of a GB a month of a storage type where the bucket lives.
#[must_use]
pub fn price<'p>(prices: &'p PriceBook, bucket: &Bucket, storage_type: &str) -> Option<&'p Price> {
    prices.find(&format!("s3/{}", billed_as(storage_type)), region(bucket))
}

/// Bytes as AWS bills them.
#[must_use]
pub fn gigabytes(bytes: u64) -> Decimal {
    Decimal::from(bytes) / Decimal::from(GB)
}

/// The bucket's region. If it could not be read, no region: then every price is of another one, the cost an estimate.
#[must_use]
pub fn region(bucket: &Bucket) -> &str {
    bucket.bucket_region.known().map_or("", |region| region.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(members: &str) -> Bucket {
        serde_json::from_str(&format!(r#"{{"Name": "b"{members}}}"#)).expect(members)
    }

    fn more_than_a_gb(members: &str) -> String {
        match holds_more(&bucket(members), GB, None) {
            Ok(Amount::More(volume)) => format!("more: {}", volume.say(volume.of(None))),
            Ok(Amount::NotMore) => "not more".to_owned(),
            Ok(Amount::NoFigureYet) => "no figure yet".to_owned(),
            Err(gap) => format!("gap {}", gap.0.0),
        }
    }

    #[test]
    fn the_figure_decides_and_the_listing_stands_in() {
        const BIG: &str = r#""sample": {"classes": {"STANDARD": {"objects": 1, "bytes": 2147483648}}}"#;
        const SMALL: &str = r#""sample": {"classes": {"STANDARD": {"objects": 1, "bytes": 10}}}"#;
        const OLD: &str = r#""sample": {"noncurrent": 1, "noncurrent_bytes": 2147483648}"#;
        const CUT: &str = r#""sample": {"classes": {"STANDARD": {"objects": 1, "bytes": 10}}, "truncated": true}"#;
        for (members, expected) in [
            (r#", "storage": {"bytes": {"StandardStorage": 1073741825}}"#.to_owned(), "more: 1.0 GiB"),
            (r#", "storage": {"bytes": {"StandardStorage": 1073741824}}"#.to_owned(), "not more"),
            (
                r#", "storage": {"bytes": {"StandardStorage": 3221225472}}, "multipart_uploads": {"bytes": 3221225000}"#
                    .to_owned(),
                "not more",
            ),
            (format!(r#", "storage": null, {BIG}"#), "more: at least 2.0 GiB"),
            (format!(r#", "storage": {{"$gap": 1}}, {BIG}"#), "more: at least 2.0 GiB"),
            (format!(r#", "storage": null, {SMALL}"#), "not more"),
            (format!(r#", "storage": null, {OLD}"#), "more: at least 2.0 GiB"),
            (format!(r#", "storage": null, {CUT}"#), "no figure yet"),
            (format!(r#", "storage": {{"$gap": 1}}, {SMALL}"#), "not more"),
            (format!(r#", "storage": {{"$gap": 1}}, {CUT}"#), "gap 1"),
            (r#", "storage": null, "sample": {"$gap": 3}"#.to_owned(), "gap 3"),
            (String::new(), "gap 0"),
        ] {
            assert_eq!(more_than_a_gb(&members), expected, "{members}");
        }
    }

    #[test]
    fn older_versions_may_lie_in_any_class() {
        let bucket = bucket(r#", "storage": null, "sample": {"noncurrent": 1, "noncurrent_bytes": 2147483648}"#);
        assert_eq!(holds_more(&bucket, GB, Some("StandardStorage")), Ok(Amount::NoFigureYet));
        assert_eq!(holds_more(&bucket, 2 * GB, Some("StandardStorage")), Ok(Amount::NotMore));
    }

    #[test]
    fn a_region_that_could_not_be_read_makes_the_cost_an_estimate() {
        let bucket = bucket(r#", "storage": {"bytes": {"StandardStorage": 2147483648}}"#);
        let Ok(Amount::More(volume)) = holds_more(&bucket, GB, Some("StandardStorage")) else { panic!("2 GiB") };
        let cost = volume.cost(&bucket, PriceBook::embedded()).expect("a price");
        assert_eq!(cost.per_month(), "$0.05");
        assert!(cost.is_estimate);
    }
}
