//! Each known way in an account where it is open, and in accounts that differ in the one thing that closes it.

use serde_json::{Value, json};

use super::{End, Graph};
use crate::inventory::{Inventory, snapshot};
use crate::policy::escalation::{PATHS, Path};
use crate::policy::eval::Doubt;

const ACCOUNT: &str = "111122223333";

/// Every service that runs with a role.
const SERVICES: &[&str] = &[
    "bedrock-agentcore.amazonaws.com",
    "cloudformation.amazonaws.com",
    "codebuild.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "glue.amazonaws.com",
    "lambda.amazonaws.com",
    "sagemaker.amazonaws.com",
    "tasks.apprunner.amazonaws.com",
];

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(actions: &[&str]) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": "*"})
}

fn administrator_access() -> Value {
    json!([{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}])
}

/// The account's own policy, which does nothing.
fn own_policy() -> Value {
    json!([{"PolicyName": "own", "PolicyArn": arn("policy/own")}])
}

/// What an account has beside the principal `me`.
struct Setting {
    /// Whom the strong roles trust.
    trust: Value,
    /// The policies of the strong ones.
    strong: Value,
    resources: Value,
    keys: usize,
    password: bool,
}

impl Setting {
    /// An account in which the way is open, if it is at all.
    fn open(path: &Path) -> Self {
        let principal = json!({"Service": SERVICES, "AWS": arn("root")});
        let thing = |name: &str, kind: &str, properties: Value| json!([{"id": name, "name": name, "arn": kind, "properties": properties}]);
        let role = arn("role/strong");
        let at = |service: &str, resource: &str| format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}");
        let resources = json!({"*": [],
            "AWS::Lambda::Function": thing("f", &at("lambda", "function:f"), json!({"Role": role})),
            "AWS::EC2::Instance": thing("i", &at("ec2", "instance/i"),
                json!({"IamInstanceProfile": {"Arn": arn("instance-profile/strong")}})),
            "AWS::SageMaker::NotebookInstance": thing("n", &at("sagemaker", "notebook-instance/n"), json!({"RoleArn": role})),
            "AWS::Glue::DevEndpoint": thing("d", &at("glue", "devEndpoint/d"), json!({"RoleArn": role})),
            "AWS::AppRunner::Service": thing("a", &at("apprunner", "service/a/1"),
                json!({"InstanceConfiguration": {"InstanceRoleArn": role}})),
            "AWS::BedrockAgentCore::CodeInterpreterCustom": thing("c",
                &at("bedrock-agentcore", "code-interpreter-custom/c"), json!({"executionRoleArn": role})),
            "AWS::CloudFormation::Stack": thing("s", &at("cloudformation", "stack/s/1"), json!({"RoleARN": role})),
            "AWS::CodeBuild::Project": thing("p", &at("codebuild", "project/p"), json!({"serviceRole": role}))});
        Self {
            trust: json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]),
            // Ways that make a target strong need a weak one.
            strong: if super::objects::widens_its_target(path) { own_policy() } else { administrator_access() },
            resources,
            keys: if path.required.contains(&"iam:DeleteAccessKey") { 2 } else { 0 },
            password: path.required.contains(&"iam:UpdateLoginProfile"),
        }
    }

    /// What becomes of `me`, a user or a role with these statements.
    fn end_of(&self, statements: &Value, boundary: Option<&Value>, is_role: bool) -> End {
        let inventory = self.account(statements, boundary, is_role);
        let graph = Graph::of(&inventory);
        let me = graph.account().find("me").expect("me").arn;
        let route = graph.routes().into_iter().find(|route| graph.holder(route.from).arn == me).expect("a route");
        for hop in &route.hops {
            assert!(!graph.allowed_by(hop.from, &hop.edge).is_empty(), "{} without a statement", hop.edge.path.id);
        }
        route.end
    }

    fn account(&self, statements: &Value, boundary: Option<&Value>, is_role: bool) -> Inventory {
        let key = |slot| json!({"slot": slot, "active": true});
        let keys: Vec<_> = (1..=self.keys).map(key).collect();
        let credentials = json!({"password_enabled": self.password, "mfa_active": false, "access_keys": keys});
        let limit = boundary.map(|_| arn("policy/limit"));
        let inline = json!([{"PolicyName": "me", "PolicyDocument": document(statements)}]);
        let nobody = json!({"Version": "2012-10-17", "Statement": []});
        let mut users = vec![json!({"UserName": "strong", "Arn": arn("user/strong"),
            "AttachedManagedPolicies": self.strong, "credentials": credentials})];
        let mut roles = vec![json!({"RoleName": "strong", "Arn": arn("role/strong"),
            "AssumeRolePolicyDocument": document(&self.trust), "AttachedManagedPolicies": self.strong,
            "InstanceProfileList": [arn("instance-profile/strong")]})];
        if is_role {
            roles.push(json!({"RoleName": "me", "Arn": arn("role/me"), "AssumeRolePolicyDocument": nobody,
                "AttachedManagedPolicies": own_policy(), "RolePolicyList": inline, "PermissionsBoundary": limit}));
        } else {
            users.push(json!({"UserName": "me", "Arn": arn("user/me"), "GroupList": ["mine"],
                "AttachedManagedPolicies": own_policy(), "UserPolicyList": inline, "PermissionsBoundary": limit,
                "credentials": credentials}));
        }
        let policy = |name: &str, text: &Value| {
            json!({"PolicyName": name, "Arn": arn(&format!("policy/{name}")),
            "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document": document(text)}]})
        };
        let mut policies = vec![policy("own", &json!([allow(&["s3:GetObject"])]))];
        policies.extend(boundary.map(|boundary| policy("limit", boundary)));
        let snapshot = json!({"afterlab_snapshot": 1, "account": {"Id": ACCOUNT},
            "collected_at": "2026-11-22T12:00:00Z", "resources": self.resources, "iam": {"Users": users, "Roles": roles,
                "Groups": [{"GroupName": "mine", "Arn": arn("group/mine")},
                    {"GroupName": "admins", "Arn": arn("group/admins"), "AttachedManagedPolicies": administrator_access()}],
                "Policies": policies}});
        snapshot::read(snapshot.to_string().as_bytes()).expect("a snapshot")
    }
}

/// Whether only a role can take a way, as it changes the role itself.
fn is_of_roles(path: &Path) -> bool {
    matches!(path.id, "iam-005" | "iam-009")
}

#[test]
fn every_way_is_found_where_it_is_open() {
    for path in PATHS {
        let setting = Setting::open(path);
        let end = setting.end_of(&json!([allow(path.required)]), None, is_of_roles(path));
        // Whether Systems Manager reaches an instance, whether there is a template: nobody reads that.
        let is_doubted = matches!(path.id, "ec2-004" | "ec2instanceconnect-003" | "ssm-001" | "ssm-002");
        if is_doubted {
            assert!(matches!(end, End::MayReach(_)), "{}: {end:?}", path.id);
        } else {
            assert_eq!(end, End::Reaches, "{}", path.id);
        }
    }
}

#[test]
fn a_denial_or_a_boundary_closes_every_way() {
    for path in PATHS {
        let setting = Setting::open(path);
        for action in path.required {
            let deny = json!({"Effect": "Deny", "Action": action, "Resource": "*"});
            let end = setting.end_of(&json!([allow(path.required), deny]), None, is_of_roles(path));
            // Without invoking, or making a key, there is a shorter way; what is left of some is a way of its own.
            let others = PATHS.iter().any(|other| {
                other.id != path.id && other.required.iter().all(|own| path.required.contains(own) && own != action)
            });
            assert!(others || end == End::No, "{} without {action}: {end:?}", path.id);
        }
        let limit = json!([allow(&["s3:*"])]);
        let end = setting.end_of(&json!([allow(path.required)]), Some(&limit), is_of_roles(path));
        assert_eq!(end, End::No, "{} within a boundary", path.id);
    }
}

#[test]
fn a_role_that_trusts_nobody_cannot_be_had() {
    let needs_trust = |action: &str| matches!(action, "iam:PassRole" | "sts:AssumeRole");
    // Who may write versions of policies needs nobody else's role.
    let is_own = |path: &&Path| path.required.contains(&"iam:CreatePolicyVersion");
    for path in PATHS.iter().filter(|path| path.required.iter().any(|own| needs_trust(own)) && !is_own(path)) {
        let mut setting = Setting::open(path);
        setting.trust = json!([]);
        // Something that is there already may be another way.
        setting.resources = json!({"*": []});
        assert_eq!(setting.end_of(&json!([allow(path.required)]), None, false), End::No, "{}", path.id);
    }
}

#[test]
fn a_role_must_trust_the_service_that_it_is_passed_to() {
    let path = PATHS.iter().find(|path| path.id == "lambda-001").expect("a way");
    let mut setting = Setting::open(path);
    let of =
        |service: &str| json!([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]);
    setting.trust = of("ec2.amazonaws.com");
    assert_eq!(setting.end_of(&json!([allow(path.required)]), None, false), End::No);
    setting.trust = of("lambda.amazonaws.com");
    assert_eq!(setting.end_of(&json!([allow(path.required)]), None, false), End::Reaches);
    let passing = |service: &str| {
        json!([allow(&path.required[1..]), {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": service}}}])
    };
    assert_eq!(setting.end_of(&passing("ec2.amazonaws.com"), None, false), End::No);
    assert_eq!(setting.end_of(&passing("lambda.amazonaws.com"), None, false), End::Reaches);
    let other = json!([allow(&path.required[1..]), {"Effect": "Allow", "Action": "iam:PassRole",
        "Resource": arn("role/lab-*")}]);
    assert_eq!(setting.end_of(&other, None, false), End::No, "no role has such a name");
}

#[test]
fn nothing_there_to_change_is_no_way_and_nothing_read_leaves_it_open() {
    for path in PATHS.iter().filter(|path| super::runners::sort_of(path).is_some() && path.id != "ec2-004") {
        let mut setting = Setting::open(path);
        setting.resources = json!({"*": []});
        let statements = json!([allow(path.required)]);
        assert_eq!(setting.end_of(&statements, None, false), End::No, "{}", path.id);
        setting.resources = json!({});
        let end = setting.end_of(&statements, None, false);
        assert!(matches!(end, End::MayReach(_)), "{}: {end:?}", path.id);
    }
}

#[test]
fn a_boundary_that_leaves_enough_is_used_up_step_by_step() {
    let path = PATHS.iter().find(|path| path.id == "iam-007").expect("a way");
    let setting = Setting::open(path);
    // The user may become everything within the boundary, which lets it take the strong role.
    let limit = json!([allow(&["iam:PutUserPolicy", "sts:AssumeRole"])]);
    assert_eq!(setting.end_of(&json!([allow(path.required)]), Some(&limit), false), End::Reaches);
    let limit = json!([allow(&["iam:PutUserPolicy", "s3:*"])]);
    assert_eq!(setting.end_of(&json!([allow(path.required)]), Some(&limit), false), End::No);
}

#[test]
fn what_was_not_read_leaves_a_doubt() {
    let path = PATHS.iter().find(|path| path.id == "sts-001").expect("a way");
    let mut setting = Setting::open(path);
    setting.strong = json!([{"PolicyName": "hidden", "PolicyArn": arn("policy/hidden")}]);
    let end = setting.end_of(&json!([allow(path.required)]), None, false);
    assert_eq!(end, End::Unknown(vec![Doubt::Other(format!("the text of {} was not read", arn("policy/hidden")))]));
    let mut setting = Setting::open(path);
    setting.trust[0]["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let end = setting.end_of(&json!([allow(path.required)]), None, false);
    assert_eq!(end, End::MayReach(vec![Doubt::Key("aws:MultiFactorAuthPresent".to_owned())]));
}

#[test]
fn whom_a_trust_policy_names_needs_no_permission() {
    let path = PATHS.iter().find(|path| path.id == "sts-001").expect("a way");
    let mut setting = Setting::open(path);
    let of =
        |principal: &str| json!([{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]);
    let nothing = json!([allow(&["s3:GetObject"])]);
    assert_eq!(setting.end_of(&nothing, None, false), End::No, "the account is trusted, and allows nobody");
    setting.trust = of(&arn("user/me"));
    assert_eq!(setting.end_of(&nothing, None, false), End::Reaches);
    setting.trust = of(&arn("user/other"));
    assert_eq!(setting.end_of(&json!([allow(&["sts:AssumeRole"])]), None, false), End::No);
}

#[test]
fn credentials_decide_about_keys_and_passwords() {
    let end = |id: &str, keys: usize, password: bool| {
        let path = PATHS.iter().find(|path| path.id == id).expect("a way");
        let setting = Setting { keys, password, ..Setting::open(path) };
        setting.end_of(&json!([allow(path.required)]), None, false)
    };
    assert_eq!(end("iam-002", 2, false), End::No, "a third key is refused");
    assert_eq!(end("iam-003", 2, false), End::Reaches);
    assert_eq!(end("iam-004", 0, true), End::No, "there is a password already");
    assert_eq!(end("iam-006", 0, false), End::No, "there is no password to replace");
}
