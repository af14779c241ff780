//! `CloudFormation` and SAM templates, and what the CDK synthesizes.

mod intrinsics;
mod types;

use super::Found;
use crate::policy::kind::PolicyKind;
use crate::policy::outline::Outline;
use crate::policy::syntax::{Member, Node, Text, Value};

use intrinsics::resolve;

/// Whether it is a template: resources with types of AWS.
pub(super) fn is_template(root: &Node) -> bool {
    let resources = root.get("Resources").and_then(Node::object).unwrap_or_default();
    resources.iter().any(|resource| resource.value.get("Type").is_some())
}

/// Takes every policy out of a template.
pub(super) fn read(root: Node, found: &mut Found<'_>) {
    let Value::Object(members) = root.value else { return };
    let resources = members.into_iter().find(|member| member.key.as_str() == "Resources");
    let Some(Value::Object(resources)) = resources.map(|member| member.value.value) else { return };
    for Member { key, value } in resources {
        let Some(kind) = value.get("Type").and_then(Node::text).map(|text| text.text.clone()) else { continue };
        let Some(properties) = take(value, "Properties") else { continue };
        let organization = properties.get("Type").and_then(Node::text).map(|text| text.text.clone());
        for carrier in types::carriers(&kind) {
            let name = format!("{}.{}", key.as_str(), carrier.path.replace("[]", ""));
            each(&properties, carrier.path, &mut |node| {
                let node = resolve(node.clone());
                let policy_kind = carrier.kind(organization.as_deref());
                match node.value {
                    _ if !carrier.is_iam(organization.as_deref()) => {}
                    // SAM takes names and templates of policies beside documents.
                    Value::String(_) if !carrier.is_text => {}
                    Value::Object(_) if carrier.is_document_only && !Outline::is_policy_like(&node) => {}
                    // An event bus has a statement of its own, without a document around it.
                    Value::Object(_) if carrier.is_statement => {
                        found.push(name.clone(), policy_kind, around(node));
                    }
                    _ => found.push_either(name.clone(), policy_kind, node),
                }
            });
        }
    }
}

fn take(node: Node, name: &str) -> Option<Node> {
    let Value::Object(members) = node.value else { return None };
    members.into_iter().find(|member| member.key.as_str() == name).map(|member| member.value)
}

/// Follows a path such as `Policies[].PolicyDocument`.
fn each(node: &Node, path: &str, take: &mut impl FnMut(&Node)) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (name, of_each) = first.strip_suffix("[]").map_or((first, false), |name| (name, true));
    let Some(value) = node.get(name) else { return };
    let values = match &value.value {
        Value::Array(list) if of_each => list.as_slice(),
        _ => std::slice::from_ref(value),
    };
    for value in values {
        match rest {
            Some(rest) => each(value, rest, take),
            None => take(value),
        }
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
