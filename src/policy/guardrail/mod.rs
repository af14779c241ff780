//! Promises about what policies may grant (`policies/guardrails/*.toml`), held to what the policies mean.

mod read;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};

pub use read::GuardrailError;

use super::kind::PolicyKind;
use super::model::Document;
use super::semantics::{Access, Answer, Question};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies/guardrails");

/// A promise about what policies may grant.
#[derive(Clone, Debug)]
pub struct Guardrail {
    /// Its file's name: `no-iam-write`.
    pub id: String,
    /// What is so when it holds.
    pub title: String,
    /// Why one would want that.
    pub why: String,
    /// The section of the notes that explains it.
    pub note: Option<String>,
    /// Access that no policy may grant.
    pub never: Vec<Access>,
    /// What policies may grant at most, when some actions are bounded: as a policy of a principal, and as one of a resource.
    only: Option<[Document; 2]>,
    /// Policies that keep it and policies that do not.
    pub examples: Vec<Example>,
}

/// A policy that shows what a guardrail means.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub says: String,
    /// Whether it keeps the guardrail.
    pub passes: bool,
    /// What sort of policy it is.
    pub kind: PolicyKind,
    /// The policy.
    pub policy: Document,
}

impl Guardrail {
    /// Reads one from TOML.
    ///
    /// # Errors
    /// What is wrong, where, and what to do.
    pub fn parse(id: &str, text: &str) -> Result<Self, GuardrailError> {
        read::parse(id, text)
    }

    /// Whether a policy keeps it. One that cannot grant anything, such as an SCP, does.
    #[must_use]
    pub fn judge(&self, policy: &Document, kind: PolicyKind) -> Answer {
        self.tell(policy, kind, |question| question.decide(kind.is_identity()))
    }

    /// As [`Guardrail::judge`], with each question answered by `ask`.
    #[must_use]
    pub fn tell<Proof>(
        &self,
        policy: &Document,
        kind: PolicyKind,
        ask: impl Fn(&Question<'_>) -> Answer<Proof>,
    ) -> Answer<Proof> {
        if !kind.grants() {
            return Answer::Pass;
        }
        let never = self.never.iter().map(|access| Question::granted(policy, access.clone()));
        let only = self.only.iter().map(|[of_principal, of_resource]| {
            Question::new_access(if kind.is_identity() { of_principal } else { of_resource }, policy)
        });
        all_of(never.chain(only).map(|question| ask(&question)))
    }
}

/// What holds when each of several checks has to.
fn all_of<Proof>(answers: impl Iterator<Item = Answer<Proof>>) -> Answer<Proof> {
    let (mut grants, mut doubts) = (Vec::new(), BTreeSet::new());
    for answer in answers {
        match answer {
            Answer::Pass => {}
            Answer::Fail(found) => grants.extend(found),
            Answer::Unknown(reasons) => doubts.extend(reasons),
        }
    }
    match (grants.is_empty(), doubts.is_empty()) {
        (false, _) => Answer::Fail(grants),
        (true, false) => Answer::Unknown(doubts.into_iter().collect()),
        (true, true) => Answer::Pass,
    }
}

/// The guardrails that come with afterlab, sorted by id.
pub fn built_in() -> &'static [Guardrail] {
    static ALL: OnceLock<Vec<Guardrail>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A test reads each file; one that could not be read would be missing, which the test sees.
        let read = |file: &include_dir::File<'static>| {
            Guardrail::parse(file.path().file_stem()?.to_str()?, file.contents_utf8()?).ok()
        };
        let mut all: Vec<_> = FOLDER.files().filter_map(read).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes;
    use crate::policy::catalogue::{AccessLevel, Catalogue};
    use crate::policy::matching::glob_ignore_case;

    #[test]
    fn every_file_is_a_guardrail_with_examples_of_both_sorts() {
        let files: Vec<_> = FOLDER.files().collect();
        for file in &files {
            let id = file.path().file_stem().and_then(|stem| stem.to_str()).expect("a name");
            let text = file.contents_utf8().expect("UTF-8");
            let read = Guardrail::parse(id, text).unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
            for outcome in [true, false] {
                assert!(read.examples.iter().any(|example| example.passes == outcome), "{id}: no example, {outcome}");
            }
            let note = read.note.as_deref().unwrap_or_else(|| panic!("{id} has no note"));
            assert!(notes::section(note).is_some(), "{id}: no note {note}");
        }
        assert_eq!(built_in().len(), files.len());
    }

    #[test]
    fn examples_come_out_as_they_say() {
        for guardrail in built_in() {
            for example in &guardrail.examples {
                let answer = guardrail.judge(&example.policy, example.kind);
                let is_as_told = if example.passes { answer.is_pass() } else { !answer.proofs().is_empty() };
                assert!(is_as_told, "{}, {}: {answer:#?}", guardrail.id, example.says);
            }
        }
    }

    #[test]
    fn no_iam_write_names_all_that_writes_and_nothing_that_reads() {
        let guardrail = built_in().iter().find(|guardrail| guardrail.id == "no-iam-write").expect("no-iam-write");
        let patterns: Vec<_> = guardrail.never.iter().flat_map(|access| &access.actions).collect();
        let mut wrong = Vec::new();
        for (service, action) in Catalogue::embedded().matching("iam:*") {
            let name = format!("{}:{}", service.prefix, action.name);
            let is_named = patterns.iter().any(|pattern| glob_ignore_case(pattern, &name));
            let writes = !matches!(action.level, AccessLevel::Read | AccessLevel::List);
            // Handing a role on writes nothing, and has a guardrail of its own.
            if is_named != (writes && action.name != "PassRole") {
                wrong.push(name);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
