//! `CloudFormation` and SAM templates, and what the CDK synthesizes.

mod attachment;
mod definitions;
mod intrinsics;
mod macros;
mod paths;
mod types;

use super::Found;
use super::duplicates::report_duplicates;
use crate::policy::kind::PolicyKind;
use crate::policy::outline::Outline;
use crate::policy::syntax::{Hole, Member, Node, Text, Value};

use attachment::Attachments;
use definitions::Definitions;
use intrinsics::Resolver;
use paths::{Place, each};

/// Whether it is a template: resources with types of AWS, or what makes such.
pub(super) fn is_template(root: &Node) -> bool {
    let resources = root.get("Resources").and_then(Node::object).unwrap_or_default();
    let is_made = |member: &Member| member.key.as_str().starts_with("Fn::");
    resources.iter().any(|resource| resource.value.get("Type").is_some() || is_made(resource))
}

/// Takes every policy out of a template.
pub(super) fn read(root: &Node, found: &mut Found<'_>) {
    let definitions = Definitions::of(root);
    let resolver = Resolver::new(&definitions);
    let attachments = Attachments::of(root, resolver);
    let doubt = macros::unknown_macro(root);
    for Member { key, value } in root.get("Resources").and_then(Node::object).unwrap_or_default() {
        if key.as_str().starts_with("Fn::") {
            found.problems.extend(macros::unread(key, value));
            continue;
        }
        found.doubt.clone_from(&doubt);
        read_resource(key.as_str(), value, &attachments, found);
    }
    (found.bearing, found.doubt) = (None, None);
    report_duplicates(root, found);
}

fn read_resource(name: &str, resource: &Node, attachments: &Attachments<'_>, found: &mut Found<'_>) {
    let Some(kind) = resource.get("Type").and_then(Node::text).map(Text::as_str) else { return };
    let Some(properties) = resource.get("Properties") else { return };
    let organization = properties.get("Type").and_then(Node::text).map(Text::as_str);
    let transform = macros::within(properties);
    if found.doubt.is_none() {
        found.doubt = transform.map(|_| macros::PUT_IN.to_owned());
    }
    for carrier in types::carriers(kind).filter(|carrier| carrier.is_iam(organization)) {
        let title = format!("{name}.{}", carrier.path.replace("[]", ""));
        let before = found.policies.len();
        each(properties, carrier.path, &mut |place: &Place<'_>| {
            found.bearing = Some(attachments.bearing(name, resource, carrier.path, place));
            take(carrier, &title, organization, attachments.resolver().resolve(place.node), found);
        });
        if let Some(transform) = transform.filter(|_| found.policies.len() == before) {
            let unknown = Value::Unknown(attachments.resolver().unknown(transform));
            found.push_either(title, carrier.kind(organization), Node { span: transform.span, value: unknown });
        }
    }
}

/// Takes one policy.
fn take(carrier: &types::Carrier, title: &str, organization: Option<&str>, node: Node, found: &mut Found<'_>) {
    let kind = carrier.kind(organization);
    match &node.value {
        // SAM takes names of managed policies beside documents, and templates that it makes policies of.
        Value::String(text) if carrier.is_document_only && !text.as_str().trim_start().starts_with('{') => {}
        Value::Object(_) if carrier.is_document_only && !Outline::is_policy_like(&node) => {
            let value = Value::Unknown(Hole::of(&format!("SAM's template {}", node.to_json_with_holes())));
            found.push_either(title, kind, Node { span: node.span, value });
        }
        // An event bus has a statement of its own, without a document around it.
        Value::Object(_) if carrier.is_statement => found.push(title, kind, around(node)),
        _ => found.push_either(title, kind, node),
    }
}

/// A document around one statement.
fn around(statement: Node) -> Node {
    let span = statement.span;
    let text = |text: &str| Text::new(text.to_owned(), span, None);
    let version = Node { span, value: Value::String(text("2012-10-17")) };
    let members = vec![
        Member { key: text("Version"), value: version },
        Member { key: text("Statement"), value: Node { span, value: Value::Array(vec![statement]) } },
    ];
    Node { span, value: Value::Object(members) }
}

impl types::Carrier {
    fn kind(&self, organization: Option<&str>) -> Option<PolicyKind> {
        match self.kind {
            types::Of::Organization if organization == Some("RESOURCE_CONTROL_POLICY") => Some(PolicyKind::Rcp),
            types::Of::Organization => Some(PolicyKind::Scp),
            of => of.kind(),
        }
    }

    fn is_iam(&self, organization: Option<&str>) -> bool {
        let language = |kind: &str| matches!(kind, "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY");
        !matches!(self.kind, types::Of::Organization) || organization.is_none_or(language)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{FoundPolicy, read};
    use crate::policy::syntax::Node;

    fn policies(path: &str, source: &str) -> Vec<FoundPolicy> {
        let input = read(Path::new(path), source.as_bytes(), None);
        assert_eq!(input.problems, []);
        input.policies
    }

    #[test]
    fn intrinsics_become_holes_and_places_are_the_users() {
        let source = r"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: ec2.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: [s3:GetObjekt]
              Resource: !Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'
        - PolicyName: q
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: 's3:*'
                Resource:
                  - !GetAtt Bucket.Arn
                  - Fn::Join: ['', [!GetAtt Bucket.Arn, '/*']]
  Topic:
    Type: AWS::SNS::Topic
";
        let found = policies("t.yaml", source);
        let names: Vec<_> = found.iter().map(|policy| (policy.name.as_str(), policy.kind.to_string())).collect();
        assert_eq!(
            names,
            [
                ("Role.AssumeRolePolicyDocument", "trust policy".to_owned()),
                ("Role.Policies.PolicyDocument", "identity policy".to_owned()),
                ("Role.Policies.PolicyDocument", "identity policy".to_owned()),
            ]
        );
        let statement =
            |place: usize| found[place].parsed.root.as_ref().and_then(|root| root.get("Statement")).expect("one");
        let action = statement(1).get("Action").and_then(Node::array).expect("actions")[0].span;
        assert_eq!(action.slice(source), "s3:GetObjekt");
        let resource = statement(1).get("Resource").and_then(Node::text).expect("a text");
        assert!(resource.has_holes() && resource.as_str().starts_with("arn:") && resource.as_str().ends_with("/*"));
        assert_eq!(found[2].unknowns.len(), 2, "{:?}", found[2].unknowns);
    }

    #[test]
    fn json_templates_are_read_alike() {
        let source = r#"{"Resources": {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument":
            {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": {"Fn::Sub": "${B.Arn}/*"}}]}}}}}"#;
        let found = policies("t.json", source);
        assert_eq!(found[0].kind.to_string(), "policy of an AWS::S3::Bucket");
        assert_eq!(found[0].unknowns[0].expression, "${B.Arn}/*");
    }
}
