//! The data source `aws_iam_policy_document`: a policy in blocks.
//!
//! What the provider renders: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>.

mod joined;
mod statement;

use crate::policy::input::Found;
use crate::policy::kind::PolicyKind;
use crate::policy::syntax::{Hole, Member, Node, Span, Text, Value};

pub(super) use joined::{DOCUMENT, Documents, document_of};

use statement::statements;

/// Whether `dynamic` blocks are taken as if they were there once, as they are written, or as what may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    /// For whoever looks at the text.
    Written,
    /// For whoever asks what it means.
    Meant,
}

impl Documents<'_> {
    /// Adds the policy that a document renders to what was found; nothing where it has no statement.
    pub(super) fn push(&self, name: &str, body: &Node, kind: Option<PolicyKind>, found: &mut Found<'_>) {
        let Some(written) = self.render(body, View::Written) else { return };
        let meant = self.render(body, View::Meant).filter(|meant| *meant != written);
        found.push(format!("data.{DOCUMENT}.{name}"), kind, written);
        found.mean(meant);
    }

    fn render(&self, body: &Node, view: View) -> Option<Node> {
        let statements = self.merged(body, view);
        if statements.is_empty() {
            return None;
        }
        let start = Span { start: body.span.start, end: body.span.start };
        let version = body.get("version").filter(|own| own.value != Value::Null).cloned();
        let mut version = version.unwrap_or_else(|| string("2012-10-17", start));
        // The latest of all documents counts.
        if Documents::joins(body) && version.text().is_none_or(|text| text.as_str() != "2012-10-17") {
            version.value = Value::Unknown(Hole::of("the latest version of the joined documents"));
        }
        let mut members = vec![member("Version", start, version)];
        members.extend(renamed(body, "policy_id", "Id"));
        members.push(member("Statement", body.span, Node { span: body.span, value: Value::Array(statements) }));
        Some(Node { span: body.span, value: Value::Object(members) })
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::terraform::hcl;

    fn rendered(source: &str) -> serde_json::Value {
        let (body, _) = hcl::parse(source).expect("Terraform's language");
        let rendered = Documents::of(&body).render(&body, View::Written);
        rendered.map_or(serde_json::Value::Null, |node| node.to_json())
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
}
