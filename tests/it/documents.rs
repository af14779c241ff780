//! What the documents show is what the binary does. `AFTERLAB_UPDATE=1 cargo test --test it documents` renews them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use afterlab::rule::{Check, Rule, docs, registry};
use afterlab::{lint, pack};
use textwrap::WordSplitter::NoHyphenation;

use crate::support::{Run, afterlab};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with what it should hold, or writes it when asked to.
pub fn assert_file(path: &Path, content: &str) {
    if std::env::var_os("AFTERLAB_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(path, content).expect("the file");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    let shown = path.strip_prefix(root()).unwrap_or(path).display();
    assert!(found == content, "{shown} is old: run `AFTERLAB_UPDATE=1 cargo test --test it documents`");
}

/// What a terminal shows of a command and of so many lines of its answer, as a picture.
pub fn picture(args: &[&str], lines: usize) -> String {
    let mut command = afterlab(args);
    command.env("CLICOLOR_FORCE", "1");
    let run = Run::of(command);
    assert!(run.stderr.is_empty(), "{args:?}: {}", run.stderr);
    let mut text = format!("$ afterlab {}\n", args.join(" "));
    run.stdout.lines().take(lines).for_each(|line| wrap(line, &mut text));
    if run.stdout.lines().count() > lines {
        text.push_str("…\n");
    }
    // Of the colours that a terminal has by default, these are too dark to be read on black.
    let svg = anstyle_svg::Term::new().render_svg(&text);
    [
        ("#AA0000", "#FF6B6B"),
        ("#0000AA", "#6CA8FF"),
        ("#AA00AA", "#E58CFF"),
        ("#AAAAAA", "#D8D8D8"),
        ("#000000", "#12161C"),
        ("opacity: 0.4", "opacity: 0.7"),
    ]
    .iter()
    .fold(svg, |svg, (dark, light)| svg.replace(dark, light))
}

/// Breaks a line where a terminal of 100 columns does, colours and links not counted.
fn wrap(line: &str, out: &mut String) {
    let (mut column, mut in_escape) = (0, false);
    for c in line.chars() {
        if c == '\u{1b}' {
            in_escape = true;
        } else if in_escape {
            in_escape = c != 'm';
        } else if column == 100 {
            out.push('\n');
            column = 1;
        } else {
            column += 1;
        }
        out.push(c);
    }
    out.push('\n');
}

#[test]
fn the_picture_in_the_readme_is_real_output() {
    let svg = picture(&["scan", "--demo", "--severity", "critical"], usize::MAX);
    assert_file(&root().join("docs/demo.svg"), &svg);
}

#[test]
fn every_rule_has_its_page() {
    let folder = root().join("docs/rules");
    for rule in registry::all() {
        assert_file(&folder.join(format!("{}.md", rule.id)), &docs::markdown(rule));
    }
    assert_eq!(markdown_files(&folder), registry::all().count(), "docs/rules has a page of a rule that is gone");
}

#[test]
fn every_family_of_lints_has_its_page() {
    let folder = root().join("docs/rules/policy");
    for family in lint::registry::families() {
        assert_file(&folder.join(format!("{}.md", family.name)), &lint::docs::markdown(family));
    }
    let families = lint::registry::families().count();
    assert_eq!(markdown_files(&folder), families, "docs/rules/policy has a page of a family that is gone");
}

fn markdown_files(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).expect("a folder").flatten();
    files.filter(|file| file.path().extension().is_some_and(|end| end == "md")).count()
}

/// From so many rules on a service is named in the README.
const NAMED_FROM: usize = 4;

/// How many rules there are, by kind and service.
fn rule_counts() -> String {
    let service = |rule: &Rule| match &rule.check {
        Check::Pack(logic) => logic.kind.pack,
        _ => rule.id.split('-').next().unwrap_or(rule.id),
    };
    let (mut by_kind, mut by_service) = (BTreeMap::new(), BTreeMap::new());
    for rule in registry::all() {
        *by_kind.entry(rule.kind.to_string()).or_insert(0) += 1;
        *by_service.entry(service(rule)).or_insert(0) += 1;
    }
    let shown = |counts: Vec<(String, usize)>| {
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    let mut services: Vec<(String, usize)> =
        by_service.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    services.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let number = services.len();
    let others = services.split_off(services.partition_point(|(_, count)| *count >= NAMED_FROM));
    let lints: usize = lint::registry::families().map(|family| family.lints.len()).sum();
    format!(
        "{} rules of accounts and {lints} lints of policies. By kind: {}. By service: {}, {} others (of {number}) {}.",
        registry::all().count(),
        shown(by_kind.into_iter().collect()),
        shown(services),
        others.len(),
        others.iter().map(|(_, count)| count).sum::<usize>()
    )
}

#[test]
fn the_readme_counts_the_rules() {
    let path = root().join("README.md");
    let text = std::fs::read_to_string(&path).expect("the README");
    let (before, rest) = text.split_once("<!-- rules -->\n").expect("the mark where the rules are counted");
    let (_, after) = rest.split_once("<!-- /rules -->").expect("the mark where that ends");
    let counts = textwrap::fill(&rule_counts(), textwrap::Options::new(120).word_splitter(NoHyphenation));
    assert_file(&path, &format!("{before}<!-- rules -->\n{counts}\n<!-- /rules -->{after}"));
}

#[test]
fn the_guide_names_all_that_expressions_have() {
    let guide = std::fs::read_to_string(root().join("docs/guide/src/packs.md")).expect("the guide");
    for (form, _) in pack::FUNCTIONS {
        let name = form.split('(').next().expect("a name");
        assert!(guide.contains(&format!("`{name}(")), "the guide lacks {form}");
    }
    for member in pack::CORE_TYPES.iter().flat_map(|kind| kind.members) {
        assert!(guide.contains(&format!("`{}`", member.name)), "the guide lacks {}", member.name);
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for page in pages(root()) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let inside = !target.is_empty() && !target.contains("://") && !target.contains(' ');
            if inside && !page.parent().expect("a folder").join(target).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// All Markdown files of the project.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let skipped = |name: &str| name.starts_with('.') || matches!(name, "target" | "node_modules");
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries
        .filter(|entry| !skipped(&entry.file_name().to_string_lossy()))
        .flat_map(|entry| {
            let path = entry.path();
            match (path.is_dir(), path.extension().is_some_and(|extension| extension == "md")) {
                (true, _) => pages(&path),
                (false, true) => vec![path],
                (false, false) => Vec::new(),
            }
        })
        .collect()
}
