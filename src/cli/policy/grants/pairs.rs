//! A policy and what it was: put together, and compared.

use std::path::Path;

use super::subject::{Subject, Subjects, tell};
use crate::policy::Document;
use crate::policy::input::walk;
use crate::policy::semantics::{Answer, Question};
use crate::report::grants::{About, History, JudgedPolicy, Part};

/// A policy before and after; one of both is there.
pub(super) struct Pair {
    before: Option<Subject>,
    after: Option<Subject>,
}

/// Puts the policies of a file together with those that it had: by their names; where there is one of each, these two.
pub(super) fn pair(before: Vec<Subject>, after: Vec<Subject>) -> Vec<Pair> {
    if let ([own], [new]) = (before.as_slice(), after.as_slice())
        && own.is_of_same_sort(new)
    {
        return before.into_iter().zip(after).map(|(own, new)| Pair { before: Some(own), after: Some(new) }).collect();
    }
    let mut before: Vec<Option<Subject>> = before.into_iter().map(Some).collect();
    let mut pairs: Vec<Pair> = Vec::new();
    for new in after {
        let is_it = |own: &&mut Option<Subject>| {
            own.as_ref().is_some_and(|own| own.name == new.name && own.is_of_same_sort(&new))
        };
        let own = before.iter_mut().find(is_it).and_then(Option::take);
        pairs.push(Pair { before: own, after: Some(new) });
    }
    pairs.extend(before.into_iter().flatten().map(|own| Pair { before: Some(own), after: None }));
    pairs
}

/// Leaves out policies that only moved: that are gone in one place and the same in another one.
pub(super) fn without_moved(pairs: &mut Vec<Pair>) {
    let is_same = |one: &Subject, other: &Subject| {
        one.kind == other.kind && one.document.is_ok() && one.document == other.document
    };
    let gone = |pair: &Pair| pair.after.is_none();
    while let Some((old, new)) = pairs.iter().enumerate().filter(|(_, pair)| gone(pair)).find_map(|(place, pair)| {
        let old = pair.before.as_ref()?;
        let new = pairs
            .iter()
            .position(|own| own.before.is_none() && own.after.as_ref().is_some_and(|new| is_same(old, new)))?;
        Some((place, new))
    }) {
        pairs.remove(old.max(new));
        pairs.remove(old.min(new));
    }
}

impl Pair {
    /// Whether the policy is still there.
    pub(super) fn is_there(&self) -> bool {
        self.after.is_some()
    }

    /// Whether both say the same, word by word.
    pub(super) fn is_same(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                before.document.is_ok() && before.document == after.document && before.kind == after.kind
            }
            _ => false,
        }
    }

    /// What the change newly allows, no longer denies, and no longer allows.
    pub(super) fn diff(&self) -> Option<JudgedPolicy> {
        let new = self.compare(About::NewAccess, |old, new| Question::new_access(old, new));
        let loose = self.compare(About::NoLongerDenied, |old, new| Question::no_longer_denied(old, new));
        let less = self.compare(About::NoLongerAllowed, |old, new| Question::new_access(new, old));
        self.judged(vec![new, loose, less])
    }

    /// What it allows that the one before does not.
    pub(super) fn no_new_access(&self) -> Option<JudgedPolicy> {
        self.judged(vec![self.compare(About::NewAccess, |old, new| Question::new_access(old, new))])
    }

    fn judged(&self, parts: Vec<Part>) -> Option<JudgedPolicy> {
        let history = match (&self.before, &self.after) {
            (Some(_), Some(_)) => History::Changed,
            (None, Some(_)) => History::Added,
            _ => History::Removed,
        };
        self.after.as_ref().or(self.before.as_ref()).map(|own| own.judged(history, parts))
    }

    fn compare(&self, about: About, question: impl for<'d> Fn(&'d Document, &'d Document) -> Question<'d>) -> Part {
        let nothing = Document { version: None, id: None, statements: Vec::new() };
        // What is newly allowed is so by statements of the new text, all else by those of the old one.
        let (subject, other) = match about {
            About::NewAccess => (&self.after, &self.before),
            _ => (&self.before, &self.after),
        };
        let document = |subject: &Option<Subject>| match subject {
            Some(own) => own.document.clone(),
            None => Ok(nothing.clone()),
        };
        let kind = self.after.as_ref().or(self.before.as_ref()).map(|own| own.kind);
        let answer = match (document(&self.before), document(&self.after), kind) {
            (Ok(before), Ok(after), Some(kind)) => tell(&question(&before, &after), kind),
            (Err(reason), ..) | (_, Err(reason), _) => Answer::Unknown(vec![reason]),
            (.., None) => Answer::Pass,
        };
        let answer = [subject, other].into_iter().flatten().fold(answer, |answer, own| own.with_unknowns(answer));
        Part { about, answer, statements: subject.as_ref().map(|own| own.statements.clone()).unwrap_or_default() }
    }
}

/// Reads the policies of one file that the user named.
pub(super) fn read_one(path: &Path, kind: Option<crate::policy::PolicyKind>) -> Result<Subjects, crate::cli::CliError> {
    if path != Path::new("-") && (path.is_dir() || !path.exists()) {
        return Err(crate::cli::CliError::new(format!("{} {}", path.display(), walk::why_unreadable(path))));
    }
    let bytes = crate::cli::policy::read(path)?;
    let mut subjects = Subjects::default();
    subjects.add(&path.display().to_string(), path, &bytes, kind, true);
    Ok(subjects)
}
