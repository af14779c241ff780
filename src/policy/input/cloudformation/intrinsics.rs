//! Functions of templates: what is certain of their value is kept, the rest becomes a hole or unknown.

use super::definitions::{Definitions, dotted};
use crate::policy::syntax::node::show_holes;
use crate::policy::syntax::{Hole, Member, Node, Span, Text, Value};

/// Resolves the functions of one template.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'t> {
    definitions: &'t Definitions<'t>,
}

/// How deep definitions may lead to further ones; a cycle ends here.
const MOST_STEPS: usize = 16;

impl<'t> Resolver<'t> {
    pub(super) fn new(definitions: &'t Definitions<'t>) -> Self {
        Self { definitions }
    }

    /// The template's definitions.
    pub(super) fn definitions(self) -> &'t Definitions<'t> {
        self.definitions
    }

    /// A value with its functions resolved as far as that is certain.
    pub(super) fn resolve(self, node: &Node) -> Node {
        self.within(node, MOST_STEPS)
    }

    /// A value that only a deployment knows.
    pub(super) fn unknown(self, node: &Node) -> Hole {
        Hole::defined(&expression(node), &self.definitions.identity(node))
    }

    fn within(self, node: &Node, steps: usize) -> Node {
        let value = match &node.value {
            Value::Array(items) => Value::Array(items.iter().map(|item| self.within(item, steps)).collect()),
            Value::Object(members) => {
                if let Some((name, argument)) = function(node) {
                    let known = steps.checked_sub(1).and_then(|steps| self.call(name, argument, node.span, steps));
                    known.unwrap_or_else(|| Value::Unknown(self.unknown(node)))
                } else {
                    let resolved =
                        |member: &Member| Member { key: member.key.clone(), value: self.within(&member.value, steps) };
                    Value::Object(members.iter().map(resolved).collect())
                }
            }
            Value::String(text) if text.as_str().contains(LOOKED_UP) => {
                Value::String(Text::new(looked_up(text.as_str()), text.span, None))
            }
            other => other.clone(),
        };
        Node { span: node.span, value }
    }

    /// The value of a function, where it is certain but for holes.
    fn call(self, name: &str, argument: &Node, span: Span, steps: usize) -> Option<Value> {
        let text = |text: String| Value::String(Text::new(looked_up(&text), span, None));
        match name {
            "Fn::Sub" => self.substitute(argument, steps).map(text),
            "Fn::Join" => self.join(argument, steps).map(text),
            "Fn::FindInMap" => {
                let [map, first, second] = argument.array()? else { return None };
                let found = self.definitions.get("Mappings", literal(map)?)?.get(literal(first)?)?;
                // The keys may be found, and the value still be put in by a macro.
                let value = found.get(literal(second)?)?;
                is_plain(value).then(|| moved(value, span))
            }
            "Ref" => self.name_of_bucket(argument.text()?.as_str(), steps).map(text),
            "Fn::GetAtt" => {
                let dotted = dotted(argument)?;
                let bucket = self.name_of_bucket(dotted.strip_suffix(".Arn")?, steps)?;
                let partition = Hole::of(PARTITION).letter();
                Some(text(format!("arn:{partition}:s3:::{bucket}")))
            }
            "Fn::ToJsonString" => Some(self.within(argument, steps).value),
            _ => None,
        }
    }

    /// The name of a bucket of this template, where it has one.
    fn name_of_bucket(self, resource: &str, steps: usize) -> Option<String> {
        let bucket = self.definitions.get("Resources", resource)?;
        if bucket.get("Type")?.text()?.as_str() != "AWS::S3::Bucket" {
            return None;
        }
        let properties = bucket.get("Properties")?;
        if properties.get("Fn::Transform").is_some() {
            return None;
        }
        let name = self.within(properties.get("BucketName")?, steps);
        name.text().filter(|name| !name.as_str().is_empty()).map(|name| name.text.clone())
    }

    /// `${Name}` becomes its value, or a hole; `${!Literal}` stands for `${Literal}`.
    fn substitute(self, argument: &Node, steps: usize) -> Option<String> {
        let (pattern, own) = match argument.array() {
            Some([pattern, own]) => (pattern, Some(own)),
            Some([pattern]) => (pattern, None),
            Some(_) => return None,
            None => (argument, None),
        };
        let pattern = pattern.text()?.as_str();
        let mut text = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some(start) = rest.find("${") {
            text.push_str(&rest[..start]);
            let Some(end) = rest[start..].find('}') else {
                rest = &rest[start..];
                break;
            };
            let name = &rest[start + 2..start + end];
            match name.strip_prefix('!') {
                Some(literal) => text.extend(["${", literal, "}"]),
                None => text.push_str(&self.variable(name.trim(), own, steps)?),
            }
            rest = &rest[start + end + 1..];
        }
        text.push_str(rest);
        Some(text)
    }

    /// The value of a name in `${…}`, of the function's own names or of the template's.
    fn variable(self, name: &str, own: Option<&Node>, steps: usize) -> Option<String> {
        match own {
            // A name can also come from a function in the place of the names.
            Some(own) if function(own).is_some() => None,
            Some(own) if own.get(name).is_some() => self.part(own.get(name)?, steps),
            _ => {
                let span = Span::default();
                let argument = Node { span, value: Value::String(Text::new(name.to_owned(), span, None)) };
                let key = if name.contains('.') { "Fn::GetAtt" } else { "Ref" };
                let member = Member { key: Text::new(key.to_owned(), span, None), value: argument };
                self.part(&Node { span, value: Value::Object(vec![member]) }, steps)
            }
        }
    }

    fn join(self, argument: &Node, steps: usize) -> Option<String> {
        let [separator, parts] = argument.array()? else { return None };
        let separator = separator.text()?.as_str();
        let texts: Option<Vec<String>> = parts.array()?.iter().map(|part| self.part(part, steps)).collect();
        Some(texts?.join(separator))
    }

    /// A value that is a part of a text.
    fn part(self, node: &Node, steps: usize) -> Option<String> {
        match self.within(node, steps).value {
            Value::String(text) => Some(text.text),
            Value::Number(number) => Some(number),
            Value::Bool(value) => Some(value.to_string()),
            Value::Unknown(hole) => Some(hole.letter().to_string()),
            _ => None,
        }
    }
}

/// How a value begins that is looked up in Systems Manager or Secrets Manager: `{{resolve:ssm:/lab/bucket}}`.
const LOOKED_UP: &str = "{{resolve:";

/// A text in which what is looked up is a hole.
fn looked_up(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once(LOOKED_UP) {
        let Some((reference, after)) = reference.split_once("}}") else { break };
        whole.push_str(before);
        let expression = format!("{LOOKED_UP}{}}}}}", show_holes(reference));
        whole.push(Hole::defined(&expression, reference).letter());
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// The expression of the partition that a stack is in.
const PARTITION: &str = "Ref \"AWS::Partition\"";

/// A function's call as people write it.
fn expression(node: &Node) -> String {
    match function(node) {
        Some(("Fn::GetAtt", argument)) => match dotted(argument) {
            Some(name) => format!("Fn::GetAtt {name:?}"),
            None => format!("Fn::GetAtt {}", argument.to_json_with_holes()),
        },
        Some((name, argument)) => format!("{name} {}", argument.to_json_with_holes()),
        None => node.to_json_with_holes().to_string(),
    }
}

/// The function that an object is a call of, if it is one, with its argument.
pub(super) fn function(node: &Node) -> Option<(&str, &Node)> {
    let [member] = node.object()? else { return None };
    let name = member.key.as_str();
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, &member.value))
}

fn literal(node: &Node) -> Option<&str> {
    Some(node.text()?.as_str())
}

/// Whether a value of a mapping is one: text, or a list of texts.
fn is_plain(node: &Node) -> bool {
    match &node.value {
        Value::Array(items) => items.iter().all(|item| item.array().is_none() && is_plain(item)),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    }
}

/// A value of another place as if it stood here.
fn moved(node: &Node, span: Span) -> Value {
    match &node.value {
        Value::Array(items) => Value::Array(items.iter().map(|own| Node { span, value: moved(own, span) }).collect()),
        Value::String(text) => Value::String(Text::new(text.text.clone(), span, None)),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::yaml;

    const TEMPLATE: &str = "
Mappings:
  Names: {prod: {bucket: lab-prod, list: [a, b], odd: {x: y}}}
Resources:
  Fixed: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub ['${X}-data', {X: !FindInMap [Names, prod, bucket]}]}}
  Loop: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Loop}}
  Free: {Type: AWS::S3::Bucket}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
";

    fn resolved(value: &str) -> String {
        let root = yaml::parse(TEMPLATE).expect("YAML").remove(0);
        let value = yaml::parse(value).expect("YAML").remove(0);
        let resolved = Resolver::new(&Definitions::of(&root)).resolve(&value).to_json_with_holes();
        let text = resolved.as_str().map_or_else(|| resolved.to_string(), str::to_owned);
        show_holes(&text)
    }

    #[test]
    fn what_is_certain_is_resolved_and_nothing_else() {
        for (value, expected) in [
            ("!FindInMap [Names, prod, bucket]", "lab-prod"),
            ("!FindInMap [Names, prod, list]", "[\"a\",\"b\"]"),
            ("!FindInMap [Names, prod, odd]", "${…}"),
            ("!FindInMap [Names, !Ref Env, bucket]", "${…}"),
            ("!Ref Fixed", "lab-prod-data"),
            ("!GetAtt Fixed.Arn", "arn:${AWS::Partition}:s3:::lab-prod-data"),
            ("!Sub '${Fixed.Arn}/*'", "arn:${AWS::Partition}:s3:::lab-prod-data/*"),
            ("!Sub ['${A}-${B}-${!C}', {A: a, B: !Ref P}]", "a-${P}-${C}"),
            ("!Sub ['${A}', !Ref P]", "${…}"),
            ("!GetAtt Free.Arn", "${Free.Arn}"),
            ("!GetAtt [Free, Arn]", "${Free.Arn}"),
            ("!Ref Topic", "${Topic}"),
            ("!Join [':', [a, !Ref P, 1]]", "a:${P}:1"),
            ("'x-{{resolve:ssm:/lab/b:1}}-y'", "x-${…}-y"),
            ("!Sub '{{resolve:ssm:/${Env}/b}}-y'", "${…}-y"),
            ("!Ref Loop", "${Loop}"),
        ] {
            assert_eq!(resolved(value), expected, "{value}");
        }
    }
}
