//! Which patterns of a long list can have a text in common with a pattern: those that begin alike.

use std::collections::HashMap;

use super::glob::{Letter, Token};

/// Lists that are shorter are gone through whole.
const SHORT: usize = 16;

/// A list of patterns by how they begin.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    /// The places of the patterns, sorted by their beginnings.
    sorted: Vec<(Box<[char]>, u32)>,
    /// Those that are not one text only, by their beginnings.
    open: HashMap<Box<[char]>, Vec<u32>>,
    /// The lengths that their beginnings have, sorted.
    lengths: Vec<usize>,
    all: Vec<u32>,
}

impl Beginnings {
    /// Of patterns, each with what stands for it.
    pub(super) fn of<'t>(patterns: impl Iterator<Item = (u32, &'t [Token])>) -> Self {
        let patterns: Vec<_> = patterns.collect();
        let all = patterns.iter().map(|(place, _)| *place).collect();
        if patterns.len() < SHORT {
            return Self { all, ..Self::default() };
        }
        let mut sorted: Vec<_> = patterns.iter().map(|(place, tokens)| (of_pattern(tokens), *place)).collect();
        sorted.sort_unstable();
        let mut open: HashMap<Box<[char]>, Vec<u32>> = HashMap::new();
        for (place, tokens) in &patterns {
            let beginning = of_pattern(tokens);
            if beginning.len() < tokens.len() {
                open.entry(beginning).or_default().push(*place);
            }
        }
        let mut lengths: Vec<_> = open.keys().map(|beginning| beginning.len()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Self { sorted, open, lengths, all }
    }

    /// The patterns that may have a text in common with one that begins like this.
    pub(super) fn near<'n>(&'n self, beginning: &'n [char]) -> impl Iterator<Item = u32> + 'n {
        let is_short = self.sorted.is_empty();
        let all = if is_short { self.all.as_slice() } else { &[] };
        let shorter = self.lengths.iter().take_while(|length| **length < beginning.len());
        let shorter = shorter.filter_map(|length| self.open.get(&beginning[..*length])).flatten();
        let start = self.sorted.partition_point(|(own, _)| **own < *beginning);
        let longer = self.sorted[start..].iter().take_while(|(own, _)| own.starts_with(beginning));
        all.iter().chain(shorter).copied().chain(longer.map(|(_, place)| *place))
    }
}

/// What every text of a pattern begins with, in lower case.
pub(super) fn of_pattern(tokens: &[Token]) -> Box<[char]> {
    let fixed = tokens.iter().map_while(|token| match token {
        Token::Char(c) | Token::Fold(c) => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    fixed.collect()
}

/// What a text begins with, up to the value of a variable, in lower case.
pub(super) fn of_text(text: &[Letter]) -> Box<[char]> {
    let fixed = text.iter().map_while(|letter| match letter {
        Letter::Char(c) => Some(c.to_ascii_lowercase()),
        Letter::Variable(_) => None,
    });
    fixed.collect()
}

#[cfg(test)]
mod tests {
    use super::super::automata::may_meet;
    use super::super::glob::{Dialect, tokens};
    use super::*;

    #[test]
    fn what_can_meet_is_near() {
        let texts = ["", "*", "a", "ab", "abc", "a*", "ab*", "b?c", "b", "abd*e", "?", "A*"];
        let patterns: Vec<_> = (0..40).map(|i| format!("{}{}", texts[i % texts.len()], "x".repeat(i / 20))).collect();
        let cut: Vec<_> = patterns.iter().map(|pattern| tokens(pattern, Dialect::Like, None)).collect();
        let numbered = cut.iter().enumerate().map(|(i, tokens)| (u32::try_from(i).expect("few"), tokens.as_slice()));
        let index = Beginnings::of(numbered);
        for own in &cut {
            let near: Vec<u32> = index.near(&of_pattern(own)).collect();
            for (i, other) in cut.iter().enumerate() {
                let is_near = near.contains(&u32::try_from(i).expect("few"));
                assert!(is_near || !may_meet(own, other), "{own:?} {other:?}");
            }
            assert_eq!(near.iter().collect::<std::collections::BTreeSet<_>>().len(), near.len(), "each once");
        }
    }
}
