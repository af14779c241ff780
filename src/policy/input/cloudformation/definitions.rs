//! What expressions of a template refer to: parameters, mappings, conditions, and what names resources.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::rc::Rc;

use crate::policy::input::definitions::{Definition, Known, Lookup, identity};
use crate::policy::syntax::{Node, Value};

/// What an expression names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Reference {
    /// `Ref`, of a parameter or a resource.
    Name(String),
    /// `Fn::GetAtt`: the resource and the attribute.
    Attribute(String, String),
    /// `Fn::FindInMap`; without a name where that is an expression, too.
    Mapping(Option<String>),
    /// `Fn::If` and `Condition`.
    Condition(String),
}

/// The definitions of a template.
pub(super) struct Definitions<'t> {
    root: &'t Node,
    lookup: Lookup<Reference>,
}

/// Members of a parameter that say nothing of its value.
const DESCRIPTIVE: &[&str] = &["Description", "ConstraintDescription", "NoEcho"];

/// Properties that decide how a resource is called, of types of which `Ref` and attributes say no more than that.
const NAMES: &[(&str, &[&str])] = &[
    ("AWS::CloudFront::Distribution", &[]),
    ("AWS::DynamoDB::Table", &["TableName"]),
    ("AWS::ECR::Repository", &["RepositoryName"]),
    ("AWS::Events::EventBus", &["Name"]),
    ("AWS::IAM::Group", &["GroupName", "Path"]),
    ("AWS::IAM::ManagedPolicy", &["ManagedPolicyName", "Path"]),
    ("AWS::IAM::Role", &["RoleName", "Path"]),
    ("AWS::IAM::User", &["UserName", "Path"]),
    ("AWS::KMS::Key", &[]),
    ("AWS::Kinesis::Stream", &["Name"]),
    ("AWS::Lambda::Function", &["FunctionName"]),
    ("AWS::Logs::LogGroup", &["LogGroupName"]),
    ("AWS::S3::Bucket", &["BucketName", "BucketNamePrefix", "BucketNamespace"]),
    ("AWS::SNS::Topic", &["TopicName", "FifoTopic"]),
    ("AWS::SQS::Queue", &["QueueName", "FifoQueue"]),
    ("AWS::SecretsManager::Secret", &["Name"]),
    ("AWS::StepFunctions::StateMachine", &["StateMachineName"]),
];

impl<'t> Definitions<'t> {
    pub(super) fn of(root: &'t Node) -> Self {
        Self { root, lookup: Lookup::default() }
    }

    /// A member of a section: of `Parameters`, `Mappings`, `Conditions`, `Resources`.
    pub(super) fn get(&self, section: &str, name: &str) -> Option<&'t Node> {
        self.root.get(section)?.get(name)
    }

    /// A text that is the same as long as all that a value refers to is; empty where nothing is defined here.
    pub(super) fn identity(&self, value: &Node) -> String {
        identity(&self.all(value))
    }

    fn all(&self, value: &Node) -> Vec<Rc<Known<Reference>>> {
        let mut named = BTreeSet::new();
        references(value, &mut named);
        self.lookup.all(named, |reference| {
            let parts = self.parts(reference);
            let mut definition = Definition { text: String::new(), references: BTreeSet::new() };
            for (place, node) in &parts {
                // Writing to a String cannot fail.
                let _ = writeln!(definition.text, "{place} = {}", node.to_json_with_holes());
                references(node, &mut definition.references);
            }
            (!parts.is_empty()).then_some(definition)
        })
    }

    /// The values that decide what a reference stands for, each with its place.
    fn parts(&self, reference: &Reference) -> Vec<(String, &'t Node)> {
        let section = |section: &str, name: &str| {
            self.get(section, name).map(|node| (format!("{section}.{name}"), node)).into_iter().collect()
        };
        match reference {
            Reference::Name(name) => match self.get("Parameters", name) {
                Some(parameter) => members_but(parameter, &format!("Parameters.{name}"), DESCRIPTIVE),
                None => self.resource(name),
            },
            Reference::Attribute(name, _) => self.resource(name),
            Reference::Mapping(Some(name)) => section("Mappings", name),
            Reference::Mapping(None) => {
                self.root.get("Mappings").map(|node| ("Mappings".to_owned(), node)).into_iter().collect()
            }
            Reference::Condition(name) => section("Conditions", name),
        }
    }

    fn resource(&self, name: &str) -> Vec<(String, &'t Node)> {
        let Some(resource) = self.get("Resources", name) else { return Vec::new() };
        let place = format!("Resources.{name}");
        let kind = resource.get("Type");
        let known = kind.and_then(Node::text).and_then(|kind| NAMES.iter().find(|(own, _)| *own == kind.as_str()));
        let (Some(kind), Some((_, names))) = (kind, known) else {
            return vec![(place, resource)];
        };
        let properties = resource.get("Properties");
        // What puts properties in can name the resource, too.
        if let Some(properties) = properties.filter(|own| own.get("Fn::Transform").is_some() || own.object().is_none())
        {
            return vec![(place, properties)];
        }
        let named = names.iter().filter_map(|own| Some((format!("{place}.{own}"), properties?.get(own)?)));
        std::iter::once((format!("{place}.Type"), kind)).chain(named).collect()
    }
}

fn members_but<'t>(node: &'t Node, place: &str, left_out: &[&str]) -> Vec<(String, &'t Node)> {
    let members = node.object().unwrap_or_default().iter();
    let told = members.filter(|member| !left_out.contains(&member.key.as_str()));
    told.map(|member| (format!("{place}.{}", member.key.as_str()), &member.value)).collect()
}

/// Everything that a value names.
fn references(node: &Node, list: &mut BTreeSet<Reference>) {
    match &node.value {
        Value::Array(items) => items.iter().for_each(|item| references(item, list)),
        Value::Object(members) => {
            for member in members {
                named_by(member.key.as_str(), &member.value, list);
                references(&member.value, list);
            }
        }
        _ => {}
    }
}

fn named_by(function: &str, argument: &Node, list: &mut BTreeSet<Reference>) {
    let text = |node: &Node| node.text().map(|text| text.text.clone());
    let first = || argument.array().and_then(|items| items.first());
    match function {
        "Ref" => list.extend(text(argument).map(Reference::Name)),
        "Condition" => list.extend(text(argument).map(Reference::Condition)),
        "Fn::If" => list.extend(first().and_then(text).map(Reference::Condition)),
        "Fn::FindInMap" => list.extend(first().map(|map| Reference::Mapping(text(map)))),
        "Fn::GetAtt" => list.extend(dotted(argument).map(|name| named(&name))),
        "Fn::Sub" => {
            let pattern = first().unwrap_or(argument);
            list.extend(variables(pattern.text().map_or("", |text| text.as_str())).map(named));
        }
        _ => {}
    }
}

/// What `${Name}` or `${Name.Attribute}` stands for.
fn named(name: &str) -> Reference {
    match name.split_once('.') {
        Some((resource, attribute)) => Reference::Attribute(resource.to_owned(), attribute.to_owned()),
        None => Reference::Name(name.to_owned()),
    }
}

/// The argument of `Fn::GetAtt` as `Resource.Attribute`, where it is literal.
pub(super) fn dotted(argument: &Node) -> Option<String> {
    match argument.array() {
        Some(parts) => {
            let parts: Option<Vec<&str>> = parts.iter().map(|part| Some(part.text()?.as_str())).collect();
            Some(parts?.join("."))
        }
        None => argument.text().map(|text| text.text.clone()),
    }
}

/// The names in `${…}` of a pattern.
fn variables(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::input::yaml;

    fn text(source: &str, value: &str) -> String {
        let root = yaml::parse(source).expect("YAML").remove(0);
        let value = yaml::parse(value).expect("YAML").remove(0);
        Definitions::of(&root).all(&value).iter().map(|known| known.own.text.as_str()).collect()
    }

    const TEMPLATE: &str = r"
Parameters:
  Env: {Type: String, Default: dev, Description: Which}
Mappings:
  Names: {dev: {bucket: lab}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Both: !And [!Condition IsProd, !Condition IsProd]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !FindInMap [Names, !Ref Env, bucket]
      Tags: [{Key: a, Value: b}]
  Mine: {Type: Custom::Mine, Properties: {ServiceToken: x, Bucket: !Ref Bucket}}
";

    #[test]
    fn all_that_is_referred_to_is_told_and_nothing_else() {
        let of = |value| text(TEMPLATE, value);
        assert_eq!(of("!Ref AWS::Region"), "");
        assert_eq!(of("!Ref Env"), "Parameters.Env.Type = \"String\"\nParameters.Env.Default = \"dev\"\n");
        let bucket = of("!Sub 'arn:aws:s3:::${Bucket}/*'");
        assert!(bucket.contains("Fn::FindInMap") && bucket.contains("{\"dev\":{\"bucket\":\"lab\"}}"), "{bucket}");
        assert!(bucket.contains("Default = \"dev\"") && !bucket.contains("Tags"), "{bucket}");
        assert!(of("!GetAtt Mine.Value").contains("\"ServiceToken\":\"x\""));
        assert!(of("!GetAtt [Mine, Value]").contains("Mappings.Names"), "through the bucket");
        assert!(of("!If [Both, a, b]").contains("Parameters.Env"));
        assert!(of("!FindInMap [!Ref Env, a, b]").contains("Mappings = "));
    }
}
