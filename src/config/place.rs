//! Where something stands in a TOML file.

use toml::de::{DeTable, DeValue};

/// Line and column, from 1, of an offset in bytes.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
}

/// Line and column, from 1, of a key: the names that lead to it, numbers for items of lists. As far as they lead.
#[must_use]
pub fn place(text: &str, keys: &[&str]) -> Option<(usize, usize)> {
    let root = DeTable::parse(text).ok()?;
    let (first, keys) = keys.split_first()?;
    let (first, value) = root.get_ref().iter().find(|(name, _)| name.get_ref() == first)?;
    let (mut at, mut value) = (first.span().start, value);
    for key in keys {
        let inner = match value.get_ref() {
            DeValue::Table(table) => {
                table.iter().find(|(name, _)| name.get_ref() == key).map(|(name, value)| (name.span().start, value))
            }
            DeValue::Array(items) => {
                let item = key.parse::<usize>().ok().and_then(|number| items.get(number));
                item.map(|item| (item.span().start, item))
            }
            _ => None,
        };
        let Some(inner) = inner else { break };
        (at, value) = inner;
    }
    Some(line_and_column(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_where_it_stands() {
        let text = "# ä\n[rules.a]\nmax = 1\n\n[[suppress]]\nreason = \"x\"\n[[suppress]]\n  reason = \"y\"\n";
        assert_eq!(place(text, &["rules", "a", "max"]), Some((3, 1)));
        assert_eq!(place(text, &["suppress", "1", "reason"]), Some((8, 3)));
        assert_eq!(place(text, &["rules", "a", "none"]), Some((2, 8)), "the table is the nearest that there is");
        assert_eq!(place(text, &["none"]), None);
    }
}
