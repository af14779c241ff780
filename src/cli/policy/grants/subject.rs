//! From files to policies that can be judged.

use std::collections::BTreeSet;
use std::path::Path;

use crate::policy::input::walk::{self, WalkedFile};
use crate::policy::input::{self, Bearing, FoundPolicy, Input, ModuleFile, read_in_module};
use crate::policy::outline::Outline;
use crate::policy::semantics::{Answer, Question, Told};
use crate::policy::syntax::node::{is_hole, show_holes};
use crate::policy::syntax::{Hole, Lines, Span};
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
    /// Who has it, and when it is there; `None` where the file does not tell.
    pub(super) bearing: Option<Bearing>,
    /// Its text, also where it cannot be told what it means.
    pub(super) text: serde_json::Value,
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
    /// Of these, what may be policies: not that a file holds none.
    pub(super) unread: Vec<String>,
}

impl Subjects {
    /// Reads the policies that paths name.
    pub(super) fn read(paths: &[String], kind: Option<PolicyKind>) -> Self {
        let walked = walk::expand(paths);
        let mut subjects = Self::default();
        for file in &walked.files {
            subjects.add_walked(file, kind, &[]);
        }
        walked.problems.into_iter().for_each(|(path, message)| subjects.miss(format!("{path} {message}")));
        subjects
    }

    /// Reads the policies of a file that was found in a folder with the other files of its module, and that may hold none.
    pub(super) fn add_found(&mut self, path: &Path, kind: Option<PolicyKind>, module: &[ModuleFile]) {
        self.add_walked(&WalkedFile { path: path.to_owned(), is_named: false }, kind, module);
    }

    fn add_walked(&mut self, file: &WalkedFile, kind: Option<PolicyKind>, module: &[ModuleFile]) {
        match crate::cli::policy::read(&file.path) {
            Ok(bytes) => {
                let read = read_in_module(&file.path, &bytes, kind, module);
                self.add_read(&file.name(), &read, file.is_named);
            }
            Err(error) => self.miss(error.what),
        }
    }

    /// Takes the policies of a file that was read. Where it was only found, it may hold none.
    pub(super) fn add_read(&mut self, name: &str, read: &Input, must_hold: bool) {
        if !must_hold && read.policies.is_empty() && read.problems.iter().all(input::InputProblem::is_no_policy) {
            return;
        }
        let lines = Lines::of(&read.source);
        for problem in &read.problems {
            let message = at(name, problem.span, &lines, &problem.message);
            if problem.is_no_policy() {
                self.problems.push(message);
            } else {
                self.miss(message);
            }
        }
        for policy in &read.policies {
            match Subject::of(policy, name, &lines) {
                Ok(subject) => self.policies.push(subject),
                Err(problem) => self.miss(problem),
            }
        }
    }

    /// Something could not be read that may be a policy.
    pub(super) fn miss(&mut self, problem: String) {
        self.unread.push(problem.clone());
        self.problems.push(problem);
    }
}

impl Subject {
    fn of(policy: &FoundPolicy, file: &str, lines: &Lines<'_>) -> Result<Self, String> {
        let whose = if policy.name.is_empty() { String::new() } else { format!("{}: ", policy.name) };
        let document = match policy.document() {
            Ok(document) => Ok(document),
            Err(unjudged) if unjudged.is_unknown => Err(unjudged.message),
            Err(unjudged) => {
                return Err(at(file, unjudged.span, lines, &format!("{whose}{}", unjudged.message)));
            }
        };
        if let Ok(document) = &document {
            super::fits::fits(document, policy.kind).map_err(|why| format!("{file} {whose}{why}"))?;
        }
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
            bearing: policy.bearing.clone(),
            text: policy.text(),
            unknowns: policy.unknowns.iter().filter(|part| !part.path.is_empty()).map(told).collect(),
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

    /// The expressions that it shares with another one, and that are not defined alike in both files.
    pub(super) fn defined_otherwise(&self, other: &Self) -> BTreeSet<String> {
        let holes = |own: &Self| -> BTreeSet<char> { own.text.to_string().chars().filter(|c| is_hole(*c)).collect() };
        let (one, two) = (holes(self), holes(other));
        let names = |holes: &BTreeSet<char>, but: &BTreeSet<char>| -> BTreeSet<String> {
            holes.difference(but).filter_map(|c| Some(Hole::from_letter(*c)?.expression())).collect()
        };
        names(&one, &two).intersection(&names(&two, &one)).map(|name| show_holes(name)).collect()
    }

    /// It with answers.
    pub(super) fn judged(&self, history: History, parts: Vec<Part>) -> JudgedPolicy {
        let (file, name) = (self.file.clone(), self.name.clone());
        JudgedPolicy { file, name, was: None, kind: self.kind, history, parts }
    }
}

/// Tells a question whose policy is of some kind.
pub(super) fn tell(question: &Question<'_>, kind: PolicyKind) -> Answer<Told> {
    question.tell(kind.is_identity() || kind == PolicyKind::Scp)
}

fn told(part: &crate::lint::UnknownPart) -> String {
    format!("{} is {}", part.path, part.expression)
}

fn at(file: &str, span: Option<Span>, lines: &Lines<'_>, message: &str) -> String {
    match span {
        Some(span) => {
            let position = lines.position(span.start);
            format!("{file}:{}:{} {message}", position.line, position.column)
        }
        None => format!("{file} {message}"),
    }
}
