//! The ways to an administrator's rights, for people and for programs.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::access::graph::{Edge, End, Graph, Hop, Route, Standing, To};
use crate::policy::eval::Doubt;
use crate::text::{count, join_some, printable};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// So many doubts are told of each way; JSON has all.
const MOST_DOUBTS: usize = 3;

/// The shortest way of each principal, step by step; first those that are certain.
#[must_use]
pub fn escalations_table(graph: &Graph<'_>, routes: &[Route]) -> String {
    let mut text = String::new();
    for route in routes.iter().filter(|route| route.end == End::Reaches) {
        let steps = count(route.hops.len(), "step");
        let name = printable(graph.name(route.from));
        let _ = writeln!(text, "{BAD}{name}{BAD:#} can become an administrator in {steps}");
        text.push_str(&hops(graph, &route.hops));
        text.push('\n');
    }
    for route in routes {
        let End::MayReach(doubts) = &route.end else { continue };
        let name = printable(graph.name(route.from));
        let steps = count(route.hops.len(), "step");
        let _ = writeln!(
            text,
            "{OPEN}{name}{OPEN:#} may become an administrator in {steps}, which depends on what is not known:"
        );
        text.push_str(&doubted(doubts, "  - "));
        text.push_str(&hops(graph, &route.hops));
        text.push('\n');
    }
    unknown(graph, routes, &mut text);
    sum(graph, routes, &mut text);
    text
}

fn hops(graph: &Graph<'_>, hops: &[Hop]) -> String {
    let mut text = String::new();
    for (number, hop) in hops.iter().enumerate() {
        let Hop { from, edge } = hop;
        let (from_name, to) = (printable(graph.name(*from)), printable(&end(graph, edge)));
        let _ = writeln!(text, "  {}. {from_name} becomes {to}{}", number + 1, by(graph, edge));
        for (place, path) in edge.first.map(|first| first.path).into_iter().chain([edge.path]).enumerate() {
            let lead = if place == 0 { "" } else { "then " };
            let _ = writeln!(text, "     {lead}{}: {}", path.id, path.how);
            let _ = writeln!(text, "     {DIM}with {}{DIM:#}", path.required.join(" + "));
        }
        for statement in graph.allowed_by(*from, edge) {
            let _ = writeln!(text, "     {DIM}by {}{DIM:#}", printable(&statement));
        }
    }
    text
}

/// What a step leads to, in words.
pub(super) fn end(graph: &Graph<'_>, edge: &Edge) -> String {
    match edge.to {
        To::Administrator => "an administrator".to_owned(),
        To::Node(place) if graph.nodes()[place].standing.is_administrator() => {
            format!("{}, an administrator", graph.name(place))
        }
        To::Node(place) => graph.name(place).to_owned(),
    }
}

/// Through what, or whom: ` through function lab`.
fn by(graph: &Graph<'_>, edge: &Edge) -> String {
    let runner = graph.runner(edge).map(str::to_owned);
    let via = edge.via.map(|place| graph.name(place).to_owned());
    let group = edge.group.or(edge.first.and_then(|first| first.group)).map(|place| graph.group(place));
    let through: Vec<String> = group.into_iter().chain(runner).chain(via).map(|name| printable(&name)).collect();
    if through.is_empty() { String::new() } else { format!(", through {}", through.join(" and ")) }
}

fn doubted(doubts: &[Doubt], lead: &str) -> String {
    let mut text = String::new();
    for doubt in doubts.iter().take(MOST_DOUBTS) {
        let _ = writeln!(text, "{lead}{}", printable(&doubt.to_string()));
    }
    if doubts.len() > MOST_DOUBTS {
        let _ = writeln!(text, "{lead}and {} more", doubts.len() - MOST_DOUBTS);
    }
    text
}

/// Those about whom nothing can be said, those of one reason together.
fn unknown(graph: &Graph<'_>, routes: &[Route], text: &mut String) {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for route in routes {
        let End::Unknown(doubts) = &route.end else { continue };
        let why = doubts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let why = join_some(why.iter().map(String::as_str), MOST_DOUBTS);
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(graph.name(route.from)),
            None => groups.push((why, vec![graph.name(route.from)])),
        }
    }
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(text, "{OPEN}Not known{OPEN:#}, as no way was found and not all was read:");
    for (why, names) in groups {
        let names = join_some(names.into_iter(), MOST_DOUBTS);
        let _ = writeln!(text, "  {}: {DIM}{}{DIM:#}", printable(&names), printable(&why));
    }
    text.push('\n');
}

fn sum(graph: &Graph<'_>, routes: &[Route], text: &mut String) {
    let is = |wanted: fn(&End) -> bool| routes.iter().filter(|route| wanted(&route.end)).count();
    let admins: Vec<&str> =
        routes.iter().filter(|route| route.end == End::Is).map(|route| graph.name(route.from)).collect();
    if !admins.is_empty() {
        let _ = writeln!(text, "Administrators already: {}", printable(&join_some(admins.into_iter(), 6)));
    }
    let (can, may) = (is(|end| *end == End::Reaches), is(|end| matches!(end, End::MayReach(_))));
    let (open, cannot) = (is(|end| matches!(end, End::Unknown(_))), is(|end| *end == End::No));
    let style = if can > 0 { BAD } else { GOOD };
    let all = count(routes.len(), "principal");
    let _ = write!(text, "Of {all}, {style}{can} can become an administrator{style:#}, {may} may, {cannot} cannot");
    text.push_str(if open > 0 { "; of " } else { "\n" });
    if open > 0 {
        let _ = writeln!(text, "{open} it is not known");
    }
    for list in graph.account().unread_lists() {
        let _ = writeln!(text, "{OPEN}Not all {list} were read{OPEN:#}: there may be more ways");
    }
}

/// All that was found: principals with their ways, and every step.
#[must_use]
pub fn escalations_json(graph: &Graph<'_>, routes: &[Route]) -> Value {
    let principals: Vec<Value> = routes.iter().map(|route| principal(graph, route)).collect();
    let steps: Vec<Value> = routes
        .iter()
        .flat_map(|route| graph.nodes()[route.from].edges.iter().map(|edge| step(graph, route.from, edge)))
        .collect();
    json!({"afterlab_escalations": 1, "account": graph.account().inventory.account.id.as_str(),
        "principals": principals, "steps": steps, "lists_not_read": graph.account().unread_lists()})
}

fn principal(graph: &Graph<'_>, route: &Route) -> Value {
    let node = &graph.nodes()[route.from];
    let (end, doubts): (_, &[Doubt]) = match &route.end {
        End::Is => ("administrator", &[]),
        End::Reaches => ("can_become_administrator", &[]),
        End::MayReach(doubts) => ("may_become_administrator", doubts),
        End::Unknown(doubts) => ("unknown", doubts),
        End::No => ("cannot", &[]),
    };
    let hops: Vec<Value> = route
        .hops
        .iter()
        .map(|hop| {
            let mut value = step(graph, hop.from, &hop.edge);
            value["allowed_by"] = graph.allowed_by(hop.from, &hop.edge).into();
            value
        })
        .collect();
    json!({"name": graph.name(route.from), "arn": graph.holder(route.from).arn, "end": end,
    "policies_not_read": node.unread, "depends_on": sentences(doubts), "way": hops,
    "is_administrator": match node.standing {
        Standing::Administrator => Value::Bool(true),
        Standing::Ordinary => Value::Bool(false),
        Standing::Unknown(_) => Value::Null,
    }})
}

fn step(graph: &Graph<'_>, from: usize, edge: &Edge) -> Value {
    let to = match edge.to {
        To::Administrator => "administrator",
        To::Node(place) => graph.name(place),
    };
    json!({"from": graph.name(from), "to": to, "path": edge.path.id, "actions": edge.path.required,
        "how": edge.path.how, "reference": edge.path.reference(),
        "first": edge.first.map(|first| first.path.id),
        "group": edge.group.or(edge.first.and_then(|first| first.group)).map(|place| graph.group(place)),
        "via": edge.via.map(|place| graph.name(place)), "thing": graph.runner(edge),
        "certain": edge.doubts.is_empty(), "depends_on": sentences(&edge.doubts)})
}

fn sentences(doubts: &[Doubt]) -> Vec<String> {
    doubts.iter().map(ToString::to_string).collect()
}
