//! What a check may look at besides its resource.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::{LeftoverOptions, Lookup, Param, Rule};
use crate::cost::PriceBook;
use crate::inventory::Inventory;

/// What a check may look at besides its resource. No client, no clock, no file.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// All that was read.
    pub inventory: &'a Inventory,
    /// Unit prices.
    pub prices: &'a PriceBook,
    /// Which leftovers are no findings yet.
    pub leftovers: LeftoverOptions,
    params: &'static [Param],
    shared: Arc<Shared<'a>>,
}

/// What all rules share.
#[derive(Debug)]
struct Shared<'a> {
    lookup: Lookup<'a>,
    indexes: crate::pack::Indexes,
    expressions: OnceLock<Functions>,
}

/// What expressions of packs can call.
struct Functions(cel::Context<'static, 'static>);

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Functions")
    }
}

impl<'a> Context<'a> {
    /// Looks at an inventory with these prices.
    #[must_use]
    pub fn new(inventory: &'a Inventory, prices: &'a PriceBook) -> Self {
        Self {
            inventory,
            prices,
            leftovers: LeftoverOptions::default(),
            params: &[],
            shared: Arc::new(Shared {
                lookup: Lookup::of(inventory),
                indexes: crate::pack::Indexes::default(),
                expressions: OnceLock::new(),
            }),
        }
    }

    /// The same for one rule, whose parameters are in force.
    #[must_use]
    pub fn of_rule(&self, rule: &Rule) -> Self {
        Self { params: rule.params, ..self.clone() }
    }

    /// The parameters of the rule that is asked.
    #[must_use]
    pub fn params(&self) -> &'static [Param] {
        self.params
    }

    /// What is in force of a parameter of the rule that is asked.
    #[must_use]
    pub fn value(&self, param: &Param) -> i64 {
        self.params.iter().find(|own| own.name == param.name).unwrap_or(param).value
    }

    /// What expressions of packs can call, at the time when the inventory was read.
    pub(crate) fn expressions(&self) -> &cel::Context<'static, 'static> {
        &self.shared.expressions.get_or_init(|| Functions(crate::pack::context(self.now()))).0
    }

    /// Where resources of packs stand in their lists, by what rules look for.
    pub(crate) fn indexes(&self) -> &crate::pack::Indexes {
        &self.shared.indexes
    }

    /// The inventory by names.
    pub fn lookup(&self) -> &Lookup<'a> {
        &self.shared.lookup
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
