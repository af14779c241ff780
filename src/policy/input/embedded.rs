//! A policy that stands as text within a string.

use crate::policy::syntax::json::decode_string;
use crate::policy::syntax::{Node, Origin, Span};

/// The text of a string and the way back to the file. URL-encoded text, as IAM's API gives it, is decoded, too.
pub(super) fn decode(source: &str, node: &Node) -> Option<(String, Origin)> {
    let text = node.text()?;
    if text.is_verbatim() && !text.as_str().trim_start().starts_with('%') {
        return Some((text.text.clone(), Origin::at(text.part(0, 0).start)));
    }
    if node.span.slice(source).starts_with('"')
        && let Some((text, origin)) = decode_string(source, node.span)
    {
        return Some(if text.trim_start().starts_with('%') { url_decode(&text, &origin) } else { (text, origin) });
    }
    Some((text.text.clone(), aligned(&text.text, source, node.span)))
}

/// The way back from a block of YAML, whose lines are cut and joined: what is not white space stands there in the same
/// order. Where it does not (escapes), the rest leads to the last place that was certain.
fn aligned(text: &str, source: &str, span: Span) -> Origin {
    let mut origin = Origin::default();
    let mut at = span.start as usize;
    let end = span.end as usize;
    let mut is_certain = true;
    for (decoded, c) in text.char_indices() {
        if is_certain && !c.is_whitespace() {
            let rest = source.get(at..end).unwrap_or_default();
            let blank = rest.len() - rest.trim_start().len();
            is_certain = rest[blank..].starts_with(c);
            at += if is_certain { blank } else { 0 };
        }
        origin.push(decoded, at);
        if is_certain && source.get(at..end).is_some_and(|rest| rest.starts_with(c)) {
            at += c.len_utf8();
        }
    }
    origin.push(text.len(), at);
    origin
}

fn url_decode(text: &str, outer: &Origin) -> (String, Origin) {
    let bytes = text.as_bytes();
    let (mut decoded, mut places) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len()));
    let mut at = 0;
    while at < bytes.len() {
        places.push(at);
        let hex = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let hex = hex.filter(|_| bytes[at] == b'%');
        decoded.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    places.push(bytes.len());
    let (mut whole, mut origin, mut read) = (String::with_capacity(decoded.len()), Origin::default(), 0);
    for chunk in decoded.utf8_chunks() {
        let mut push = |letter: char, length: usize| {
            origin.push(whole.len(), places[read]);
            whole.push(letter);
            read += length;
        };
        chunk.valid().chars().for_each(|letter| push(letter, letter.len_utf8()));
        if !chunk.invalid().is_empty() {
            push(char::REPLACEMENT_CHARACTER, chunk.invalid().len());
        }
    }
    origin.push(whole.len(), bytes.len());
    (whole, outer.around(&origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::yaml;
    use crate::policy::syntax::parse;

    #[test]
    fn blocks_of_yaml_lead_back_to_their_lines() {
        for block in ["|", ">", "|-"] {
            let source = format!("p: {block}\n    {{\n      \"é\": [\n        \"a b\"]\n    }}\n");
            let root = yaml::parse(&source).expect("YAML").remove(0);
            let (text, origin) = decode(&source, root.get("p").expect("p")).expect("a text");
            let parsed = parse(&text, &origin);
            let list = parsed.root.as_ref().and_then(|root| root.get("é")).expect("a list");
            assert_eq!(list.span.slice(&source), "[\n        \"a b\"]");
            assert_eq!(list.array().map(|items| items[0].span.slice(&source)), Some("\"a b\""));
        }
        let source = "p: 'it''s {\"a\": 1}'\n";
        let root = yaml::parse(source).expect("YAML").remove(0);
        let (text, origin) = decode(source, root.get("p").expect("p")).expect("a text");
        let end = origin.span(Span::new(0, text.len())).end as usize;
        assert!(source.get(..end).is_some(), "{end}");
    }

    #[test]
    fn url_encoded_text_leads_back_to_its_place() {
        let source = r#"{"Document": "%7B%22Effect%22%3A%20%22Allow%22%7D"}"#;
        let root = parse(source, &Origin::file()).root.expect("JSON");
        let (text, origin) = decode(source, root.get("Document").expect("Document")).expect("a text");
        assert_eq!(text, r#"{"Effect": "Allow"}"#);
        let inner = parse(&text, &origin).root.expect("JSON");
        assert_eq!(inner.get("Effect").expect("Effect").span.slice(source), "%22Allow%22");
    }
}
