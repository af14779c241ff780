//! What the pages of rules and lints say of themselves, and the pages that list them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Pages;

/// A rule, or a family of lints, as its page names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The page in the book: `rules/s3-bucket-untagged.md`.
    pub(super) path: String,
    /// The rule's id or the family's name.
    pub(super) id: String,
    /// What is wrong; of a family its first sentence.
    pub(super) title: String,
    /// Severity and kind, in this order; none of a family.
    pub(super) class: Option<(String, String)>,
    /// Codes of lints, if it is a family.
    pub(super) codes: Vec<String>,
}

impl Rule {
    /// The part of the list that it stands in: the service, or all families of lints.
    pub(super) fn group(&self) -> &str {
        match self.class {
            Some(_) => self.id.split('-').next().unwrap_or(&self.id),
            None => POLICY,
        }
    }
}

/// The group of lints.
const POLICY: &str = "policy";
/// The group of what is too little for one of its own, and from how many rules a service has one.
const OTHERS: &str = "others";
const OWN_FROM: usize = 4;

/// All pages of rules, in the order of the book. A page that has not the form that the generator of `docs/rules` gives
/// it is an error, so that none is lost.
pub(super) fn read(pages: &Pages) -> Result<Vec<Rule>, String> {
    let of_rules = pages.iter().filter(|(path, _)| path.starts_with("rules/"));
    of_rules
        .map(|(path, page)| {
            let is_family = path.starts_with("rules/policy/");
            let rule = if is_family { family(path, &page.text) } else { rule(path, &page.text) };
            rule.ok_or_else(|| format!("{}: this is not the page of a rule or of lints", page.origin))
        })
        .collect()
}

/// `# id`, then `**Title.** Severity S, kind K, confidence C.`
fn rule(path: &str, text: &str) -> Option<Rule> {
    let id = text.lines().next()?.strip_prefix("# ")?;
    let line = text.lines().find_map(|line| line.strip_prefix("**"))?;
    let (title, rest) = line.split_once(".** Severity ")?;
    let (severity, rest) = rest.split_once(", kind ")?;
    let (kind, _) = rest.split_once(',')?;
    Some(Rule {
        path: path.to_owned(),
        id: id.to_owned(),
        title: title.to_owned(),
        class: Some((severity.to_owned(), kind.to_owned())),
        codes: Vec::new(),
    })
}

/// `# name`, a section *What it finds*, and a heading for each code.
fn family(path: &str, text: &str) -> Option<Rule> {
    let id = text.lines().next()?.strip_prefix("# ")?;
    let (_, finds) = text.split_once("## What it finds\n")?;
    let paragraph = finds.trim_start().split("\n\n").next()?.replace('\n', " ");
    let title = paragraph.split_once(". ").map_or(paragraph.as_str(), |(sentence, _)| sentence);
    let codes: Vec<String> = text.lines().filter_map(|line| line.strip_prefix("### ")).map(str::to_owned).collect();
    (!codes.is_empty()).then(|| Rule {
        path: path.to_owned(),
        id: id.to_owned(),
        title: title.trim_end_matches('.').to_owned(),
        class: None,
        codes,
    })
}

/// Rules by group: services by name, small ones together after them, lints last.
pub(super) fn groups(rules: &[Rule]) -> Vec<(&str, Vec<&Rule>)> {
    let mut groups: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        groups.entry(rule.group()).or_default().push(rule);
    }
    let lints = groups.remove(POLICY);
    let (large, small): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(_, rules)| rules.len() >= OWN_FROM);
    let small: Vec<&Rule> = small.into_iter().flat_map(|(_, rules)| rules).collect();
    let rest = [(OTHERS, small), (POLICY, lints.unwrap_or_default())];
    large.into_iter().chain(rest.into_iter().filter(|(_, rules)| !rules.is_empty())).collect()
}

/// The page that lists all. Lists have a folder of their own, since they are searched and the pages of rules, whose
/// examples would make the index of the search several times as large, are not (`book.toml`).
pub(super) const ALL: &str = "lists/rules.md";

/// The page that lists a group.
pub(super) fn index_of(group: &str) -> String {
    format!("lists/{group}.md")
}

/// What a group is called in the book.
pub(super) fn title_of(group: &str) -> String {
    match group {
        POLICY => "Lints of policies".to_owned(),
        OTHERS => "Other services".to_owned(),
        service => service.to_owned(),
    }
}

/// The pages that list rules: one of all, and one a group.
pub(super) fn indexes(rules: &[Rule]) -> Vec<(String, String)> {
    let mut all =
        "# All rules\n\nEach page says what the rule finds, why it matters, how to fix it, what it reads, and \
                   shows accounts that break it and that do not: as `afterlab explain RULE` does.\n\n\
                   | of | rules | |\n|---|---|---|\n"
            .to_owned();
    let mut pages = Vec::new();
    for (group, rules) in groups(rules) {
        let (name, page) = (title_of(group), index_of(group));
        let file = page.trim_start_matches("lists/");
        let links: Vec<String> = rules.iter().map(|rule| link(rule)).collect();
        let _ = writeln!(all, "| [{name}]({file}) | {} | {} |", rules.len(), links.join(", "));
        pages.push((page, list(&name, &rules)));
    }
    pages.push((ALL.to_owned(), all));
    pages
}

fn list(name: &str, rules: &[&Rule]) -> String {
    let mut text = format!("# {name}\n\n| rule | what is wrong | severity | kind |\n|---|---|---|---|\n");
    for rule in rules {
        let (severity, kind) = rule.class.as_ref().map_or(("", "policy"), |(severity, kind)| (severity, kind));
        let _ = writeln!(text, "| {} | {} | {severity} | {kind} |", link(rule), rule.title.replace('|', "\\|"));
    }
    text
}

fn link(rule: &Rule) -> String {
    format!("[{}](../{})", rule.id, rule.path)
}

#[cfg(test)]
mod tests {
    use super::super::Page;
    use super::*;

    const PAGE: &str = "# s3-a\n\n**Open to all.** Severity high, kind security, confidence high.\n";
    const FAMILY: &str = "# action\n\n## What it finds\n\nAn action that\nis none. More.\n\n### INVALID_ACTION\n";

    fn pages(path: &str, text: &str) -> Pages {
        Pages::from([(path.to_owned(), Page { origin: path.to_owned(), text: text.to_owned() })])
    }

    #[test]
    fn pages_say_what_they_are() {
        let rules = read(&pages("rules/s3-a.md", PAGE)).expect("a rule");
        assert_eq!((rules[0].title.as_str(), rules[0].group()), ("Open to all", "s3"));
        let rules = read(&pages("rules/policy/action.md", FAMILY)).expect("a family");
        assert_eq!((rules[0].title.as_str(), rules[0].group()), ("An action that is none", POLICY));
        assert_eq!(rules[0].codes, ["INVALID_ACTION"]);
    }

    #[test]
    fn a_page_of_another_form_is_an_error() {
        assert!(read(&pages("rules/s3-a.md", "# s3-a\n")).is_err());
        assert!(read(&pages("rules/policy/a.md", PAGE)).is_err());
    }

    #[test]
    fn every_rule_is_listed_with_lints_last() {
        let mut all = pages("rules/s3-a.md", PAGE);
        all.extend(pages("rules/policy/action.md", FAMILY));
        for name in ["a", "b", "c", "d"] {
            all.extend(pages(&format!("rules/zz-{name}.md"), &PAGE.replace("s3-a", &format!("zz-{name}"))));
        }
        let rules = read(&all).expect("rules");
        let pages = indexes(&rules);
        let names: Vec<&str> = pages.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(names, ["lists/zz.md", "lists/others.md", "lists/policy.md", ALL]);
        assert!(pages[1].1.contains("| [s3-a](../rules/s3-a.md) | Open to all | high | security |"));
    }
}
