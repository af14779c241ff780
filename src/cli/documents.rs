//! Every command that a document shows is one that this command line takes.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::Cli;

/// What shows commands besides the pages of `docs/guide`.
const FILES: [&str; 3] = ["README.md", "action.yml", "actions/scan/action.yml"];

/// What stands before a command in a line of a document or of a file for CI.
const STARTS: [&str; 5] = ["$ ", "- run: ", "run: ", "script: ", "- "];

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_dir(root.join("docs/guide/src")).expect("the guide").flatten();
    let pages = guide.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "md"));
    FILES.iter().map(|file| root.join(file)).chain(pages).collect()
}

/// The commands of a document, each as one line: those in blocks of code and in files for CI, and whether they are whole;
/// text also names commands without what they need.
fn commands(text: &str, is_page: bool) -> Vec<(String, bool)> {
    let mut commands = Vec::new();
    let mut in_code = !is_page;
    let mut prose = String::new();
    for line in text.replace("\\\n", " ").lines() {
        let line = line.trim_start();
        if is_page && line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            commands.extend(command(line).map(|command| (command, true)));
        } else {
            prose.push_str(line);
            prose.push(' ');
        }
    }
    let code = prose.split('`').skip(1).step_by(2).filter(|code| code.starts_with("afterlab "));
    commands.extend(code.map(|code| (code.to_owned(), false)));
    commands
}

/// The command in a line of code.
fn command(line: &str) -> Option<String> {
    let mut line = line;
    while let Some(rest) = STARTS.iter().find_map(|start| line.strip_prefix(start)) {
        line = rest;
    }
    if let Some(inner) = line.strip_prefix("sh '").and_then(|rest| rest.strip_suffix('\'')) {
        line = inner;
    }
    let piped = line.split_once("| afterlab ").map(|(_, piped)| format!("afterlab {piped}"));
    piped.or_else(|| line.starts_with("afterlab ").then(|| line.to_owned()))
}

/// The words of a command as a shell cuts them, up to what ends it.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '|' | '>' | ';' | '&' | '`') => break,
            (None, '#') if word.is_none() => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word.filter(|_| quote.is_none()));
    words
}

#[test]
fn commands_in_documents_are_real() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let is_page = path.extension().is_some_and(|end| end == "md");
        for (command, is_whole) in commands(&text, is_page) {
            seen += 1;
            let Err(error) = Cli::command().try_get_matches_from(words(&command)) else { continue };
            let is_short = matches!(
                error.kind(),
                ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            );
            let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            if !is_help && (is_whole || !is_short) {
                wrong.push(format!("{}: {command}\n{error}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "only {seen} commands were found");
}

#[test]
fn commands_are_found_wherever_they_stand() {
    let page = "Say `afterlab\nscan --demo`.\n```console\n$ afterlab rules list \\\n    --rule 's3-*' > rules.txt\n```\nOr\n\
                ```yaml\n- run: afterlab policy check -- x\nterraform show | afterlab policy check -\n```\nafterlab reads.";
    let found: Vec<Vec<String>> = commands(page, true).iter().map(|(command, _)| words(command)).collect();
    let expected: [&[&str]; 4] = [
        &["afterlab", "rules", "list", "--rule", "s3-*"],
        &["afterlab", "policy", "check", "--", "x"],
        &["afterlab", "policy", "check", "-"],
        &["afterlab", "scan", "--demo"],
    ];
    assert_eq!(found, expected);
}
