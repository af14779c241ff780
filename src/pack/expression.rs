//! Expressions (CEL) and texts with expressions in them.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use cel::Program;
use serde_json::Value;

use super::fields::{self, FieldPath};
use super::values::{Reads, Variables, from_cel};
use crate::text::shell_quote;

/// Functions of CEL itself.
const BUILT_IN: &[&str] =
    &["bool", "contains", "double", "endsWith", "int", "max", "min", "size", "startsWith", "string", "type"];

/// An expression, compiled when it is first used.
#[derive(Debug)]
pub struct Expression {
    text: String,
    compiled: OnceLock<Result<Compiled, String>>,
}

#[derive(Debug)]
struct Compiled {
    program: Program,
    fields: Vec<FieldPath>,
    reads: HashMap<String, Reads>,
}

impl Expression {
    /// An expression that is not compiled yet.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn compiled(&self) -> Result<&Compiled, String> {
        let compile = || {
            let program = Program::compile(&self.text).map_err(|errors| {
                let first = errors.to_string();
                let line = first.lines().next().unwrap_or_default();
                format!("`{}` is no expression: {line}", self.text)
            })?;
            let fields = fields::read_by(program.expression()).map_err(|why| format!("`{}`: {why}", self.text))?;
            let reads = Reads::by_variable(&fields);
            Ok(Compiled { program, fields, reads })
        };
        self.compiled.get_or_init(compile).as_ref().map_err(Clone::clone)
    }

    /// The members that it reads.
    ///
    /// # Errors
    /// When it is no expression.
    pub(super) fn fields(&self) -> Result<&[FieldPath], String> {
        Ok(&self.compiled()?.fields)
    }

    /// Whether it reads a variable.
    pub(super) fn reads(&self, variable: &str) -> bool {
        self.compiled().is_ok_and(|compiled| compiled.reads.contains_key(variable))
    }

    /// The variables and functions that it uses and nobody defines.
    pub(super) fn unknown_names(&self, variables: &[&str], functions: &BTreeSet<&str>) -> Result<Vec<String>, String> {
        let references = self.compiled()?.program.references();
        let locals = |name: &str| name.starts_with('@');
        let of_macros = self.macro_variables();
        let unknown = references
            .variables()
            .into_iter()
            .filter(|name| !variables.contains(name) && !locals(name) && !of_macros.iter().any(|local| local == name));
        let unknown_functions = references.functions().into_iter().filter(|name| {
            name.starts_with(|c: char| c.is_alphabetic()) && !functions.contains(name) && !BUILT_IN.contains(name)
        });
        Ok(unknown.chain(unknown_functions).map(str::to_owned).collect())
    }

    /// The variables that macros of the expression bring: `v` of `list.exists(v, …)`.
    fn macro_variables(&self) -> Vec<String> {
        const MACROS: &[&str] = &[".all(", ".exists(", ".exists_one(", ".filter(", ".map("];
        let behind = MACROS.iter().flat_map(|name| self.text.split(name).skip(1));
        behind.filter_map(|rest| Some(rest.split_once(',')?.0.trim().to_owned())).collect()
    }

    /// Its value.
    ///
    /// # Errors
    /// What went wrong, with the expression.
    pub fn evaluate(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> Result<Value, String> {
        let compiled = self.compiled()?;
        let mut scope = root.new_inner_scope();
        variables.hand_over(&compiled.reads, &mut scope);
        let value = compiled.program.execute(&scope).map_err(|error| format!("`{}`: {error}", self.text))?;
        from_cel(&value).map_err(|what| format!("`{}` gives {what}", self.text))
    }

    /// Its value as `true` or `false`.
    ///
    /// # Errors
    /// What went wrong, with the expression.
    pub fn test(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> Result<bool, String> {
        match self.evaluate(root, variables)? {
            Value::Bool(value) => Ok(value),
            other => Err(format!("`{}` gives {other}, neither true nor false", self.text)),
        }
    }

    /// Its value as text; `null` is none.
    ///
    /// # Errors
    /// What went wrong, with the expression.
    pub fn string(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> Result<Option<String>, String> {
        Ok(shown(&self.evaluate(root, variables)?))
    }
}

/// A text with expressions in braces: `Index {resource.Name}`; `{{` is a brace.
#[derive(Debug)]
pub struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Value(Expression),
}

impl Template {
    /// Cuts a text at its braces.
    ///
    /// # Errors
    /// When a brace is not closed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..];
            if brace.starts_with("{{") || brace.starts_with("}}") {
                plain.push_str(&brace[..1]);
                rest = &brace[2..];
            } else if let Some(inner) = brace.strip_prefix('{') {
                let end = inner.find('}').ok_or_else(|| format!("{text:?} has a brace that is not closed"))?;
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Value(Expression::new(&inner[..end])));
                rest = &inner[end + 1..];
            } else {
                return Err(format!("{text:?} has a brace that is not opened; write }}}} for a plain one"));
            }
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// The expressions in it.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.0.iter().filter_map(|piece| if let Piece::Value(expression) = piece { Some(expression) } else { None })
    }

    /// The text with its expressions evaluated.
    ///
    /// # Errors
    /// What went wrong, with the expression.
    pub fn fill(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> Result<String, String> {
        self.fill_with(root, variables, |text| text)
    }

    /// The same as a command, with what is filled in quoted for a shell.
    ///
    /// # Errors
    /// What went wrong, with the expression.
    pub fn command(&self, root: &cel::Context<'_, '_>, variables: &Variables<'_>) -> Result<String, String> {
        self.fill_with(root, variables, |text| shell_quote(&text))
    }

    fn fill_with(
        &self,
        root: &cel::Context<'_, '_>,
        variables: &Variables<'_>,
        quote: impl Fn(String) -> String,
    ) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Value(expression) => {
                    text.push_str(&quote(expression.string(root, variables)?.unwrap_or_else(|| "unknown".to_owned())));
                }
            }
        }
        Ok(text)
    }
}

/// A value for people.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
