//! Comparing one value of a request with one value of a condition, by the kind of operator.

use std::cmp::Ordering;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::ip::IpRange;
use super::super::matching;
use super::Doubt;

/// What an operator compares, without its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `StringEquals`, and `BinaryEquals`: the same letters.
    Equal,
    /// `StringEqualsIgnoreCase`.
    EqualInAnyCase,
    /// `StringLike`.
    Like,
    /// `ArnEquals` and `ArnLike`, which are the same.
    Arn,
    /// `Bool`.
    Bool,
    /// `IpAddress`.
    Ip,
    /// `Numeric…`.
    Number(Order),
    /// `Date…`.
    Date(Order),
}

/// How a number or a date must stand to the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Same,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// The operators, each with what it compares and whether it is the negation.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const OPERATORS: &[(&str, Comparison, bool)] = &[
    ("StringEquals", Comparison::Equal, false),
    ("StringNotEquals", Comparison::Equal, true),
    ("StringEqualsIgnoreCase", Comparison::EqualInAnyCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::EqualInAnyCase, true),
    ("StringLike", Comparison::Like, false),
    ("StringNotLike", Comparison::Like, true),
    ("NumericEquals", Comparison::Number(Order::Same), false),
    ("NumericNotEquals", Comparison::Number(Order::Same), true),
    ("NumericLessThan", Comparison::Number(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Number(Order::AtMost), false),
    ("NumericGreaterThan", Comparison::Number(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Number(Order::AtLeast), false),
    ("DateEquals", Comparison::Date(Order::Same), false),
    ("DateNotEquals", Comparison::Date(Order::Same), true),
    ("DateLessThan", Comparison::Date(Order::Less), false),
    ("DateLessThanEquals", Comparison::Date(Order::AtMost), false),
    ("DateGreaterThan", Comparison::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::AtLeast), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Equal, false),
    ("IpAddress", Comparison::Ip, false),
    ("NotIpAddress", Comparison::Ip, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
];

impl Comparison {
    /// What an operator compares, and whether it is the negation; none of an unknown one, and of `Null`.
    pub(super) fn of(operator: &str) -> Option<(Self, bool)> {
        let found = OPERATORS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(operator))?;
        Some((found.1, found.2))
    }

    /// Whether variables are replaced in its values, and wildcards count.
    pub(super) fn takes_variables(self) -> bool {
        matches!(self, Self::Equal | Self::EqualInAnyCase | Self::Like | Self::Arn)
    }

    /// Whether its values are patterns.
    pub(super) fn takes_patterns(self) -> bool {
        matches!(self, Self::Like | Self::Arn)
    }

    /// Whether a value of the request matches a value of the policy.
    ///
    /// # Errors
    /// [`Doubt`] when one of them is not what the operator compares.
    pub(super) fn matches(self, of_policy: &str, of_request: &str) -> Result<bool, Doubt> {
        match self {
            Self::Equal => Ok(of_policy == of_request),
            Self::EqualInAnyCase => Ok(of_policy.to_lowercase() == of_request.to_lowercase()),
            Self::Like => Ok(matching::text(of_policy, of_request)),
            Self::Arn => Ok(matching::arn(of_policy, of_request)),
            Self::Bool => Ok(truth(of_policy)? == truth(of_request)?),
            Self::Ip => {
                let range: IpRange = of_policy.parse().map_err(|_| not_a("range of addresses", of_policy))?;
                let address: IpAddr = of_request.parse().map_err(|_| not_a("network address", of_request))?;
                Ok(range.contains(address))
            }
            Self::Number(order) => Ok(order.holds(number(of_request)?.cmp(&number(of_policy)?))),
            Self::Date(order) => Ok(order.holds(date(of_request)?.cmp(&date(of_policy)?))),
        }
    }
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Same => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

fn not_a(what: &str, text: &str) -> Doubt {
    Doubt::Other(format!("{text:?} is no {what}"))
}

fn truth(text: &str) -> Result<bool, Doubt> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Ok(true),
        _ if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(not_a("boolean", text)),
    }
}

fn number(text: &str) -> Result<Decimal, Doubt> {
    text.parse().map_err(|_| not_a("number that is understood here", text))
}

/// A date in one of ISO 8601's forms that AWS takes, or seconds since 1970.
fn date(text: &str) -> Result<Timestamp, Doubt> {
    let wrong = || not_a("date that is understood here", text);
    if text.bytes().all(|b| b.is_ascii_digit()) && text.len() > 4 {
        return text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(wrong);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    // A date alone begins at midnight, UTC.
    let day: Date = text.parse().map_err(|_| wrong())?;
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
    Ok(midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_by_their_kind() {
        let matches = |operator: &str, of_policy: &str, of_request: &str| {
            Comparison::of(operator).expect(operator).0.matches(of_policy, of_request).ok()
        };
        assert_eq!(matches("StringEquals", "a*", "ab"), Some(false));
        assert_eq!(matches("stringlike", "a${*}b*", "a*bc"), Some(true));
        assert_eq!(matches("StringLike", "a${*}b*", "axbc"), Some(false));
        assert_eq!(matches("StringEqualsIgnoreCase", "Ärger", "ärger"), Some(true));
        assert_eq!(matches("NumericEquals", "5", "5.0"), Some(true));
        assert_eq!(matches("NumericLessThan", "5", "x"), None);
        assert_eq!(matches("DateGreaterThan", "2026-01-01T00:00:00Z", "1800000000"), Some(true));
        assert_eq!(matches("DateEquals", "2026-01-01", "2026-01-01T01:00:00+01:00"), Some(true));
        assert_eq!(matches("DateLessThan", "2026", "2025"), None, "a year or a second");
        assert_eq!(matches("IpAddress", "203.0.113.0/24", "203.0.113.9"), Some(true));
        assert_eq!(matches("IpAddress", "203.0.113.0/24", "2001:db8::1"), Some(false));
        assert_eq!(matches("IpAddress", "2001:db8::/32", "2001:db8:1::1"), Some(true));
        assert_eq!(matches("IpAddress", "here", "2001:db8:1::1"), None);
        assert_eq!(matches("Bool", "TRUE", "true"), Some(true));
        assert_eq!(
            matches("ArnEquals", "arn:aws:sns:*:111122223333:t-*", "arn:aws:sns:eu-west-1:111122223333:t-1"),
            Some(true)
        );
        assert_eq!(
            matches("ArnLike", "arn:aws:*:111122223333:t-1:x", "arn:aws:sns:eu-west-1:111122223333:t-1"),
            Some(false)
        );
        assert!(Comparison::of("Null").is_none() && Comparison::of("StringMatches").is_none());
    }
}
