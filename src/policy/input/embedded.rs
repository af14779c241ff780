//! A policy that stands as text within a string.

use crate::policy::syntax::json::decode_string;
use crate::policy::syntax::{Node, Origin};

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
    // A block of YAML: lines are cut and joined, so that only its beginning is certain.
    Some((text.text.clone(), Origin::at(node.span.start)))
}

fn url_decode(text: &str, outer: &Origin) -> (String, Origin) {
    let bytes = text.as_bytes();
    let mut origin = Origin::default();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        origin.push(decoded.len(), at);
        let hex = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = hex.filter(|_| bytes[at] == b'%') {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    origin.push(decoded.len(), bytes.len());
    (String::from_utf8_lossy(&decoded).into_owned(), outer.around(&origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::syntax::parse;

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
