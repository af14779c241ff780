//! The help of the program as a whole: its commands by what they are for.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use super::Cli;

/// The commands by what they are for, in the order in which a newcomer needs them. A command that is missing here is
/// shown at the end; a test fails on it.
const GROUPS: &[(&str, &[&str])] = &[
    ("Look at an account", &["scan", "cleanup", "escalations"]),
    ("Over time", &["snapshot", "diff", "suppress", "baseline", "trend"]),
    ("Policies and names, offline", &["policy", "s3-name"]),
    ("Learn", &["explain", "notes", "quiz", "rules", "prices"]),
    ("Set up", &["doctor", "config", "permissions", "completions", "man", "help"]),
];

/// Where those are shown that stand in no group.
const OTHERS: &str = "Others";

/// What stands below the flags.
const AFTER: &str = "\
Examples:
  afterlab scan --demo                          see what a scan says, without an account
  afterlab scan --profile lab                   what is open, what bills, what to type
  afterlab explain s3-bucket-policy-public      why, and how to fix it
  afterlab policy check policies/               may these policies be merged?
  afterlab doctor --profile lab                 why does a scan not work here?

Exit codes:
  0  nothing at or above --fail-on (default: medium)
  1  findings
  2  the job could not be done: arguments, credentials, or something that could not be read";

/// What stands below that in the long help.
const ENVIRONMENT: &str = "
Environment:
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …   as the AWS CLI has them
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY             the way to AWS
  NO_COLOR, CLICOLOR_FORCE                      no colours, or colours everywhere
  AFTERLAB_PAGER, PAGER                         the pager; empty for none
  AFTERLAB_NOTES_URL                            where the notes are published, for links
  AFTERLAB_FAIL_ON, AFTERLAB_REGION …           flags and settings: `afterlab config show`";

/// The command line with its commands in groups.
pub(super) fn command() -> Command {
    let command = Cli::command();
    let groups = groups(&command);
    let heading = command.get_styles().get_header();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{heading}Options:{heading:#}\n{{options}}{{after-help}}"
    );
    command.help_template(template).after_help(AFTER).after_long_help(format!("{AFTER}\n{ENVIRONMENT}"))
}

/// Each group with its commands and what they do.
fn groups(command: &Command) -> String {
    let heading = command.get_styles().get_header();
    let name = command.get_styles().get_literal();
    let mut text = String::new();
    for (group, commands) in grouped(command) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{heading}{group}:{heading:#}");
        for command in commands {
            let (called, about) = command;
            let _ = writeln!(text, "  {name}{called:<12}{name:#} {about}");
        }
        text.push('\n');
    }
    text
}

type Group = (&'static str, Vec<(String, String)>);

fn grouped(command: &Command) -> Vec<Group> {
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut left: Vec<(String, String)> = command
        .get_subcommands()
        .map(|command| (command.get_name().to_owned(), about(command)))
        // clap adds it when it builds the command.
        .chain([("help".to_owned(), "Print the help of a command".to_owned())])
        .collect();
    let mut groups: Vec<Group> = GROUPS
        .iter()
        .map(|(group, names)| {
            let taken = names.iter().filter_map(|name| {
                let place = left.iter().position(|(called, _)| called == name)?;
                Some(left.remove(place))
            });
            (*group, taken.collect())
        })
        .collect();
    if !left.is_empty() {
        groups.push((OTHERS, left));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let groups = grouped(&Cli::command());
        assert_eq!(groups.len(), GROUPS.len(), "{:?} stand in no group", groups.last());
        let known: usize = GROUPS.iter().map(|(_, names)| names.len()).sum();
        assert_eq!(groups.iter().map(|(_, commands)| commands.len()).sum::<usize>(), known, "a name is no command");
    }

    #[test]
    fn every_command_has_examples_and_all_fit_together() {
        let mut command = command();
        command.clone().debug_assert();
        command.build();
        let mut all = vec![command.clone()];
        while let Some(command) = all.pop() {
            let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
            all.extend(command.get_subcommands().filter(|sub| sub.get_name() != "help").cloned());
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("Examples:\n  "), "{name} has no examples");
        }
    }
}
