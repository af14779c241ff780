//! What something costs, with every number's origin.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Price;

/// Hours in a month, as AWS counts them.
const HOURS_A_MONTH: i64 = 730;

/// The three things that AWS bills for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pillar {
    /// Machines and requests.
    Compute,
    /// What is kept.
    Storage,
    /// What leaves AWS.
    DataTransferOut,
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
    /// Whether a price is unverified or of another region.
    pub is_estimate: bool,
    /// How the sum came about.
    pub basis: Vec<CostLine>,
}

impl Estimate {
    /// Sums up lines of (quantity a month, unit price) for a resource in a region.
    #[must_use]
    pub fn monthly<'a>(pillar: Pillar, region: &str, lines: impl IntoIterator<Item = (Decimal, &'a Price)>) -> Self {
        let basis: Vec<CostLine> = lines
            .into_iter()
            .map(|(quantity, price)| CostLine {
                quantity: quantity.normalize(),
                price: price.clone(),
                usd_per_month: (quantity * price.usd).normalize(),
            })
            .collect();
        let usd_per_month: Decimal = basis.iter().map(|line| line.usd_per_month).sum();
        Self {
            pillar,
            usd_per_month,
            usd_per_hour: usd_per_month / Decimal::from(HOURS_A_MONTH),
            is_estimate: basis.iter().any(|line| !line.price.verified || line.price.region != region),
            basis,
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
    fn dollars_round_at_the_edge() {
        assert_eq!(dollars(Decimal::new(12_345, 3)), "$12.35");
        assert_eq!(dollars(Decimal::new(1, 4)), "<$0.01");
        assert_eq!(dollars(Decimal::ZERO), "$0.00");
    }
}
