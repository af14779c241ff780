//! From files to policies that can be judged.

use std::path::Path;

use crate::policy::input::walk::{self, WalkedFile};
use crate::policy::input::{self, FoundPolicy, Input};
use crate::policy::outline::Outline;
use crate::policy::semantics::{Answer, Question, Told};
use crate::policy::syntax::{Lines, Span};
use crate::policy::{Document, PolicyKind};
use crate::report::grants::{About, History, JudgedPolicy, Part, StatementPlace};

/// A policy with what is said about it.
pub(super) struct Subject {
    /// Its file.
    pub(super) file: String,
    /// Where in the file; empty for a file that is the policy.
    pub(super) name: String,
    /// What sort of policy it is.
    pub(super) kind: PolicyKind,
    /// What it means; why that cannot be told before a deployment.
    pub(super) document: Result<Document, String>,
    /// Where its statements stand.
    pub(super) statements: Vec<StatementPlace>,
    /// What of it only a deployment knows.
    unknowns: Vec<String>,
}

/// What was read.
#[derive(Default)]
pub(super) struct Subjects {
    /// The policies.
    pub(super) policies: Vec<Subject>,
    /// What could not be read.
    pub(super) problems: Vec<String>,
}

impl Subjects {
    /// Reads the policies that paths name.
    pub(super) fn read(paths: &[String], kind: Option<PolicyKind>) -> Self {
        let walked = walk::expand(paths);
        let mut subjects = Self::default();
        for file in &walked.files {
            subjects.add_walked(file, kind);
        }
        subjects.problems.extend(walked.problems.into_iter().map(|(path, message)| format!("{path} {message}")));
        subjects
    }

    /// Reads the policies of a file that was found in a folder, and that may hold none.
    pub(super) fn add_found(&mut self, path: &Path, kind: Option<PolicyKind>) {
        self.add_walked(&WalkedFile { path: path.to_owned(), is_named: false }, kind);
    }

    fn add_walked(&mut self, file: &WalkedFile, kind: Option<PolicyKind>) {
        match crate::cli::policy::read(&file.path) {
            Ok(bytes) => self.add(&file.name(), &file.path, &bytes, kind, file.is_named),
            Err(error) => self.problems.push(error.what),
        }
    }

    /// Reads the policies of one file. Where it was only found, it may hold none.
    pub(super) fn add(&mut self, name: &str, path: &Path, bytes: &[u8], kind: Option<PolicyKind>, must_hold: bool) {
        let read = input::read(path, bytes, kind);
        if !must_hold && read.policies.is_empty() && read.problems.iter().all(input::InputProblem::is_no_policy) {
            return;
        }
        for problem in &read.problems {
            self.problems.push(at(name, problem.span, &read.source, &problem.message));
        }
        for policy in &read.policies {
            match Subject::of(policy, name, &read) {
                Ok(subject) => self.policies.push(subject),
                Err(problem) => self.problems.push(problem),
            }
        }
    }
}

impl Subject {
    fn of(policy: &FoundPolicy, file: &str, read: &Input) -> Result<Self, String> {
        let document = match policy.document() {
            Ok(document) => Ok(document),
            Err(unjudged) if unjudged.is_unknown => Err(unjudged.message),
            Err(unjudged) => {
                let whose = if policy.name.is_empty() { String::new() } else { format!("{}: ", policy.name) };
                return Err(at(file, unjudged.span, &read.source, &format!("{whose}{}", unjudged.message)));
            }
        };
        if let Ok(document) = &document {
            super::fits::fits(document, policy.kind).map_err(|why| {
                let whose = if policy.name.is_empty() { String::new() } else { format!("{}: ", policy.name) };
                format!("{file} {whose}{why}")
            })?;
        }
        let lines = Lines::of(&read.source);
        let outline = policy.parsed.root.as_ref().map(Outline::of);
        let place = |statement: &crate::policy::outline::Statement<'_>| StatementPlace {
            file: file.to_owned(),
            line: lines.position(statement.node.span.start).line,
            sid: statement.sid_text().map(str::to_owned),
        };
        Ok(Self {
            file: file.to_owned(),
            name: policy.name.clone(),
            kind: policy.kind,
            document,
            statements: outline.iter().flat_map(|outline| &outline.statements).map(place).collect(),
            unknowns: policy.unknowns.iter().map(|part| format!("{} is {}", part.path, part.expression)).collect(),
        })
    }

    /// Whether it and another one can be compared: one that names principals means something else than one that is about
    /// those it is attached to.
    pub(super) fn is_of_same_sort(&self, other: &Self) -> bool {
        let sort = |kind: PolicyKind| (kind.is_identity() || kind == PolicyKind::Scp, kind.grants());
        sort(self.kind) == sort(other.kind)
    }

    /// It, judged by one question.
    pub(super) fn part(&self, about: About, question: impl FnOnce(&Document) -> Answer<Told>) -> Part {
        let answer = match &self.document {
            Ok(document) => question(document),
            Err(reason) => Answer::Unknown(vec![reason.clone()]),
        };
        Part { about, answer: self.with_unknowns(answer), statements: self.statements.clone() }
    }

    /// An answer that names, where it is open, what only a deployment knows.
    pub(super) fn with_unknowns(&self, answer: Answer<Told>) -> Answer<Told> {
        match answer {
            Answer::Unknown(mut reasons) => {
                let known = reasons.clone();
                reasons.extend(self.unknowns.iter().filter(|own| !known.contains(own)).cloned());
                Answer::Unknown(reasons)
            }
            told => told,
        }
    }

    /// It with answers.
    pub(super) fn judged(&self, history: History, parts: Vec<Part>) -> JudgedPolicy {
        JudgedPolicy {
            file: self.file.clone(),
            old_file: None,
            name: self.name.clone(),
            kind: self.kind,
            history,
            parts,
        }
    }
}

/// Tells a question whose policy is of some kind.
pub(super) fn tell(question: &Question<'_>, kind: PolicyKind) -> Answer<Told> {
    question.tell(kind.is_identity() || kind == PolicyKind::Scp)
}

fn at(file: &str, span: Option<Span>, source: &str, message: &str) -> String {
    match span {
        Some(span) => {
            let position = Lines::of(source).position(span.start);
            format!("{file}:{}:{} {message}", position.line, position.column)
        }
        None => format!("{file} {message}"),
    }
}
