//! What a lint reports.

use super::{Level, Lint};
use crate::policy::outline::{ConditionLine, ConditionValue, Item, Statement};
use crate::policy::syntax::{Member, Span};

/// One thing that is wrong at one place of a policy.
#[derive(Clone, Debug)]
pub struct LintFinding {
    /// The lint.
    pub lint: &'static Lint,
    /// The statement, from 0; `None` when it is about the whole document.
    pub statement: Option<usize>,
    /// The first place as a path: `Statement[1].Action[0]`; empty for the whole document.
    pub path: String,
    /// The places in the file, the one that matters most first; never empty.
    pub spans: Vec<Span>,
    /// What is wrong with this very value.
    pub message: String,
    /// What to do, where the family's documentation can be made concrete.
    pub help: Option<String>,
    /// The change that mends it, where it is mechanical and keeps or restores the meaning.
    pub fix: Option<Fix>,
    /// How bad it is: the lint's level, unless facts that may be out of date soften it.
    pub level: Level,
}

/// A mechanical change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does: `write Allow`.
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// Text to put in the place of other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there then, as JSON text.
    pub text: String,
}

impl Fix {
    /// Replaces one value.
    #[must_use]
    pub fn replace(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self { title: title.into(), edits: vec![Edit { span, text: text.into() }] }
    }

    /// Replaces one value by a string.
    #[must_use]
    pub fn string(title: impl Into<String>, span: Span, text: &str) -> Self {
        let quoted = serde_json::Value::String(text.to_owned()).to_string();
        Self::replace(title, span, quoted)
    }
}

/// Where a finding is: its path and its places.
pub trait Place {
    /// As a path: `Statement[1].Action[0]`.
    fn path(&self) -> String;
    /// In the file.
    fn span(&self) -> Span;
}

impl Place for Item<'_> {
    fn path(&self) -> String {
        self.path.clone()
    }

    fn span(&self) -> Span {
        self.text.span
    }
}

impl Place for ConditionValue<'_> {
    fn path(&self) -> String {
        self.path.clone()
    }

    fn span(&self) -> Span {
        self.node.span
    }
}

/// A condition line is shown by its key.
impl Place for ConditionLine<'_> {
    fn path(&self) -> String {
        self.path.clone()
    }

    fn span(&self) -> Span {
        self.member.key.span
    }
}

impl Place for Statement<'_> {
    fn path(&self) -> String {
        self.path.clone()
    }

    fn span(&self) -> Span {
        self.node.span
    }
}

/// A path and a place in the file.
impl Place for (String, Span) {
    fn path(&self) -> String {
        self.0.clone()
    }

    fn span(&self) -> Span {
        self.1
    }
}

/// The value of an element of a statement: its path is the statement's with the key.
impl Place for (&Statement<'_>, &Member) {
    fn path(&self) -> String {
        format!("{}.{}", self.0.path, self.1.key.text)
    }

    fn span(&self) -> Span {
        self.1.value.span
    }
}

/// Gathers what a family reports about one policy.
#[derive(Debug, Default)]
pub struct Findings<'s> {
    selected: Option<&'s dyn Selected>,
    pub(super) found: Vec<LintFinding>,
}

/// Which lints are wanted.
pub trait Selected: std::fmt::Debug + Sync {
    /// Whether this one is.
    fn takes(&self, lint: &Lint) -> bool;
}

/// A finding that is being put together.
#[derive(Debug)]
pub struct Draft<'f> {
    finding: Option<&'f mut LintFinding>,
}

impl<'s> Findings<'s> {
    /// Keeps only findings of the lints that are wanted.
    #[must_use]
    pub fn of(selected: &'s dyn Selected) -> Self {
        Self { selected: Some(selected), found: Vec::new() }
    }

    /// Whether a lint is wanted, for work that only it needs.
    #[must_use]
    pub fn wants(&self, lint: &Lint) -> bool {
        self.selected.is_none_or(|selected| selected.takes(lint))
    }

    /// Reports something about a part of a statement.
    pub fn report(
        &mut self,
        lint: &'static Lint,
        statement: &Statement<'_>,
        place: &impl Place,
        message: impl Into<String>,
    ) -> Draft<'_> {
        self.push(lint, Some(statement.index), place, message.into())
    }

    /// Reports something about the document.
    pub fn report_document(
        &mut self,
        lint: &'static Lint,
        place: &impl Place,
        message: impl Into<String>,
    ) -> Draft<'_> {
        self.push(lint, None, place, message.into())
    }

    fn push(
        &mut self,
        lint: &'static Lint,
        statement: Option<usize>,
        place: &impl Place,
        message: String,
    ) -> Draft<'_> {
        if !self.wants(lint) {
            return Draft { finding: None };
        }
        self.found.push(LintFinding {
            lint,
            statement,
            path: place.path(),
            spans: vec![place.span()],
            message,
            help: None,
            fix: None,
            level: lint.level,
        });
        Draft { finding: self.found.last_mut() }
    }
}

#[allow(clippy::return_self_not_must_use, reason = "the finding is kept already; a draft only adds to it")]
impl Draft<'_> {
    /// Adds a place that has a part in it.
    pub fn also(self, span: Span) -> Self {
        self.change(|finding| finding.spans.push(span))
    }

    /// Says what to do, in words about this value.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.change(|finding| finding.help = Some(help.into()))
    }

    /// Gives the change that mends it.
    pub fn fix(self, fix: Fix) -> Self {
        self.change(|finding| finding.fix = Some(fix))
    }

    /// Makes it milder than the lint is.
    pub fn level(self, level: Level) -> Self {
        self.change(|finding| finding.level = level)
    }

    fn change(mut self, change: impl FnOnce(&mut LintFinding)) -> Self {
        if let Some(finding) = &mut self.finding {
            change(finding);
        }
        self
    }
}
