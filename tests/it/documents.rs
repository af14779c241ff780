//! What the documents show is what the binary does. `AFTERLAB_UPDATE=1 cargo test --test it documents` renews them.

use std::path::{Path, PathBuf};

use afterlab::lint;
use afterlab::rule::{docs, registry};

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

#[test]
fn the_picture_in_the_readme_is_real_output() {
    let mut command = afterlab(&["scan", "--demo", "--severity", "critical"]);
    command.env("CLICOLOR_FORCE", "1");
    let run = Run::of(command);
    let text = format!("$ afterlab scan --demo --severity critical\n{}", run.stdout);
    assert_file(&root().join("docs/demo.svg"), &anstyle_svg::Term::new().render_svg(&text));
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
