//! Storage classes and their terms.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html>, "Comparing the Amazon S3
//! storage classes".

/// 128 KB as AWS counts them.
pub const SMALL: u64 = 128 * 1024;

/// A storage class and its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name in S3's API.
    pub name: &'static str,
    /// The storage type under which CloudWatch counts its bytes, and the price book its price.
    pub storage_type: &'static str,
    /// The days that are billed at least.
    pub min_days: u32,
    /// The bytes that every object bills as at least.
    pub min_bytes: u64,
    /// Bytes that bill besides every object, at the class's own price (an index).
    pub index_bytes: u64,
    /// Bytes that bill besides every object, at the price of `STANDARD` (its name).
    pub name_bytes: u64,
}

const fn class(name: &'static str, storage_type: &'static str, min_days: u32, min_bytes: u64) -> Class {
    Class { name, storage_type, min_days, min_bytes, index_bytes: 0, name_bytes: 0 }
}

const fn archive(name: &'static str, storage_type: &'static str, min_days: u32) -> Class {
    Class { name, storage_type, min_days, min_bytes: 0, index_bytes: 32 * 1024, name_bytes: 8 * 1024 }
}

/// The classes of general purpose buckets, from warm to cold: a lifecycle rule only moves down this list.
pub const CLASSES: &[Class] = &[
    class("STANDARD", "StandardStorage", 0, 0),
    class("REDUCED_REDUNDANCY", "ReducedRedundancyStorage", 0, 0),
    class("STANDARD_IA", "StandardIAStorage", 30, SMALL),
    class("INTELLIGENT_TIERING", "IntelligentTieringFAStorage", 0, 0),
    class("ONEZONE_IA", "OneZoneIAStorage", 30, SMALL),
    class("GLACIER_IR", "GlacierInstantRetrievalStorage", 90, SMALL),
    archive("GLACIER", "GlacierStorage", 90),
    archive("DEEP_ARCHIVE", "DeepArchiveStorage", 180),
];

impl Class {
    /// The class of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CLASSES.iter().find(|class| class.name == name)
    }

    /// How far down the list it stands.
    #[must_use]
    pub fn coldness(&self) -> usize {
        CLASSES.iter().take_while(|class| class.name != self.name).count()
    }

    /// Whether lifecycle rules may move an object here only when it is at least 30 days old.
    #[must_use]
    pub fn takes_only_objects_of_30_days(&self) -> bool {
        matches!(self.name, "STANDARD_IA" | "ONEZONE_IA")
    }

    /// Whether its objects have to be restored before they can be read or copied.
    #[must_use]
    pub fn needs_restore(&self) -> bool {
        self.index_bytes > 0
    }
}

/// The storage type whose price one of CloudWatch's storage types bills at: what AWS adds to objects has no price of
/// its own.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html>
#[must_use]
pub fn billed_as(storage_type: &str) -> &str {
    match storage_type {
        "GlacierS3ObjectOverhead"
        | "GlacierStagingStorage"
        | "DeepArchiveS3ObjectOverhead"
        | "DeepArchiveStagingStorage"
        | "IntAAS3ObjectOverhead"
        | "IntDAAS3ObjectOverhead" => "StandardStorage",
        "StandardIASizeOverhead" | "StandardIAObjectOverhead" => "StandardIAStorage",
        "OneZoneIASizeOverhead" => "OneZoneIAStorage",
        "GlacierIRSizeOverhead" | "GlacierInstantRetrievalSizeOverhead" => "GlacierInstantRetrievalStorage",
        "GlacierObjectOverhead" | "IntAAObjectOverhead" => "GlacierStorage",
        "DeepArchiveObjectOverhead" | "IntDAAObjectOverhead" => "DeepArchiveStorage",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::PriceBook;

    #[test]
    fn classes_stand_from_warm_to_cold() {
        let coldness = |name| Class::find(name).expect(name).coldness();
        assert!(coldness("STANDARD") < coldness("STANDARD_IA"));
        assert!(coldness("ONEZONE_IA") < coldness("GLACIER_IR"));
        assert!(coldness("GLACIER") < coldness("DEEP_ARCHIVE"));
        assert_eq!(Class::find("EXPRESS_ONEZONE"), None);
    }

    #[test]
    fn every_class_but_the_deprecated_one_has_a_price() {
        for class in CLASSES.iter().filter(|class| class.name != "REDUCED_REDUNDANCY") {
            let item = format!("s3/{}", class.storage_type);
            assert!(PriceBook::embedded().find(&item, "us-east-1").is_some(), "{item}");
        }
    }

    #[test]
    fn what_aws_adds_bills_at_the_price_of_a_class() {
        for (storage_type, class) in [
            ("StandardIASizeOverhead", "StandardIAStorage"),
            ("GlacierObjectOverhead", "GlacierStorage"),
            ("GlacierS3ObjectOverhead", "StandardStorage"),
            ("DeepArchiveStagingStorage", "StandardStorage"),
            ("StandardStorage", "StandardStorage"),
        ] {
            assert_eq!(billed_as(storage_type), class);
        }
    }
}
