//! Follows every link of the finished book: files exist, and sections do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::files_of;

/// What was followed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// How many links lead to another place in the book.
    pub(super) links: usize,
}

/// Checks all pages of a folder; the error lists every link that leads nowhere.
pub(super) fn site(folder: &Path) -> Result<Checked, String> {
    let files = files_of(folder)?;
    let mut pages = BTreeMap::new();
    for file in files.iter().filter(|file| file.ends_with(".html")) {
        let path = folder.join(file);
        let html = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        pages.insert(file.clone(), html);
    }
    follow(&files.into_iter().collect(), &pages)
}

fn follow(files: &BTreeSet<String>, pages: &BTreeMap<String, String>) -> Result<Checked, String> {
    let anchors: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|(page, html)| (page.as_str(), attributes(html, "id").collect())).collect();
    let mut links = 0;
    let mut broken = BTreeSet::new();
    for (page, html) in pages {
        for link in attributes(html, "href").chain(attributes(html, "src")) {
            let Some((file, anchor)) = target(page, &link) else { continue };
            links += 1;
            if !files.contains(&file) {
                broken.insert(format!("{page}: {link} does not exist"));
            } else if let (Some(anchor), Some(known)) = (anchor, anchors.get(file.as_str()))
                && !known.contains(&anchor)
            {
                broken.insert(format!("{page}: {link}: there is no such section"));
            }
        }
    }
    if broken.is_empty() {
        return Ok(Checked { links });
    }
    Err(broken.into_iter().collect::<Vec<_>>().join("\n"))
}

/// The values of an attribute, unescaped. mdBook writes them between double quotes, and escapes quotes in texts.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = String> + use<'a> {
    let start = format!(" {name}=\"");
    let values: Vec<&str> = html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    values.into_iter().map(|value| value.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\""))
}

/// The file within the book to which a link leads, and the section; none if it leads out of it.
fn target(page: &str, link: &str) -> Option<(String, Option<String>)> {
    let is_outside =
        link.contains("://") || ["mailto:", "data:", "javascript:"].iter().any(|own| link.starts_with(own));
    if is_outside {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor.to_owned())));
    let path = path.split('?').next().unwrap_or_default();
    let anchor = anchor.filter(|anchor| !anchor.is_empty());
    if path.is_empty() {
        return Some((page.to_owned(), anchor));
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    // The root, which the page for what is not found names as the base of its links.
    let file = if parts.is_empty() { "index.html".to_owned() } else { parts.join("/") };
    Some((file, anchor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pages: &[(&str, &str)]) -> Result<Checked, String> {
        let pages: BTreeMap<String, String> =
            pages.iter().map(|(page, html)| ((*page).to_owned(), (*html).to_owned())).collect();
        let files = pages.keys().cloned().chain(["files/a.json", "index.html"].map(str::to_owned)).collect();
        follow(&files, &pages)
    }

    #[test]
    fn links_that_lead_somewhere_are_counted() {
        let a = r##"<a href="b/c.html#here">x</a> <a href="#top" id="top">y</a> <a href="files/a.json">z</a>
                    <a href="https://aws.amazon.com/nowhere">w</a> <base href="/">"##;
        let c = r#"<h2 id="here">h</h2> <a href="../a.html#top">x</a>"#;
        assert_eq!(check(&[("a.html", a), ("b/c.html", c)]), Ok(Checked { links: 5 }));
    }

    #[test]
    fn links_that_lead_nowhere_are_named() {
        let html = r##"<a href="c.html">x</a> <a href="#gone">y</a> <img src="no.png">"##;
        let error = check(&[("a.html", html)]).expect_err("three broken links");
        assert_eq!(error.lines().count(), 3, "{error}");
        assert!(error.contains("a.html: c.html does not exist") && error.contains("#gone: there is no such section"));
    }
}
