//! Things that run with a role: which ways get at which of them, and which roles they have.

use serde_json::Value;

use crate::access::AccountView;
use crate::inventory::{Resource, Tag};
use crate::pack::ResourceType;
use crate::pack::registry;
use crate::policy::escalation::Path;
use crate::policy::eval::Doubt;

/// A sort of thing that runs with a role.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sort {
    /// In words: `function`.
    pub(super) what: &'static str,
    /// The service that its role trusts.
    pub(super) service: &'static str,
    /// `CloudFormation`'s name of the type, where a pack reads it.
    kind: Option<&'static str>,
    /// Where its properties say the role's ARN, or the instance profile's.
    role: &'static str,
    /// Whether a thing without that property has no role, rather than one that was not read.
    may_have_none: bool,
    /// What must hold besides and is not read.
    besides: Option<&'static str>,
}

const fn sort(what: &'static str, service: &'static str, kind: Option<&'static str>, role: &'static str) -> Sort {
    Sort { what, service, kind, role, may_have_none: false, besides: None }
}

static FUNCTION: Sort = sort("function", "lambda.amazonaws.com", Some("AWS::Lambda::Function"), "/Role");
static INSTANCE: Sort = Sort {
    may_have_none: true,
    ..sort("instance", "ec2.amazonaws.com", Some("AWS::EC2::Instance"), "/IamInstanceProfile/Arn")
};
static MANAGED_INSTANCE: Sort = Sort {
    may_have_none: true,
    besides: Some("whether Systems Manager manages the instance was not read"),
    ..sort("instance", "ec2.amazonaws.com", Some("AWS::EC2::Instance"), "/IamInstanceProfile/Arn")
};
static REACHED_INSTANCE: Sort = Sort {
    may_have_none: true,
    besides: Some("whether the instance's SSH port can be reached was not read"),
    ..sort("instance", "ec2.amazonaws.com", Some("AWS::EC2::Instance"), "/IamInstanceProfile/Arn")
};
static LAUNCH_TEMPLATE: Sort = sort("launch template", "ec2.amazonaws.com", None, "");
static NOTEBOOK: Sort =
    sort("notebook instance", "sagemaker.amazonaws.com", Some("AWS::SageMaker::NotebookInstance"), "/RoleArn");
static DEV_ENDPOINT: Sort =
    sort("development endpoint", "glue.amazonaws.com", Some("AWS::Glue::DevEndpoint"), "/RoleArn");
static APP_RUNNER_SERVICE: Sort = Sort {
    may_have_none: true,
    ..sort(
        "App Runner service",
        "tasks.apprunner.amazonaws.com",
        Some("AWS::AppRunner::Service"),
        "/InstanceConfiguration/InstanceRoleArn",
    )
};
static CODE_INTERPRETER: Sort = sort(
    "code interpreter",
    "bedrock-agentcore.amazonaws.com",
    Some("AWS::BedrockAgentCore::CodeInterpreterCustom"),
    "/executionRoleArn",
);
static STACK: Sort = sort("stack", "cloudformation.amazonaws.com", Some("AWS::CloudFormation::Stack"), "/RoleARN");
static BUILD_PROJECT: Sort =
    sort("build project", "codebuild.amazonaws.com", Some("AWS::CodeBuild::Project"), "/serviceRole");

/// What a way that gets at something existing gets at.
pub(super) fn sort_of(path: &Path) -> Option<&'static Sort> {
    Some(match path.id {
        "apprunner-002" => &APP_RUNNER_SERVICE,
        "bedrock-002" => &CODE_INTERPRETER,
        "cloudformation-002" | "cloudformation-005" => &STACK,
        "codebuild-002" | "codebuild-003" => &BUILD_PROJECT,
        "ec2-002" => &INSTANCE,
        "ec2-004" => &LAUNCH_TEMPLATE,
        "ec2instanceconnect-003" => &REACHED_INSTANCE,
        "glue-002" => &DEV_ENDPOINT,
        "lambda-003" | "lambda-004" | "lambda-005" => &FUNCTION,
        "sagemaker-004" | "sagemaker-005" => &NOTEBOOK,
        "ssm-001" | "ssm-002" => &MANAGED_INSTANCE,
        _ => return None,
    })
}

/// The types that a graph of escalations looks at, as far as packs read them.
pub fn types() -> impl Iterator<Item = &'static ResourceType> {
    let kinds = [&FUNCTION, &INSTANCE, &NOTEBOOK, &DEV_ENDPOINT, &APP_RUNNER_SERVICE, &CODE_INTERPRETER, &STACK];
    let kinds: Vec<_> = kinds.into_iter().chain([&BUILD_PROJECT]).filter_map(|sort| sort.kind).collect();
    registry::types().filter(move |known| kinds.contains(&known.name))
}

/// A thing that runs with a role, or may.
#[derive(Clone, Debug)]
pub(super) struct Runner {
    /// In words: `function lab`; none for things that were not read.
    pub(super) name: Option<String>,
    /// Its ARN.
    pub(super) arn: Option<String>,
    /// Its tags, where they were read.
    pub(super) tags: Option<Vec<Tag>>,
    /// The role that it has, by the node's place; none for any role that its service is trusted with.
    pub(super) role: Option<usize>,
    /// Why it is not certain.
    pub(super) doubts: Vec<Doubt>,
}

impl Runner {
    /// All things of a sort that were read, and one for those that were not.
    pub(super) fn all(account: &AccountView<'_>, sort: &Sort) -> Vec<Self> {
        let besides = || sort.besides.map(|why| Doubt::Other(why.to_owned()));
        let unread = || Self {
            name: None,
            arn: None,
            tags: None,
            role: None,
            doubts: std::iter::once(Doubt::Other(format!("whether there is such a {} was not read", sort.what)))
                .chain(besides())
                .collect(),
        };
        let list = sort.kind.and_then(|kind| account.inventory.resources.of(kind));
        let Some(list) = list else { return vec![unread()] };
        let mut all: Vec<_> = list.items().iter().filter_map(|own| Self::of(account, sort, own)).collect();
        for runner in &mut all {
            runner.doubts.extend(besides());
        }
        if list.missing().is_some() || account.inventory.is_limited() {
            all.push(unread());
        }
        all
    }

    fn of(account: &AccountView<'_>, sort: &Sort, resource: &Resource) -> Option<Self> {
        let properties = Value::Object(resource.properties.clone());
        if properties.pointer("/State/Name").and_then(Value::as_str) == Some("terminated") {
            return None;
        }
        let said = properties.pointer(sort.role).and_then(Value::as_str).filter(|arn| !arn.is_empty());
        let name = format!("{} {}", sort.what, resource.name);
        let (role, doubts) = match said {
            Some(arn) => (Some(role_of(account, arn)?), Vec::new()),
            None if sort.may_have_none && resource.gap.is_none() => return None,
            None => (None, vec![Doubt::Other(format!("the role of {name} was not read"))]),
        };
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        let tags = resource.tags.as_ref().map(|tags| tags.iter().map(tag).collect());
        Some(Self { name: Some(name), arn: resource.arn.clone(), tags, role, doubts })
    }
}

/// The role of this ARN, or the one that an instance profile of this ARN carries.
fn role_of(account: &AccountView<'_>, arn: &str) -> Option<usize> {
    let is_it = |profiles: &[String]| profiles.iter().any(|profile| profile == arn);
    account
        .holders
        .iter()
        .position(|own| own.role().is_some_and(|role| role.arn == arn || is_it(&role.instance_profile_list)))
}
