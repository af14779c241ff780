//! Whether what a pack says fits the API model: operations, inputs, and every member that an expression reads.

use std::collections::BTreeSet;

use super::core_types::CoreType;
use super::fields::{FieldPath, Step};
use super::judge::{PARAMS, USED};
use super::related::RelatedType;
use super::{About, Call, Expression, Input, ItemPath, PackRule, ParsedText, ResourceType, Tags, registry};
use crate::aws::api::Api;
use crate::aws::api::model::{Kind, View};
use crate::rule::{Check, Rule};
use crate::text::closest;

/// What a type's own expressions, and rules about single resources, may use.
const OF_RESOURCE: &[&str] =
    &["account", "arn", "created", "id", "item", "keys", "name", "parent", "partition", "region", "resource", "tags"];

/// What rules about an account or a region as a whole may use.
const OF_WHOLE: &[&str] = &["account", "partition", "region", "regions", "resources"];

/// What stands behind `resource`, `item` and `parent`.
#[derive(Clone, Debug, Default)]
struct Shapes<'m> {
    /// One or more shapes; none when it is not known.
    views: Vec<View<'m>>,
    /// Members that further calls add.
    added: Vec<(&'m str, View<'m>)>,
    /// Members whose text is parsed.
    parsed: &'m [ParsedText],
}

impl<'m> Shapes<'m> {
    fn of(view: View<'m>) -> Self {
        Self { views: vec![view], ..Self::default() }
    }
}

/// What expressions may use at one place.
#[derive(Clone, Debug)]
struct Scope<'m> {
    variables: Vec<&'m str>,
    shapes: Vec<(&'m str, Shapes<'m>)>,
    core: Vec<(&'m str, &'m CoreType)>,
}

impl<'m> Scope<'m> {
    fn of_item(item: &Shapes<'m>, resource: &Shapes<'m>, parent: &Shapes<'m>) -> Self {
        let shapes = vec![("item", item.clone()), ("resource", resource.clone()), ("parent", parent.clone())];
        Self { variables: OF_RESOURCE.to_vec(), shapes, core: Vec::new() }
    }

    fn of_whole(resource: &Shapes<'m>) -> Self {
        Self { variables: OF_WHOLE.to_vec(), shapes: vec![("resources", resource.clone())], core: Vec::new() }
    }

    fn with(mut self, name: &'m str, shapes: Shapes<'m>) -> Self {
        self.variables.push(name);
        self.shapes.push((name, shapes));
        self
    }

    fn with_core(mut self, name: &'m str, kind: &'m CoreType) -> Self {
        self.variables.push(name);
        self.core.push((name, kind));
        self
    }
}

/// What a type's list, its resources, and what they were listed within look like.
struct OfType<'m> {
    item: Shapes<'m>,
    resource: Shapes<'m>,
    parent: Shapes<'m>,
}

/// Checks a type and its rules against the model of its service, and of those whose types its rules relate to.
pub(super) fn against_model(kind: &ResourceType, rules: &[&'static Rule], api: &Api) -> Result<(), String> {
    let of_type = of_type(kind, api)?;
    let own = Scope::of_item(&of_type.item, &of_type.resource, &of_type.parent);
    let of_kind =
        [Some(&kind.id), kind.label.as_ref(), kind.created.as_ref(), kind.keep.as_ref()].into_iter().flatten();
    let of_arn = kind.arn.iter().flat_map(super::Template::expressions);
    of_kind.chain(of_arn).try_for_each(|expression| check_expression(expression, &own))?;
    for rule in rules {
        let Check::Pack(logic) = &rule.check else { continue };
        check_params(rule, logic)
            .and_then(|()| check_rule(rule, logic, &of_type))
            .map_err(|why| format!("{}: {why}", rule.id))?;
    }
    Ok(())
}

/// Whether each parameter is used, and each that is used is declared.
fn check_params(rule: &Rule, logic: &PackRule) -> Result<(), String> {
    let mut used = BTreeSet::new();
    for expression in logic.expressions().chain(logic.related.iter().filter_map(|related| related.is.as_ref())) {
        for path in expression.fields()?.iter().filter(|path| path.root == PARAMS) {
            match path.steps.as_slice() {
                [Step::Name(name)] if rule.params.iter().any(|param| param.name == name) => used.insert(name.as_str()),
                [Step::Name(name), ..] => {
                    let near = closest(name, rule.params.iter().map(|param| param.name));
                    let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                    return Err(format!("`{}`: the rule declares no parameter {name}{near}", expression.text()));
                }
                _ => return Err(format!("`{}`: write params.NAME", expression.text())),
            };
        }
    }
    match rule.params.iter().find(|param| !used.contains(param.name)) {
        Some(param) => Err(format!("no expression reads the parameter {}", param.name)),
        None => Ok(()),
    }
}

fn check_rule(rule: &Rule, logic: &PackRule, of_type: &OfType<'_>) -> Result<(), String> {
    let mut apis = Vec::new();
    for related in &logic.related {
        if let RelatedType::Pack(kind) = related.kind {
            apis.push((related.name, registry::model(kind)?));
        }
    }
    let mut scope = match logic.about {
        About::Resource => Scope::of_item(&of_type.item, &of_type.resource, &of_type.parent),
        About::Region | About::Account => Scope::of_whole(&of_type.resource),
    };
    if logic.idle.is_some() {
        scope.variables.push(USED);
    }
    if !rule.params.is_empty() {
        scope.variables.push(PARAMS);
    }
    for related in &logic.related {
        if let Some(is) = &related.is {
            check_expression(is, &scope)?;
        }
        scope = match related.kind {
            RelatedType::Core(kind) => scope.with_core(related.name, kind),
            RelatedType::Pack(kind) => {
                let api = apis.iter().find(|(name, _)| *name == related.name).map(|(_, api)| api);
                let Some(api) = api else { continue };
                let other = self::of_type(kind, api)?;
                if let Some(key) = &related.key {
                    let of_other = Scope::of_item(&other.item, &other.resource, &other.parent);
                    check_expression(key, &of_other.with("other", other.resource.clone()))?;
                }
                scope.with(related.name, other.resource)
            }
        };
    }
    logic.expressions().try_for_each(|expression| check_expression(expression, &scope))
}

fn of_type<'m>(kind: &'m ResourceType, api: &'m Api) -> Result<OfType<'m>, String> {
    let mut parent = Shapes::default();
    let nothing = Shapes::default();
    for call in &kind.within {
        check_input(api, call, &Scope::of_item(&nothing, &nothing, &parent))?;
        parent = items(api, &call.operation, call.items.as_ref())?;
    }
    check_input(api, &kind.list, &Scope::of_item(&nothing, &nothing, &parent))?;
    let item = items(api, &kind.list.operation, kind.list.items.as_ref())?;
    let mut resource = Shapes { parsed: &kind.parsed, ..item.clone() };
    if let Some(detail) = &kind.detail {
        check_input(api, detail, &Scope::of_item(&item, &item, &parent))?;
        resource.views.extend(items(api, &detail.operation, detail.items.as_ref())?.views);
    }
    if let Some(batch) = &kind.batch {
        let operation = batch.operation.as_str();
        check_members(api, operation, &batch.input)?;
        resource.views.extend(items(api, operation, Some(&batch.items))?.views);
        check_expression(&batch.key, &Scope::of_item(&item, &resource, &parent))?;
    }
    for text in &kind.parsed {
        let name = Step::Name(text.member.clone());
        check_path(&FieldPath { root: "resource".to_owned(), steps: Vec::new() }, &[name], &resource)?;
    }
    for also in &kind.also {
        let scope = Scope::of_item(&resource, &resource, &parent);
        check_input(api, &also.call, &scope)?;
        also.when.iter().try_for_each(|when| check_expression(when, &scope))?;
        let operation = also.call.operation.as_str();
        items(api, operation, also.call.items.as_ref())?;
        let whole = api.operation(operation).and_then(|known| api.output(known));
        let names = also.call.items.as_ref().map(ItemPath::names).unwrap_or_default();
        let added = names.iter().try_fold(whole, |view, name| Some(view?.member(name)));
        resource.added.extend(added.flatten().map(|view| (also.into.as_str(), view)));
    }
    if let Some(Tags::Call(call)) = &kind.tags {
        check_input(api, call, &Scope::of_item(&resource, &resource, &parent))?;
        items(api, &call.operation, call.items.as_ref())?;
    }
    Ok(OfType { item, resource, parent })
}

impl ResourceType {
    /// What its list, and its detail, say of one resource.
    #[must_use]
    pub fn shapes<'m>(&'m self, api: &'m Api) -> Vec<View<'m>> {
        let calls = [Some(&self.list), self.detail.as_ref()].into_iter().flatten();
        calls
            .filter_map(|call| items(api, &call.operation, call.items.as_ref()).ok())
            .flat_map(|found| found.views)
            .collect()
    }
}

impl PackRule {
    /// Every expression of it, but those that find what it relates to.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
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

fn check_input(api: &Api, call: &Call, scope: &Scope<'_>) -> Result<(), String> {
    check_members(api, &call.operation, &call.input)?;
    call.input.expressions().into_iter().try_for_each(|expression| check_expression(expression, scope))
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

fn check_expression(expression: &Expression, scope: &Scope<'_>) -> Result<(), String> {
    let functions: BTreeSet<&str> =
        super::FUNCTIONS.iter().map(|(form, _)| form.split('(').next().unwrap_or(form)).collect();
    let unknown = expression.unknown_names(&scope.variables, &functions)?;
    if let Some(name) = unknown.first() {
        return Err(format!("`{}` uses {name}, which is neither a variable nor a function here", expression.text()));
    }
    let wrong = |why: String| format!("`{}`: {why}", expression.text());
    for path in expression.fields()? {
        if let Some((_, shapes)) = scope.shapes.iter().find(|(name, _)| *name == path.root) {
            // Variables that stand for lists are checked from their items on.
            let of_list = shapes.views.first().is_none_or(|view| view.kind() != Kind::List);
            let steps = path.steps.strip_prefix(&[Step::Each]).filter(|_| of_list).unwrap_or(&path.steps);
            check_path(path, steps, shapes).map_err(wrong)?;
        } else if let Some((_, kind)) = scope.core.iter().find(|(name, _)| *name == path.root)
            && let Some(Step::Name(name)) = path.steps.first()
            && !kind.members.iter().any(|member| member.name == name)
        {
            let names: Vec<&str> = kind.members.iter().map(|member| member.name).collect();
            return Err(wrong(format!("of {} there is no {name}; there is {}", kind.name, names.join(", "))));
        }
    }
    Ok(())
}

fn check_path(path: &FieldPath, steps: &[Step], shapes: &Shapes<'_>) -> Result<(), String> {
    let mut views = shapes.views.clone();
    let mut steps = steps.iter();
    if let Some(Step::Name(name)) = steps.clone().next()
        && let Some((_, view)) = shapes.added.iter().find(|(added, _)| added == name)
    {
        views = vec![*view];
        steps.next();
    } else if let Some(Step::Name(name)) = steps.clone().next()
        && let Some(text) = shapes.parsed.iter().find(|text| text.member == *name)
        && steps.len() > 1
    {
        let is_kept = text.has(steps.as_slice().get(1..).unwrap_or_default());
        return if is_kept { Ok(()) } else { Err(format!("{path}: the pack's `parsed` keeps no such part of {name}")) };
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
