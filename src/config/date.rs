//! Days in a config.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

/// A date of TOML, or one in quotes.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text,
        _ => return Err(de::Error::custom("until is a day such as 2027-03-31")),
    };
    text.parse().map(Some).map_err(|_| de::Error::custom(format!("{text:?} is no day; write one such as 2027-03-31")))
}
