//! The ways to an administrator's rights as a drawing: for Graphviz, and as SVG.
//!
//! Only the steps of the shortest ways are drawn, so that a large account stays readable.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::access::graph::{End, Graph, Route, To};
use crate::text::printable;

/// What is drawn: who is how far from an administrator's rights, and the steps.
struct Drawing {
    /// The steps that are left to an administrator's rights, by node; [`To::Administrator`] stands for them.
    layers: BTreeMap<To, usize>,
    steps: BTreeSet<Step>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    from: To,
    to: To,
    label: String,
    is_certain: bool,
}

impl Drawing {
    fn of(routes: &[Route]) -> Self {
        let mut drawing = Self { layers: BTreeMap::new(), steps: BTreeSet::new() };
        for route in routes.iter().filter(|route| matches!(route.end, End::Reaches | End::MayReach(_))) {
            for (place, hop) in route.hops.iter().enumerate() {
                let first = hop.edge.first.map(|first| format!("{}, ", first.path.id)).unwrap_or_default();
                let step = Step {
                    from: To::Node(hop.from),
                    to: hop.edge.to,
                    label: format!("{first}{}", hop.edge.path.id),
                    is_certain: hop.edge.doubts.is_empty(),
                };
                let left = route.hops.len() - place;
                drawing.at(step.from, left);
                drawing.at(step.to, left - 1);
                drawing.steps.insert(step);
            }
        }
        drawing
    }

    /// The nodes of each layer from the top down: next to what they lead to, so that few arrows cross.
    fn rows(&self, most: usize) -> Vec<Vec<To>> {
        let mut rows: Vec<Vec<To>> = Vec::new();
        let mut row_of: BTreeMap<To, usize> = BTreeMap::new();
        for layer in 0..=most {
            let mut nodes: Vec<To> =
                self.layers.iter().filter(|(_, own)| **own == layer).map(|(node, _)| *node).collect();
            nodes.sort_by_key(|node| {
                let ends = self.steps.iter().filter(|step| step.from == *node).filter_map(|step| row_of.get(&step.to));
                (ends.min().copied(), *node)
            });
            row_of.extend(nodes.iter().enumerate().map(|(row, node)| (*node, row)));
            rows.push(nodes);
        }
        rows
    }

    /// A node that several ways share stands as far off as the longest of them has it.
    fn at(&mut self, node: To, layer: usize) {
        let known = self.layers.entry(node).or_insert(layer);
        *known = layer.max(*known);
    }
}

fn label(graph: &Graph<'_>, node: To) -> String {
    match node {
        To::Administrator => "administrator".to_owned(),
        To::Node(place) => printable(graph.name(place)),
    }
}

fn is_administrator(graph: &Graph<'_>, node: To) -> bool {
    match node {
        To::Administrator => true,
        To::Node(place) => graph.nodes()[place].standing.is_administrator(),
    }
}

/// The shortest ways in Graphviz's language.
#[must_use]
pub fn dot(graph: &Graph<'_>, routes: &[Route]) -> String {
    let drawing = Drawing::of(routes);
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = String::from("digraph escalations {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for node in drawing.layers.keys() {
        let look = if is_administrator(graph, *node) { " [style=filled, fillcolor=\"#f8d7da\"]" } else { "" };
        let _ = writeln!(text, "  {}{look};", quoted(&label(graph, *node)));
    }
    for step in &drawing.steps {
        let (from, to) = (quoted(&label(graph, step.from)), quoted(&label(graph, step.to)));
        let look = if step.is_certain { "" } else { ", style=dashed" };
        let _ = writeln!(text, "  {from} -> {to} [label={}{look}];", quoted(&step.label));
    }
    text.push_str("}\n");
    text
}

const BOX_WIDTH: usize = 230;
const BOX_HEIGHT: usize = 34;
const GAP_ACROSS: usize = 150;
const GAP_DOWN: usize = 22;
const MARGIN: usize = 20;

/// A name is cut after so many characters, which fit into a box.
const MOST_LETTERS: usize = 30;

/// The shortest ways as a picture: those who are farthest off on the left, administrators on the right.
#[must_use]
pub fn svg(graph: &Graph<'_>, routes: &[Route]) -> String {
    let drawing = Drawing::of(routes);
    let most = drawing.layers.values().max().copied().unwrap_or_default();
    let rows = drawing.rows(most);
    let mut places: BTreeMap<To, (usize, usize)> = BTreeMap::new();
    for (layer, nodes) in rows.iter().enumerate() {
        let x = MARGIN + (most - layer) * (BOX_WIDTH + GAP_ACROSS);
        places.extend(nodes.iter().enumerate().map(|(row, node)| (*node, (x, MARGIN + row * (BOX_HEIGHT + GAP_DOWN)))));
    }
    let tallest = rows.iter().map(Vec::len).max().unwrap_or_default().max(1);
    let width = 2 * MARGIN + (most + 1) * BOX_WIDTH + most * GAP_ACROSS;
    let height = 2 * MARGIN + tallest * (BOX_HEIGHT + GAP_DOWN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<title>Who can become an administrator</title>\n\
         <defs><marker id=\"arrow\" markerWidth=\"9\" markerHeight=\"9\" refX=\"8\" refY=\"4\" orient=\"auto\">\
         <path d=\"M0,0 L9,4 L0,8 z\" fill=\"#555\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    if drawing.steps.is_empty() {
        let _ = writeln!(text, "<text x=\"{MARGIN}\" y=\"40\">No way to an administrator's rights was found.</text>");
    }
    let ends = |step: &Step| Some((*places.get(&step.from)?, *places.get(&step.to)?));
    for step in &drawing.steps {
        text.extend(ends(step).map(|(from, to)| arrow(from, to, step)));
    }
    for step in &drawing.steps {
        text.extend(ends(step).map(|(from, _)| caption(from, step)));
    }
    for (node, (x, y)) in &places {
        let (fill, line) = if is_administrator(graph, *node) { ("#f8d7da", "#b02a37") } else { ("#eef3f8", "#33506b") };
        let name = label(graph, *node);
        let _ = writeln!(
            text,
            "<g><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"5\" fill=\"{fill}\" \
             stroke=\"{line}\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
            escaped(&name),
            x + 10,
            y + 22,
            escaped(&cut(&name))
        );
    }
    text.push_str("</svg>\n");
    text
}

fn arrow(from: (usize, usize), to: (usize, usize), step: &Step) -> String {
    let (x1, y1) = (from.0 + BOX_WIDTH, from.1 + BOX_HEIGHT / 2);
    let (x2, y2) = (to.0, to.1 + BOX_HEIGHT / 2);
    let bend = GAP_ACROSS / 2;
    let dashes = if step.is_certain { "" } else { " stroke-dasharray=\"5 4\"" };
    format!(
        "<path d=\"M{x1},{y1} C{},{y1} {},{y2} {x2},{y2}\" fill=\"none\" stroke=\"#555\"{dashes} marker-end=\"url(#arrow)\"/>\n",
        x1 + bend,
        x2.saturating_sub(bend)
    )
}

/// What a step is called, beside its beginning; a white edge keeps arrows from running through it.
fn caption(from: (usize, usize), step: &Step) -> String {
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#333\" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\">{}</text>\n",
        from.0 + BOX_WIDTH + 8,
        from.1 + BOX_HEIGHT / 2 - 5,
        escaped(&step.label)
    )
}

fn cut(name: &str) -> String {
    if name.chars().count() <= MOST_LETTERS {
        return name.to_owned();
    }
    name.chars().take(MOST_LETTERS - 1).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inventory::snapshot;

    #[test]
    fn hostile_names_stay_names() {
        let name = "a\"]; <script>&\u{1b}[31m";
        let snapshot = json!({"afterlab_snapshot": 1, "account": {"Id": "111122223333"},
            "collected_at": "2026-11-22T12:00:00Z", "iam": {"Roles": [], "Groups": [], "Users": [
                {"UserName": name, "Arn": "arn:aws:iam::111122223333:user/a", "UserPolicyList": [{"PolicyName": "p",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement":
                        {"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"}}}]}]}});
        let inventory = snapshot::read(snapshot.to_string().as_bytes()).expect("a snapshot");
        let graph = Graph::of(&inventory);
        let (svg, dot) = (svg(&graph, &graph.routes()), dot(&graph, &graph.routes()));
        let picture = roxmltree::Document::parse(&svg).expect("XML");
        assert!(picture.descendants().all(|node| !node.has_tag_name("script")), "{svg}");
        assert!(svg.contains("iam-007") && dot.contains("iam-007"), "{svg}");
        assert!(dot.contains("user/a\\\"]; <script>"), "{dot}");
        assert!(!svg.contains('\u{1b}') && !dot.contains('\u{1b}'), "{dot}");
    }

    #[test]
    fn nothing_to_draw_says_so() {
        let snapshot = json!({"afterlab_snapshot": 1, "account": {"Id": "111122223333"},
            "collected_at": "2026-11-22T12:00:00Z"});
        let inventory = snapshot::read(snapshot.to_string().as_bytes()).expect("a snapshot");
        let graph = Graph::of(&inventory);
        assert!(svg(&graph, &graph.routes()).contains("No way"));
    }
}
