//! Markdown for a terminal: headings, paragraphs, lists, tables and code, wrapped to the width that there is.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::Table;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::grid;

const TITLE: Style = Style::new().bold().underline();
const HEADING: Style = Style::new().bold();
const STRONG: Style = Style::new().bold();
const EMPHASIS: Style = Style::new().italic();
const CODE: Style = AnsiColor::Cyan.on_default();

/// Columns beyond which a line of prose is hard to read.
const WIDEST: usize = 100;

/// Renders Markdown in so many columns, with colours; whoever prints it takes them out where they are not wanted.
#[must_use]
pub fn render(markdown: &str, width: u16) -> String {
    let mut renderer = Renderer { width: usize::from(width).min(WIDEST), ..Renderer::default() };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(markdown, options) {
        renderer.take(event);
    }
    renderer.finish()
}

#[derive(Default)]
struct Renderer {
    width: usize,
    out: String,
    /// The text of the paragraph, item or cell that is being read, with its styles.
    inline: String,
    /// What stands before each line: quote marks and the indentation of lists.
    indent: Vec<&'static str>,
    /// The lists around: the next number, or none for bullets.
    lists: Vec<Option<u64>>,
    /// The mark of an item whose first line is still to come.
    mark: Option<String>,
    code_block: bool,
    link: Option<CowStr<'static>>,
    row: Vec<String>,
    table: Option<Table>,
}

impl Renderer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code_block => self.code(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.inline.push_str(&text),
            Event::Code(text) => self.push(format_args!("{CODE}{text}{CODE:#}")),
            Event::SoftBreak => self.inline.push(' '),
            Event::HardBreak => self.flush(),
            Event::Rule => self.out.push_str("---\n\n"),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.push(format_args!("{}", heading(level)));
            }
            Tag::BlockQuote(_) => self.indent.push("│ "),
            Tag::CodeBlock(_) => self.code_block = true,
            Tag::List(first) => {
                // A list within an item follows that item's own text.
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.mark = Some(self.next_mark()),
            Tag::Strong => self.push(format_args!("{STRONG}")),
            Tag::Emphasis => self.push(format_args!("{EMPHASIS}")),
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_static()),
            Tag::Table(_) => self.table = Some(grid::table(u16::try_from(self.width).unwrap_or(u16::MAX))),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                self.push(format_args!("{:#}", heading(level)));
                self.flush();
                self.blank();
            }
            TagEnd::Paragraph => {
                self.flush();
                if self.lists.is_empty() {
                    self.blank();
                }
            }
            TagEnd::BlockQuote(_) => {
                self.indent.pop();
                self.blank();
            }
            TagEnd::CodeBlock => {
                self.code_block = false;
                self.blank();
            }
            TagEnd::Item => {
                self.flush();
                self.mark = None;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blank();
                }
            }
            TagEnd::Strong => self.push(format_args!("{STRONG:#}")),
            TagEnd::Emphasis => self.push(format_args!("{EMPHASIS:#}")),
            TagEnd::Link => self.end_link(),
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.inline)),
            TagEnd::TableHead => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.set_header(row);
                }
            }
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.add_row(row);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.line(format_args!("{table}"));
                    self.blank();
                }
            }
            _ => {}
        }
    }

    /// Adds to the text that is being read.
    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.inline.write_fmt(text);
    }

    /// Writes a line that is not wrapped.
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.out, "{text}");
    }

    /// A link to another note becomes the command that shows it; one within the page needs no address.
    fn end_link(&mut self) {
        let Some(url) = self.link.take() else { return };
        if let Some((page, rest)) = url.split_once(".md") {
            if !page.contains('/') {
                self.push(format_args!(" ({CODE}afterlab notes {page}{rest}{CODE:#})"));
            }
        } else if url.starts_with("http") && !self.inline.ends_with(&*url) {
            self.push(format_args!(" <{url}>"));
        }
    }

    fn next_mark(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        }
    }

    fn code(&mut self, text: &str) {
        let margin = self.margin();
        for line in text.lines() {
            self.line(format_args!("{margin}    {CODE}{line}{CODE:#}"));
        }
    }

    /// What stands before a line of the current block.
    fn margin(&self) -> String {
        let depth = self.lists.len().saturating_sub(usize::from(self.mark.is_some()));
        format!("{}{}", self.indent.concat(), "  ".repeat(depth))
    }

    /// Writes the text that was gathered, wrapped.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.is_empty() {
            return;
        }
        let margin = self.margin();
        let mark = self.mark.take().unwrap_or_default();
        let (first, rest) = (format!("{margin}{mark}"), format!("{margin}{}", " ".repeat(mark.len())));
        let options = textwrap::Options::new(self.width).initial_indent(&first).subsequent_indent(&rest);
        for line in
            textwrap::wrap(&text, options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation))
        {
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn finish(mut self) -> String {
        self.flush();
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        self.out.push('\n');
        self.out
    }
}

fn heading(level: HeadingLevel) -> Style {
    if level == HeadingLevel::H1 { TITLE } else { HEADING }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str) -> String {
        anstream::adapter::strip_str(&render(markdown, 40)).to_string()
    }

    #[test]
    fn prose_is_wrapped_and_code_is_not() {
        let text = plain(
            "# A\n\nOne two three four five six seven eight nine.\n\n```sh\naws s3api a-very-long-command --with many --flags here\n```\n",
        );
        assert_eq!(
            text,
            "A\n\nOne two three four five six seven eight\nnine.\n\n    aws s3api a-very-long-command --with many --flags here\n"
        );
    }

    #[test]
    fn lists_nest_and_count() {
        assert_eq!(plain("- a\n- b\n  - c\n\n1. x\n2. y\n"), "- a\n- b\n  - c\n\n1. x\n2. y\n");
    }

    #[test]
    fn links_to_notes_become_commands() {
        assert_eq!(
            plain("See [roles](iam-roles.md#anyone) or [above](#x)."),
            "See roles (afterlab notes\niam-roles#anyone) or above.\n"
        );
        assert_eq!(plain("[AWS](https://aws.amazon.com/)"), "AWS <https://aws.amazon.com/>\n");
    }

    #[test]
    fn every_note_renders() {
        for page in crate::notes::pages() {
            for section in &page.sections {
                assert!(!render(section.body, 80).is_empty(), "{}", section.anchor);
            }
        }
    }
}
