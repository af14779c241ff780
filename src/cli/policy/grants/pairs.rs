//! A policy and what it was: put together, and compared.

use std::path::Path;

use super::subject::{Subject, Subjects, tell};
use crate::policy::Document;
use crate::policy::input::{self, walk};
use crate::policy::model::Effect;
use crate::policy::semantics::{Answer, Question, Told};
use crate::report::grants::{About, History, JudgedPolicy, Part};

/// A policy before and after; one of both is there.
pub(super) struct Pair {
    before: Side,
    after: Side,
}

/// A policy at one time.
enum Side {
    /// It is there.
    There(Box<Subject>),
    /// There is none.
    Nothing,
    /// Whether it is there is not known, as something could not be read.
    Unread(String),
}

/// Puts the policies of a file together with those that it had, by their names; where there is one of each, these two.
/// With what could not be read of both.
pub(super) fn pair(before: Subjects, after: Subjects) -> (Vec<Pair>, Vec<String>) {
    let missing = |unread: &[String]| match unread.first() {
        Some(problem) => Side::Unread(problem.clone()),
        None => Side::Nothing,
    };
    let (unread_before, unread_after) = (before.unread, after.unread);
    let problems = before.problems.into_iter().chain(after.problems).collect();
    let is_one_each = unread_before.is_empty() && unread_after.is_empty();
    let is_one_each = is_one_each && before.policies.len() == 1 && after.policies.len() == 1;
    // What one sort of policy allows is no measure for another one.
    let is_called_the_same = |own: &Subject, new: &Subject| own.name == new.name && own.is_of_same_sort(new);
    let mut old: Vec<Option<Subject>> = before.policies.into_iter().map(Some).collect();
    // Policies of the same name may have changed places.
    let mut new: Vec<(Subject, Option<Subject>)> = after.policies.into_iter().map(|own| (own, None)).collect();
    let mut put_together = |is_it: &dyn Fn(&Subject, &Subject) -> bool| {
        for (new, found) in new.iter_mut().filter(|(_, found)| found.is_none()) {
            let own = old.iter_mut().find(|own| own.as_ref().is_some_and(|own| is_it(own, new)));
            *found = own.and_then(Option::take);
        }
    };
    put_together(&|own, new| is_called_the_same(own, new) && says_the_same(own, new));
    put_together(&is_called_the_same);
    put_together(&|own, new| is_one_each && own.is_of_same_sort(new));
    let side = |own: Option<Subject>, unread: &[String]| own.map_or_else(|| missing(unread), Side::of);
    let mut pairs: Vec<Pair> =
        new.into_iter().map(|(new, own)| Pair { before: side(own, &unread_before), after: Side::of(new) }).collect();
    let gone = old.into_iter().flatten();
    pairs.extend(gone.map(|own| Pair { before: Side::of(own), after: missing(&unread_after) }));
    (pairs, problems)
}

/// Leaves out policies that only moved: that are gone in one place and the same in another one.
pub(super) fn without_moved(pairs: &mut Vec<Pair>) {
    let added = |pair: &Pair| matches!(pair.before, Side::Nothing);
    while let Some((old, new)) = pairs.iter().enumerate().find_map(|(place, pair)| {
        let (Some(old), Side::Nothing) = (pair.before.policy(), &pair.after) else { return None };
        let is_it = |own: &Pair| added(own) && own.after.policy().is_some_and(|new| says_the_same(old, new));
        Some((place, pairs.iter().position(is_it)?))
    }) {
        pairs.remove(old.max(new));
        pairs.remove(old.min(new));
    }
}

/// Whether two policies say the same, word by word, of the same.
fn says_the_same(one: &Subject, other: &Subject) -> bool {
    one.kind == other.kind && one.text == other.text && one.bearing == other.bearing
}

impl Side {
    fn of(subject: Subject) -> Self {
        Self::There(Box::new(subject))
    }

    fn policy(&self) -> Option<&Subject> {
        if let Self::There(subject) = self { Some(subject) } else { None }
    }

    /// What it means; nothing of a policy that is not there.
    fn document(&self) -> Result<Document, String> {
        match self {
            Self::There(own) => own.document.clone(),
            Self::Nothing => Ok(Document { version: None, id: None, statements: Vec::new() }),
            Self::Unread(reason) => Err(format!("what it is compared with could not be read: {reason}")),
        }
    }
}

impl Pair {
    /// Whether the policy is still there.
    pub(super) fn is_there(&self) -> bool {
        self.after.policy().is_some()
    }

    /// Whether both say the same, word by word.
    pub(super) fn is_same(&self) -> bool {
        let both = self.before.policy().zip(self.after.policy());
        both.is_some_and(|(before, after)| says_the_same(before, after))
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

    /// The policy; of one that is gone, what it was.
    fn subject(&self) -> Option<&Subject> {
        self.after.policy().or(self.before.policy())
    }

    fn judged(&self, parts: Vec<Part>) -> Option<JudgedPolicy> {
        let history = match (&self.before, &self.after) {
            (Side::Nothing, _) => History::Added,
            (_, Side::Nothing) => History::Removed,
            _ => History::Changed,
        };
        let own = self.subject()?;
        let was = self.before.policy().map(|before| &before.name).filter(|name| !name.is_empty() && **name != own.name);
        Some(JudgedPolicy { was: was.cloned(), ..own.judged(history, parts) })
    }

    fn compare(&self, about: About, question: impl for<'d> Fn(&'d Document, &'d Document) -> Question<'d>) -> Part {
        // What is newly allowed is so by statements of the new text, all else by those of the old one.
        let (subject, other) = match about {
            About::NewAccess => (self.after.policy(), self.before.policy()),
            _ => (self.before.policy(), self.after.policy()),
        };
        let answer = match (self.before.document(), self.after.document(), self.subject()) {
            (Ok(before), Ok(after), Some(own)) => tell(&question(&before, &after), own.kind),
            (Err(one), Err(other), _) if one != other => Answer::Unknown(vec![one, other]),
            (Err(reason), ..) | (_, Err(reason), _) => Answer::Unknown(vec![reason]),
            (.., None) => Answer::Pass,
        };
        let answer = [subject, other].into_iter().flatten().fold(answer, |answer, own| own.with_unknowns(answer));
        let answer = if answer.is_pass() { self.with_bearing(&about) } else { self.with_definitions(answer) };
        Part { about, answer, statements: subject.map(|own| own.statements.clone()).unwrap_or_default() }
    }

    /// An answer that names, where it is open, the expressions that look alike and are not.
    fn with_definitions(&self, answer: Answer<Told>) -> Answer<Told> {
        let both = self.before.policy().zip(self.after.policy());
        match (answer, both) {
            (Answer::Unknown(mut reasons), Some((before, after))) => {
                let otherwise = before.defined_otherwise(after).into_iter();
                reasons.extend(otherwise.map(|name| format!("{name} is not defined as it was")));
                Answer::Unknown(reasons)
            }
            (answer, _) => answer,
        }
    }

    /// Whether the text alone tells it, or it also hangs on who has the policy, and when it is there.
    fn with_bearing(&self, about: &About) -> Answer<Told> {
        let bearing = |side: &Side| side.policy().and_then(|own| own.bearing.clone());
        let Some((before, after)) = bearing(&self.before).zip(bearing(&self.after)) else { return Answer::Pass };
        let (side, effect) = match about {
            About::NewAccess => (&self.after, Effect::Allow),
            About::NoLongerDenied => (&self.before, Effect::Deny),
            _ => (&self.before, Effect::Allow),
        };
        if side.document().is_ok_and(|document| document.with_effect(effect).next().is_none()) {
            return Answer::Pass;
        }
        let mut reasons = Vec::new();
        if *about == About::NewAccess {
            reasons.extend(after.beyond(&before).into_iter().map(|who| format!("it is newly for {who}")));
        } else {
            reasons.extend(before.beyond(&after).into_iter().map(|who| format!("it is no longer for {who}")));
        }
        if let Some((was, is)) = before.presence_unlike(&after).zip(after.presence_unlike(&before)) {
            let told = |when: String| if when.is_empty() { "nothing".to_owned() } else { when };
            reasons.push(if was == is {
                format!("whether it is there hangs on {}, which is not defined as it was", told(is))
            } else {
                format!("whether it is there hangs on {}, and hung on {}", told(is), told(was))
            });
        }
        if reasons.is_empty() { Answer::Pass } else { Answer::Unknown(reasons) }
    }
}

/// Reads the policies of one file that the user named.
pub(super) fn read_one(path: &Path, kind: Option<crate::policy::PolicyKind>) -> Result<Subjects, crate::cli::CliError> {
    if path != Path::new("-") && (path.is_dir() || !path.exists()) {
        return Err(crate::cli::CliError::new(format!("{} {}", path.display(), walk::why_unreadable(path))));
    }
    let bytes = crate::cli::policy::read(path)?;
    let mut subjects = Subjects::default();
    subjects.add_read(&path.display().to_string(), &input::read(path, &bytes, kind), true);
    Ok(subjects)
}
