//! Which members of a type are read by anything: by the type itself, by its rules, and by rules of others that relate to it.

use std::collections::BTreeSet;

use super::fields::Step;
use super::{About, Expression, Related, RelatedType, ResourceType, Tags, Template, registry};
use crate::rule::Check;

/// The members that are read, as names on the way to them; lists are passed through.
///
/// # Errors
/// When an expression is none.
pub fn members_read(kind: &ResourceType) -> Result<BTreeSet<Vec<String>>, String> {
    let mut read = BTreeSet::new();
    let own = [Some(&kind.id), kind.label.as_ref(), kind.created.as_ref(), kind.keep.as_ref()].into_iter().flatten();
    let of_tags = if let Some(Tags::Expression(tags)) = &kind.tags { Some(tags) } else { None };
    let of_arn = kind.arn.iter().flat_map(Template::expressions);
    let of_calls = kind.also.iter().flat_map(|also| also.when.iter().chain(also.call.input.expressions()));
    add(&mut read, own.chain(of_tags).chain(of_arn).chain(of_calls), &["resource", "item"])?;
    for rule in registry::rules() {
        let Check::Pack(logic) = &rule.check else { continue };
        let of_related = || logic.related.iter().filter_map(|related| related.is.as_ref());
        if logic.kind == kind {
            let name = if logic.about == About::Resource { "resource" } else { "resources" };
            add(&mut read, logic.expressions().chain(of_related()), &[name])?;
        }
        let is_about = |related: &&Related| matches!(related.kind, RelatedType::Pack(other) if other == kind);
        for related in logic.related.iter().filter(is_about) {
            add(&mut read, logic.expressions().chain(of_related()), &[related.name])?;
            // Without a key it is found by what it is called.
            add(&mut read, related.key.iter(), &["other"])?;
        }
    }
    // Members that further calls add are no part of its list.
    let is_added = |path: &[String]| path.first().is_some_and(|name| kind.also.iter().any(|also| also.into == *name));
    read.retain(|path| !is_added(path));
    Ok(read)
}

fn add<'e>(
    read: &mut BTreeSet<Vec<String>>,
    expressions: impl Iterator<Item = &'e Expression>,
    roots: &[&str],
) -> Result<(), String> {
    for expression in expressions {
        for path in expression.fields()?.iter().filter(|path| roots.contains(&path.root.as_str())) {
            let names = path.steps.iter().filter_map(|step| match step {
                Step::Name(name) => Some(name.clone()),
                Step::Each => None,
            });
            let names: Vec<String> = names.collect();
            if !names.is_empty() {
                read.insert(names);
            }
        }
    }
    Ok(())
}
