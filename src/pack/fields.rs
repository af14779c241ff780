//! Which members of its variables an expression reads, so that they can be checked against the model, and so that only
//! they are handed over.

use std::collections::HashMap;

use cel::IdedExpr;
use cel::common::ast::operators::INDEX;
use cel::common::ast::{EntryExpr, Expr, LiteralValue};

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A member.
    Name(String),
    /// Each item of a list.
    Each,
}

/// A member that an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldPath {
    /// The variable: `resource`, `item`, `parent` …
    pub(super) root: String,
    pub(super) steps: Vec<Step>,
}

impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.root)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Each => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

/// What a local variable of a macro stands for, if that is known.
type Locals = HashMap<String, Option<FieldPath>>;

/// All members that an expression reads.
///
/// # Errors
/// When it asks with `has()`: what a reply left out is `null`, so that `has` would always say yes.
pub(super) fn read_by(expression: &IdedExpr) -> Result<Vec<FieldPath>, String> {
    let mut found = Vec::new();
    walk(expression, &Locals::new(), &mut found)?;
    Ok(found)
}

fn chain(expression: &IdedExpr, locals: &Locals) -> Option<FieldPath> {
    match &expression.expr {
        Expr::Ident(name) => match locals.get(name) {
            Some(path) => path.clone(),
            None => Some(FieldPath { root: name.clone(), steps: Vec::new() }),
        },
        Expr::Select(select) if !select.test => {
            let mut path = chain(&select.operand, locals)?;
            path.steps.push(Step::Name(select.field.clone()));
            Some(path)
        }
        Expr::Call(call) if call.func_name == INDEX => {
            let parts: Vec<&IdedExpr> = call.target.as_deref().into_iter().chain(&call.args).collect();
            let [list, index] = parts.as_slice() else { return None };
            let mut path = chain(list, locals)?;
            path.steps.push(match &index.expr {
                Expr::Literal(LiteralValue::String(name)) => Step::Name(name.inner().to_owned()),
                _ => Step::Each,
            });
            Some(path)
        }
        // What a filter leaves are items of the same list.
        Expr::Comprehension(inner) if gives(&inner.loop_step, &inner.iter_var) => chain(&inner.iter_range, locals),
        _ => None,
    }
}

/// The comprehension that a chain of members begins with.
fn inner_comprehension(expression: &IdedExpr) -> Option<&IdedExpr> {
    match &expression.expr {
        Expr::Comprehension(_) => Some(expression),
        Expr::Select(select) => inner_comprehension(&select.operand),
        Expr::Call(call) if call.func_name == INDEX => {
            inner_comprehension(call.target.as_deref().or(call.args.first())?)
        }
        _ => None,
    }
}

/// Whether a step of a comprehension adds its item as it is: `[item]` stands in it.
fn gives(step: &IdedExpr, item: &str) -> bool {
    match &step.expr {
        Expr::List(list) => {
            matches!(list.elements.as_slice(), [one] if matches!(&one.expr, Expr::Ident(name) if name == item))
        }
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).any(|part| gives(part, item)),
        _ => false,
    }
}

fn walk(expression: &IdedExpr, locals: &Locals, found: &mut Vec<FieldPath>) -> Result<(), String> {
    let is_plain = !matches!(expression.expr, Expr::Comprehension(_));
    if is_plain && let Some(path) = chain(expression, locals) {
        found.push(path);
        // What a list was filtered by is read as well.
        return inner_comprehension(expression).map_or(Ok(()), |inner| walk(inner, locals, found));
    }
    match &expression.expr {
        Expr::Select(select) if select.test => {
            Err("has() always says yes, as what a reply left out is null: write `!= null`".to_owned())
        }
        Expr::Select(select) => walk(&select.operand, locals, found),
        Expr::Call(call) => {
            let mut parts = call.target.as_deref().into_iter().chain(&call.args);
            parts.try_for_each(|part| walk(part, locals, found))
        }
        Expr::List(list) => list.elements.iter().try_for_each(|element| walk(element, locals, found)),
        Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => {
                walk(&entry.key, locals, found)?;
                walk(&entry.value, locals, found)
            }
            EntryExpr::StructField(field) => walk(&field.value, locals, found),
        }),
        Expr::Comprehension(inner) => {
            walk(&inner.iter_range, locals, found)?;
            walk(&inner.accu_init, locals, found)?;
            let mut within = locals.clone();
            let each = chain(&inner.iter_range, locals).map(|mut path| {
                path.steps.push(Step::Each);
                path
            });
            within.insert(inner.iter_var.clone(), each);
            within.insert(inner.accu_var.clone(), None);
            [&inner.loop_cond, &inner.loop_step, &inner.result]
                .into_iter()
                .try_for_each(|part| walk(part, &within, found))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str) -> Vec<FieldPath> {
        read_by(cel::Program::compile(source).expect("CEL").expression()).expect("fields")
    }

    #[test]
    fn members_are_found_also_within_macros() {
        let source = "resource.A.B == 'x' && resource.List.exists(v, v.C == item.D) && size(resource.L[0].M) > 0";
        let shown: Vec<String> = paths(source).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["resource.A.B", "resource.List", "resource.List[].C", "item.D", "resource.L[].M"]);
        let program = cel::Program::compile("has(resource.A)").expect("CEL");
        assert!(read_by(program.expression()).is_err());
    }
}
