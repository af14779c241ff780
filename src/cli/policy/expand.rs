//! `afterlab policy expand`: a policy with its wildcard actions written out.

use std::path::PathBuf;

use clap::Parser;

use super::read_text;
use crate::cli::output::{print, say};
use crate::cli::{CliError, Exit};
use crate::policy::catalogue::Catalogue;
use crate::policy::format::format;
use crate::policy::syntax::{Lines, Member, Node, Origin, Text, Value, parse};

/// Show a policy with its wildcard actions written out
///
/// The result is what the patterns match as of the built-in facts (`afterlab policy catalogue`); AWS adds actions, and
/// a wildcard takes them in.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy expand policy.json
  aws iam get-policy-version … | afterlab policy expand -")]
pub(super) struct Args {
    /// A policy file (JSON); - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let text = read_text(&args.file)?;
    let parsed = parse(&text, &Origin::file());
    if let Some(error) = parsed.errors.first() {
        let position = Lines::of(&text).position(error.span.start);
        let place = format!("{}:{}:{}", args.file.display(), position.line, position.column);
        return Err(CliError::new(format!("{place} {}", error.message)));
    }
    let Some(mut root) = parsed.root else { return Ok(Exit::Clean) };
    for statement in statements(&mut root) {
        expand(statement);
    }
    print(&format(&root))?;
    Ok(Exit::Clean)
}

fn statements(root: &mut Node) -> Vec<&mut Node> {
    let Value::Object(members) = &mut root.value else { return Vec::new() };
    let statement = members.iter_mut().find(|member| member.key.as_str() == "Statement");
    match statement.map(|member| &mut member.value) {
        Some(Node { value: Value::Array(list), .. }) => list.iter_mut().collect(),
        Some(node) => vec![node],
        None => Vec::new(),
    }
}

fn expand(statement: &mut Node) {
    let Value::Object(members) = &mut statement.value else { return };
    for Member { key, value } in members {
        if !matches!(key.as_str(), "Action" | "NotAction") {
            continue;
        }
        let patterns: Vec<&Text> = match &value.value {
            Value::Array(list) => list.iter().filter_map(Node::text).collect(),
            Value::String(text) => vec![text],
            _ => continue,
        };
        let mut names: Vec<String> = patterns.into_iter().flat_map(names).collect();
        names.sort_unstable();
        names.dedup();
        let span = value.span;
        let node = |name: String| Node { span, value: Value::String(Text::new(name, span, None)) };
        value.value = Value::Array(names.into_iter().map(node).collect());
    }
}

/// The actions of a pattern; a pattern that matches nothing stays, and is said.
fn names(pattern: &Text) -> Vec<String> {
    let actions = Catalogue::embedded().matching(pattern.as_str());
    let names: Vec<_> = actions.map(|(service, action)| format!("{}:{}", service.prefix, action.name)).collect();
    if names.is_empty() {
        say(&format!("warning: {:?} matches no action, as of {}", pattern.as_str(), Catalogue::embedded().date()));
        return vec![pattern.text.clone()];
    }
    names
}
