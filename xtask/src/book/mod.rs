//! The guide as a book: the pages of `docs/guide`, the notes and the pages of the rules, put together outside of the
//! clone, built by mdBook, and every link in the result followed.

mod check;
mod links;
mod rules;
mod summary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use links::Linker;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The guide's own pages, of the repository.
const GUIDE: &str = "docs/guide/src";
/// Folders of the repository that become folders of the book.
const FOLDERS: [(&str, &str); 2] = [("docs/notes", "notes"), ("docs/rules", "rules")];
/// Where a file of the repository goes to that a page links to and that is none of the book's pages.
const FILES: &str = "files";

/// `book [FOLDER]`: the folder of the finished book, `target/guide` without one.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<String, String> {
    let target = match arguments.next() {
        Some(folder) => PathBuf::from(folder),
        None => target_folder().join("guide"),
    };
    let sources = target.with_extension("src");
    let pages = assemble(&sources)?;
    build(&sources, &target)?;
    let checked = check::site(&target)?;
    Ok(format!("{pages} pages, {} links; {}", checked.links, target.join("index.html").display()))
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| Path::new(ROOT).join("target"), PathBuf::from)
}

/// Puts the sources of the book together; how many pages it has.
fn assemble(sources: &Path) -> Result<usize, String> {
    let src = sources.join("src");
    clear(sources)?;
    let mut pages = read_pages()?;
    let rules = rules::read(&pages)?;
    let linker = Linker::new(&rules, pages.keys().cloned().collect());
    let mut files = BTreeMap::new();
    for (path, page) in &mut pages {
        let linked = linker.page(path, &page.origin, &page.text)?;
        page.text = linked.text;
        files.extend(linked.files);
    }
    let summary = summary::write(&pages, &rules)?;
    pages.insert("SUMMARY.md".to_owned(), Page { origin: String::new(), text: summary });
    for (path, text) in rules::indexes(&rules) {
        pages.insert(path, Page { origin: String::new(), text });
    }
    for (path, page) in &pages {
        write(&src.join(path), page.text.as_bytes())?;
    }
    for (to, from) in files.into_iter().chain(pictures()?) {
        let path = Path::new(ROOT).join(&from);
        write(&src.join(to), &fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?)?;
    }
    for name in ["book.toml", "theme.css"] {
        let path = Path::new(ROOT).join("docs/guide").join(name);
        write(&sources.join(name), &fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?)?;
    }
    Ok(pages.len() - 1)
}

/// A page: where it stands in the repository, and its text.
#[derive(Debug)]
struct Page {
    origin: String,
    text: String,
}

/// All pages by their place in the book.
type Pages = BTreeMap<String, Page>;

fn read_pages() -> Result<Pages, String> {
    let mut pages = Pages::new();
    for (folder, place) in [(GUIDE, "")].into_iter().chain(FOLDERS) {
        for file in files_of(&Path::new(ROOT).join(folder))?.into_iter().filter(|file| file.ends_with(".md")) {
            let origin = format!("{folder}/{file}");
            let text = fs::read_to_string(Path::new(ROOT).join(&origin)).map_err(|e| format!("{origin}: {e}"))?;
            pages.insert(join(place, &file), Page { origin, text });
        }
    }
    Ok(pages)
}

/// What the guide has besides pages: its place in the book, and in the repository.
fn pictures() -> Result<Vec<(String, String)>, String> {
    let files = files_of(&Path::new(ROOT).join(GUIDE))?;
    Ok(files
        .into_iter()
        .filter(|file| !file.ends_with(".md"))
        .map(|file| (file.clone(), format!("{GUIDE}/{file}")))
        .collect())
}

/// All files of a folder, with slashes, from there on, sorted.
fn files_of(folder: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        let path = folder.join(&inner);
        for entry in fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))? {
            let name = inner.join(entry.map_err(|error| error.to_string())?.file_name());
            if folder.join(&name).is_dir() {
                open.push(name);
            } else {
                found.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn join(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// Removes what an earlier run left.
fn clear(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}

fn build(sources: &Path, target: &Path) -> Result<(), String> {
    clear(target)?;
    let to = std::path::absolute(target).map_err(|error| format!("{}: {error}", target.display()))?;
    let done = Command::new("mdbook").arg("build").arg(sources).arg("--dest-dir").arg(to).status();
    match done {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("mdbook ended with {status}; its sources are in {}", sources.display())),
        Err(error) => Err(format!("mdbook could not be run ({error}): `.ci/run` names the version to install")),
    }
}
