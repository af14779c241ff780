//! From a text that was taken out of another one back to the file it stands in.

use super::span::Span;

/// Leads from offsets of a decoded text to offsets of the file.
///
/// A policy in a Terraform plan is a JSON string within JSON: each `\"` of the file is one `"` of the policy. Runs in
/// which both advance alike are kept once, so that the map is as long as the text has escapes.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Decoded offset and file offset at which a run begins; sorted. Empty: the text is the file itself.
    runs: Vec<(u32, u32)>,
}

impl Origin {
    /// The text is the file itself.
    #[must_use]
    pub fn file() -> Self {
        Self::default()
    }

    /// The text is a piece of the file that begins at this offset.
    #[must_use]
    pub fn at(offset: u32) -> Self {
        Self { runs: vec![(0, offset)] }
    }

    /// Says that the decoded text from `decoded` on stands at `file` in the file. Call it in rising order.
    pub fn push(&mut self, decoded: usize, file: usize) {
        let Span { start: decoded, end: file } =
            Span { start: Span::new(decoded, decoded).start, end: Span::new(file, file).start };
        if let Some((last, at)) = self.runs.last()
            && decoded >= *last
            && decoded - last == file.wrapping_sub(*at)
        {
            return;
        }
        self.runs.push((decoded, file));
    }

    /// Whether the text stands in the file letter by letter.
    #[must_use]
    pub fn is_straight(&self) -> bool {
        self.runs.len() <= 1
    }

    /// The offset in the file.
    #[must_use]
    pub fn offset(&self, decoded: u32) -> u32 {
        let after = self.runs.partition_point(|(start, _)| *start <= decoded);
        match after.checked_sub(1).and_then(|i| self.runs.get(i)) {
            Some((start, file)) => file + (decoded - start),
            None => decoded,
        }
    }

    /// The place in the file; it ends where the next character begins, so that an escape is taken in whole.
    #[must_use]
    pub fn span(&self, decoded: Span) -> Span {
        if self.runs.is_empty() {
            return decoded;
        }
        let start = self.offset(decoded.start);
        let end = if decoded.is_empty() { start } else { self.offset(decoded.end) };
        Span { start, end: end.max(start) }
    }

    /// The map of a text within this text: first through `inner`, then through this.
    #[must_use]
    pub fn around(&self, inner: &Self) -> Self {
        if self.runs.is_empty() {
            return inner.clone();
        }
        let mut whole = Self::default();
        for (place, (decoded, middle)) in inner.runs.iter().enumerate() {
            let until = inner.runs.get(place + 1).map_or(u32::MAX, |(next, _)| middle + (next - decoded));
            whole.push(*decoded as usize, self.offset(*middle) as usize);
            let within = self.runs.iter().filter(|(start, _)| start > middle && *start < until);
            for (start, file) in within {
                whole.push((decoded + (start - middle)) as usize, *file as usize);
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lead_back_to_the_file() {
        let mut origin = Origin::default();
        origin.push(0, 10);
        origin.push(1, 11);
        origin.push(2, 13);
        assert_eq!(origin.runs, [(0, 10), (2, 13)]);
        assert_eq!(origin.span(Span::new(0, 2)), Span::new(10, 13));
        assert_eq!(origin.span(Span::new(1, 4)), Span::new(11, 15));
        let outer = Origin::at(100);
        assert_eq!(outer.around(&origin).span(Span::new(2, 3)), Span::new(113, 114));
        let mut escaped = Origin::at(100);
        escaped.push(12, 120);
        assert_eq!(escaped.around(&origin).offset(3), 122);
        assert_eq!(escaped.around(&origin).offset(0), 110);
    }
}
