//! From bytes to text.

use crate::policy::syntax::json::MOST_BYTES;

/// The text of a file, or why it is none and what to do.
pub(super) fn decode(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > MOST_BYTES {
        return Err("is larger than 64 MiB, and not read".to_owned());
    }
    if let Some(order) = utf16(bytes) {
        return Err(format!("is UTF-16 ({order}-endian) text; convert it: `iconv -f UTF-16 -t UTF-8`"));
    }
    if bytes.iter().take(8_192).any(|b| *b == 0) {
        return Err("is a binary file".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let line = bytes[..at].split(|b| *b == b'\n').count();
        format!("is not UTF-8 text (byte {at}, line {line}); convert it: `iconv -t UTF-8`")
    })?;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.is_empty() {
        return Err("is empty".to_owned());
    }
    if start.starts_with("<<<<<<<") {
        return Err("holds a merge conflict; resolve it first".to_owned());
    }
    if start.starts_with('<') {
        return Err("is HTML or XML, not a policy".to_owned());
    }
    Ok(text.to_owned())
}

/// The byte order, when it is UTF-16: by its mark, or by NUL bytes in every other place.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => return Some("little"),
        [0xfe, 0xff, ..] => return Some("big"),
        _ => {}
    }
    let head = bytes.get(..bytes.len().min(64))?;
    let zero = |from: usize| head.len() >= 4 && head.iter().skip(from).step_by(2).all(|b| *b == 0);
    let text = |from: usize| head.iter().skip(from).step_by(2).all(u8::is_ascii);
    match () {
        () if zero(1) && text(0) => Some("little"),
        () if zero(0) && text(1) => Some("big"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_says_what_it_is() {
        for (bytes, expected) in [
            (&b""[..], "is empty"),
            (b" \n\t", "is empty"),
            (b"<html></html>", "is HTML"),
            (b"<<<<<<< HEAD\n{}", "holds a merge conflict"),
            (b"{\0\"\0a\0", "is UTF-16 (little-endian)"),
            (b"\xff\xfe{\0", "is UTF-16 (little-endian)"),
            (b"\0{\0\"\0a", "is UTF-16 (big-endian)"),
            (b"\x7fELF\0\0\0\x01abc", "is a binary file"),
            (b"{\n\"a\": \"\xe9\"}", "is not UTF-8 text (byte 8, line 2)"),
        ] {
            let error = decode(bytes).expect_err(expected);
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(decode("\u{feff}{}".as_bytes()).as_deref(), Ok("\u{feff}{}"));
        assert!(decode(&vec![b' '; MOST_BYTES + 1]).is_err_and(|error| error.contains("64 MiB")));
    }
}
