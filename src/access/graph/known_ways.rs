//! What a graph found, in a form that outlives the account's texts: rules look things up in it.

use std::collections::HashMap;

use super::{Edge, Graph, Node, To};

/// The principals of an account by their ARNs, and what was found of each.
#[derive(Debug)]
pub struct KnownWays {
    places: HashMap<String, usize>,
    names: Vec<String>,
    nodes: Vec<Node>,
}

impl KnownWays {
    pub(super) fn of(graph: Graph<'_>) -> Self {
        let Graph { account, nodes, .. } = graph;
        let holders = account.holders.iter().enumerate();
        Self {
            places: holders.map(|(place, holder)| (holder.arn.to_owned(), place)).collect(),
            names: account.holders.into_iter().map(|holder| holder.name).collect(),
            nodes,
        }
    }

    /// What was found of a user or a role.
    #[must_use]
    pub fn node(&self, arn: &str) -> Option<&Node> {
        self.nodes.get(*self.places.get(arn)?)
    }

    /// Those who can become a user or a role in one step, each with the step.
    pub fn takers(&self, arn: &str) -> impl Iterator<Item = (&str, &Edge)> {
        let place = self.places.get(arn).copied();
        let steps =
            self.nodes.iter().zip(&self.names).flat_map(|(node, name)| node.edges.iter().map(move |edge| (name, edge)));
        steps
            .filter(move |(_, edge)| place.is_some_and(|place| edge.to == To::Node(place)))
            .map(|(name, edge)| (name.as_str(), edge))
    }
}
