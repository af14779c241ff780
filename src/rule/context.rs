//! What a check may look at besides its resource.

use jiff::Timestamp;

use super::Lookup;
use crate::cost::PriceBook;
use crate::inventory::Inventory;

/// What a check may look at besides its resource. No client, no clock, no file.
#[derive(Debug)]
pub struct Context<'a> {
    /// All that was read.
    pub inventory: &'a Inventory,
    /// Unit prices.
    pub prices: &'a PriceBook,
    lookup: Lookup<'a>,
}

impl<'a> Context<'a> {
    /// Looks at an inventory with these prices.
    #[must_use]
    pub fn new(inventory: &'a Inventory, prices: &'a PriceBook) -> Self {
        Self { inventory, prices, lookup: Lookup::of(inventory) }
    }

    /// The inventory by names.
    pub fn lookup(&self) -> &Lookup<'a> {
        &self.lookup
    }

    /// The time that ages are counted to: when the inventory was read.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inventory.collected_at
    }

    /// Whole days from then until the inventory was read; 0 for the future.
    #[must_use]
    pub fn days_since(&self, then: Timestamp) -> i64 {
        (self.now().as_second().saturating_sub(then.as_second()) / 86_400).max(0)
    }
}
