//! The beginning of a pack: a type whose list the model knows, with one rule to be written on.

use crate::aws::api::Api;
use crate::aws::api::is_read;
use crate::aws::api::model::{Kind, View};

/// What a model offers for a type.
struct Listing<'m> {
    operation: &'m str,
    items: &'m str,
    item: View<'m>,
}

/// The file of a new type, which loads and whose examples hold.
///
/// # Errors
/// When the model has no list for it.
pub(super) fn file(api: &Api, pack: &str, kind: &str) -> Result<String, String> {
    let noun = kind.rsplit("::").next().unwrap_or(kind);
    let mut lists = listings(api);
    if lists.is_empty() {
        return Err("the model has no operation that lists something without being told what".to_owned());
    }
    // The list whose name has the type's name in it, otherwise the first.
    let wanted = |listing: &Listing<'_>| !listing.operation.to_lowercase().contains(&noun.to_lowercase());
    lists.sort_by_key(|listing| (wanted(listing), listing.operation.len(), listing.operation));
    let Listing { operation, items, item } = &lists[0];
    let member = id_member(*item);
    let (field, example) = match member {
        Some(name) => (format!("resource.{name}"), name),
        None => ("resource.Value".to_owned(), "Value"),
    };
    let slug = |text: &str| -> String {
        let mut slug = String::new();
        for c in text.chars() {
            if c.is_ascii_uppercase() && !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            slug.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        }
        slug
    };
    let rule = format!("{}-{}-of-a-lab", slug(pack), slug(noun));
    Ok(format!(
        r#"[resource]
type = "{kind}"
list = {{ operation = "{operation}", items = "{items}" }}
id = "{field}"

[[rule]]
id = "{rule}"
kind = "hygiene"
title = "{noun} of a lab is left"
severity = "low"
note = "account#knowing-what-you-spend"
fails = "glob('lab-*', {field})"
message = "{noun} {{name}} is left of a lab"
evidence = ["{field}"]
docs = """
## What it finds
Say here what is wrong.

## Why it matters
Say here what comes of it.

## How to fix it
Say here what to do.
"""

[[rule.example]]
name = "one of a lab"
outcome = "fail"
resource = {{ {example} = "lab-x" }}

[[rule.example]]
name = "another one"
outcome = "pass"
resource = {{ {example} = "orders" }}
"#
    ))
}

/// Operations that list something without being told what.
fn listings(api: &Api) -> Vec<Listing<'_>> {
    let reads = api.operations().filter(|name| is_read(name));
    let listing = |operation| {
        let known = api.operation(operation)?;
        let asks = api.input(known).is_some_and(|input| !input.required().is_empty());
        let (items, list) = api.output(known)?.members().find(|(_, member)| member.kind() == Kind::List)?;
        (!asks).then(|| Listing { operation, items, item: list.item() })
    };
    reads.filter_map(listing).collect()
}

/// The member that an item is most likely called by.
fn id_member(item: View<'_>) -> Option<&str> {
    let texts = || item.members().filter(|(_, member)| member.kind() == Kind::String).map(|(name, _)| name);
    let ends = |end: &'static str| texts().find(move |name| name.to_lowercase().ends_with(end));
    ends("name").or_else(|| ends("id")).or_else(|| texts().next())
}
