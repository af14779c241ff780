//! XML bodies: replies of the protocols query, ec2 and rest-xml.

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use super::{Kind, Mismatch, Reply, View, text};

pub(super) fn query_output(view: View<'_>, reply: &Reply<'_>) -> Result<Value, Mismatch> {
    with_root(reply.body, |root| {
        let wrapper = view.result_wrapper().and_then(|name| children(root, name).next());
        structure(view, wrapper.unwrap_or(root))
    })
}

pub(super) fn ec2_output(view: View<'_>, reply: &Reply<'_>) -> Result<Value, Mismatch> {
    with_root(reply.body, |root| structure(view, root))
}

/// Calls something with the root element; an empty body is an empty object.
pub(super) fn with_root(
    body: &[u8],
    read: impl FnOnce(Node<'_, '_>) -> Result<Value, Mismatch>,
) -> Result<Value, Mismatch> {
    let wrong = |found: String| Mismatch::new("XML", found).within("the body");
    let text = std::str::from_utf8(body).map_err(|_| wrong("not UTF-8".to_owned()))?;
    if text.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let document = Document::parse(text.trim_start_matches('\u{feff}').trim_start());
    let document = document.map_err(|error| wrong(format!("none: {error}")))?;
    read(document.root_element())
}

/// The members of a structure that stand in the body.
pub(super) fn structure(view: View<'_>, node: Node<'_, '_>) -> Result<Value, Mismatch> {
    let mut read = Map::new();
    for (name, member) in view.members().filter(|(_, member)| !super::rest::is_beside_body(*member)) {
        let value = self::member(name, member, node).map_err(|error| error.within(name))?;
        read.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(Value::Object(read))
}

fn member(name: &str, member: View<'_>, node: Node<'_, '_>) -> Result<Option<Value>, Mismatch> {
    if member.is_attribute() {
        // `xsi:type`: the prefix is a namespace of the document.
        let wire = member.element_name().unwrap_or(name);
        let wire = wire.rsplit(':').next().unwrap_or(wire);
        let attribute = node.attributes().find(|attribute| attribute.name() == wire);
        return attribute.map(|attribute| text::read(member, attribute.value())).transpose();
    }
    if member.is_flattened() && matches!(member.kind(), Kind::List | Kind::Map) {
        // Older models name the items and not the list.
        let of_item = (member.kind() == Kind::List).then(|| member.item().wire_name()).flatten();
        let names = [Some(member.element_name().unwrap_or(name)), of_item];
        let named = |name: &str| children(node, name).collect::<Vec<Node<'_, '_>>>();
        let found = names.into_iter().flatten().map(named).find(|found| !found.is_empty()).unwrap_or_default();
        if found.is_empty() {
            return Ok(None);
        }
        return if member.kind() == Kind::List {
            list(member, found.into_iter())
        } else {
            map(member, found.into_iter())
        }
        .map(Some);
    }
    let Some(found) = children(node, member.element_name().unwrap_or(name)).next() else { return Ok(None) };
    value(member, found).map(Some)
}

/// The value of an element.
pub(super) fn value(view: View<'_>, node: Node<'_, '_>) -> Result<Value, Mismatch> {
    match view.kind() {
        Kind::Structure => structure(view, node),
        Kind::List => list(view, node.children().filter(Node::is_element)),
        Kind::Map => map(view, node.children().filter(Node::is_element)),
        Kind::String | Kind::Character | Kind::Blob => Ok(Value::from(text_of(node))),
        _ => text::read(view, &text_of(node)),
    }
}

fn list<'a, 'i: 'a>(view: View<'_>, nodes: impl Iterator<Item = Node<'a, 'i>>) -> Result<Value, Mismatch> {
    let item = |(place, node)| value(view.item(), node).map_err(|error| error.within(&format!("[{place}]")));
    Ok(Value::Array(nodes.enumerate().map(item).collect::<Result<_, _>>()?))
}

fn map<'a, 'i: 'a>(view: View<'_>, nodes: impl Iterator<Item = Node<'a, 'i>>) -> Result<Value, Mismatch> {
    let (key_name, value_name) = (view.key().wire_name().unwrap_or("key"), view.value().wire_name().unwrap_or("value"));
    let mut read = Map::new();
    for node in nodes {
        let Some(key) = children(node, key_name).next().map(text_of) else { continue };
        let value = children(node, value_name).next().map(|node| value(view.value(), node)).transpose();
        let value = value.map_err(|error| error.within(&key))?.unwrap_or_default();
        read.insert(key, value);
    }
    Ok(Value::Object(read))
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// All text of an element, also around comments.
fn text_of(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
}
