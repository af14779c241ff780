//! What expressions of a configuration refer to, so that a hole is an expression with all that it depends on in its file.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::rc::Rc;

use sha2::{Digest as _, Sha256};

use super::configuration::resources;
use super::{hcl, items, json};
use crate::policy::input::definitions::{Definition, Known, Lookup, identity};
use crate::policy::input::module::{ModuleFile, holds_values};
use crate::policy::syntax::{Hole, Member, Node, Origin, Text, Value, parse};

/// What an expression names, and whether it is more than what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Reference {
    /// `var.lab`, `local.lab`, `aws_s3_bucket.lab`, `data.aws_iam_policy.lab`, `module.lab`.
    name: String,
    is_whole: bool,
}

/// Arguments of variables and resources that do not change the value of an expression.
const DESCRIPTIVE: &[&str] = &["depends_on", "description", "lifecycle", "sensitive", "tags", "tags_all"];

/// Arguments that decide what a resource is called, by type.
const NAMES: &[(&str, &[&str])] = &[
    ("aws_cloudwatch_log_group", &["name", "name_prefix"]),
    ("aws_dynamodb_table", &["name"]),
    ("aws_ecr_repository", &["name"]),
    ("aws_iam_group", &["name", "path"]),
    ("aws_iam_policy", &["name", "name_prefix", "path"]),
    ("aws_iam_role", &["name", "name_prefix", "path"]),
    ("aws_iam_user", &["name", "path"]),
    ("aws_kinesis_stream", &["name"]),
    ("aws_kms_key", &[]),
    ("aws_lambda_function", &["function_name"]),
    ("aws_s3_bucket", &["bucket", "bucket_prefix"]),
    ("aws_secretsmanager_secret", &["name", "name_prefix"]),
    ("aws_sfn_state_machine", &["name", "name_prefix"]),
    ("aws_sns_topic", &["name", "name_prefix", "fifo_topic"]),
    ("aws_sqs_queue", &["name", "name_prefix", "fifo_queue"]),
];

/// Arguments that decide where a resource is and how many there are.
const PLACES: &[&str] = &["count", "for_each", "provider", "region"];

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
    pub(super) fn of(root: &Node) -> Self {
        let mut own = Self { texts: HashMap::new(), unread: String::new(), lookup: Lookup::default() };
        own.add(root, |_| true);
        own
    }

    /// Adds what another file of the module defines.
    pub(super) fn add_file(&mut self, file: &ModuleFile) {
        let Ok(text) = std::str::from_utf8(&file.bytes) else { return self.miss(&file.bytes) };
        let is_json = file.path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let root = if is_json {
            parse(text, &Origin::file()).root.map(|root| json::evaluate(text, &root).0)
        } else {
            hcl::parse(text).ok().map(|(root, _)| root)
        };
        match root {
            None => self.miss(&file.bytes),
            Some(root) if holds_values(&file.path) => {
                for value in members(&root) {
                    let text = spelled(&value.value.to_json_with_holes().to_string());
                    self.define(format!("var.{}", value.key.as_str()), true, &format!("is {text}; "));
                }
            }
            // Documents of other files are judged there.
            Some(root) => self.add(&root, |kind| kind != "aws_iam_policy_document"),
        }
    }

    /// What a file says that cannot be read may be about anything.
    fn miss(&mut self, bytes: &[u8]) {
        let digest = Sha256::digest(bytes);
        // Writing to a String cannot fail.
        let _ = write!(self.unread, "{:?} ", digest.as_slice());
    }

    fn add(&mut self, root: &Node, is_data: impl Fn(&str) -> bool) {
        for (group, prefix) in [("variable", "var"), ("module", "module")] {
            for member in root.get(group).map(items).unwrap_or_default().iter().flat_map(members) {
                for body in items(&member.value) {
                    self.define(format!("{prefix}.{}", member.key.as_str()), true, &told(body, |_| true));
                }
            }
        }
        for local in root.get("locals").map(items).unwrap_or_default().iter().flat_map(members) {
            let text = spelled(&local.value.to_json_with_holes().to_string());
            self.define(format!("local.{}", local.key.as_str()), true, &text);
        }
        for (kind, name, body) in resources(root, "data").filter(|(kind, ..)| is_data(kind)) {
            self.define(format!("data.{kind}.{name}"), true, &told(body, |_| true));
        }
        for (kind, name, body) in resources(root, "resource") {
            let known = NAMES.iter().find(|(own, _)| *own == kind);
            let is_name = |key: &str| known.is_none_or(|(_, names)| names.contains(&key) || PLACES.contains(&key));
            self.define(format!("{kind}.{name}"), false, &told(body, is_name));
            self.define(format!("{kind}.{name}"), true, &told(body, |_| true));
        }
    }

    fn define(&mut self, name: String, is_whole: bool, text: &str) {
        self.texts.entry(Reference { name, is_whole }).or_default().push_str(text);
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

/// A text with the whole expressions in the place of holes.
pub(super) fn spelled(text: &str) -> String {
    if !Hole::are_in(text) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut spelt, letter| {
        match Hole::from_letter(letter) {
            Some(hole) => spelt.extend(["${", &spelled(&hole.expression()), "}"]),
            None => spelt.push(letter),
        }
        spelt
    })
}

fn members(node: &Node) -> &[Member] {
    node.object().unwrap_or_default()
}

/// The text of a block but for what only describes it.
fn told(body: &Node, is_told: impl Fn(&str) -> bool) -> String {
    let told = members(body).iter().filter(|member| {
        let key = member.key.as_str();
        !DESCRIPTIVE.contains(&key) && is_told(key)
    });
    told.fold(String::new(), |mut text, member| {
        let value = spelled(&member.value.to_json_with_holes().to_string());
        // Writing to a String cannot fail.
        let _ = write!(text, "{} = {value}; ", member.key.as_str());
        text
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
        Definitions::of(&root).all(expression).iter().map(|known| known.own.text.as_str()).collect()
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
            let root = Definitions::of(&root).identify(&root);
            root.get("a").expect("a").to_json_with_holes()
        };
        let source =
            |default: &str| format!("a = \"x-${{var.e}}\"\nvariable \"e\" {{\n  default = \"{default}\"\n}}\n");
        assert_eq!(of(&source("a")), of(&source("a")));
        assert_ne!(of(&source("a")), of(&source("b")));
    }
}
