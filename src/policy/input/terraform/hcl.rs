//! The configuration language as the same tree as its JSON form: `{"resource": {"aws_iam_policy": {"lab": [{…}]}}}`.

use hcl_edit::Span as _;
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use super::expression::{Evaluator, Local};
use crate::policy::syntax::{Member, Node, Origin, Span, SyntaxError, Text, Value};

/// The tree of a file, and what is wrong in the JSON texts in it.
///
/// # Errors
/// Where it is not Terraform's language, and why.
pub(super) fn parse(source: &str) -> Result<(Node, Vec<SyntaxError>), (Span, String)> {
    let text = source.trim_start_matches('\u{feff}');
    let mark = source.len() - text.len();
    let body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let at = mark + error.location().offset();
        let message = error.message().replace("; ", ", ");
        (Span::new(at, at), format!("is not Terraform's language: {message}"))
    })?;
    let origin = Origin::at(u32::try_from(mark).unwrap_or_default());
    let locals = locals(&body).map(|local| (local.key.as_str().to_owned(), Local::Expression(&local.value))).collect();
    let mut reader = Reader { evaluator: Evaluator::new(source, text, origin, locals) };
    let members = reader.body(&body);
    let span = Span::new(0, source.len());
    Ok((Node { span, value: Value::Object(members) }, reader.evaluator.errors))
}

/// The constants of a file: what stands in its `locals` blocks.
fn locals(body: &Body) -> impl Iterator<Item = &Attribute> {
    body.blocks().filter(|block| block.has_ident("locals")).flat_map(|block| block.body.attributes())
}

struct Reader<'s> {
    evaluator: Evaluator<'s>,
}

impl Reader<'_> {
    fn body(&mut self, body: &Body) -> Vec<Member> {
        let mut members = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = self.key(attribute.key.as_str(), attribute.key.span());
                    members.push(Member { key, value: self.evaluator.expression(&attribute.value) });
                }
                Structure::Block(block) => self.block(block, &mut members),
            }
        }
        members
    }

    /// Puts a block where its name and its labels lead.
    fn block(&mut self, block: &Block, members: &mut Vec<Member>) {
        let span = self.evaluator.span(block.span());
        let ident = self.key(block.ident.as_str(), block.ident.span());
        let labels = block.labels.iter().map(|label| self.key(label.as_str(), label.span()));
        let keys: Vec<Text> = std::iter::once(ident).chain(labels).collect();
        place(members, &keys, Node { span, value: Value::Object(self.body(&block.body)) });
    }

    fn key(&self, name: &str, range: Option<std::ops::Range<usize>>) -> Text {
        Text::new(name.to_owned(), self.evaluator.span(range), None)
    }
}

/// Adds a block to the list behind these keys; what is missing on the way is made.
fn place(members: &mut Vec<Member>, keys: &[Text], block: Node) {
    let [key, rest @ ..] = keys else { return };
    let empty = || if rest.is_empty() { Value::Array(Vec::new()) } else { Value::Object(Vec::new()) };
    let fits = |value: &Value| std::mem::discriminant(value) == std::mem::discriminant(&empty());
    let at = members.iter().position(|member| member.key.text == key.text && fits(&member.value.value));
    let at = at.unwrap_or_else(|| {
        members.push(Member { key: key.clone(), value: Node { span: block.span, value: empty() } });
        members.len() - 1
    });
    match &mut members[at].value.value {
        Value::Array(blocks) => blocks.push(block),
        Value::Object(inner) => place(inner, rest, block),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::syntax::Hole;

    fn tree(source: &str) -> (Node, Vec<SyntaxError>) {
        parse(source).expect("Terraform's language")
    }

    #[test]
    fn blocks_and_constants_become_the_json_form() {
        let source = r#"
locals {
  bucket = "lab"
  arn    = "arn:aws:s3:::${local.bucket}"
  deep   = { "x" = { y = ["a"] } }
  loop   = local.loop
}
resource "aws_iam_policy" "a" {
  n     = 1
  arn   = "${local.arn}/*"
  list  = concat(local.deep.x["y"], [var.more])
  named = format("arn:%s:s3:::%s", data.aws_partition.p.partition, local.bucket)
  both  = join("-", ["x", var.more])
  raw   = "a\n$${b}"
  again = local.loop
  block { k = true }
  block { k = null }
}
"#;
        let (root, errors) = tree(source);
        assert_eq!(errors, []);
        let a = root.get("resource").and_then(|r| r.get("aws_iam_policy")?.get("a")).expect("the resource");
        let a = &a.array().expect("blocks")[0];
        assert_eq!(a.get("arn").and_then(Node::text).map(Text::as_str), Some("arn:aws:s3:::lab/*"));
        assert_eq!(a.get("raw").and_then(Node::text).map(Text::as_str), Some("a\n${b}"));
        let list = a.get("list").and_then(Node::array).expect("a list");
        assert_eq!((list[0].span.slice(source), list[1].span.slice(source)), ("\"a\"", "var.more"));
        let shown = |name: &str| crate::policy::syntax::node::show_holes(&a.get(name).unwrap().text().unwrap().text);
        assert_eq!(
            (shown("named"), shown("both")),
            ("arn:${data.aws_partition.p.partition}:s3:::lab".to_owned(), "x-${var.more}".to_owned())
        );
        assert_eq!(a.get("again").map(|node| &node.value), Some(&Value::Unknown(Hole::of("local.loop"))));
        assert_eq!(a.get("block").expect("blocks").to_json(), serde_json::json!([{"k": true}, {"k": null}]));
        assert!(a.span.slice(source).starts_with("resource \"aws_iam_policy\" \"a\" {"));
        assert!(a.span.slice(source).ends_with('}'), "{:?}", a.span.slice(source));
    }

    #[test]
    fn policies_as_text_keep_their_places() {
        let source = "x = <<-EOT\r\n    {\r\n      \"é\": \"a-${var.b}-c\",\r\n      \"k\": $${x}\r\n    }\r\n  EOT\r\ny = \"{\\\"a\\\": \\\"b\\\"}\"\r\n";
        let (root, errors) = tree(source);
        let text = root.get("x").and_then(|x| x.get("é")).expect("the value");
        assert_eq!(text.span.slice(source), "\"a-${var.b}-c\"");
        assert!(text.text().expect("a text").has_holes());
        assert_eq!(errors.first().map(|error| error.span.slice(source)), Some("$$"));
        assert_eq!(root.get("y").and_then(|y| y.get("a")).map(|a| a.span.slice(source)), Some("\\\"b\\\""));
    }

    #[test]
    fn what_is_not_the_language_says_where() {
        let (span, message) = parse("a = 1\nb = [1,\n").expect_err("a list that does not end");
        assert!(span.start >= 8 && message.starts_with("is not Terraform's language"), "{span:?} {message}");
        for source in ["\u{feff}a = \"x\"\n", "", "# only a comment\n"] {
            assert!(parse(source).is_ok(), "{source:?}");
        }
        let (root, _) = tree("\u{feff}a = \"x\"\n");
        assert_eq!(root.get("a").map(|a| a.span.slice("\u{feff}a = \"x\"\n").to_owned()), Some("\"x\"".to_owned()));
    }
}
