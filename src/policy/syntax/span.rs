//! Places in a file.

/// A run of bytes of a file, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// From byte offsets; files are at most 64 MiB ([`super::json::MOST_BYTES`]), so that they fit.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: offset(start), end: offset(end.max(start)) }
    }

    /// The text at this place; empty when the place is not in this text.
    #[must_use]
    pub fn slice(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The span from the start of this to the end of another.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it is a place between two bytes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether another span lies within this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place as people count: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// Where the lines of a file begin.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    source: &'a str,
    starts: Vec<u32>,
    is_ascii: bool,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text; they end in `\n`, `\r\n` or a lone `\r`.
    #[must_use]
    pub fn of(source: &'a str) -> Self {
        let bytes = source.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(i, b)| match b {
            b'\n' => true,
            b'\r' => bytes.get(i + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(i, _)| Span::new(i + 1, i + 1).start)).collect();
        Self { source, starts, is_ascii: source.is_ascii() }
    }

    /// The text whose lines these are.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// Line and column of a byte offset; of one behind the end, those of the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts[line] as usize;
        let end = (offset as usize).min(self.source.len());
        if self.is_ascii {
            return Position { line: line + 1, column: end.saturating_sub(start) + 1 };
        }
        let before = self.source.get(start..end).unwrap_or_default();
        let mark = usize::from(line == 0 && before.starts_with('\u{feff}'));
        Position { line: line + 1, column: before.chars().count() + 1 - mark }
    }

    /// Where a line begins, by its number from 1.
    #[must_use]
    pub fn start(&self, number: usize) -> u32 {
        number.checked_sub(1).and_then(|i| self.starts.get(i)).copied().unwrap_or_default()
    }

    /// How many lines there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// A line by its number from 1, without its end; empty when there is none.
    #[must_use]
    pub fn line(&self, number: usize) -> &'a str {
        let Some(start) = number.checked_sub(1).and_then(|i| self.starts.get(i)) else { return "" };
        let end = self.starts.get(number).map_or(self.source.len(), |end| *end as usize);
        let line = self.source.get(*start as usize..end).unwrap_or_default();
        line.trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_all_ends_of_lines() {
        let lines = Lines::of("\u{feff}aé\r\nb\rc\n");
        let at = |offset| {
            let position = lines.position(offset);
            (position.line, position.column)
        };
        assert_eq!(at(3), (1, 1));
        assert_eq!(at(4), (1, 2));
        assert_eq!(at(6), (1, 3));
        assert_eq!(at(8), (2, 1));
        assert_eq!(at(10), (3, 1));
        assert_eq!(at(99), (4, 1));
        assert_eq!(
            [lines.line(1), lines.line(2), lines.line(3), lines.line(4), lines.line(9)],
            ["aé", "b", "c", "", ""]
        );
        assert_eq!(Span::new(3, 6).slice("\u{feff}aé"), "aé");
        assert_eq!(Span::new(4, 5).slice("\u{feff}aé"), "", "not on a boundary");
    }
}
