//! Numbers, times and addresses as intervals of whole numbers: union, complement and emptiness are exact.

use std::net::IpAddr;

use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::policy::ip::IpRange;

/// What an operator compares that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Measure {
    /// `Numeric…`: in steps of a thousand-millionth.
    Number,
    /// `Date…`: in nanoseconds.
    Date,
    /// `IpAddress`.
    Address,
}

/// How a value is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// It is the bound, or within it.
    Is,
    /// It is less.
    Less,
    /// It is less or the same.
    AtMost,
    /// It is greater.
    Greater,
    /// It is greater or the same.
    AtLeast,
}

/// First and last value.
type Interval = (u128, u128);

/// A set of whole numbers: intervals, sorted and apart. Of addresses, IPv6 stands apart from IPv4.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ranges {
    measure: Measure,
    main: Vec<Interval>,
    six: Vec<Interval>,
}

/// Steps in one.
const SCALE: u128 = 1_000_000_000;
/// Decimals beyond which a number is not judged; the steps are finer, so that there is room between two numbers.
const MOST_DECIMALS: u32 = 6;
/// Where zero is.
const ZERO: u128 = 1 << 127;
/// Numbers from here on are not judged; no request has them.
const REACH: u128 = 1 << 100;
const ALL: Interval = (ZERO - REACH, ZERO + REACH);
const ALL_FOUR: Interval = (0, u32::MAX as u128);
const ALL_SIX: Interval = (0, u128::MAX);

impl Ranges {
    /// Everything that can be measured so.
    pub(super) fn everything(measure: Measure) -> Self {
        Self::nothing(measure).not()
    }

    /// Nothing.
    pub(super) fn nothing(measure: Measure) -> Self {
        Self { measure, main: Vec::new(), six: Vec::new() }
    }

    /// What a value of a policy stands for; `None` when it is no such value.
    pub(super) fn of(measure: Measure, comparison: Comparison, value: &str) -> Option<Self> {
        let mut set = Self::nothing(measure);
        if measure == Measure::Address {
            let range: IpRange = value.parse().ok()?;
            if range.is_ipv4() { &mut set.main } else { &mut set.six }.push(range.ends());
            return Some(set);
        }
        let bound = if measure == Measure::Number { number(value)? } else { date(value)? };
        set.main.push(match comparison {
            Comparison::Is => (bound, bound),
            Comparison::Less => (ALL.0, bound - 1),
            Comparison::AtMost => (ALL.0, bound),
            Comparison::Greater => (bound + 1, ALL.1),
            Comparison::AtLeast => (bound, ALL.1),
        });
        Some(set)
    }

    /// What is in either.
    pub(super) fn or(&self, other: &Self) -> Self {
        let joined = |a: &[Interval], b: &[Interval]| {
            let mut all = [a, b].concat();
            all.sort_unstable();
            let mut joined: Vec<Interval> = Vec::with_capacity(all.len());
            for (first, last) in all {
                match joined.last_mut() {
                    Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                    _ => joined.push((first, last)),
                }
            }
            joined
        };
        Self { measure: self.measure, main: joined(&self.main, &other.main), six: joined(&self.six, &other.six) }
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let met = |a: &[Interval], b: &[Interval]| {
            let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x.0.max(y.0), x.1.min(y.1))));
            let mut met: Vec<_> = pairs.filter(|(first, last)| first <= last).collect();
            met.sort_unstable();
            met
        };
        Self { measure: self.measure, main: met(&self.main, &other.main), six: met(&self.six, &other.six) }
    }

    /// What can be measured so and is not in it.
    pub(super) fn not(&self) -> Self {
        let (main, six) = match self.measure {
            Measure::Number | Measure::Date => (gaps(&self.main, ALL), Vec::new()),
            Measure::Address => (gaps(&self.main, ALL_FOUR), gaps(&self.six, ALL_SIX)),
        };
        Self { measure: self.measure, main, six }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.main.is_empty() && self.six.is_empty()
    }

    /// A value of it as a request has it, a usual one if there is one; `None` when there is none.
    pub(super) fn any(&self) -> Option<String> {
        let usual: &[&str] = match self.measure {
            Measure::Number => &["0", "1", "100", "3600", "100000"],
            Measure::Date => &["2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"],
            Measure::Address => &["203.0.113.7", "198.51.100.7", "10.0.0.7", "2001:db8::7"],
        };
        let is_in =
            |value: &&&str| Self::of(self.measure, Comparison::Is, value).is_some_and(|one| !self.and(&one).is_empty());
        usual.iter().find(is_in).map(|value| (**value).to_owned()).or_else(|| self.first())
    }

    /// The first value of it, a whole number where there is one.
    fn first(&self) -> Option<String> {
        match self.measure {
            Measure::Number => {
                let value = self.main.iter().find_map(whole).or_else(|| Some(self.main.first()?.0))?;
                Some(Decimal::from_i128_with_scale(units(value), 9).normalize().to_string())
            }
            Measure::Date => {
                let (first, last) = *self.main.first()?;
                let value = if first == ALL.0 { last } else { first };
                Timestamp::from_nanosecond(units(value)).ok().map(|time| time.to_string())
            }
            Measure::Address => {
                let four = self.main.first().and_then(|(first, _)| u32::try_from(*first).ok());
                let four = four.map(|bits| IpAddr::V4(bits.into()).to_string());
                four.or_else(|| Some(IpAddr::V6(self.six.first()?.0.into()).to_string()))
            }
        }
    }
}

fn gaps(intervals: &[Interval], all: Interval) -> Vec<Interval> {
    let mut gaps = Vec::new();
    let mut from = Some(all.0);
    for (first, last) in intervals {
        if let Some(from) = from.filter(|from| from < first) {
            gaps.push((from, first - 1));
        }
        from = last.checked_add(1).filter(|next| *next <= all.1);
    }
    gaps.extend(from.map(|from| (from, all.1)));
    gaps
}

/// The whole number of an interval that is next to zero.
fn whole((first, last): &Interval) -> Option<u128> {
    let next = if *first > ZERO {
        ZERO + (first - ZERO).div_ceil(SCALE) * SCALE
    } else if *last < ZERO {
        ZERO - (ZERO - last).div_ceil(SCALE) * SCALE
    } else {
        ZERO
    };
    (first..=last).contains(&&next).then_some(next)
}

/// Steps from zero.
fn units(value: u128) -> i128 {
    value.wrapping_sub(ZERO).cast_signed()
}

fn place(units: i128) -> Option<u128> {
    let value = ZERO.wrapping_add_signed(units);
    (ALL.0 < value && value < ALL.1).then_some(value)
}

fn number(text: &str) -> Option<u128> {
    let value = Decimal::from_str_exact(text).ok()?;
    if value.normalize().scale() > MOST_DECIMALS {
        return None;
    }
    place(value.checked_mul(Decimal::from(1_000_000_000))?.to_i128()?)
}

/// A time as policies have it: ISO 8601, with or without a time of day, or seconds since 1970.
fn date(text: &str) -> Option<u128> {
    let is_seconds = text.len() > 4 && text.bytes().all(|b| b.is_ascii_digit());
    let at = if is_seconds {
        Timestamp::from_second(text.parse().ok()?).ok()?
    } else if let Ok(at) = text.parse::<Timestamp>() {
        at
    } else {
        let day: jiff::civil::Date = text.parse().ok()?;
        day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()
    };
    place(at.as_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(measure: Measure, comparison: Comparison, value: &str) -> Ranges {
        Ranges::of(measure, comparison, value).expect(value)
    }

    #[test]
    fn sets_are_exact() {
        let less = of(Measure::Number, Comparison::Less, "5");
        let more = of(Measure::Number, Comparison::AtLeast, "5");
        assert!(less.and(&more).is_empty() && less.or(&more) == Ranges::everything(Measure::Number));
        assert_eq!(less.not(), more);
        let between = of(Measure::Number, Comparison::Greater, "7").and(&of(Measure::Number, Comparison::Less, "8"));
        assert_eq!(between.any().as_deref(), Some("7.000000001"));
        assert_eq!(of(Measure::Number, Comparison::Is, "-3").any().as_deref(), Some("-3"));
        assert_eq!(of(Measure::Number, Comparison::Less, "-3.5").any().as_deref(), Some("-4"));
        let four = of(Measure::Address, Comparison::Is, "0.0.0.0/0");
        assert_eq!(four.not().any().as_deref(), Some("2001:db8::7"));
        let halves = of(Measure::Address, Comparison::Is, "0.0.0.0/1");
        assert_eq!(halves.or(&of(Measure::Address, Comparison::Is, "128.0.0.0/1")), four);
        let after = of(Measure::Date, Comparison::Greater, "2031-01-01");
        assert_eq!(after.any().as_deref(), Some("2031-01-01T00:00:00.000000001Z"));
        assert_eq!(Ranges::nothing(Measure::Date).any(), None);
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for (measure, value) in [
            (Measure::Number, "x"),
            (Measure::Number, "0.1234567"),
            (Measure::Number, "0.00000000000000000000000000000001"),
            (Measure::Number, "99999999999999999999999999"),
            (Measure::Date, "2026"),
            (Measure::Address, "10.0.0.0/33"),
        ] {
            assert_eq!(Ranges::of(measure, Comparison::Is, value), None, "{value}");
        }
    }
}
