//! Who can become whom: the ways of [`escalation`](crate::policy::escalation), held against what the account has.
//!
//! `standing` says who is an administrator; `objects` what each action of a way is about; `runners` which things
//! run with which role; `questions` what must be allowed for it, which
//! `probe` asks the evaluator; `edges` finds the steps of one principal and `routes` the
//! shortest way of each to an administrator's rights. What was not read leaves a doubt, which a step carries along.

mod edges;
mod known_ways;
mod objects;
mod probe;
mod questions;
mod routes;
mod runners;
mod standing;
mod targets;
#[cfg(test)]
mod tests;

use crate::inventory::Inventory;
use crate::policy::escalation::Path;
use crate::policy::eval::Doubt;

use super::{AccountView, Holder};
use targets::Targets;

pub use known_ways::KnownWays;
pub use routes::{End, Hop, Route};
pub use runners::types;
pub use standing::Standing;

/// The principals of an account and what each of them can become.
#[derive(Debug)]
pub struct Graph<'a> {
    account: AccountView<'a>,
    targets: Targets<'a>,
    nodes: Vec<Node>,
}

/// A principal, in the order of [`AccountView::holders`].
#[derive(Debug)]
pub struct Node {
    /// What it is already.
    pub standing: Standing,
    /// Its steps, at most one to each other principal and one to an administrator's rights.
    pub edges: Vec<Edge>,
    /// Every known way that is open to it, wherever it leads.
    pub ways: Vec<Way>,
    /// The names of its policies that were not read.
    pub unread: Vec<String>,
}

/// A known way that is open to a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Which.
    pub path: &'static Path,
    /// Whether it is for sure.
    pub is_certain: bool,
}

/// One step: what a principal can become, and how.
#[derive(Clone, Debug)]
pub struct Edge {
    /// What it becomes.
    pub to: To,
    /// How.
    pub path: &'static Path,
    /// What it does before, to be able to.
    pub first: Option<First>,
    /// Whom it goes through, when it becomes an administrator by giving rights to somebody else.
    pub via: Option<usize>,
    /// The thing that runs with the role, by its place among those that the way gets at.
    runner: Option<usize>,
    /// The group that it joins to become an administrator, by its place in the inventory.
    pub group: Option<usize>,
    /// Why it is not certain; empty when it is.
    pub doubts: Vec<Doubt>,
}

/// What a step leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum To {
    /// An administrator's rights of its own.
    Administrator,
    /// Another principal, by its place.
    Node(usize),
}

/// What a principal does first to have more rights, when that alone makes no administrator of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// How.
    pub path: &'static Path,
    /// The group that it joins, by its place in the inventory; none when it gives itself all that its boundary lets through.
    pub group: Option<usize>,
}

impl<'a> Graph<'a> {
    /// Finds every step of every principal.
    #[must_use]
    pub fn of(inventory: &'a Inventory) -> Self {
        let account = AccountView::of(inventory);
        let standings: Vec<_> = account.holders.iter().map(|holder| Standing::of(&holder.policies)).collect();
        let targets = Targets::of(&account, standings.clone());
        let nodes = standings.into_iter().enumerate().map(|(place, standing)| {
            let holder = &account.holders[place];
            let unread = holder.unread().map(str::to_owned).collect();
            let (edges, ways) = edges::of(&account, &targets, place, &standing);
            Node { standing, edges, ways, unread }
        });
        let nodes = nodes.collect();
        Self { account, targets, nodes }
    }

    /// The account that it is of.
    #[must_use]
    pub fn account(&self) -> &AccountView<'a> {
        &self.account
    }

    /// The principals.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The holder of policies that a node is.
    #[must_use]
    pub fn holder(&self, node: usize) -> &Holder<'a> {
        &self.account.holders[node]
    }

    /// What was found, without the account.
    #[must_use]
    pub fn into_known(self) -> KnownWays {
        KnownWays::of(self)
    }

    /// What people call a node.
    #[must_use]
    pub fn name(&self, node: usize) -> &str {
        &self.account.holders[node].name
    }

    /// The name of a group: `group/admins`.
    #[must_use]
    pub fn group(&self, place: usize) -> String {
        let groups = self.account.inventory.iam.groups.items();
        groups.get(place).map_or_else(String::new, |group| format!("group/{}", group.group_name))
    }

    /// The principal's way to an administrator's rights.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        routes::all(self)
    }

    /// What a step gets at that runs with a role, in words: `function lab`; none when it is something new, or not read.
    #[must_use]
    pub fn runner(&self, edge: &Edge) -> Option<&str> {
        self.targets.runners(edge.path).get(edge.runner?)?.name.as_deref()
    }

    /// The statements that let a principal take a step, policy by policy.
    #[must_use]
    pub fn allowed_by(&self, from: usize, edge: &Edge) -> Vec<String> {
        edges::allowed_by(&self.account, &self.targets, from, edge)
    }
}
