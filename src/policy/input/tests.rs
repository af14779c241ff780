//! What templates leave open, and what changes of them change.

use std::path::Path;

use super::{FoundPolicy, Input, read};
use crate::policy::kind::PolicyKind;
use crate::policy::model::Document;
use crate::policy::semantics::{Access, Question};

fn input(name: &str, source: &str) -> Input {
    read(Path::new(name), source.as_bytes(), None)
}

fn named<'i>(input: &'i Input, name: &str) -> &'i FoundPolicy {
    let found = input.policies.iter().find(|policy| policy.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}", input.policies))
}

/// Whether a change of a file leaves a policy as it was, with whom and when it is for.
fn is_kept(file: &str, name: &str, source: &str, (old, new): (&str, &str)) -> bool {
    let changed = source.replace(old, new);
    assert_ne!(source, changed, "{old}");
    let (before, after) = (input(file, source), input(file, &changed));
    let (before, after) = (named(&before, name), named(&after, name));
    before.text() == after.text() && before.bearing == after.bearing
}

/// What is said of whether a policy allows an action: `pass`, `fail`, `unknown`.
fn allows(policy: &FoundPolicy, action: &str) -> &'static str {
    let Ok(document) = policy.document() else { return "unknown" };
    let access = Access { actions: vec![action.to_owned()], resources: Vec::new() };
    let answer = Question::granted(&document, access).tell(policy.kind.is_identity());
    if answer.is_pass() {
        "pass"
    } else if answer.proofs().is_empty() {
        "unknown"
    } else {
        "fail"
    }
}

const TEMPLATE: &str = r#"
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod], Description: Which}
Mappings:
  Names: {dev: {bucket: lab-dev}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Env}-data", Tags: [{Key: a, Value: b}]}}
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Condition: IsProd
    Properties:
      Description: reads
      Roles: [!Ref Role]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: s3:GetObject, Resource: !Sub "${Bucket.Arn}/*"}
          - {Effect: Allow, Action: s3:PutObject, Resource: !Join [":", [a, !FindInMap [Names, !Ref Env, bucket]]]}
  Pages:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: pages
      PolicyDocument: {Version: "2012-10-17", Statement: []}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Ref Other]
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
"#;

#[test]
fn what_a_template_refers_to_is_a_part_of_its_policies() {
    for (name, change, expected) in [
        ("Reader.PolicyDocument", ("Default: dev", "Default: prod"), false),
        ("Reader.PolicyDocument", ("[dev, prod]", "[dev, prod, all]"), false),
        ("Reader.PolicyDocument", ("bucket: lab-dev", "bucket: corp"), false),
        ("Reader.PolicyDocument", ("${Env}-data", "${Env}-corp"), false),
        ("Reader.PolicyDocument", ("!Equals [!Ref Env, prod]", "!Equals [a, a]"), false),
        ("Reader.PolicyDocument", ("    Condition: IsProd\n", ""), false),
        ("Reader.PolicyDocument", ("Roles: [!Ref Role]", "Roles: [!Ref Role, x]"), false),
        ("Reader.PolicyDocument", ("[!Ref Other]", "[!Ref Reader]"), false),
        ("Pages.PolicyDocument", ("Bucket: pages", "Bucket: secrets"), false),
        ("Reader.PolicyDocument", ("Description: Which", "Description: That"), true),
        ("Reader.PolicyDocument", ("Description: reads", "Description: what"), true),
        ("Reader.PolicyDocument", ("Value: b", "Value: c"), true),
        ("Pages.PolicyDocument", ("Default: dev", "Default: prod"), true),
        ("Role.AssumeRolePolicyDocument", ("Roles: [!Ref Role]", "Roles: [x]"), true),
    ] {
        assert_eq!(is_kept("t.yaml", name, TEMPLATE, change), expected, "{change:?}");
    }
}

const CONFIGURATION: &str = r#"
variable "env" {
  default     = "dev"
  description = "Which"
}
locals {
  names = { dev = "lab-dev" }
}
resource "aws_s3_bucket" "b" {
  bucket = "lab-b"
  acl    = "private"
}
resource "aws_iam_policy" "p" {
  count  = 1
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [
      "${aws_s3_bucket.b.arn}/*", "arn:aws:s3:::${local.names[var.env]}/*"
    ] }]
  })
}
resource "aws_iam_role_policy_attachment" "p" {
  role       = "reader"
  policy_arn = aws_iam_policy.p[0].arn
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    dynamic "condition" {
      for_each = var.env
      content {
        test     = "StringEquals"
        variable = "aws:SourceVpce"
        values   = ["x"]
      }
    }
  }
}
resource "aws_s3_bucket_policy" "d" {
  bucket = "pages"
  policy = data.aws_iam_policy_document.d.json
}
resource "aws_iam_user_policy_attachment" "each" {
  for_each   = toset([aws_iam_policy.p[0].arn])
  user       = "ann"
  policy_arn = each.value
}
resource "aws_iam_role" "r" {
  managed_policy_arns = [var.other]
}
resource "aws_iam_policy" "file" {
  policy = file("p.json")
}
"#;

#[test]
fn what_a_configuration_refers_to_is_a_part_of_its_policies() {
    let (policy, document) = ("aws_iam_policy.p.policy", "data.aws_iam_policy_document.d");
    for (name, change, expected) in [
        (policy, ("\"dev\"\n", "\"prod\"\n"), false),
        (policy, ("lab-dev", "corp"), false),
        (policy, ("lab-b", "corp"), false),
        (policy, ("count  = 1", "count  = 2"), false),
        (policy, ("\"reader\"", "\"admin\""), false),
        (policy, ("\"ann\"", "\"bob\""), false),
        (policy, ("[var.other]", "[aws_iam_policy.p[0].arn]"), false),
        (policy, ("[var.other]", "[aws_iam_policy.pages.arn]"), true),
        (document, ("\"dev\"\n", "\"prod\"\n"), false),
        (document, ("\"pages\"", "\"secrets\""), false),
        (document, ("for_each = var.env", "for_each = var.more"), false),
        (policy, ("Which", "That"), true),
        (policy, ("private", "public-read"), true),
        (document, ("lab-b", "corp"), true),
        // The text of another file is not looked at.
        ("aws_iam_policy.file.policy", ("private", "public-read"), false),
    ] {
        assert_eq!(is_kept("t.tf", name, CONFIGURATION, change), expected, "{change:?}");
    }
}

#[test]
fn blocks_that_may_be_there_are_neither_there_nor_not() {
    let source = |each: &str| {
        format!(
            r#"
data "aws_iam_policy_document" "d" {{
  statement {{
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["*"]
    dynamic "condition" {{
      for_each = {each}
      content {{
        test     = "Bool"
        variable = "aws:SecureTransport"
        values   = ["false"]
      }}
    }}
  }}
  statement {{
    actions   = ["sqs:*", "sns:*"]
    resources = ["*"]
  }}
  dynamic "statement" {{
    for_each = {each}
    content {{
      actions   = ["iam:*"]
      resources = ["*"]
    }}
  }}
}}
"#
        )
    };
    for (each, action, expected) in [
        ("var.x", "iam:CreateUser", "unknown"),
        ("var.x", "sqs:SendMessage", "unknown"),
        ("var.x", "sns:Publish", "fail"),
        ("var.x", "s3:GetObject", "pass"),
        ("[]", "iam:CreateUser", "pass"),
        ("[]", "sqs:SendMessage", "pass"),
        ("{}", "iam:CreateUser", "pass"),
    ] {
        let read = input("t.tf", &source(each));
        assert_eq!(allows(&read.policies[0], action), expected, "{each} {action}");
    }
}

#[test]
fn joined_documents_are_one_policy() {
    let source = r#"
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "A"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
  statement {
    sid       = "B"
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "over" {
  statement {
    sid       = "B"
    actions   = ["sns:Publish"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.over.json, jsonencode({ Statement = [
    { Effect = "Allow", Action = "kms:Decrypt", Resource = "*" }
  ] })]
  statement {
    sid       = "A"
    actions   = ["ec2:RunInstances"]
    resources = ["*"]
  }
}
"#;
    let read = input("t.tf", source);
    let names: Vec<_> = read.policies.iter().map(|policy| policy.name.as_str()).collect();
    assert_eq!(names, ["data.aws_iam_policy_document.all"], "the others are nothing but its parts");
    let document = read.policies[0].document().expect("a policy");
    let actions: Vec<_> = document.statements.iter().flat_map(|own| own.action.patterns.clone()).collect();
    assert_eq!(actions, ["ec2:RunInstances", "sns:Publish", "kms:Decrypt"]);
    for unread in ["var.documents", "[data.aws_iam_policy_document.elsewhere.json]", "[var.a ? \"x\" : \"y\"]"] {
        let read = input("t.tf", &source.replace("[data.aws_iam_policy_document.base.json]", unread));
        let error = named(&read, "data.aws_iam_policy_document.all").document().expect_err(unread);
        assert!(error.is_unknown, "{unread}: {error:?}");
    }
    let cycle = source.replace(
        "statement {\n    sid       = \"B\"",
        "source_policy_documents = [data.aws_iam_policy_document.all.json]\n  statement {\n    sid       = \"B\"",
    );
    assert!(named(&input("t.tf", &cycle), "data.aws_iam_policy_document.all").document().is_err());
}

#[test]
fn every_branch_of_a_template_is_read_or_said_to_be_unread() {
    let admin = r#"{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "iam:*", Resource: "*"}]}"#;
    let reader = r#"{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}"#;
    let role = |policies: &str| {
        format!("Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies: {policies}\n")
    };
    let json = r#"'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::${AWS::AccountId}:*"}]}'"#;
    for (policies, expected) in [
        (format!("!If [C, [{{PolicyDocument: {admin}}}], [{{PolicyDocument: {reader}}}]]"), vec!["fail", "pass"]),
        (format!("[!If [C, {{PolicyDocument: {admin}}}, !Ref AWS::NoValue]]"), vec!["fail"]),
        (format!("[{{PolicyDocument: !If [C, {reader}, {admin}]}}]"), vec!["pass", "fail"]),
        (format!("[{{PolicyDocument: !Sub {json}}}]"), vec!["fail"]),
        (format!("[{{PolicyDocument: {}}}]", json.replace("${AWS::AccountId}", "")), vec!["fail"]),
        ("!Ref Policies".to_owned(), vec!["unknown"]),
        ("[!FindInMap [A, B, C]]".to_owned(), vec!["unknown"]),
        ("{'Fn::ForEach::P': [P, [a, b], {PolicyDocument: {}}]}".to_owned(), vec!["unknown"]),
        ("{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: 's3://a/b'}}}".to_owned(), vec!["unknown"]),
    ] {
        let read = input("t.yaml", &role(&policies));
        assert_eq!(read.problems, [], "{policies}");
        let answers: Vec<_> = read.policies.iter().map(|policy| allows(policy, "iam:CreateUser")).collect();
        assert_eq!(answers, expected, "{policies}");
    }
}

#[test]
fn what_makes_whole_resources_is_a_gap() {
    let role = "{Type: AWS::IAM::Role, Properties: {}}";
    for (source, expected) in [
        (format!("Resources:\n  'Fn::ForEach::R': [R, [a, b], {{'Role${{R}}': {role}}}]\n"), "Fn::ForEach::R makes"),
        ("Resources:\n  'Fn::ForEach::R': [R, [a], {'X${R}': {Type: !Ref T}}]\n".to_owned(), "Fn::ForEach::R makes"),
        ("Resources:\n  'Fn::Transform': {Name: AWS::Include}\n".to_owned(), "Fn::Transform makes"),
        (format!("Resources:\n  A: {role}\n  A: {role}\n"), "the key \"A\" stands twice"),
        (
            "Resources:\n  'Fn::ForEach::R': [R, [a], {'X${R}': {Type: AWS::SNS::Topic}}]\n".to_owned(),
            "holds no policy",
        ),
    ] {
        let read = input("t.yaml", &source);
        assert!(read.problems.iter().any(|problem| problem.message.starts_with(expected)), "{source}{read:?}");
    }
}

#[test]
fn a_macro_may_change_everything() {
    let source = |name: &str| {
        format!(
            "Transform: [AWS::Serverless-2016-10-31, {name}]\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{PolicyDocument: {{Statement: []}}}}\n"
        )
    };
    let read = |name: &str| input("t.yaml", &source(name)).policies[0].document();
    assert!(read("AWS::LanguageExtensions").is_ok());
    let error = read("Mine").expect_err("a macro");
    assert!(error.is_unknown && error.message.contains("the macro Mine"), "{error:?}");
}

#[test]
fn holes_in_place_of_elements_are_whatever_they_will_be() {
    let policy = |statement: &str| {
        let source = format!(
            "Resources:\n  P:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement: [{statement}]\n"
        );
        input("t.yaml", &source)
    };
    for (statement, expected) in [
        ("{Effect: Allow, Principal: !Ref P, Action: 'sqs:*', Resource: '*'}", "unknown"),
        ("{Effect: Allow, Principal: '*', Action: 'sqs:*', Resource: '*', Condition: !If [C, {}, {}]}", "unknown"),
        ("{Effect: Deny, Principal: !Ref P, Action: 'sqs:*', Resource: '*'}", "pass"),
        ("{Effect: !Ref E, Principal: '*', Action: 'sqs:*', Resource: '*'}", "unknown"),
        ("!If [C, {Effect: Allow, Principal: '*', Action: 'sqs:*', Resource: '*'}, !Ref AWS::NoValue]", "unknown"),
    ] {
        let read = policy(statement);
        assert_eq!(allows(&read.policies[0], "sqs:SendMessage"), expected, "{statement}");
    }
    let kept = "{Effect: Allow, Principal: '*', Action: 'sqs:*', Resource: '*', Condition: !Ref C}";
    let document = |statement: &str| -> Document { policy(statement).policies[0].document().expect("a policy") };
    let (one, other) = (document(kept), document(&kept.replace("!Ref C", "!Ref D")));
    let says = |old: &Document, new: &Document| Question::new_access(old, new).tell(false).is_pass();
    assert!(says(&one, &one) && !says(&one, &other));
    assert_eq!(policy(kept).policies[0].kind.to_string(), "policy of an AWS::SQS::Queue");
    assert!(!PolicyKind::Identity.is_resource());
}
