//! Links of a page as the book needs them: those that lead to other folders of the repository lead to other folders of
//! the book, and what a page only names (rules, lints, notes) becomes a link.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::Rule;
use super::{FILES, FOLDERS, GUIDE};

/// Knows where in the book everything stands.
#[derive(Debug)]
pub(super) struct Linker {
    /// Pages of the book.
    pages: BTreeSet<String>,
    /// What is named in code, and the page and section about it.
    names: BTreeMap<String, String>,
}

/// A page with its links, and the files that it links to: place in the book, and in the repository.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) text: String,
    pub(super) files: BTreeMap<String, String>,
}

impl Linker {
    pub(super) fn new(rules: &[Rule], pages: BTreeSet<String>) -> Self {
        let mut names = BTreeMap::new();
        for rule in rules {
            if rule.class.is_some() {
                names.insert(rule.id.clone(), rule.path.clone());
            }
            for code in &rule.codes {
                names.insert(code.clone(), format!("{}#{}", rule.path, code.to_lowercase()));
            }
        }
        Self { pages, names }
    }

    /// The page at `path` of the book, which stands at `origin` in the repository.
    pub(super) fn page(&self, path: &str, origin: &str, text: &str) -> Result<Linked, String> {
        let mut linked = Linked { text: String::with_capacity(text.len()), files: BTreeMap::new() };
        let mut fence: Option<&str> = None;
        let mut in_session = false;
        for line in text.split_inclusive('\n') {
            let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
            let is_code = fence.is_some() || mark.is_some();
            if mark.is_some() {
                fence = if fence.is_none() { mark } else { fence.filter(|open| mark != Some(*open)) };
            }
            if line.trim_start().starts_with("```console") {
                in_session = true;
            } else if mark.is_some() {
                in_session = false;
            }
            if is_code {
                linked.text.push_str(&if in_session { as_seen(line) } else { line.to_owned() });
                continue;
            }
            let line = self.targets(path, origin, line, &mut linked.files)?;
            linked.text.push_str(&self.names(path, &line));
        }
        Ok(linked)
    }

    /// Every `](target)` of a line, as the book needs it.
    fn targets(
        &self,
        path: &str,
        origin: &str,
        line: &str,
        files: &mut BTreeMap<String, String>,
    ) -> Result<String, String> {
        let mut parts = line.split("](");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            out.push_str("](");
            let Some((link, rest)) = part.split_once(')') else {
                out.push_str(part);
                continue;
            };
            let (target, anchor) = link.split_once('#').map_or((link, None), |(target, anchor)| (target, Some(anchor)));
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") || target.contains(' ') {
                out.push_str(link);
            } else {
                let found =
                    resolved(origin, target).ok_or_else(|| format!("{origin}: {link} leaves the repository"))?;
                let place = self.place(&found, files).ok_or_else(|| {
                    format!("{origin}: {link} is a page that is not in the book; name it without a link")
                })?;
                out.push_str(&relative(path, &place));
                if let Some(anchor) = anchor {
                    out.push('#');
                    out.push_str(anchor);
                }
            }
            out.push(')');
            out.push_str(rest);
        }
        Ok(out)
    }

    /// Where a file of the repository stands in the book; none for a page that the book does not have.
    fn place(&self, found: &str, files: &mut BTreeMap<String, String>) -> Option<String> {
        let folders = [(GUIDE, "")].into_iter().chain(FOLDERS);
        let within = folders
            .filter_map(|(folder, place)| Some((found.strip_prefix(folder)?.strip_prefix('/')?, place)))
            .map(|(rest, place)| super::join(place, rest))
            .next();
        if let Some(page) = found.ends_with(".md").then_some(within.as_ref()) {
            return page.filter(|page| self.pages.contains(*page)).cloned();
        }
        if found.starts_with(GUIDE) {
            return within;
        }
        let place = within.unwrap_or_else(|| format!("{FILES}/{found}"));
        files.insert(place.clone(), found.to_owned());
        Some(place)
    }

    /// Code that names a rule, a lint or a note becomes a link, except in headings and in links.
    fn names(&self, path: &str, line: &str) -> String {
        if line.starts_with('#') || line.contains("``") {
            return line.to_owned();
        }
        let parts: Vec<&str> = line.split('`').collect();
        let last = parts.len() - 1;
        let mut out = String::with_capacity(line.len());
        for (at, part) in parts.iter().enumerate() {
            // Between the first tick and the second, the third and the fourth …; a tick that nothing closes is text.
            let is_code = at % 2 == 1 && at < last;
            let place = self.about(part).filter(|place| is_code && !place.starts_with(path) && !is_in_link(&out));
            match place {
                Some(place) => out.push_str(&format!("[`{part}`]({})", relative(path, &place))),
                None if is_code => out.push_str(&format!("`{part}`")),
                None if at % 2 == 1 => out.push_str(&format!("`{part}")),
                None => out.push_str(part),
            }
        }
        out
    }

    /// The page about what a piece of code names.
    fn about(&self, code: &str) -> Option<String> {
        if let Some(address) = code.strip_prefix("afterlab notes ") {
            let (page, anchor) = address.split_once('#').map_or((address, None), |(page, anchor)| (page, Some(anchor)));
            let page = format!("notes/{page}.md");
            let section = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
            return self.pages.contains(&page).then(|| page + &section);
        }
        let name = code.strip_prefix("afterlab explain ").unwrap_or(code);
        self.names.get(name).cloned()
    }
}

/// A line of a session as a reader wants it, without what is only for the test that runs it.
fn as_seen(line: &str) -> String {
    let line = line.replace("[..]", "…");
    match line.trim_end() {
        "..." => "…\n".to_owned(),
        "" => String::new(),
        code if code.starts_with("? ") => format!("(exit code {})\n", &code[2..]),
        _ => line,
    }
}

/// Whether what comes next stands within the text of a link.
fn is_in_link(before: &str) -> bool {
    before.rfind('[').is_some_and(|open| !before[open..].contains(']'))
}

/// The path to which `target` leads from the file `origin`; none if it leads out of the repository.
fn resolved(origin: &str, target: &str) -> Option<String> {
    let mut path: Vec<&str> = origin.split('/').collect();
    path.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

/// The way from the page `from` to `to`, both places in the book.
fn relative(from: &str, to: &str) -> String {
    let up = from.matches('/').count();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    match to.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) if !folder.is_empty() => rest.to_owned(),
        _ => "../".repeat(up) + to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linker() -> Linker {
        let rule = |path: &str, id: &str, codes: &[&str]| Rule {
            path: path.to_owned(),
            id: id.to_owned(),
            title: String::new(),
            class: codes.is_empty().then(|| ("low".to_owned(), "hygiene".to_owned())),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        };
        let rules = [rule("rules/s3-a.md", "s3-a", &[]), rule("rules/policy/action.md", "action", &["NO_ACTION"])];
        let pages = ["a.md", "notes/s3.md", "rules/s3-a.md", "rules/policy/action.md"].map(str::to_owned);
        Linker::new(&rules, pages.into())
    }

    fn linked(path: &str, origin: &str, text: &str) -> Linked {
        linker().page(path, origin, text).expect("a page")
    }

    #[test]
    fn links_into_the_repository_lead_into_the_book() {
        let page =
            linked("a.md", "docs/guide/src/a.md", "[n](../../notes/s3.md#x), [r](../../rules/s3-a.md), [b](#c)\n");
        assert_eq!(page.text, "[n](notes/s3.md#x), [r](rules/s3-a.md), [b](#c)\n");
        let page = linked("notes/s3.md", "docs/notes/s3.md", "[r](../rules/s3-a.md) [w](https://a.b/c)");
        assert_eq!(page.text, "[r](../rules/s3-a.md) [w](https://a.b/c)");
    }

    #[test]
    fn files_come_along_and_other_pages_are_refused() {
        let page = linked("a.md", "docs/guide/src/a.md", "[p](../../../policies/scan.json) ![i](images/x.png)");
        assert_eq!(page.text, "[p](files/policies/scan.json) ![i](images/x.png)");
        assert_eq!(
            page.files,
            BTreeMap::from([("files/policies/scan.json".to_owned(), "policies/scan.json".to_owned())])
        );
        for link in ["../../../README.md", "b.md", "../../../../x"] {
            assert!(linker().page("a.md", "docs/guide/src/a.md", &format!("[x]({link})")).is_err(), "{link}");
        }
    }

    #[test]
    fn names_become_links() {
        let cases = [
            ("`s3-a` and `s3-b`", "[`s3-a`](rules/s3-a.md) and `s3-b`"),
            ("`afterlab explain s3-a`", "[`afterlab explain s3-a`](rules/s3-a.md)"),
            ("| `NO_ACTION` |", "| [`NO_ACTION`](rules/policy/action.md#no_action) |"),
            ("`afterlab notes s3#x`.", "[`afterlab notes s3#x`](notes/s3.md#x)."),
            ("[`s3-a`](../../rules/s3-a.md)", "[`s3-a`](rules/s3-a.md)"),
            ("[x] `s3-a`", "[x] [`s3-a`](rules/s3-a.md)"),
            ("a tick ` and `s3-a", "a tick ` and `s3-a"),
            ("## `s3-a`", "## `s3-a`"),
            ("```\n`s3-a`\n```\n`s3-a`", "```\n`s3-a`\n```\n[`s3-a`](rules/s3-a.md)"),
        ];
        for (text, wanted) in cases {
            assert_eq!(linked("a.md", "docs/guide/src/a.md", text).text, wanted);
        }
    }

    #[test]
    fn sessions_lose_the_marks_of_their_test() {
        let text = "```console\n$ afterlab scan\n? 1\n...\n$1 a month[..]\n\n```\n```sh\n...\n```\n";
        let seen = "```console\n$ afterlab scan\n(exit code 1)\n…\n$1 a month…\n```\n```sh\n...\n```\n";
        assert_eq!(linked("a.md", "docs/guide/src/a.md", text).text, seen);
    }

    #[test]
    fn a_page_does_not_link_to_itself() {
        assert_eq!(linked("rules/s3-a.md", "docs/rules/s3-a.md", "`s3-a`").text, "`s3-a`");
        let page = linked("rules/policy/action.md", "docs/rules/policy/action.md", "`afterlab notes s3` `s3-a`");
        assert_eq!(page.text, "[`afterlab notes s3`](../../notes/s3.md) [`s3-a`](../../rules/s3-a.md)");
    }
}
