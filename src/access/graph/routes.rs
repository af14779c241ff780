//! The shortest way of each principal to an administrator's rights.

use std::collections::VecDeque;

use super::{Edge, Graph, Standing, To};
use crate::inventory::iam::Role;
use crate::policy::eval::Doubt;

/// What becomes of a principal.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its place among the nodes.
    pub from: usize,
    /// What it can come to.
    pub end: End,
    /// The steps, one after the other; none for one that is an administrator, or has no way.
    pub hops: Vec<Hop>,
}

/// What a principal can come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It is an administrator.
    Is,
    /// It can become one.
    Reaches,
    /// It can become one, provided these.
    MayReach(Vec<Doubt>),
    /// No way was found, and these were not read.
    Unknown(Vec<Doubt>),
    /// It cannot, by what is known.
    No,
}

/// A step of a way.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Who takes it.
    pub from: usize,
    /// The step.
    pub edge: Edge,
}

pub(super) fn all(graph: &Graph<'_>) -> Vec<Route> {
    let is_admin = |place: usize| graph.nodes[place].standing.is_administrator();
    let is_unread = |place: usize| matches!(graph.nodes[place].standing, Standing::Unknown(_));
    let surely = Search::of(graph, is_admin, |edge| edge.doubts.is_empty());
    let perhaps = Search::of(graph, is_admin, |_| true);
    let somewhere = Search::of(graph, is_unread, |_| true);
    // Nobody but AWS has the use of its own roles.
    let is_of_aws = |place: &usize| graph.holder(*place).role().is_some_and(Role::is_service_linked);
    (0..graph.nodes.len())
        .filter(|place| !is_of_aws(place))
        .map(|from| {
            let route = |end, hops| Route { from, end, hops };
            if is_admin(from) {
                return route(End::Is, Vec::new());
            }
            if let Some(hops) = surely.hops(graph, from) {
                return route(End::Reaches, hops);
            }
            if let Some(hops) = perhaps.hops(graph, from) {
                let doubts = doubts(&hops);
                return route(End::MayReach(doubts), hops);
            }
            if let Standing::Unknown(doubts) = &graph.nodes[from].standing {
                return route(End::Unknown(doubts.clone()), Vec::new());
            }
            match somewhere.hops(graph, from) {
                Some(hops) => {
                    let last = hops.last().and_then(|hop| match hop.edge.to {
                        To::Node(place) => Some(place),
                        To::Administrator => None,
                    });
                    let mut doubts = doubts(&hops);
                    if let Some(Standing::Unknown(more)) = last.map(|place| &graph.nodes[place].standing) {
                        doubts.extend(more.iter().cloned());
                    }
                    route(End::Unknown(doubts), hops)
                }
                None => route(End::No, Vec::new()),
            }
        })
        .collect()
}

fn doubts(hops: &[Hop]) -> Vec<Doubt> {
    let mut all: Vec<Doubt> = Vec::new();
    for doubt in hops.iter().flat_map(|hop| &hop.edge.doubts) {
        if !all.contains(doubt) {
            all.push(doubt.clone());
        }
    }
    all
}

/// For each node, which of its steps begins the shortest way.
struct Search(Vec<Option<usize>>);

impl Search {
    /// Looks from the ends back, so that each node is seen once.
    fn of(graph: &Graph<'_>, is_end: impl Fn(usize) -> bool, counts: impl Fn(&Edge) -> bool) -> Self {
        let mut back: Vec<Vec<(usize, usize)>> = vec![Vec::new(); graph.nodes.len()];
        let mut next = vec![None; graph.nodes.len()];
        let mut is_seen: Vec<bool> = (0..graph.nodes.len()).map(&is_end).collect();
        let mut queue: VecDeque<usize> = (0..graph.nodes.len()).filter(|place| is_seen[*place]).collect();
        for (from, node) in graph.nodes.iter().enumerate() {
            for (place, edge) in node.edges.iter().enumerate().filter(|(_, edge)| counts(edge)) {
                match edge.to {
                    To::Node(to) => back[to].push((from, place)),
                    To::Administrator if !is_seen[from] => {
                        (next[from], is_seen[from]) = (Some(place), true);
                        queue.push_back(from);
                    }
                    To::Administrator => {}
                }
            }
        }
        while let Some(to) = queue.pop_front() {
            for (from, place) in &back[to] {
                if !is_seen[*from] {
                    (next[*from], is_seen[*from]) = (Some(*place), true);
                    queue.push_back(*from);
                }
            }
        }
        Self(next)
    }

    /// The way from a node; none when there is none.
    fn hops(&self, graph: &Graph<'_>, from: usize) -> Option<Vec<Hop>> {
        let mut hops = Vec::new();
        let mut at = from;
        while let Some(place) = self.0[at] {
            let edge = graph.nodes[at].edges.get(place)?.clone();
            let to = edge.to;
            hops.push(Hop { from: at, edge });
            match to {
                To::Node(next) => at = next,
                To::Administrator => break,
            }
        }
        (!hops.is_empty()).then_some(hops)
    }
}
