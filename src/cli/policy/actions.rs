//! `afterlab policy actions`: the actions that a pattern matches.

use clap::Parser;

use crate::cli::output::{print, width};
use crate::cli::{CliError, Exit};
use crate::grid;
use crate::policy::catalogue::{Action, Catalogue, Service};
use crate::text::{closest, count};

/// List the actions that a pattern matches
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy actions 's3:Get*'
  afterlab policy actions '*:*Tag*' --names | wc -l")]
pub(super) struct Args {
    /// Patterns as policies have them ('s3:Get*'); case does not count
    #[arg(required = true, value_name = "PATTERN")]
    patterns: Vec<String>,

    /// Print the names only, one a line
    #[arg(long)]
    names: bool,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let catalogue = Catalogue::embedded();
    let mut found: Vec<(&Service, &Action)> = Vec::new();
    for pattern in &args.patterns {
        let before = found.len();
        found.extend(catalogue.matching(pattern));
        if found.len() == before {
            return Err(no_match(catalogue, pattern));
        }
    }
    found.sort_by_key(|(service, action)| (service.prefix, action.name));
    found.dedup_by_key(|(service, action)| (service.prefix, action.name));
    if args.names {
        let names: Vec<_> =
            found.iter().map(|(service, action)| format!("{}:{}", service.prefix, action.name)).collect();
        print(
            &(names.join(
                "
",
            ) + "
"),
        )?;
        return Ok(Exit::Clean);
    }
    let mut table = grid::table(width());
    table.set_header(["Action", "Access level", "Resource types (* = required)"]);
    for (service, action) in &found {
        let types: Vec<_> = action
            .resource_types()
            .map(|(name, required)| if required { format!("{name}*") } else { name.to_owned() })
            .collect();
        let name = format!("{}:{}", service.prefix, action.name);
        table.add_row([name, action.level.as_str().to_owned(), types.join(", ")]);
    }
    print(&format!("{table}\n{}, as of {}\n", count(found.len(), "action"), catalogue.date()))?;
    Ok(Exit::Clean)
}

fn no_match(catalogue: &Catalogue, pattern: &str) -> CliError {
    let error = CliError::new(format!("no action matches {pattern:?}, as of {}", catalogue.date()));
    let prefix = pattern.split(':').next().unwrap_or_default();
    if !pattern.contains(':') {
        return error.help("an action is SERVICE:NAME, such as s3:GetObject; `*` stands for anything");
    }
    let Some(service) = catalogue.service(prefix) else {
        let services = catalogue.services().iter().map(|service| service.prefix);
        return error.help(match closest(prefix, services).filter(|_| !prefix.contains('*')) {
            Some(meant) => format!("there is no service {prefix}; did you mean {meant}?"),
            None => format!("no service is called {prefix}"),
        });
    };
    let name = pattern.split_once(':').map_or("", |(_, name)| name);
    error.help(match closest(name, service.actions().iter().map(|action| action.name)) {
        Some(meant) => format!("did you mean {prefix}:{meant}?"),
        None => format!("`afterlab policy actions '{prefix}:*'` lists those of {prefix}"),
    })
}
