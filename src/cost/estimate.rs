//! What something costs, with every number's origin.

use std::collections::HashMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Price;

/// Hours in a month, as AWS counts them.
pub const HOURS_A_MONTH: i64 = 730;

/// The three things that AWS bills for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pillar {
    /// Machines and requests.
    #[default]
    Compute,
    /// What is kept.
    Storage,
    /// What leaves AWS.
    DataTransferOut,
}

impl Pillar {
    /// For people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Storage => "storage",
            Self::DataTransferOut => "data transfer out",
        }
    }
}

/// One line of an estimate: a quantity times a unit price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// How many units a month.
    pub quantity: Decimal,
    /// The unit price, with its source and date.
    pub price: Price,
    /// US dollars a month, exact.
    pub usd_per_month: Decimal,
    /// What it is counted once for, when several resources share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<String>,
    /// What all resources of the account together have for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Allowance>,
    /// How many units a month the allowance covers, beside `quantity`.
    #[serde(default, skip_serializing_if = "Decimal::is_zero")]
    pub free: Decimal,
}

/// What all resources of an account together have for nothing: `CloudWatch`'s first ten alarms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// What it is of.
    pub name: String,
    /// Units a month.
    pub quantity: Decimal,
}

/// A part of an estimate before it is summed up.
#[derive(Clone, Debug)]
pub struct Share<'p> {
    /// How many units a month.
    pub quantity: Decimal,
    /// The unit price.
    pub price: &'p Price,
    /// What it is counted once for, when several resources share it.
    pub once: Option<String>,
    /// What the account has for nothing.
    pub allowance: Option<Allowance>,
}

/// What something costs if it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Which of the three things is billed.
    pub pillar: Pillar,
    /// US dollars a month of 730 hours, exact; rounded only where it is shown.
    pub usd_per_month: Decimal,
    /// US dollars an hour, exact.
    pub usd_per_hour: Decimal,
    /// US dollars since it was created, if it was always as it is now; none where the API does not tell when that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd_so_far: Option<Decimal>,
    /// Whether a price is unverified or of another region.
    pub is_estimate: bool,
    /// How the sum came about.
    pub basis: Vec<CostLine>,
}

impl Estimate {
    /// Sums up lines of (quantity a month, unit price) for a resource in a region.
    #[must_use]
    pub fn monthly<'a>(pillar: Pillar, region: &str, lines: impl IntoIterator<Item = (Decimal, &'a Price)>) -> Self {
        Self::of_shares(
            pillar,
            region,
            lines.into_iter().map(|(quantity, price)| Share { quantity, price, once: None, allowance: None }),
        )
    }

    /// Sums up the parts of a resource in a region.
    #[must_use]
    pub fn of_shares<'a>(pillar: Pillar, region: &str, shares: impl IntoIterator<Item = Share<'a>>) -> Self {
        let basis: Vec<CostLine> = shares
            .into_iter()
            .map(|Share { quantity, price, once, allowance }| CostLine {
                quantity: quantity.normalize(),
                price: price.clone(),
                usd_per_month: (quantity * price.usd).normalize(),
                once,
                allowance,
                free: Decimal::ZERO,
            })
            .collect();
        let usd_per_month: Decimal = basis.iter().map(|line| line.usd_per_month).sum();
        Self {
            pillar,
            usd_per_month,
            usd_per_hour: usd_per_month / Decimal::from(HOURS_A_MONTH),
            usd_so_far: None,
            is_estimate: basis.iter().any(|line| !line.price.verified || line.price.region != region),
            basis,
        }
    }

    /// Counts what it cost since then.
    #[must_use]
    pub fn since(mut self, created: Option<Timestamp>, now: Timestamp) -> Self {
        self.usd_so_far = created.map(|created| {
            let seconds = now.as_second().saturating_sub(created.as_second()).max(0);
            self.usd_per_hour * Decimal::from(seconds) / Decimal::from(3_600)
        });
        self
    }

    /// Takes out the parts that `is_counted` says another resource has already.
    pub fn count_once(&mut self, mut is_counted: impl FnMut(&str) -> bool) {
        for line in &mut self.basis {
            if line.once.as_deref().is_some_and(&mut is_counted) {
                (line.quantity, line.usd_per_month) = (Decimal::ZERO, Decimal::ZERO);
            }
        }
        self.sum_up();
    }

    /// Takes off what an allowance covers; `used` says how much of each is used up already.
    pub fn take_allowances(&mut self, used: &mut HashMap<String, Decimal>) {
        for line in &mut self.basis {
            let Some(allowance) = &line.allowance else { continue };
            let used = used.entry(allowance.name.clone()).or_default();
            line.free = (allowance.quantity - *used).clamp(Decimal::ZERO, line.quantity);
            *used += line.free;
            line.quantity = (line.quantity - line.free).normalize();
            line.usd_per_month = (line.quantity * line.price.usd).normalize();
        }
        self.sum_up();
    }

    /// Whether it would cost something if there were no allowance.
    #[must_use]
    pub fn is_within_allowance(&self) -> bool {
        self.usd_per_month.is_zero() && self.basis.iter().any(|line| !line.free.is_zero())
    }

    fn sum_up(&mut self) {
        let whole = self.usd_per_month;
        self.usd_per_month = self.basis.iter().map(|line| line.usd_per_month).sum();
        self.usd_per_hour = self.usd_per_month / Decimal::from(HOURS_A_MONTH);
        if !whole.is_zero() {
            self.usd_so_far = self.usd_so_far.map(|usd| usd * self.usd_per_month / whole);
        }
    }

    /// Dollars a month for people: `$12.30`, and `<$0.01` for what is not nothing.
    #[must_use]
    pub fn per_month(&self) -> String {
        dollars(self.usd_per_month)
    }
}

/// Dollars for people, rounded to cents half up.
#[must_use]
pub fn dollars(usd: Decimal) -> String {
    let cents = usd.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    if cents.is_zero() && usd > Decimal::ZERO { "<$0.01".to_owned() } else { format!("${cents:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::PriceBook;

    #[test]
    fn a_sum_is_exact_and_says_how_it_came_about() {
        let price = PriceBook::embedded().find("s3/StandardStorage", "us-east-1").expect("a price");
        let estimate = Estimate::monthly(Pillar::Storage, "us-east-1", [(Decimal::from(100), price)]);
        assert_eq!(estimate.usd_per_month, Decimal::new(23, 1));
        assert_eq!(estimate.per_month(), "$2.30");
        assert!(!estimate.is_estimate);
        assert_eq!(estimate.basis.len(), 1);
        assert!(Estimate::monthly(Pillar::Storage, "eu-west-1", [(Decimal::ONE, price)]).is_estimate);
    }

    #[test]
    fn an_allowance_covers_the_first_units_of_all() {
        let price = PriceBook::embedded().find("cloudwatch/alarm", "us-east-1").expect("a price");
        let allowance = Allowance { name: "alarms".to_owned(), quantity: Decimal::from(3) };
        let share = || Share { quantity: Decimal::TWO, price, once: None, allowance: Some(allowance.clone()) };
        let mut used = HashMap::new();
        let mut usd = || {
            let mut estimate = Estimate::of_shares(Pillar::Compute, "us-east-1", [share()]);
            estimate.take_allowances(&mut used);
            (estimate.usd_per_month.to_string(), estimate.is_within_allowance())
        };
        assert_eq!(usd(), ("0".to_owned(), true));
        assert_eq!(usd(), ("0.1".to_owned(), false));
        assert_eq!(usd(), ("0.2".to_owned(), false));
    }

    #[test]
    fn dollars_round_at_the_edge() {
        assert_eq!(dollars(Decimal::new(12_345, 3)), "$12.35");
        assert_eq!(dollars(Decimal::new(1, 4)), "<$0.01");
        assert_eq!(dollars(Decimal::ZERO), "$0.00");
    }
}
