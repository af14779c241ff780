//! A page of the notes, cut into its sections.

/// How the first line of a section begins that nothing in an account can show.
const NOT_AUDITABLE: &str = "> Not auditable:";

/// A page of the notes.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its file name without the ending: `s3`.
    pub name: &'static str,
    /// Its first heading.
    pub title: &'static str,
    /// What stands before the first section.
    pub intro: &'static str,
    /// Its sections, in their order.
    pub sections: Vec<Section>,
}

/// A section of a page.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its place within the page, made of the heading as mdBook makes it: `bucket-naming`.
    pub anchor: String,
    /// Its heading.
    pub title: &'static str,
    /// Its Markdown, without the heading.
    pub body: &'static str,
}

impl Section {
    /// Whether it says that nothing in an account can show what it tells.
    #[must_use]
    pub fn is_not_auditable(&self) -> bool {
        self.body.trim_start().starts_with(NOT_AUDITABLE)
    }
}

impl Page {
    /// Cuts a page at its `## ` headings; a line within a code block is no heading.
    #[must_use]
    pub fn parse(name: &'static str, text: &'static str) -> Self {
        let mut starts = Vec::new();
        let (mut offset, mut in_code) = (0, false);
        for line in text.split_inclusive('\n') {
            in_code ^= line.starts_with("```");
            if !in_code && line.starts_with("## ") {
                starts.push(offset);
            }
            offset += line.len();
        }
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let sections = starts.iter().zip(ends).map(|(start, end)| Section::parse(&text[*start..end])).collect();
        let head = &text[..starts.first().copied().unwrap_or(text.len())];
        let (title, intro) = head.split_once('\n').unwrap_or((head, ""));
        Self { name, title: title.trim_start_matches("# ").trim(), intro: intro.trim(), sections }
    }

    /// The section with this anchor.
    #[must_use]
    pub fn section(&self, anchor: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.anchor == anchor)
    }
}

impl Section {
    fn parse(text: &'static str) -> Self {
        let (heading, body) = text.split_once('\n').unwrap_or((text, ""));
        let title = heading.trim_start_matches("## ").trim();
        Self { anchor: slug(title), title, body: body.trim() }
    }
}

/// The anchor of a heading, as mdBook and GitHub make it.
fn slug(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_at_its_headings() {
        let page =
            Page::parse("p", "# Title\n\nIntro.\n\n## One thing\nText\n```sh\n## no heading\n```\n## Two: more\nEnd\n");
        assert_eq!((page.title, page.intro), ("Title", "Intro."));
        let anchors: Vec<_> = page.sections.iter().map(|s| s.anchor.as_str()).collect();
        assert_eq!(anchors, ["one-thing", "two-more"]);
        assert!(page.sections[0].body.contains("## no heading"));
    }
}
