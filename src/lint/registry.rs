//! All lints of this build.

use super::{Family, Lint};

/// All families, sorted by name.
pub fn families() -> impl Iterator<Item = &'static Family> {
    crate::rules::FAMILIES.iter().copied()
}

/// All lints with their families.
pub fn all() -> impl Iterator<Item = (&'static Family, &'static Lint)> {
    families().flat_map(|family| family.lints.iter().map(move |lint| (family, *lint)))
}

/// The lint of this code, in upper or lower case.
#[must_use]
pub fn find(code: &str) -> Option<(&'static Family, &'static Lint)> {
    all().find(|(_, lint)| lint.code.eq_ignore_ascii_case(code))
}

/// The code that is closest to what was typed, if one is close enough to be meant.
#[must_use]
pub fn closest(typed: &str) -> Option<&'static str> {
    crate::text::closest(&typed.to_ascii_uppercase(), all().map(|(_, lint)| lint.code))
}
