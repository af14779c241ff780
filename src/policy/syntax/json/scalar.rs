//! Words, numbers and strings.

use super::Parser;
use crate::policy::syntax::node::{Text, Value};

impl Parser<'_> {
    pub(super) fn word(&mut self) -> Option<Value> {
        let start = self.at;
        let word = self.take_word();
        let (value, written) = match word.as_str() {
            "true" => return Some(Value::Bool(true)),
            "false" => return Some(Value::Bool(false)),
            "null" => return Some(Value::Null),
            "" => {
                self.unexpected();
                return None;
            }
            "True" | "TRUE" => (Value::Bool(true), "true".to_owned()),
            "False" | "FALSE" => (Value::Bool(false), "false".to_owned()),
            "None" | "nil" | "undefined" | "NULL" | "Null" => (Value::Null, "null".to_owned()),
            text => {
                let quoted = format!("\"{text}\"");
                (Value::String(Text::new(word.clone(), self.span(start, self.at), None)), quoted)
            }
        };
        self.error_with(start, self.at, format!("is {word} where JSON has {written}"), true, Some(&written));
        Some(value)
    }

    pub(super) fn number(&mut self) -> Value {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E' | b'_' | b'x')) {
            self.at += 1;
        }
        let text = self.source[start..self.at].to_owned();
        if serde_json::from_str::<serde_json::Number>(&text).is_err() {
            self.error(start, self.at, format!("is {text}, which is no JSON number"), false);
        }
        Value::Number(text)
    }

    /// A string from its opening quote; ends at the line's end when it is never closed.
    pub(super) fn string(&mut self, quote: u8) -> Text {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        let mut closed = false;
        while let Some(byte) = self.peek() {
            if byte == quote {
                self.at += 1;
                closed = true;
                break;
            }
            if matches!(byte, b'\n' | b'\r') {
                break;
            }
            let run = self.bytes[self.at..]
                .iter()
                .position(|b| *b == quote || *b == b'\\' || *b < 0x20)
                .unwrap_or(self.bytes.len() - self.at);
            if run > 0 {
                text.push_str(&self.source[self.at..self.at + run]);
                self.at += run;
            } else if let Some(c) = self.string_char() {
                text.push(c);
            }
        }
        if !closed {
            self.error(start, self.at, "is a string that is not closed on its line", false);
        }
        let span = self.span(start, self.at);
        let verbatim = closed.then(|| self.span(start + 1, self.at - 1));
        Text::new(text, span, verbatim)
    }

    /// One character of a string, escapes decoded; wrong ones give a message and what was probably meant.
    pub(super) fn string_char(&mut self) -> Option<char> {
        let start = self.at;
        let c = self.source.get(start..)?.chars().next()?;
        self.at += c.len_utf8();
        if c == '\\' {
            return Some(self.escape(start));
        }
        if c < ' ' {
            let message = format!("is the control character U+{:04X}, which JSON wants escaped", u32::from(c));
            self.error(start, self.at, message, true);
        }
        Some(c)
    }

    fn escape(&mut self, start: usize) -> char {
        let Some(byte) = self.peek() else { return '\\' };
        let plain = match byte {
            b'"' => Some('"'),
            b'\\' => Some('\\'),
            b'/' => Some('/'),
            b'b' => Some('\u{8}'),
            b'f' => Some('\u{c}'),
            b'n' => Some('\n'),
            b'r' => Some('\r'),
            b't' => Some('\t'),
            _ => None,
        };
        if let Some(c) = plain {
            self.at += 1;
            return c;
        }
        if byte == b'u'
            && let Some(c) = self.unicode_escape()
        {
            return c;
        }
        self.error(start, start + 1, "is an escape that JSON does not have; a plain backslash is \\\\", false);
        '\\'
    }

    /// `uXXXX`, or two of them that make one character.
    fn unicode_escape(&mut self) -> Option<char> {
        let unit = |at: usize| {
            let digits = self.source.get(at..at + 4)?;
            digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
        };
        let first = unit(self.at + 1)?;
        if let Some(c) = char::from_u32(u32::from(first)) {
            self.at += 5;
            return Some(c);
        }
        if self.source.get(self.at + 5..self.at + 7)? != "\\u" {
            return None;
        }
        let second = unit(self.at + 7)?;
        let c = char::decode_utf16([first, second]).next()?.ok()?;
        self.at += 11;
        Some(c)
    }
}
