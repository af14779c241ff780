//! Applies the mechanical fixes of findings to a text.

use super::finding::Edit;

/// The text with the edits made, and how many fixes were made whole.
///
/// A fix that overlaps one before it is left out whole: the next run finds it again, if it is still needed.
#[must_use]
pub fn apply<'e>(source: &str, fixes: impl IntoIterator<Item = &'e [Edit]>) -> (String, usize) {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut made = 0;
    for fix in fixes {
        let overlaps = |edit: &Edit| {
            taken.iter().any(|other| {
                edit.span == other.span || (edit.span.start < other.span.end && other.span.start < edit.span.end)
            })
        };
        let within = |edit: &&Edit| source.get(edit.span.start as usize..edit.span.end as usize).is_some();
        if fix.is_empty() || fix.iter().any(overlaps) || !fix.iter().all(|edit| within(&edit)) {
            continue;
        }
        taken.extend(fix);
        made += 1;
    }
    taken.sort_by_key(|edit| edit.span);
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for edit in taken {
        text.push_str(source.get(at..edit.span.start as usize).unwrap_or_default());
        text.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    (text, made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::syntax::Span;

    fn edit(start: usize, end: usize, text: &str) -> Vec<Edit> {
        vec![Edit { span: Span::new(start, end), text: text.to_owned() }]
    }

    #[test]
    fn edits_that_overlap_wait_for_the_next_run() {
        let fixes = [edit(4, 5, "E"), edit(0, 2, "AB"), edit(1, 3, "x"), edit(3, 3, "-"), edit(9, 12, "y")];
        let (text, made) = apply("abcdef", fixes.iter().map(Vec::as_slice));
        assert_eq!((text.as_str(), made), ("ABc-dEf", 3));
    }
}
