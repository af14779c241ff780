//! Points in time in the forms that AWS writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Number, Value};

/// A form of a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Seconds since 1970.
    Epoch,
    /// RFC 3339.
    Iso,
    /// As in HTTP headers.
    Http,
}

impl Format {
    /// By the model's name of it.
    pub(super) fn named(name: Option<&str>, usual: Self) -> Self {
        match name {
            Some("unixTimestamp" | "unixTimestampMillis") => Self::Epoch,
            Some("iso8601") => Self::Iso,
            Some("rfc822") => Self::Http,
            _ => usual,
        }
    }

    /// A point in time on the wire: a number or a text.
    pub(super) fn write(self, at: Timestamp) -> Value {
        match self {
            Self::Epoch if at.subsec_nanosecond() == 0 => Value::from(at.as_second()),
            Self::Epoch => Number::from_f64(at.as_duration().as_secs_f64()).map_or(Value::Null, Value::Number),
            Self::Iso => Value::from(at.to_string()),
            Self::Http => Value::from(at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        }
    }
}

/// Reads a number.
pub(super) fn of_number(number: &Number) -> Option<Timestamp> {
    match number.as_i64() {
        // Some services give milliseconds where seconds are due; no lab was made before 1970-04 or after 5138.
        Some(number) if number.abs() >= 100_000_000_000 => Timestamp::from_millisecond(number).ok(),
        Some(number) => Timestamp::from_second(number).ok(),
        None => Timestamp::from_duration(jiff::SignedDuration::try_from_secs_f64(number.as_f64()?).ok()?).ok(),
    }
}

/// Reads a text in any of the forms; one without a zone is UTC.
pub(super) fn of_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let naive = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let http = || jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    let number = || of_number(&serde_json::from_str(text).ok()?);
    text.parse().ok().or_else(number).or_else(http).or_else(naive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let expected: Timestamp = "2014-04-29T18:30:38Z".parse().expect("a time");
        for text in [
            "2014-04-29T18:30:38Z",
            "2014-04-29T18:30:38+00:00",
            "1398796238",
            "Tue, 29 Apr 2014 18:30:38 GMT",
            "2014-04-29 18:30:38",
            "2014-04-29T18:30:38",
        ] {
            assert_eq!(of_text(text), Some(expected), "{text}");
        }
        assert_eq!(of_number(&Number::from(1_398_796_238)), Some(expected));
        assert_eq!(of_number(&Number::from(1_398_796_238_000_i64)), Some(expected));
        assert_eq!(of_text("yesterday"), None);
        for format in [Format::Epoch, Format::Iso, Format::Http] {
            let written = format.write(expected);
            let read = written.as_str().map_or_else(|| of_number(written.as_number()?), of_text);
            assert_eq!(read, Some(expected), "{format:?}");
        }
    }
}
