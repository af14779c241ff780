//! The notes hold together: with the rules, with the course, and with what the course promised.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use afterlab::notes::coverage::{section_name, topics};
use afterlab::rule::registry;

use crate::documents::{assert_file, root};

/// Columns that a line of a page has at most.
const WIDTH: usize = 100;

fn folder() -> PathBuf {
    root().join("docs/notes")
}

fn rules_of(note: &str) -> Vec<&'static str> {
    registry::all().filter(|rule| rule.note == note).map(|rule| rule.id).collect()
}

/// `> Rules: …`, wrapped.
fn rules_line(rules: &[&str]) -> String {
    let word = if rules.len() == 1 { "Rule:" } else { "Rules:" };
    let mut lines = vec![format!("> {word}")];
    for (at, rule) in rules.iter().enumerate() {
        let end = if at + 1 == rules.len() { "." } else { "," };
        let next = format!("`{rule}`{end}");
        match lines.last_mut() {
            Some(line) if line.len() + 1 + next.len() <= WIDTH => *line = format!("{line} {next}"),
            _ => lines.push(format!("> {next}")),
        }
    }
    lines.join("\n") + "\n"
}

/// A page with the rules of each section on its first lines.
fn with_rules(page: &str, text: &str) -> String {
    let parsed = afterlab::notes::page(page).expect("a page");
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    let mut in_code = false;
    while let Some(line) = lines.next() {
        in_code ^= line.starts_with("```");
        let _ = writeln!(out, "{line}");
        let Some(title) = line.strip_prefix("## ").filter(|_| !in_code) else { continue };
        let section = parsed.sections.iter().find(|section| section.title == title.trim()).expect("a section");
        while lines.next_if(|line| line.is_empty()).is_some() {}
        if lines.peek().is_some_and(|line| line.starts_with("> Rule")) {
            while lines.next_if(|line| line.starts_with('>')).is_some() {}
            while lines.next_if(|line| line.is_empty()).is_some() {}
        }
        let rules = rules_of(&format!("{page}#{}", section.anchor));
        out.push('\n');
        if !rules.is_empty() {
            let _ = writeln!(out, "{}", rules_line(&rules));
        }
    }
    out
}

#[test]
fn every_section_names_the_rules_that_show_it() {
    for page in afterlab::notes::pages() {
        let path = folder().join(format!("{}.md", page.name));
        let text = std::fs::read_to_string(&path).expect("a page");
        assert_file(&path, &with_rules(page.name, &text));
    }
}

#[test]
fn the_table_of_the_course_is_that_of_this_build() {
    let mut table = "# The course, topic by topic\n\nMade by `AFTERLAB_UPDATE=1 cargo test --test it notes` of \
                     [coverage.tsv](coverage.tsv): where each topic of the course stands in the notes, and which rules \
                     show it in an account.\n"
        .to_owned();
    let mut section = 0;
    for topic in topics() {
        if topic.section != section {
            section = topic.section;
            let _ = write!(
                table,
                "\n## Section {section}: {}\n\n| Topic | Notes | Rules |\n| --- | --- | --- |\n",
                section_name(section)
            );
        }
        let notes = topic.notes.iter().map(|note| format!("[{note}]({})", note.replacen('#', ".md#", 1)));
        let rules: BTreeSet<&str> = topic.notes.iter().flat_map(|note| rules_of(note)).collect();
        let rules = rules.iter().map(|id| format!("[{id}](../rules/{id}.md)")).collect::<Vec<_>>().join(", ");
        let notes = notes.collect::<Vec<_>>().join(", ");
        let _ = writeln!(table, "| {} | {notes} | {rules} |", topic.title);
    }
    let aliases = registry::aliases();
    table.push_str("\n## Rules that are called otherwise here\n\n| Called | Here | Why |\n| --- | --- | --- |\n");
    for alias in aliases {
        let _ = writeln!(table, "| `{}` | [{}](../rules/{}.md) | {} |", alias.name, alias.id, alias.id, alias.reason);
    }
    assert_file(&folder().join("COVERAGE.md"), &table);
}

/// The folder of the course, which is not part of the project: `AFTERLAB_COURSE`.
fn course(file: &str) -> String {
    let folder = std::env::var_os("AFTERLAB_COURSE").expect("AFTERLAB_COURSE names the folder of the course");
    std::fs::read_to_string(Path::new(&folder).join(file)).expect(file)
}

fn words(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '\'';
    text.to_lowercase().split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
#[ignore = "needs the course's text: AFTERLAB_COURSE=FOLDER"]
fn no_sentence_of_the_course_is_copied() {
    const RUN: usize = 12;
    let theirs = words(&course("notes/course-notes.md"));
    let theirs: HashSet<&[String]> = theirs.windows(RUN).collect();
    for page in std::fs::read_dir(folder()).expect("the notes").flatten() {
        let ours = words(&std::fs::read_to_string(page.path()).expect("a page"));
        let copied = ours.windows(RUN).find(|run| theirs.contains(run));
        assert!(copied.is_none(), "{:?}: {copied:?}", page.file_name());
    }
}

#[test]
#[ignore = "needs the course's promises: AFTERLAB_COURSE=FOLDER"]
fn every_promised_rule_is_there() {
    let promises = course("design/COVERAGE.md");
    let rows = promises.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(2));
    let code = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let is_id = |text: &&str| {
        text.contains('-')
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let mut missing: Vec<&str> = code.filter(is_id).filter(|id| registry::find(id).is_none()).collect();
    missing.sort_unstable();
    assert!(missing.is_empty(), "{} are missing:\n{}", missing.len(), missing.join("\n"));
}
