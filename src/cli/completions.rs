//! `afterlab completions`: completions for a shell, which also know rules, lints, notes, frameworks and regions.

use std::fmt::Write as _;

use clap::builder::{PossibleValue, PossibleValuesParser, Str};
use clap::{Arg, Command, Parser};
use clap_complete::Shell;

use super::output::print;
use super::{CliError, Exit, help};
use crate::cost::PriceBook;
use crate::inventory::REGIONS;
use crate::rule::{framework, registry};
use crate::{lint, notes};

/// Print completions for a shell
///
/// They know the commands and flags of this version; in bash, zsh and fish also its rules, lints, notes and frameworks, and
/// AWS's regions. Make them anew after an update.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  eval \"$(afterlab completions bash)\"                                         in ~/.bashrc
  afterlab completions zsh > ~/.zfunc/_afterlab                               a folder of $fpath
  afterlab completions fish > ~/.config/fish/completions/afterlab.fish
  afterlab completions powershell | Out-String | Invoke-Expression            in $PROFILE")]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let mut command = with_values(help::command());
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "afterlab", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    match args.shell {
        Shell::Fish => positionals_for_fish(&command, &[], &mut script),
        Shell::Zsh => script = without_patterns(script),
        _ => {}
    }
    print(&script)?;
    Ok(Exit::Clean)
}

/// zsh takes `s3#section` for a pattern and drops it, since no file matches it.
fn without_patterns(script: String) -> String {
    let pages = notes::pages().iter().map(|page| format!("{}#", page.name));
    pages.fold(script, |script, page| script.replace(&page, &page.replace('#', "\\#")))
}

/// What the generator leaves out for fish: values that stand alone, without a flag. The conditions are its own functions.
fn positionals_for_fish(command: &Command, path: &[&str], script: &mut String) {
    let condition = match path {
        [name] => format!("__fish_afterlab_using_subcommand {name}"),
        [name, below] => format!("__fish_afterlab_using_subcommand {name}; and __fish_seen_subcommand_from {below}"),
        _ => String::new(),
    };
    for arg in command.get_positionals() {
        let values = arg.get_possible_values();
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        if !names.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(script, "complete -c afterlab -n \"{condition}\" -f -a \"{}\"", names.join(" "));
        }
    }
    for below in command.get_subcommands() {
        positionals_for_fish(below, &[path, &[below.get_name()]].concat(), script);
    }
}

/// What can stand for the name of a value in the help, where the arguments themselves take more than these.
fn values(name: &str) -> Option<Vec<String>> {
    let rules = || registry::all().map(|rule| rule.id.to_owned());
    let lints = || lint::registry::all().map(|(_, lint)| lint.code.to_owned());
    let pages = || notes::pages().iter().map(|page| page.name.to_owned());
    Some(match name {
        "GLOB" => rules().collect(),
        "RULE" => rules().chain(lints()).collect(),
        "CODE" => lints().collect(),
        "COMMAND" => help::command().get_subcommands().map(|command| command.get_name().to_owned()).collect(),
        "NOTE" => pages().chain(notes::addresses()).collect(),
        "PAGE" => pages().collect(),
        "FRAMEWORK" => framework::all().iter().map(|framework| framework.id.clone()).collect(),
        "REGION" => REGIONS.iter().map(|&region| region.to_owned()).collect(),
        "QUERY" => {
            let items = PriceBook::embedded().items();
            let services = items.filter_map(|item| item.split('/').next());
            services.collect::<std::collections::BTreeSet<_>>().into_iter().map(str::to_owned).collect()
        }
        _ => return None,
    })
}

fn with_values(command: Command) -> Command {
    command
        .mut_args(|arg| known(&arg).map_or_else(|| arg.clone(), |values| arg.clone().value_parser(values)))
        .mut_subcommands(with_values)
}

fn known(arg: &Arg) -> Option<PossibleValuesParser> {
    let name: &Str = arg.get_value_names()?.first()?;
    values(name.as_str()).map(PossibleValuesParser::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_values_is_one_in_the_help() {
        let mut names = std::collections::BTreeSet::new();
        let mut all = vec![help::command()];
        while let Some(command) = all.pop() {
            all.extend(command.get_subcommands().cloned());
            names.extend(command.get_arguments().filter_map(|arg| Some(arg.get_value_names()?.first()?.to_string())));
        }
        for name in ["GLOB", "RULE", "CODE", "COMMAND", "NOTE", "PAGE", "FRAMEWORK", "REGION", "QUERY"] {
            assert!(names.contains(name), "{name} is in no help: {names:?}");
            assert!(values(name).is_some_and(|values| !values.is_empty()), "{name}");
        }
    }
}
