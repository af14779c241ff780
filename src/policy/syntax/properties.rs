//! What holds for any text: made by a small generator with a fixed seed, so that a failure repeats.

use super::{Member, Node, Origin, Value, parse};
use crate::policy::format::format;

/// xorshift: good enough to make odd texts, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap_or_default()
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\"a\"",
    "\"é\\u00e9\"",
    "'",
    "//",
    "/*",
    "*/",
    "#",
    "\n",
    "\r\n",
    "\\",
    "\\u",
    "d83d",
    "1",
    "-2.5e3",
    "true",
    "True",
    "null",
    "Statement",
    "\"Statement\": [",
    "\"Effect\": \"Allow\"",
    "\"Action\":",
    "\u{feff}",
    "\u{a0}",
    "\u{201c}",
    "\0",
    "😀",
    " ",
    "\t",
];

fn text(random: &mut Random) -> String {
    (0..random.next(40)).map(|_| PIECES[random.next(PIECES.len())]).collect()
}

/// Every place of a tree lies on character boundaries within the one around it, and is what it says it is.
fn assert_places(node: &Node, source: &str) {
    let slice = source.get(node.span.start as usize..node.span.end as usize).expect("a place on boundaries");
    match &node.value {
        Value::String(text) => {
            assert_eq!(text.span, node.span);
            if text.is_verbatim() {
                assert_eq!(text.part(0, text.text.len()).slice(source), text.text);
            }
        }
        Value::Number(text) => assert_eq!(slice, text),
        Value::Array(items) => {
            for item in items {
                assert!(node.span.contains(item.span));
                assert_places(item, source);
            }
        }
        Value::Object(members) => {
            for Member { key, value } in members {
                assert!(node.span.contains(key.span) && node.span.contains(value.span));
                assert_places(value, source);
            }
        }
        _ => {}
    }
}

#[test]
fn no_text_makes_it_panic_and_every_place_is_right() {
    let mut random = Random(0x5eed);
    for _ in 0..30_000 {
        let source = text(&mut random);
        let parsed = parse(&source, &Origin::file());
        for error in &parsed.errors {
            assert!(source.get(error.span.start as usize..error.span.end as usize).is_some(), "{source:?}: {error:?}");
        }
        if let Some(root) = &parsed.root {
            assert_places(root, &source);
        }
        assert_eq!(parsed.errors.is_empty(), is_json(&source), "{source:?}: {:?}", parsed.errors);
    }
}

/// What serde takes; numbers too large for it are numbers all the same, and a mark of byte order is no part of the text.
fn is_json(source: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(source.strip_prefix('\u{feff}').unwrap_or(source)).is_ok()
}

fn value(random: &mut Random, depth: usize) -> serde_json::Value {
    use serde_json::Value as Json;
    match random.next(if depth == 0 { 4 } else { 6 }) {
        0 => Json::Null,
        1 => Json::Bool(random.next(2) == 0),
        2 => Json::from(random.next(1_000)),
        3 => Json::from(["Allow", "s3:Get*", "a\"b\\c\n", "é😀", ""][random.next(5)]),
        4 => (0..random.next(4)).map(|_| value(random, depth - 1)).collect(),
        _ => {
            let keys = ["Version", "Statement", "Effect", "Action", "Condition", "é", ""];
            let members = (0..random.next(5)).map(|_| (keys[random.next(7)].to_owned(), value(random, depth - 1)));
            Json::Object(members.collect())
        }
    }
}

#[test]
fn formatting_keeps_the_meaning_and_is_done_once() {
    let mut random = Random(0xf00d);
    for _ in 0..5_000 {
        let json = value(&mut random, 5);
        let source = json.to_string();
        let root = parse(&source, &Origin::file()).root.expect("JSON");
        let formatted = format(&root);
        let again = parse(&formatted, &Origin::file());
        assert_eq!(again.errors, [], "{formatted}");
        let again = again.root.expect("JSON");
        assert_eq!(again.to_json(), json);
        assert_eq!(format(&again), formatted);
    }
}
