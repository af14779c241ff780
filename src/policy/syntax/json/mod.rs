//! The parser: JSON with places, which goes on after an error and never panics.
//!
//! What people get wrong has its own message: comments, commas too many or missing, quotes of another kind, Python's
//! `True`. After such an error the meaning is still clear and reading goes on.

mod scalar;

use super::hole::{Hole, is_hole};
use super::node::{Member, Node, Text, Value};
use super::origin::Origin;
use super::span::Span;

/// The largest text that is read: 64 MiB, above what `GetAccountAuthorizationDetails` gives for the largest accounts.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How deep values may lie within each other; a policy needs 6, a Terraform plan about 30.
pub const MOST_DEPTH: usize = 128;
/// After so many errors the rest of a text is not worth a message.
const MOST_ERRORS: usize = 20;

/// What came of reading a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// What could be read; `None` when there is no value at all.
    pub root: Option<Node>,
    /// What is wrong, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

/// One thing that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the meaning is clear all the same, so that the rest of the document can be judged.
    pub clear: bool,
    /// What to put in its place, where that is certain.
    pub fix: Option<String>,
}

impl Parsed {
    /// Whether what was read says what the text says: no error, or only errors that leave the meaning clear.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.root.is_some() && self.errors.iter().all(|error| error.clear)
    }
}

/// Reads a text; places are those of the file that `origin` leads to.
#[must_use]
pub fn parse(source: &str, origin: &Origin) -> Parsed {
    let mut parser = Parser { source, bytes: source.as_bytes(), at: 0, origin, errors: Vec::new(), depth: 0 };
    if source.len() > MOST_BYTES {
        parser.error(0, 0, "is larger than 64 MiB, which no policy file is", false);
        return Parsed { root: None, errors: parser.errors };
    }
    if source.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    parser.blank();
    if parser.at == source.len() {
        parser.error(parser.at, parser.at, "is empty: there is no JSON value", false);
        return Parsed { root: None, errors: parser.errors };
    }
    let root = parser.value();
    parser.blank();
    if parser.at < source.len() && root.is_some() {
        let from = parser.at;
        parser.error(from, from + parser.char_len(), "stands behind the end of the document", false);
    }
    Parsed { root, errors: parser.errors }
}

/// The JSON string whose quotes stand at these bytes, decoded, with the way back to the file.
///
/// Of a text that is embedded in a JSON string, such as a policy in a Terraform plan.
#[must_use]
pub fn decode_string(source: &str, span: Span) -> Option<(String, Origin)> {
    let inner = span.slice(source).strip_prefix('"')?;
    let start = source.len().min(span.start as usize + 1);
    let nothing = Origin::file();
    let mut parser =
        Parser { source, bytes: source.as_bytes(), at: start, origin: &nothing, errors: Vec::new(), depth: 0 };
    let mut origin = Origin::default();
    origin.push(0, start);
    let mut text = String::with_capacity(inner.len());
    while parser.at + 1 < span.end as usize {
        let from = parser.at;
        let c = parser.string_char()?;
        origin.push(text.len(), from);
        text.push(c);
    }
    origin.push(text.len(), parser.at);
    Some((text, origin))
}

struct Parser<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    origin: &'a Origin,
    errors: Vec<SyntaxError>,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn char_len(&self) -> usize {
        self.source.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.origin.span(Span::new(start, end))
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<String>, clear: bool) {
        self.error_with(start, end, message, clear, None);
    }

    fn error_with(&mut self, start: usize, end: usize, message: impl Into<String>, clear: bool, fix: Option<&str>) {
        if self.errors.len() < MOST_ERRORS {
            let span = self.span(start, end);
            self.errors.push(SyntaxError { span, message: message.into(), clear, fix: fix.map(str::to_owned) });
        }
    }

    /// Skips white space and, with one message for each, comments.
    fn blank(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'/' | b'#' => {
                    let from = self.at;
                    if !self.comment() {
                        return;
                    }
                    let message = "is a comment, which JSON and IAM do not have; say it in the Sid or outside";
                    self.error_with(from, self.at, message, true, Some(""));
                }
                0x80.. => {
                    let c = self.source[self.at..].chars().next().unwrap_or_default();
                    if !c.is_whitespace() && c != '\u{feff}' {
                        return;
                    }
                    let message = format!("is the white space U+{:04X}, which JSON does not allow", u32::from(c));
                    self.error_with(self.at, self.at + c.len_utf8(), message, true, Some(" "));
                    self.at += c.len_utf8();
                }
                _ => return,
            }
        }
    }

    /// Skips a comment; whether there was one.
    fn comment(&mut self) -> bool {
        let rest = &self.source[self.at..];
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("//") || rest.starts_with('#') {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        } else {
            return false;
        };
        self.at += length;
        true
    }

    /// One value; `None` after an error that leaves none.
    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let byte = self.peek()?;
        if matches!(byte, b'{' | b'[') && self.depth == MOST_DEPTH {
            self.error(start, start + 1, format!("lies more than {MOST_DEPTH} levels deep"), false);
            self.at = self.bytes.len();
            return None;
        }
        let value = match byte {
            b'{' => {
                self.depth += 1;
                let members = self.object();
                self.depth -= 1;
                Value::Object(members)
            }
            b'[' => {
                self.depth += 1;
                let items = self.array();
                self.depth -= 1;
                Value::Array(items)
            }
            b'"' => Value::String(self.string(b'"')),
            b'\'' => {
                let text = self.string(b'\'');
                self.single_quotes(start, &text);
                Value::String(text)
            }
            b'-' | b'0'..=b'9' | b'+' | b'.' => self.number(),
            0xf4 if self.source[self.at..].starts_with(is_hole) => {
                let hole = self.source[self.at..].chars().next().and_then(Hole::from_letter)?;
                self.at += self.char_len();
                Value::Unknown(hole)
            }
            _ => self.word()?,
        };
        Some(Node { span: self.span(start, self.at), value })
    }

    fn single_quotes(&mut self, start: usize, text: &Text) {
        let fix = serde_json::to_string(&text.text).ok();
        let message = "stands in single quotes; JSON has double quotes only";
        self.error_with(start, self.at, message, true, fix.as_deref());
    }

    fn object(&mut self) -> Vec<Member> {
        let open = self.at;
        self.at += 1;
        let mut members = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                None => {
                    self.error(open, open + 1, "opens an object that is never closed", false);
                    return members;
                }
                Some(b'}') => {
                    self.at += 1;
                    return members;
                }
                Some(b']') => {
                    self.error(self.at, self.at + 1, "closes a list, but an object is open here", false);
                    return members;
                }
                Some(b',') => self.stray_comma(),
                Some(_) => match self.member() {
                    Some(member) => members.push(member),
                    None => self.resync(),
                },
            }
            self.separator(b'}', "an object");
        }
    }

    fn array(&mut self) -> Vec<Node> {
        let open = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                None => {
                    self.error(open, open + 1, "opens a list that is never closed", false);
                    return items;
                }
                Some(b']') => {
                    self.at += 1;
                    return items;
                }
                Some(b'}') => {
                    self.error(self.at, self.at + 1, "closes an object, but a list is open here", false);
                    return items;
                }
                Some(b',') => self.stray_comma(),
                Some(_) => match self.value() {
                    Some(item) => items.push(item),
                    None => self.resync(),
                },
            }
            self.separator(b']', "a list");
        }
    }

    fn stray_comma(&mut self) {
        self.error_with(self.at, self.at + 1, "is a comma with nothing before it", true, Some(""));
    }

    /// What stands between two items: a comma, or the end, which the loop takes.
    fn separator(&mut self, close: u8, of: &str) {
        let end = self.at;
        self.blank();
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.blank();
                if self.peek() == Some(close) {
                    let message = "is a comma after the last item, which JSON does not allow";
                    self.error_with(comma, comma + 1, message, true, Some(""));
                }
            }
            Some(b'}' | b']') | None => {}
            Some(_) => {
                self.error_with(end, end, format!("lacks a comma between two items of {of}"), true, Some(","));
            }
        }
    }

    fn member(&mut self) -> Option<Member> {
        let start = self.at;
        let key = match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let key = self.string(quote);
                if quote == b'\'' {
                    self.single_quotes(start, &key);
                }
                key
            }
            _ => self.bare_key()?,
        };
        self.blank();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(b'=') => {
                self.error_with(self.at, self.at + 1, "stands where JSON has a colon", true, Some(":"));
                self.at += 1;
            }
            _ => {
                self.error(start, self.at.max(start), "is a key without a colon and a value", false);
                return None;
            }
        }
        self.blank();
        if matches!(self.peek(), None | Some(b',' | b'}' | b']')) {
            self.error(start, self.at, format!("is the key {:?} without a value", key.text), false);
            return None;
        }
        let value = self.value()?;
        Some(Member { key, value })
    }

    /// A key without quotes, as JavaScript and HCL have them.
    fn bare_key(&mut self) -> Option<Text> {
        let start = self.at;
        let word = self.take_word();
        if word.is_empty() {
            self.unexpected();
            return None;
        }
        let fix = format!("\"{word}\"");
        self.error_with(start, self.at, format!("is the key {word} without quotes"), true, Some(&fix));
        let span = self.span(start, self.at);
        Some(Text::new(word, span, Some(span)))
    }

    fn take_word(&mut self) -> String {
        let start = self.at;
        while matches!(self.peek(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.')) {
            self.at += 1;
        }
        self.source[start..self.at].to_owned()
    }

    fn unexpected(&mut self) {
        let end = self.at + self.char_len();
        let message = match self.source[self.at..end].chars().next() {
            Some(c @ ('\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '\u{ab}' | '\u{bb}')) => {
                format!("is the typographic quote {c}; JSON has plain double quotes only")
            }
            Some('<') => "is a <: this looks like a web page or XML, not like JSON".to_owned(),
            Some('\0') => "is a NUL byte: this is no text file".to_owned(),
            Some(c) => format!("is {c:?}, with which no JSON value begins"),
            None => "ends where a value should be".to_owned(),
        };
        self.error(self.at, end, message, false);
    }

    /// After an error without a value: goes on at the next comma or bracket of this level.
    fn resync(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    let errors = self.errors.len();
                    let _ = self.string(b'"');
                    self.errors.truncate(errors);
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' | b',' if open == 0 => return,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += self.char_len().max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(source: &str) -> Vec<String> {
        let parsed = parse(source, &Origin::file());
        parsed.errors.iter().map(|error| format!("{} {}", error.span.slice(source), error.message)).collect()
    }

    #[test]
    fn reads_json_as_serde_does_with_places() {
        let source = "\u{feff} {\r\n \"a\": [1, -2.5e3, true, false, null, \"x\\u00e9\\n\\ud83d\\ude00\", {}, []], \"b\": \"é\"}";
        let parsed = parse(source, &Origin::file());
        assert_eq!(parsed.errors, []);
        let root = parsed.root.expect("a value");
        let expected: serde_json::Value = serde_json::from_str(source.trim_start_matches('\u{feff}')).expect("JSON");
        assert_eq!(root.to_json(), expected);
        let text = root.get("b").and_then(Node::text).expect("b");
        assert_eq!((text.span.slice(source), text.part(0, 2).slice(source)), ("\"é\"", "é"));
        let escaped = root.get("a").and_then(Node::array).expect("a")[5].text().expect("a string");
        assert!(!escaped.is_verbatim());
        assert_eq!(escaped.part(0, 1), escaped.span);
    }

    #[test]
    fn what_people_get_wrong_has_its_own_message_and_reading_goes_on() {
        for (source, expected) in [
            ("", " is empty: there is no JSON value"),
            ("// hi\n{}", "// hi is a comment"),
            ("{/* a */\"a\": 1}", "/* a */ is a comment"),
            ("{} # x", "# x is a comment"),
            ("[1,]", ", is a comma after the last item"),
            ("{\"a\": 1,}", ", is a comma after the last item"),
            ("[,1]", ", is a comma with nothing before it"),
            ("[1 2]", " lacks a comma between two items of a list"),
            ("{'a': 1}", "'a' stands in single quotes"),
            ("{a: 1}", "a is the key a without quotes"),
            ("{\"a\": True}", "True is True where JSON has true"),
            ("{\"a\": yes}", "yes is yes where JSON has \"yes\""),
            ("{\"a\" 1}", "\"a\"  is a key without a colon"),
            ("{\"a\": }", "\"a\":  is the key \"a\" without a value"),
            ("{\"a\": \"b}\n", "\"b} is a string that is not closed"),
            ("[1", "[ opens a list that is never closed"),
            ("{\"a\": [1}", "} closes an object, but a list is open"),
            ("{} {}", "{ stands behind the end"),
            ("[01]", "01 is 01, which is no JSON number"),
            ("[\"a\\d\"]", "\\ is an escape that JSON does not have"),
            ("[\"\\ud800\"]", "\\ is an escape"),
            ("<html>", "< is a <: this looks like a web page"),
            ("[\u{201c}a\u{201d}]", "\u{201c} is the typographic quote"),
            ("[\u{a0}1]", "\u{a0} is the white space U+00A0"),
            ("[\"a\tb\"]", "\t is the control character U+0009"),
        ] {
            let found = errors(source);
            assert!(found.first().is_some_and(|error| error.starts_with(expected)), "{source}: {found:?}");
        }
    }

    #[test]
    fn several_errors_come_in_one_run() {
        let source = "{ // one\n 'a': [1,, 2 3,], \"b\": True, c = {\"d\": 1 \"e\": 2} }";
        let parsed = parse(source, &Origin::file());
        assert!(parsed.is_clear());
        assert_eq!(parsed.errors.len(), 9, "{:?}", parsed.errors);
        let expected = serde_json::json!({"a": [1, 2, 3], "b": true, "c": {"d": 1, "e": 2}});
        assert_eq!(parsed.root.map(|root| root.to_json()), Some(expected));
    }

    #[test]
    fn depth_ends_with_a_message() {
        for open in ["[", "{\"a\":"] {
            let source = open.repeat(100_000);
            assert!(errors(&source).iter().any(|error| error.contains("levels deep")));
        }
    }

    #[test]
    fn an_embedded_text_leads_back_to_the_file() {
        let source = r#"{"policy": "{\"a\": \"b\u0063\"}"}"#;
        let outer = parse(source, &Origin::file());
        let span = outer.root.as_ref().and_then(|root| root.get("policy")).expect("policy").span;
        let (text, origin) = decode_string(source, span).expect("a string");
        assert_eq!(text, r#"{"a": "bc"}"#);
        let inner = parse(&text, &origin).root.expect("a policy");
        let value = inner.get("a").expect("a");
        assert_eq!(value.span.slice(source), r#"\"b\u0063\""#);
    }
}
