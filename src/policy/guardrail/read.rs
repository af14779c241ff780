//! The TOML form of a guardrail.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::{Example, Guardrail};
use crate::lint::{Level, LintSelection, check};
use crate::policy::kind::PolicyKind;
use crate::policy::model::Document;
use crate::policy::semantics::Access;
use crate::policy::syntax::{Lines, Origin, Position, parse as parse_json};

/// Why a file is no guardrail.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GuardrailError {
    /// It is no TOML of the form.
    #[error("{0}")]
    Form(String),
    /// It promises nothing.
    #[error("it promises nothing: it needs a [[never]], an [[only]], or both")]
    Empty,
    /// What it names is no access that a policy could grant.
    #[error("{part}: {problem}")]
    Access {
        /// Which part of the file.
        part: String,
        /// What is wrong with it.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    why: String,
    note: Option<String>,
    #[serde(default)]
    never: Vec<Listed>,
    #[serde(default)]
    only: Vec<Listed>,
    #[serde(default, rename = "example")]
    examples: Vec<ExampleForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    actions: Vec<String>,
    #[serde(default = "everywhere")]
    resources: Vec<String>,
    /// As in a policy; only where `only` says when access is fine.
    #[serde(default)]
    condition: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleForm {
    says: String,
    outcome: Outcome,
    #[serde(default = "identity")]
    kind: String,
    policy: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Pass,
    Fail,
}

fn everywhere() -> Vec<String> {
    vec!["*".to_owned()]
}

fn identity() -> String {
    "identity".to_owned()
}

pub(super) fn parse(id: &str, text: &str) -> Result<Guardrail, GuardrailError> {
    let file: File = toml::from_str(text).map_err(|error| GuardrailError::Form(in_one_line(&error, text)))?;
    if file.never.is_empty() && file.only.is_empty() {
        return Err(GuardrailError::Empty);
    }
    Ok(Guardrail {
        id: id.to_owned(),
        title: file.title,
        why: file.why.trim().to_owned(),
        note: file.note,
        only: if file.only.is_empty() { None } else { Some(bounds(&file.only)?) },
        never: file.never.into_iter().enumerate().map(never).collect::<Result<_, _>>()?,
        examples: file.examples.into_iter().map(example).collect::<Result<_, _>>()?,
    })
}

/// What is wrong with the form, and where: `line 3, column 1: unknown field …`.
fn in_one_line(error: &toml::de::Error, text: &str) -> String {
    let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(start) = error.span().and_then(|span| u32::try_from(span.start).ok()) else { return message };
    let Position { line, column } = Lines::of(text).position(start);
    format!("line {line}, column {column}: {message}")
}

fn never((place, listed): (usize, Listed)) -> Result<Access, GuardrailError> {
    let part = format!("never {}", place + 1);
    if !listed.condition.is_empty() {
        let problem = "has no conditions: say with [[only]] when access is fine".to_owned();
        return Err(GuardrailError::Access { part, problem });
    }
    policy(&part, &[statement(&listed, false)])?;
    Ok(Access { actions: listed.actions, resources: listed.resources })
}

/// All that a policy may grant: what is listed as it is listed, and every action that is not.
fn bounds(only: &[Listed]) -> Result<[Document; 2], GuardrailError> {
    let bounded: Vec<&String> = only.iter().flat_map(|listed| &listed.actions).collect();
    let whole = |of_resource: bool| {
        let mut other = json!({"Effect": "Allow", "NotAction": bounded, "Resource": "*"});
        if of_resource && let Value::Object(members) = &mut other {
            members.insert("Principal".to_owned(), json!("*"));
        }
        std::iter::once(other).chain(only.iter().map(|listed| statement(listed, of_resource))).collect::<Vec<_>>()
    };
    for (place, listed) in only.iter().enumerate() {
        policy(&format!("only {}", place + 1), &[statement(listed, false)])?;
    }
    Ok([document("only", &whole(false))?, document("only", &whole(true))?])
}

fn statement(listed: &Listed, of_resource: bool) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": listed.actions, "Resource": listed.resources});
    if let Value::Object(members) = &mut statement {
        if of_resource {
            members.insert("Principal".to_owned(), json!("*"));
        }
        if !listed.condition.is_empty() {
            members.insert("Condition".to_owned(), Value::Object(listed.condition.clone()));
        }
    }
    statement
}

/// What is listed as a policy, which must be one without an error: a name that AWS does not have would promise nothing.
fn policy(part: &str, statements: &[Value]) -> Result<(), GuardrailError> {
    let problem = |problem: String| GuardrailError::Access { part: part.to_owned(), problem };
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let lints = LintSelection::default().resolve().map_err(|error| problem(error.to_string()))?;
    let found = check(&parse_json(&text, &Origin::file()), PolicyKind::Identity, &lints);
    match found.into_iter().find(|finding| finding.level == Level::Error) {
        Some(finding) => Err(problem(finding.message)),
        None => document(part, statements).map(drop),
    }
}

fn document(part: &str, statements: &[Value]) -> Result<Document, GuardrailError> {
    let value = json!({"Version": "2012-10-17", "Statement": statements});
    Document::from_value(&value)
        .map_err(|error| GuardrailError::Access { part: part.to_owned(), problem: error.to_string() })
}

fn example(form: ExampleForm) -> Result<Example, GuardrailError> {
    let problem = |problem: String| GuardrailError::Access { part: format!("example {:?}", form.says), problem };
    let kind = PolicyKind::parse(&form.kind).ok_or_else(|| problem(format!("there is no kind {:?}", form.kind)))?;
    let value: Value = serde_json::from_str(&form.policy).map_err(|error| problem(error.to_string()))?;
    let policy = Document::from_value(&value).map_err(|error| problem(error.to_string()))?;
    Ok(Example { says: form.says, passes: form.outcome == Outcome::Pass, kind, policy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_stands_in_one_line() {
        for (text, expected) in [
            ("title = \"a\"\nwhy = \"b\"\nalways = 1\n", "line 3, column 1: unknown field `always`"),
            ("title = \"é\" x", "line 1, column 13: "),
            ("title = \"a\"\nwhy = 1\n", "line 2, column 7: invalid type: integer `1`"),
            ("why = \"a\"\n", "missing field `title`"),
            ("title = \"a\"\nwhy = \"b\"\n", "it promises nothing"),
            ("title = \"a\"\nwhy = \"b\"\n[[never]]\nactions = [\"s3:GetObjekt\"]\n", "never 1: "),
        ] {
            let error = parse("ours", text).expect_err(text).to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{error}");
        }
    }
}
