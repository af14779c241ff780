//! `afterlab escalations`: who can become an administrator, and how.

use std::path::PathBuf;

use anstream::adapter::strip_str;
use clap::{Parser, ValueEnum};

use super::output::{Target, print};
use super::source::SourceArgs;
use super::{CliError, Exit};
use crate::access::graph::{self, End, Graph, Route};
use crate::report::access::{dot, escalations_json, escalations_table, svg};
use crate::rule::{Need, NeedSet};

/// Show who can become an administrator, step by step
///
/// Holds the 65 known ways of privilege escalation against the account itself: what each user and role may really do
/// (denials, groups and permissions boundaries included), which roles there are to pass and which service they trust,
/// which functions, instances and notebooks run with which role. Shows the shortest way of each. What was not read
/// leaves a way open or unknown, never closed.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab escalations --demo
  afterlab escalations --profile lab --principal role/github-deploy
  afterlab escalations --snapshot lab.json --format svg -o escalations.svg
  afterlab escalations --snapshot lab.json --format dot | dot -Tpng > escalations.png

Exit codes: 0 nobody can become an administrator, 1 somebody can or may, 2 not known (see --allow-gaps)")]
pub(super) struct Args {
    /// Only the way of this one: role/lab, user/ann, or an ARN; repeat it for more
    #[arg(long = "principal", value_name = "PRINCIPAL")]
    principals: Vec<String>,

    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Write the answer to a file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Do not exit with 2 because something is not known
    #[arg(long)]
    allow_gaps: bool,

    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the way of each, step by step
    Table,
    /// For programs: every step that was found
    Json,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let target = args.output.as_deref().map(|path| Target::open(Some(path))).transpose()?;
    let source = args.source.read_needs(needs())?;
    let graph = Graph::of(&source.inventory);
    let routes = chosen(&graph, &args.principals)?;
    let text = match args.format {
        Format::Table => escalations_table(&graph, &routes),
        Format::Json => {
            let json = escalations_json(&graph, &routes);
            serde_json::to_string_pretty(&json).map_err(|error| CliError::new(error.to_string()))? + "\n"
        }
        Format::Dot => dot(&graph, &routes),
        Format::Svg => svg(&graph, &routes),
    };
    match target {
        // Colours are for terminals: a file gets none.
        Some(target) => target.write(|out| out.write_all(strip_str(&text).to_string().as_bytes()))?,
        None => print(&text)?,
    }
    Ok(exit(&graph, &routes, args.allow_gaps))
}

/// What must be read.
fn needs() -> NeedSet {
    let own = [Need::IamPrincipals, Need::IamAwsPolicies, Need::IamCredentials];
    own.into_iter().chain(graph::types().map(Need::Resources)).collect()
}

/// The ways that were asked for; all, when none was named.
fn chosen(graph: &Graph<'_>, names: &[String]) -> Result<Vec<Route>, CliError> {
    let mut routes = graph.routes();
    if names.is_empty() {
        return Ok(routes);
    }
    let account = graph.account();
    let mut wanted = Vec::new();
    for name in names {
        let found = account.find(name).map_err(|unknown| super::policy::no_such_principal(account, unknown))?;
        wanted.push(found.arn);
    }
    routes.retain(|route| wanted.contains(&graph.holder(route.from).arn));
    Ok(routes)
}

fn exit(graph: &Graph<'_>, routes: &[Route], allow_gaps: bool) -> Exit {
    let is_open = routes.iter().any(|route| matches!(route.end, End::Unknown(_)));
    if !allow_gaps && (is_open || !graph.account().unread_lists().is_empty()) {
        return Exit::Failed;
    }
    let found = routes.iter().any(|route| matches!(route.end, End::Reaches | End::MayReach(_)));
    if found { Exit::Findings } else { Exit::Clean }
}
