//! Markdown to HTML that is safe in a page: HTML within it stays text, and links lead only where they are let.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// Where a link leads.
pub(super) enum Target {
    /// To an address on the web or within the page.
    Url(String),
    /// To a note that the page does not have: its address for `afterlab notes`.
    Note(String),
    /// Nowhere: only its text stays.
    None,
}

/// Renders Markdown. Headings go down by so many levels, and `target` says where each link leads.
pub(super) fn html(markdown: &str, down: usize, target: impl Fn(&str) -> Target) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut links = Vec::new();
    let events = Parser::new_ext(markdown, options).flat_map(|event| safe(event, down, &target, &mut links));
    let mut text = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut text, events.collect::<Vec<_>>().into_iter());
    text
}

const TABLE: &str = r#"<div class="scroll" role="group" aria-label="Table" tabindex="0">"#;

fn safe<'a>(
    event: Event<'a>,
    down: usize,
    target: &impl Fn(&str) -> Target,
    links: &mut Vec<Target>,
) -> Vec<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        // A picture would be loaded from somewhere; its text stays.
        Event::Start(Tag::HtmlBlock | Tag::Image { .. }) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => Vec::new(),
        Event::Start(Tag::Heading { level, .. }) => {
            let level = lower(level, down);
            vec![Event::Start(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() })]
        }
        Event::End(TagEnd::Heading(level)) => vec![Event::End(TagEnd::Heading(lower(level, down)))],
        Event::Start(Tag::Table(columns)) => vec![Event::Html(TABLE.into()), Event::Start(Tag::Table(columns))],
        Event::End(TagEnd::Table) => vec![Event::End(TagEnd::Table), Event::Html("</div>".into())],
        Event::Start(Tag::Link { dest_url, .. }) => {
            let target = target(&dest_url);
            let start = start_of(&target);
            links.push(target);
            start
        }
        Event::End(TagEnd::Link) => end_of(links.pop()),
        other => vec![other],
    }
}

fn lower(level: HeadingLevel, down: usize) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + down).unwrap_or(HeadingLevel::H6)
}

fn start_of<'a>(target: &Target) -> Vec<Event<'a>> {
    let Target::Url(url) = target else { return Vec::new() };
    let dest_url = CowStr::from(url.clone());
    vec![Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title: "".into(), id: "".into() })]
}

fn end_of<'a>(target: Option<Target>) -> Vec<Event<'a>> {
    match target {
        Some(Target::Url(_)) => vec![Event::End(TagEnd::Link)],
        Some(Target::Note(address)) => {
            vec![
                Event::Text(" (".into()),
                Event::Code(format!("afterlab notes {address}").into()),
                Event::Text(")".into()),
            ]
        }
        Some(Target::None) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(markdown: &str) -> String {
        html(markdown, 2, |url| match url {
            "#here" => Target::Note("s3#here".to_owned()),
            url if url.starts_with("https://") => Target::Url(url.to_owned()),
            _ => Target::None,
        })
    }

    #[test]
    fn html_within_stays_text() {
        assert_eq!(render("a <b>c</b>"), "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n");
        let block = render("<script>alert(1)</script>\n");
        assert!(!block.contains("<script") && block.contains("&lt;script&gt;"), "{block}");
        assert_eq!(render("![x](https://example.com/a.png)"), "<p>x</p>\n");
    }

    #[test]
    fn links_lead_only_where_they_are_let() {
        assert_eq!(render("[a](javascript:alert)"), "<p>a</p>\n");
        assert_eq!(render("[a](https://aws.amazon.com/)"), "<p><a href=\"https://aws.amazon.com/\">a</a></p>\n");
        assert_eq!(render("[a](#here)"), "<p>a (<code>afterlab notes s3#here</code>)</p>\n");
    }

    #[test]
    fn headings_go_down_and_tables_can_be_scrolled() {
        assert_eq!(render("## A"), "<h4>A</h4>\n");
        assert!(render("|a|\n|-|\n|b|\n").starts_with("<div class=\"scroll\""));
    }
}
