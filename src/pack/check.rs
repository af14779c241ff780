//! Whether what a pack says fits the API model: operations, inputs, and every member that an expression reads.

use std::collections::BTreeSet;

use super::fields::{FieldPath, Step};
use super::{Call, Expression, Input, ItemPath, PackRule, ResourceType, Tags};
use crate::aws::api::Api;
use crate::aws::api::model::{Kind, View};
use crate::rule::{Check, Rule};
use crate::text::closest;

/// The variables that expressions may use.
const VARIABLES: &[&str] =
    &["account", "arn", "created", "id", "item", "keys", "name", "parent", "partition", "region", "resource", "tags"];

/// What stands behind `resource`, `item` and `parent`.
#[derive(Clone, Debug, Default)]
struct Shapes<'m> {
    /// One or more shapes; none when it is not known.
    views: Vec<View<'m>>,
    /// Members that further calls add.
    added: Vec<(&'m str, View<'m>)>,
}

impl<'m> Shapes<'m> {
    fn of(view: View<'m>) -> Self {
        Self { views: vec![view], added: Vec::new() }
    }
}

/// Checks a type and its rules against the model of its service.
pub(super) fn against_model(kind: &ResourceType, rules: &[&'static Rule], api: &Api) -> Result<(), String> {
    let mut parent = Shapes::default();
    for call in &kind.within {
        check_input(api, call, &parent, &Shapes::default())?;
        parent = items(api, &call.operation, call.items.as_ref())?;
    }
    check_input(api, &kind.list, &parent, &Shapes::default())?;
    let item = items(api, &kind.list.operation, kind.list.items.as_ref())?;
    let mut resource = item.clone();
    if let Some(detail) = &kind.detail {
        check_input(api, detail, &parent, &item)?;
        resource.views.extend(items(api, &detail.operation, detail.items.as_ref())?.views);
    }
    if let Some(batch) = &kind.batch {
        let operation = batch.operation.as_str();
        check_members(api, operation, &batch.input)?;
        resource.views.extend(items(api, operation, Some(&batch.items))?.views);
        check_expression(&batch.key, &resource, &item, &parent)?;
    }
    for also in &kind.also {
        check_input(api, &also.call, &parent, &resource)?;
        also.when.iter().try_for_each(|when| check_expression(when, &resource, &item, &parent))?;
        let operation = also.call.operation.as_str();
        items(api, operation, also.call.items.as_ref())?;
        let whole = api.operation(operation).and_then(|known| api.output(known));
        let names = also.call.items.as_ref().map(ItemPath::names).unwrap_or_default();
        let added = names.iter().try_fold(whole, |view, name| Some(view?.member(name)));
        resource.added.extend(added.flatten().map(|view| (also.into.as_str(), view)));
    }
    if let Some(Tags::Call(call)) = &kind.tags {
        check_input(api, call, &parent, &resource)?;
        items(api, &call.operation, call.items.as_ref())?;
    }
    let of_type =
        [Some(&kind.id), kind.label.as_ref(), kind.created.as_ref(), kind.keep.as_ref()].into_iter().flatten();
    let of_arn = kind.arn.iter().flat_map(super::Template::expressions);
    for expression in of_type.chain(of_arn) {
        check_expression(expression, &resource, &item, &parent)?;
    }
    for rule in rules {
        if let Check::Pack(logic) = &rule.check {
            for expression in logic.expressions() {
                check_expression(expression, &resource, &item, &parent).map_err(|why| format!("{}: {why}", rule.id))?;
            }
        }
    }
    Ok(())
}

impl PackRule {
    /// Every expression of it.
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let single = [&self.applies, &self.fails, &self.cost].into_iter().flatten();
        let templates = self.cleanup.iter().chain([&self.message]).flat_map(super::Template::expressions);
        let idle = self.idle.iter().flat_map(|idle| idle.dimensions.values());
        single.chain(&self.evidence).chain(templates).chain(idle)
    }
}

/// What the items of a reply are.
fn items<'m>(api: &'m Api, operation: &str, path: Option<&ItemPath>) -> Result<Shapes<'m>, String> {
    let known = api.operation(operation).ok_or_else(|| {
        let near =
            closest(operation, api.operations()).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        format!("the model has no operation {operation}{near}")
    })?;
    let Some(mut view) = api.output(known) else { return Err(format!("{operation} gives nothing")) };
    for name in path.map(ItemPath::names).unwrap_or_default() {
        view = view.member(name).ok_or_else(|| unknown_member(&format!("{operation} gives"), name, view))?;
        if view.kind() == Kind::List {
            view = view.item();
        }
    }
    Ok(Shapes::of(view))
}

fn unknown_member(whose: &str, name: &str, view: View<'_>) -> String {
    let names: Vec<&str> = view.members().map(|(name, _)| name).collect();
    let near = closest(name, names.iter().copied()).map(|near| format!("; did you mean {near}?"));
    let near = near.unwrap_or_else(|| format!("; it has {}", names.join(", ")));
    format!("{whose} no {name}{near}")
}

fn check_input(api: &Api, call: &Call, parent: &Shapes<'_>, item: &Shapes<'_>) -> Result<(), String> {
    check_members(api, &call.operation, &call.input)?;
    call.input.expressions().into_iter().try_for_each(|expression| check_expression(expression, item, item, parent))
}

fn check_members(api: &Api, operation: &str, input: &Input) -> Result<(), String> {
    items(api, operation, None)?;
    let known = api.operation(operation).and_then(|known| api.input(known));
    let (Input::Object(given), Some(view)) = (input, known) else { return Ok(()) };
    match given.keys().find(|name| view.member(name).is_none()) {
        Some(name) => Err(unknown_member(&format!("{operation} takes"), name, view)),
        None => Ok(()),
    }
}

fn check_expression(
    expression: &Expression,
    resource: &Shapes<'_>,
    item: &Shapes<'_>,
    parent: &Shapes<'_>,
) -> Result<(), String> {
    let functions: BTreeSet<&str> =
        super::FUNCTIONS.iter().map(|(form, _)| form.split('(').next().unwrap_or(form)).collect();
    let unknown = expression.unknown_names(VARIABLES, &functions)?;
    if let Some(name) = unknown.first() {
        return Err(format!("`{}` uses {name}, which is neither a variable nor a function here", expression.text()));
    }
    for path in expression.fields()? {
        let shapes = match path.root.as_str() {
            "resource" => resource,
            "item" => item,
            "parent" => parent,
            _ => continue,
        };
        check_path(path, shapes).map_err(|why| format!("`{}`: {why}", expression.text()))?;
    }
    Ok(())
}

fn check_path(path: &FieldPath, shapes: &Shapes<'_>) -> Result<(), String> {
    let mut views = shapes.views.clone();
    let mut steps = path.steps.iter();
    if let Some(Step::Name(name)) = path.steps.first()
        && let Some((_, view)) = shapes.added.iter().find(|(added, _)| added == name)
    {
        views = vec![*view];
        steps.next();
    }
    for step in steps {
        // What lies within free JSON, or within what was listed further out, is not described.
        if views.is_empty() || views.iter().any(|view| view.is_document()) {
            return Ok(());
        }
        let next: Vec<View<'_>> = match step {
            Step::Each => views
                .iter()
                .filter(|view| matches!(view.kind(), Kind::List))
                .map(|view| view.item())
                .chain(views.iter().filter(|view| view.kind() == Kind::Map).map(|view| view.value()))
                .collect(),
            Step::Name(name) if name == "parent" && path.root == "parent" => return Ok(()),
            Step::Name(name) => views
                .iter()
                .filter_map(|view| match view.kind() {
                    Kind::Structure => view.member(name),
                    Kind::Map => Some(view.value()),
                    _ => None,
                })
                .collect(),
        };
        // A plain text of a list is kept as the member `Value`.
        let is_plain = |view: &View<'_>| !matches!(view.kind(), Kind::Structure | Kind::Map | Kind::List);
        if next.is_empty() && *step == Step::Name("Value".to_owned()) && views.iter().any(is_plain) {
            return Ok(());
        }
        if next.is_empty() {
            let name = match step {
                Step::Name(name) => name,
                Step::Each => return Err(format!("{path} goes into what is no list")),
            };
            let all = views.first().copied();
            return Err(
                all.map_or_else(String::new, |view| unknown_member(&format!("{path}: the model has"), name, view))
            );
        }
        views = next;
    }
    Ok(())
}
