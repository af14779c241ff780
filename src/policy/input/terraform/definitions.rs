//! What expressions of a configuration refer to, so that a hole is an expression with all that it depends on in its
//! module.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::defined::{Defined, Reference, spelled};
use crate::policy::input::definitions::{Definition, Known, Lookup, identity};
use crate::policy::input::module::ModuleFile;
use crate::policy::syntax::{Hole, Member, Node, Text, Value};

/// Attributes that say no more than what a resource is called.
const CALLED: &[&str] = &["arn", "bucket", "function_name", "id", "key_id", "name", "url"];

/// The definitions of a file, and of the others of its module.
pub(super) struct Definitions {
    texts: HashMap<Reference, String>,
    /// Digests of the files of the module that cannot be read.
    unread: String,
    lookup: Lookup<Reference>,
}

impl Definitions {
    pub(super) fn of<'m>(root: &Node, module: impl Iterator<Item = &'m ModuleFile>) -> Self {
        let mut all = Self { texts: HashMap::new(), unread: String::new(), lookup: Lookup::default() };
        all.add(&Defined::of(root));
        module.for_each(|other| all.add(&other.defined));
        all
    }

    fn add(&mut self, defined: &Defined) {
        for (reference, text) in &defined.texts {
            self.texts.entry(reference.clone()).or_default().push_str(text);
        }
        self.unread.push_str(&defined.unread);
    }

    /// A value whose holes stand for their expressions with all that these refer to.
    pub(super) fn identify(&self, node: &Node) -> Node {
        Identifier { definitions: self, known: HashMap::new() }.node(node)
    }

    /// All that an expression refers to, and what that refers to.
    fn all(&self, expression: &str) -> Vec<Rc<Known<Reference>>> {
        self.lookup.all(references(expression), |reference| {
            let text = self.texts.get(reference)?;
            Some(Definition { text: format!("{} = {text}\n", reference.name), references: references(text) })
        })
    }
}

/// Gives holes their identities.
struct Identifier<'d> {
    definitions: &'d Definitions,
    known: HashMap<Hole, Hole>,
}

impl Identifier<'_> {
    fn node(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Unknown(hole) => Value::Unknown(self.hole(*hole)),
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.node(item)).collect()),
            Value::Object(members) => {
                let member = |own: &Member| Member { key: self.text(&own.key), value: self.node(&own.value) };
                Value::Object(members.iter().map(member).collect())
            }
            other => other.clone(),
        };
        Node { span: node.span, value }
    }

    fn text(&mut self, text: &Text) -> Text {
        if !text.has_holes() {
            return text.clone();
        }
        let letter = |letter: char| Hole::from_letter(letter).map_or(letter, |hole| self.hole(hole).letter());
        Text::new(text.as_str().chars().map(letter).collect(), text.span, None)
    }

    fn hole(&mut self, hole: Hole) -> Hole {
        if let Some(known) = self.known.get(&hole) {
            return *known;
        }
        let expression = spelled(&hole.expression());
        let all = self.definitions.all(&expression);
        let is_elsewhere = is_elsewhere(&expression) || all.iter().any(|known| is_elsewhere(&known.own.text));
        let identified = if is_elsewhere {
            Hole::unlike_any(&expression)
        } else {
            Hole::defined(&expression, &(identity(&all) + &self.definitions.unread))
        };
        self.known.insert(hole, identified);
        identified
    }
}

/// Functions whose value is that of another file, or of the moment.
const ELSEWHERE: &[&str] = &["templatefile", "templatestring", "plantimestamp", "timestamp", "uuid"];

/// Whether an expression calls such a function: the same words then say nothing of the value.
fn is_elsewhere(text: &str) -> bool {
    text.match_indices('(').any(|(at, _)| {
        let before = &text[..at];
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        ELSEWHERE.contains(&name) || name.starts_with("file")
    })
}

/// Everything that an expression may name: each dotted name in its text, also where it is no reference.
fn references(expression: &str) -> BTreeSet<Reference> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut found = BTreeSet::new();
    let mut rest = expression;
    while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        rest = &rest[start..];
        let end = rest.find(|c| !is_part(c) && c != '.').unwrap_or(rest.len());
        let (dotted, after) = rest.split_at(end);
        let mut parts: Vec<&str> = dotted.trim_end_matches('.').split('.').collect();
        // The attribute can stand behind an index: `aws_s3_bucket.lab[0].arn`.
        let behind = after.strip_prefix('[').and_then(|after| after.split_once(']')).map(|(_, behind)| behind);
        let attribute = behind.and_then(|behind| behind.strip_prefix('.')).map(|behind| {
            let end = behind.find(|c| !is_part(c)).unwrap_or(behind.len());
            &behind[..end]
        });
        if parts.len() == 2 {
            parts.extend(attribute);
        }
        found.extend(reference(&parts));
        rest = after;
    }
    found
}

fn reference(parts: &[&str]) -> Option<Reference> {
    let whole = |name: String| Some(Reference { name, is_whole: true });
    match parts {
        ["var" | "local" | "module", name, ..] => whole(format!("{}.{name}", parts[0])),
        ["data", kind, name, ..] => whole(format!("data.{kind}.{name}")),
        [kind, name, rest @ ..] => {
            let is_whole = !matches!(rest, [attribute] if CALLED.contains(attribute));
            Some(Reference { name: format!("{kind}.{name}"), is_whole })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::terraform::hcl;

    const FILE: &str = r#"
variable "env" {
  default     = "dev"
  description = "Which"
}
locals {
  names = { dev = "lab", prod = var.other }
}
variable "other" {
  default = "x"
}
resource "aws_s3_bucket" "b" {
  bucket = "${var.env}-lab"
  acl    = "private"
}
resource "aws_ssm_parameter" "p" {
  value = local.names[var.env]
}
"#;

    fn text(expression: &str) -> String {
        let (root, _) = hcl::parse(FILE).expect("Terraform's language");
        Definitions::of(&root, std::iter::empty()).all(expression).iter().map(|known| known.own.text.as_str()).collect()
    }

    #[test]
    fn all_that_is_referred_to_is_told_and_nothing_else() {
        assert_eq!(text("var.env"), "var.env = default = \"dev\"; \n");
        let bucket = text("aws_s3_bucket.b[0].arn");
        assert!(bucket.contains("${var.env}-lab") && bucket.contains("default = \"dev\""), "{bucket}");
        assert!(!bucket.contains("private"));
        assert!(text("aws_s3_bucket.b.acl").contains("private"));
        let parameter = text("upper(aws_ssm_parameter.p.value)");
        assert!(parameter.contains("\"dev\":\"lab\"") && parameter.contains("default = \"x\""), "{parameter}");
        assert_eq!(text("data.aws_region.current.name"), "");
    }

    #[test]
    fn the_same_expression_of_another_definition_is_another_hole() {
        let of = |source: &str| {
            let (root, _) = hcl::parse(source).expect("Terraform's language");
            let root = Definitions::of(&root, std::iter::empty()).identify(&root);
            root.get("a").expect("a").to_json_with_holes()
        };
        let source =
            |default: &str| format!("a = \"x-${{var.e}}\"\nvariable \"e\" {{\n  default = \"{default}\"\n}}\n");
        assert_eq!(of(&source("a")), of(&source("a")));
        assert_ne!(of(&source("a")), of(&source("b")));
    }
}
