//! The data source `aws_iam_policy_document`: a policy in blocks.
//!
//! What the provider renders: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>.

use super::{blocks, items, text};
use crate::policy::syntax::{Member, Node, Span, Text, Value};

/// Attributes of a statement that become a member of the same value.
const PLAIN: &[(&str, &str)] =
    &[("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource")];

/// Attributes with the text of further documents.
const SOURCES: &[&str] = &["source_policy_documents", "override_policy_documents", "source_json", "override_json"];

/// The policy that a block becomes; `None` when it only joins documents that `is_read` where they stand.
pub(super) fn render(body: &Node, is_read: impl Fn(&Node) -> bool) -> Option<Node> {
    let mut statements: Vec<Node> = blocks(body, "statement").into_iter().map(statement).collect();
    let joined = SOURCES.iter().filter_map(|name| body.get(name)).flat_map(items);
    statements.extend(joined.filter(|node| matches!(node.value, Value::Unknown(_)) && !is_read(node)).cloned());
    if statements.is_empty() {
        return None;
    }
    let start = Span { start: body.span.start, end: body.span.start };
    let version = body.get("version").cloned().unwrap_or_else(|| string("2012-10-17", start));
    let mut members = vec![member("Version", start, version)];
    members.extend(renamed(body, "policy_id", "Id"));
    members.push(member("Statement", body.span, Node { span: body.span, value: Value::Array(statements) }));
    Some(Node { span: body.span, value: Value::Object(members) })
}

fn statement(body: &Node) -> Node {
    let start = Span { start: body.span.start, end: body.span.start };
    let effect = renamed(body, "effect", "Effect").unwrap_or_else(|| member("Effect", start, string("Allow", start)));
    let mut members: Vec<Member> = renamed(body, "sid", "Sid").into_iter().chain([effect]).collect();
    members.extend(principals(body, "principals", "Principal"));
    members.extend(principals(body, "not_principals", "NotPrincipal"));
    let is_empty = |member: &Member| member.value.array().is_some_and(<[Node]>::is_empty);
    members.extend(PLAIN.iter().filter_map(|(from, to)| renamed(body, from, to)).filter(|member| !is_empty(member)));
    members.extend(conditions(body));
    Node { span: body.span, value: Value::Object(members) }
}

fn string(text: &str, span: Span) -> Node {
    Node { span, value: Value::String(Text::new(text.to_owned(), span, None)) }
}

fn member(key: &str, span: Span, value: Node) -> Member {
    Member { key: Text::new(key.to_owned(), span, None), value }
}

/// An attribute under the name that it has in a policy.
fn renamed(body: &Node, from: &str, to: &str) -> Option<Member> {
    let attribute = body.object()?.iter().find(|member| member.key.text == from)?;
    if attribute.value.value == Value::Null {
        return None;
    }
    Some(member(to, attribute.key.span, with_variables(&attribute.value)))
}

/// A value in which `&{aws:username}`, the provider's way to write a policy variable, is `${aws:username}`.
fn with_variables(node: &Node) -> Node {
    let value = match &node.value {
        Value::String(text) if text.as_str().contains("&{") => {
            Value::String(Text::new(text.as_str().replace("&{", "${"), text.span, None))
        }
        Value::Array(items) => Value::Array(items.iter().map(with_variables).collect()),
        other => other.clone(),
    };
    Node { span: node.span, value }
}

fn principals(body: &Node, from: &str, to: &str) -> Option<Member> {
    let blocks = blocks(body, from);
    let span = blocks.first()?.span;
    let unknown = |of: &Node| Node { span: of.span, value: Value::Unknown(from.to_owned()) };
    let mut types: Vec<Member> = Vec::new();
    for block in &blocks {
        let (Some(kind), Some(identifiers)) = (text(block, "type"), block.get("identifiers")) else {
            return Some(member(to, span, unknown(block)));
        };
        let identifiers = with_variables(identifiers);
        let is_anyone =
            identifiers.array().is_some_and(|list| matches!(list, [one] if one.text().is_some_and(|t| t.text == "*")));
        if kind == "*" && is_anyone && blocks.len() == 1 {
            return Some(member(to, span, string("*", identifiers.span)));
        }
        let key = block.get("type").map_or(block.span, |node| node.span);
        extend(&mut types, member(kind, key, identifiers));
    }
    Some(member(to, span, Node { span, value: Value::Object(types) }))
}

fn conditions(body: &Node) -> Option<Member> {
    let blocks = blocks(body, "condition");
    let span = blocks.first()?.span;
    let mut operators: Vec<Member> = Vec::new();
    for block in blocks {
        let (Some(test), Some(variable), Some(values)) =
            (block.get("test"), block.get("variable"), block.get("values"))
        else {
            return Some(member("Condition", span, Node { span, value: Value::Unknown("condition".to_owned()) }));
        };
        let (Some(operator), Some(key)) = (test.text(), variable.text()) else {
            return Some(member("Condition", span, Node { span, value: Value::Unknown("condition".to_owned()) }));
        };
        let entry = Member { key: key.clone(), value: with_variables(values) };
        let known = operators.iter_mut().find(|known| known.key.text == operator.text);
        if let Some(Value::Object(keys)) = known.map(|known| &mut known.value.value) {
            extend(keys, entry);
        } else {
            let keys = Node { span: block.span, value: Value::Object(vec![entry]) };
            operators.push(Member { key: operator.clone(), value: keys });
        }
    }
    Some(member("Condition", span, Node { span, value: Value::Object(operators) }))
}

/// Adds a list under a key; one that is there already is made longer, as the provider does.
fn extend(members: &mut Vec<Member>, new: Member) {
    let known = members.iter_mut().find(|member| member.key.text == new.key.text).map(|known| &mut known.value.value);
    match (known, new.value.value) {
        (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
        (_, value) => members.push(Member { key: new.key, value: Node { span: new.value.span, value } }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::terraform::hcl;

    fn rendered(source: &str) -> serde_json::Value {
        let (body, _) = hcl::parse(source).expect("Terraform's language");
        render(&body, |_| false).map_or(serde_json::Value::Null, |node| node.to_json())
    }

    #[test]
    fn blocks_become_what_the_provider_renders() {
        let source = r#"
policy_id = "lab"
statement {
  sid     = "Own"
  actions = ["s3:GetObject"]
  resources     = ["arn:aws:s3:::b/&{aws:username}/*"]
  not_resources = []
  condition {
    test     = "StringLike"
    variable = "s3:prefix"
    values   = ["a"]
  }
  condition {
    test     = "StringLike"
    variable = "s3:prefix"
    values   = ["b"]
  }
}
dynamic "statement" {
  for_each = var.roles
  content {
    effect  = "Deny"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [statement.value]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
statement {
  actions = ["s3:*"]
  principals {
    type        = "*"
    identifiers = ["*"]
  }
}
"#;
        let expected = serde_json::json!({"Version": "2012-10-17", "Id": "lab", "Statement": [
            {"Sid": "Own", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/${aws:username}/*"],
             "Condition": {"StringLike": {"s3:prefix": ["a", "b"]}}},
            {"Effect": "Deny", "Principal": {"AWS": [null], "Service": ["ec2.amazonaws.com"]}, "Action": ["sts:AssumeRole"]},
            {"Effect": "Allow", "Principal": "*", "Action": ["s3:*"]},
        ]});
        assert_eq!(rendered(source), expected);
    }

    #[test]
    fn documents_that_are_joined_count_when_nobody_reads_them() {
        let source = "source_policy_documents = [data.aws_iam_policy_document.a.json]\n";
        assert_eq!(rendered(source)["Statement"], serde_json::json!([null]));
        let (body, _) = hcl::parse(source).expect("Terraform's language");
        assert!(render(&body, |_| true).is_none());
    }
}
