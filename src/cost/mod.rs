//! What things cost: unit prices and estimates made of them.

mod estimate;
mod price_book;

pub use estimate::{Allowance, CostLine, Estimate, HOURS_A_MONTH, Pillar, Share, dollars};
pub mod price_list;

pub use price_book::{Price, PriceBook};
